"""Files that go with a copy: for exactly one hub, once it has accepted, and gone with the copy."""

from dataclasses import replace
from typing import Any

import pytest

from content.cases.attachment import read_attachment
from content.cases.attachment_store import PART_BYTES as STORED_PART_BYTES
from content.cases.attachment_store import AttachmentNotFound, AttachmentStore
from federation.escalation.answering import accept_offer, answer_origin, decline_offer
from federation.escalation.copying import Edits
from federation.escalation.escalation import Escalation
from federation.escalation.file_store import FileStore
from federation.escalation.files import fetch_files
from federation.escalation.offering import offer_case, preview_offer, withdraw
from federation.escalation.reading import read_thread
from federation.law.erasing import erase_case
from protocol.blobs import PART_BYTES
from tests.hubs.running import Network, RunningHub
from tests.hubs.test_case_erasure import acts, incoming, passes, three_peers
from tests.hubs.test_rotating import opens_a_case

PLAIN = ("CANARY-FILE what the vendor wrote. " * 20_000).encode()
"""About 0.7 MB: three parts."""


async def attaches(hub: RunningHub, case: str, data: bytes = PLAIN) -> str:
    new = read_attachment("CANARY-NAME Ana Ruiz.txt", data)
    act = hub.act("ana")
    [kept] = await hub.do(
        lambda db: AttachmentStore(db, hub.hub.vault).add(
            case, [new], act, hub.hub.chance, shown=False
        )
    )
    return kept.id


async def offered(network: Network, **edits: Any) -> tuple[list[RunningHub], str, Escalation]:
    """Offer a case with one file to the first of two peers."""
    hubs = list(await three_peers(network))
    await network.peers(hubs[1], hubs[2])
    case = await opens_a_case(hubs[0])
    file = await attaches(hubs[0], case)
    out = await acts_with(hubs[0], case, hubs[1], edits or {"attach": (file,)}, file)
    await network.settle()
    return hubs, case, out


async def acts_with(
    hub: RunningHub, case: str, to: RunningHub, edits: dict[str, Any], file: str
) -> Escalation:
    chosen = Edits(**{key: (file,) if value == "it" else value for key, value in edits.items()})
    act = hub.act("ana")
    return await hub.do(lambda db: offer_case(db, hub.hub, case, to.host, act, chosen))


async def blob_of(hub: RunningHub) -> str:
    [(blob,)] = await hub.rows("select blob from escalation_files")
    return str(blob)


async def files_of(hub: RunningHub) -> Any:
    found = (await incoming(hub)).id
    return (await hub.read(lambda db: read_thread(db, hub.hub, found))).files


async def test_a_file_is_fetched_once_the_offer_is_accepted_and_is_the_same_bytes(
    network: Network,
) -> None:
    (origin, other, _), _, _ = await offered(network)
    [waits] = await files_of(other)
    assert await fetch_files(other.node) == 0  # who has not accepted has nothing

    accepted = await acts(other, accept_offer, (await incoming(other)).id)
    assert await fetch_files(other.node) == 1

    [here] = await files_of(other)
    assert (waits.state, here.state) == ("arrives", "here")
    kept, data = await other.read(
        lambda db: AttachmentStore(db, other.hub.vault).get(
            str(accepted.case_id), str(here.attachment_id)
        )
    )
    assert data == PLAIN
    assert "CANARY" not in kept.name
    assert network.traces(other, "CANARY-FILE") == []
    assert not any(b"CANARY" in body for body in other.received)
    assert await fetch_files(other.node) == 0
    assert origin.is_up


async def test_the_preview_says_which_file_goes_and_its_name_only_if_chosen(
    network: Network,
) -> None:
    hubs = await three_peers(network)
    case = await opens_a_case(hubs[0])
    file = await attaches(hubs[0], case)
    shown = {}
    for option in ("attach", "attach_named"):
        edits = Edits(**{option: (file,)})
        shown[option] = await acts_preview(hubs[0], case, hubs[1], edits)

    [quiet] = shown["attach"].document["hub:attachments"]
    [named] = shown["attach_named"].document["hub:attachments"]
    assert (quiet["hub:size"], quiet["mediaType"]) == (len(PLAIN), "text/plain")
    assert "name" not in quiet
    assert named["name"] == "CANARY-NAME Ana Ruiz.txt"
    with pytest.raises(AttachmentNotFound):
        await acts_preview(hubs[0], case, hubs[1], Edits(attach=("01KAT3Q8T6W3Y6M0S0V4N8Z2XH",)))


