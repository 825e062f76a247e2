"""Who declined, who had to give it back, and a third hub: nothing of a case is left there."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.hubs.helpdesk import BARCELONA, Founding, Helpdesk, become_peers, helpdesk
from tests.hubs.test_omar import CONTACT, TUNIS, WORD, offered, request

NAIROBI = Founding("Nairobi", "KE", "en", "Africa/Nairobi", "lena", has_starter=False)
OUTSIDE = "Registros de un chatbot\nHow long may KESTREL-9 keep what minors type into a chatbot?"
CANARIES = (WORD, CONTACT, "KESTREL-9", "Registros de un chatbot")


async def ends(desk: Helpdesk, escalation: str, state: str, by: str) -> None:
    path = f"/escalations/{escalation}"
    await desk.eventually(path, lambda one: one["state"] == state, by=by)


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_logs_files_and_backups_of_hubs_where_it_ended_and_of_a_third_hub_are_clean(
    tmp_path: Path, unused_tcp_port_factory: Callable[[], int]
) -> None:
    safe = tmp_path / "safe"
    ports = tuple(unused_tcp_port_factory() for _ in range(4))
    founded = (BARCELONA, TUNIS, NAIROBI, Founding("Oslo", "NO", "en", "Europe/Oslo", "kari"))
    async with AsyncExitStack() as stack:
        hubs = []
        for founding, port in zip(founded, ports, strict=True):
            (tmp_path / founding.city).mkdir()
            desk = helpdesk(tmp_path / founding.city, port, founding, others=ports)
            hubs.append(await stack.enter_async_context(desk))
        barcelona, tunis, nairobi, oslo = hubs
        for other in (tunis, nairobi):
            await become_peers(barcelona, other)
            await become_peers(other, oslo)
            await other.has_user("noor", "caseworker")

        # One declines at once; one has taken it on and worked on it when it is taken back.
        await barcelona.call("POST", "/requests", request("es"), status=201)
        (item,) = (await barcelona.json("case", "list"))["items"]
        await barcelona.hub("case", "triage", item["id"], "--label", "tlp-amber")
        out, came = await offered(barcelona, tunis, item["id"], OUTSIDE)
        kept = {desk.host: desk.keys_to_texts() for desk in (tunis, nairobi)}
        await tunis.hub("offer", "decline", came, "--as", "noor", text="KESTREL-9: not our field.")
        await ends(barcelona, out, "esc-declined", "mireia")
        out, came = await offered(barcelona, nairobi, item["id"], OUTSIDE)
        await nairobi.hub("offer", "accept", came, "--as", "noor")
        case = (await nairobi.json("offer", "show", came))["case"]
        draft = ("case", "draft", "new", case, "--as", "noor")
        await nairobi.hub(*draft, text="KESTREL-9 may keep it for thirty days.")
        kept[nairobi.host] = nairobi.keys_to_texts()
        await barcelona.hub("offer", "withdraw", out)
        await ends(nairobi, came, "esc-withdrawn", "noor")
        await barcelona.eventually(
            f"/cases/{item['id']}/recipients",
            lambda page: "erased" in [each["confirmed"] for each in page["items"]],
            by="mireia",
        )

        # Neither they nor a hub that they know have a key or a word of it, in no file or backup.
        assert all(kept.values())
        for desk in (tunis, nairobi, oslo):
            await desk.backs_up(safe)
            await desk.keeps_none_of(set().union(*kept.values()), also=safe)
            for word in CANARIES:
                await desk.nothing_shows(word, also=safe)
        for desk in (tunis, nairobi):
            assert desk.keys_to_texts() & set().union(*kept.values()) == set()