async def acts_preview(hub: RunningHub, case: str, to: RunningHub, edits: Edits) -> Any:
    act = hub.act("ana")
    return await hub.read(lambda db: preview_offer(db, hub.hub, case, to.host, act, edits))


async def test_nobody_but_the_hub_it_is_for_is_shown_a_blob_or_that_there_is_one(
    network: Network,
) -> None:
    (origin, other, third), _, _ = await offered(network)
    url = f"{origin.origin}/hub/blobs/{await blob_of(origin)}"
    nothing = f"{origin.origin}/hub/blobs/{'0' * 64}"

    right = await network.signed_get(other, f"{url}?part=0")
    wrong = await network.signed_get(third, f"{url}?part=0")
    missing = await network.signed_get(third, f"{nothing}?part=0")
    unsigned = [await origin.get(each) for each in (url, nothing)]
    beyond = await network.signed_get(other, f"{url}?part=3")

    assert (right[0], len(right[1])) == (200, PART_BYTES + 16)
    assert wrong == missing
    assert wrong[0] == 404
    assert unsigned[0] == unsigned[1]
    assert unsigned[0][0] == 401
    assert beyond[0] == 400
    assert b"CANARY" not in right[1]


@pytest.mark.parametrize("ending", ["withdraw", "decline", "erase", "expire"])
async def test_a_file_goes_with_its_copy(network: Network, ending: str) -> None:
    (origin, other, _), case, out = await offered(network)
    blob = await blob_of(origin)
    found = await incoming(other)
    if ending != "expire":
        await acts(other, accept_offer, found.id)
        assert await fetch_files(other.node) == 1
    await network.settle()

    if ending == "expire":
        await passes(network, days=20)
    elif ending == "withdraw":
        await acts(origin, withdraw, out.id)
    elif ending == "decline":
        await acts(other, decline_offer, found.id, reason="No time.")
    else:
        await acts(origin, erase_case, case, asked=True)
    await network.settle()

    status, _ = await network.signed_get(other, f"{origin.origin}/hub/blobs/{blob}?part=0")
    assert status == 404
    # Expired at the origin, an acceptance under way may still bring it back; nobody is given it.
    for hub in (origin, other) if ending != "expire" else (other,):
        assert await hub.rows("select count(*) from escalation_files") == [(0,)]
    assert await other.rows("select count(*) from case_attachment_parts") == [(0,)]


async def test_a_file_is_fetched_again_when_its_hub_was_down(network: Network) -> None:
    (origin, other, _), _, _ = await offered(network)
    await acts(other, accept_offer, (await incoming(other)).id)
    origin.is_up = False
    assert await fetch_files(other.node) == 0
    [waits] = await files_of(other)
    assert (waits.state, waits.tries) == ("arrives", 1)
    origin.is_up = True
    assert await fetch_files(other.node) == 0  # not again at once
    network.clock.advance(seconds=61)

    assert await fetch_files(other.node) == 1


async def test_what_is_not_the_file_that_was_promised_is_not_kept(network: Network) -> None:
    (origin, other, _), _, _ = await offered(network)
    await acts(other, accept_offer, (await incoming(other)).id)
    # The origin serves other bytes under the same name: another key, as a thief of its disk would.
    await origin.do(lambda db: _swaps_key(db, origin))

    assert await fetch_files(other.node) == 0

    [lost] = await files_of(other)
    assert lost.state == "unavailable"
    assert await other.rows("select count(*) from case_attachments") == [(0,)]


def _swaps_key(db: Any, hub: RunningHub) -> None:
    store = FileStore(db, hub.hub.vault)
    [(escalation,)] = db.execute("select escalation_id from escalation_files").fetchall()
    [file] = store.of(escalation)
    store.forget(escalation)
    store.add(replace(file, key=bytes(32)))


async def test_a_table_without_its_name_is_still_known_as_a_table(network: Network) -> None:
    hubs = await three_peers(network)
    case = await opens_a_case(hubs[0])
    new = read_attachment("Ana Ruiz.csv", b"year,count\n2026,7\n")
    act = hubs[0].act("ana")
    [kept] = await hubs[0].do(
        lambda db: AttachmentStore(db, hubs[0].hub.vault).add(
            case, [new], act, hubs[0].hub.chance, shown=False
        )
    )
    await acts_with(hubs[0], case, hubs[1], {"attach": "it"}, kept.id)
    await network.settle()
    accepted = await acts(hubs[1], accept_offer, (await incoming(hubs[1])).id)

    assert await fetch_files(hubs[1].node) == 1

    [file] = await hubs[1].read(
        lambda db: AttachmentStore(db, hubs[1].hub.vault).list(str(accepted.case_id))
    )
    assert (file.name, file.media_type) == ("attachment.csv", "text/csv")


async def answered_with_file(
    network: Network, **how: tuple[str, ...]
) -> tuple[list[RunningHub], str, Escalation]:
    """Let a hub answer with a file of its case; how: attach or attach_named, else attach."""
    hubs = list(await three_peers(network))
    await network.peers(hubs[1], hubs[2])
    case = await opens_a_case(hubs[0])
    out = await acts(hubs[0], offer_case, case, hubs[1].host)
    await network.settle()
    accepted = await acts(hubs[1], accept_offer, (await incoming(hubs[1])).id)
    file = await attaches(hubs[1], str(accepted.case_id))
    chosen = dict.fromkeys(how, (file,)) or {"attach": (file,)}
    await acts(hubs[1], answer_origin, accepted.id, "See the file.", **chosen)
    await network.settle()
    return hubs, case, out


async def kept_files(hub: RunningHub, case: str) -> list[tuple[str, bytes, bool]]:
    """Return name, bytes and whether the requester sees it of each file of a case."""

    def work(db: Any) -> list[tuple[str, bytes, bool]]:
        store = AttachmentStore(db, hub.hub.vault)
        return [(each.name, store.get(case, each.id)[1], each.shown) for each in store.list(case)]

    return await hub.read(work)


async def test_a_file_that_goes_with_an_answer_comes_to_the_case_at_the_origin(
    network: Network,
) -> None:
    (origin, other, third), case, out = await answered_with_file(network)
    blob = f"{other.origin}/hub/blobs/{await blob_of(other)}?part=0"
    wrong = await network.signed_get(third, blob)

    assert await fetch_files(origin.node) == 1

    [(name, data, shown)] = await kept_files(origin, case)
    assert (name, data, shown) == ("attachment.txt", PLAIN, False)
    thread = await origin.read(lambda db: read_thread(db, origin.hub, out.id))
    [file] = thread.files
    assert (file.direction, file.state) == ("in", "here")
    assert [each for each in thread.messages if "A file goes with the answer" in each.text]
    assert wrong[0] == 404
    for hub in (origin, other, third):
        assert network.traces(hub, "CANARY-FILE") == []
        assert not any(b"CANARY" in body for body in hub.received)


async def test_an_answer_tells_the_name_of_a_file_only_if_chosen(network: Network) -> None:
    (origin, _, _), case, _ = await answered_with_file(network, attach_named=())
    assert await fetch_files(origin.node) == 1

    [(name, _, _)] = await kept_files(origin, case)
    assert name == "CANARY-NAME Ana Ruiz.txt"


async def test_the_file_of_an_answer_is_erased_with_the_case_at_both_hubs(
    network: Network,
) -> None:
    (origin, other, _), case, _ = await answered_with_file(network)
    blob = await blob_of(other)
    assert await fetch_files(origin.node) == 1

    await acts(origin, erase_case, case, asked=True)
    await network.settle()

    status, _ = await network.signed_get(origin, f"{other.origin}/hub/blobs/{blob}?part=0")
    assert status == 404
    for hub in (origin, other):
        assert await hub.rows("select count(*) from escalation_files") == [(0,)]
        assert await hub.rows("select count(*) from case_attachment_parts") == [(0,)]


async def test_a_file_of_another_case_does_not_go_with_an_answer(network: Network) -> None:
    (_, other, _), _, _ = await answered_with_file(network)

    with pytest.raises(AttachmentNotFound):
        await acts(
            other,
            answer_origin,
            (await incoming(other)).id,
            "See the file.",
            attach=("01KAT3Q8T6W3Y6M0S0V4N8Z2XH",),
        )


def test_a_blob_has_the_parts_in_which_files_are_stored() -> None:
    """So one part is read, decrypted and sealed for one request, and no more."""
    assert PART_BYTES == STORED_PART_BYTES
