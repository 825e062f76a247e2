"""Ana, Mireia and Omar in one story over three hubs: from a request to a case study everywhere."""

import io
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.content.sample_files import PDF
from tests.hubs.helpdesk import BARCELONA, Founding, become_peers, helpdesk
from tests.hubs.test_omar import CONTACT, TUNIS, WORD, mails_to, omar_joins, request

COALITION = Founding("Nairobi", "KE", "en", "Africa/Nairobi", "lena", True, False)
OUTSIDE = "Registros de un chatbot\nHow long may a city keep what minors type into a chatbot?"


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


async def found_three(folder: Path, ports: tuple[int, ...], stack: AsyncExitStack) -> list[Any]:
    """Found the hubs of Ana and Mireia, of Omar, and the coalition; each approves each."""
    hubs = []
    for founding, port in zip((BARCELONA, TUNIS, COALITION), ports, strict=True):
        (folder / founding.city).mkdir()
        desk = helpdesk(folder / founding.city, port, founding, others=ports)
        hubs.append(await stack.enter_async_context(desk))
    for one, two in ((0, 1), (0, 2), (1, 2)):
        await become_peers(hubs[one], hubs[two])
    return hubs


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_from_a_request_to_a_case_study_at_three_hubs(
    tmp_path: Path, unused_tcp_port_factory: Callable[[], int]
) -> None:
    safe = tmp_path / "safe"
    ports = tuple(unused_tcp_port_factory() for _ in range(3))
    async with AsyncExitStack() as stack:
        barcelona, tunis, coalition = await found_three(tmp_path, ports, stack)
        await omar_joins(tunis)
        await barcelona.eventually("/experts", lambda page: page["items"], by="mireia")
        found = await tunis.eventually(
            "/resources?q=contractual+clauses&kind=template", lambda page: page["items"]
        )
        sources = [each["id"] for each in found["items"]][:2]

        # Ana asks with an attachment and a day. It may go to others, without her name.
        sent = aiohttp.FormData()
        asked = request("es", deadline=in_days(30), deadline_reason=f"{WORD} tender")
        sent.add_field("request", json.dumps(asked), content_type="application/json")
        sent.add_field("attachment", io.BytesIO(PDF), filename=f"{WORD}.pdf")
        code = (await barcelona.call("POST", "/requests", data=sent, status=201))["code"]

        # Mireia finds who could answer: Omar in Tunis, with the reasons in words.
        (item,) = (await barcelona.json("case", "list"))["items"]
        case = item["id"]
        await barcelona.hub("case", "triage", case, "--label", "tlp-amber")
        matches = (await barcelona.json("case", "match", case))["items"]
        (omar,) = (each for each in matches if each["name"] == "Omar Ben Salah")
        assert (omar["hub"], omar["reasons"] != []) == (tunis.host, True)

        # As it was written it stays: the program finds Ana in it. She edits the copy.
        to = ("escalate", case, "--to", tunis.host, "--due", in_days(10))
        found_in_it = (await barcelona.json(*to, "--preview"))["found"]
        assert [each for each in found_in_it if "Ana" in each["text"]], found_in_it
        edited = (*to, "--question-file", "-")
        seen = await barcelona.json(*edited, "--preview", text=OUTSIDE)
        bytes_ = (await barcelona.hub(*edited, "--preview", "--canonical", text=OUTSIDE)).out
        assert sha256(bytes_.encode()).hexdigest() == seen["sha256"]
        assert ("minors type" in bytes_, WORD in bytes_, "pdf" in bytes_) == (True, False, False)
        other = OUTSIDE.replace("minors", "children")
        changed = await barcelona.refused(*edited, "--expect", seen["sha256"], text=other)
        assert "not what you looked at" in " ".join(changed.split()), changed
        out = (await barcelona.json(*edited, "--expect", seen["sha256"], text=OUTSIDE))["id"]

        # Tunis reads these words, promises a day, and gives it to Omar; Ana reads who has it.
        page = await tunis.eventually(
            "/escalations?direction=in", lambda page: page["items"], by="noor"
        )
        came = page["items"][0]["id"]
        shown = await tunis.json("offer", "show", came)
        assert shown["question"] == OUTSIDE.partition("\n")[2]
        day = in_days(20)
        await tunis.hub(
            *("offer", "accept", came, "--assign", "omar", "--answer-by", day, "--as", "noor")
        )
        there = (await tunis.json("offer", "show", came))["case"]
        assert not [text for text in await mails_to(tunis, "omar@hub.example") if "chatbot" in text]
        (notice,) = (await tunis.json("case", "notices", "--as", "omar"))["items"]
        assert (notice["kind"], notice["case_id"]) == ("assigned", there)
        mine = await barcelona.eventually(
            "/requests/mine", lambda one: "Tunis" in str(one["recipients"]), code=code
        )
        assert mine["status"] == "case-escalated"
        path = f"/escalations/{out}"
        await barcelona.eventually(path, lambda one: one["answer_by"] == day, by="mireia")

        # His question goes through both hubs to Ana, by her code, and her reply comes back.
        await tunis.hub("offer", "ask", came, "--as", "noor", text="Quel âge ont-ils?")
        await barcelona.eventually(path, lambda one: one["state"] == "esc-info-needed", by="mireia")
        await barcelona.hub("offer", "forward", out, "--text-file", "-", text="¿Qué edad tienen?")
        mine = await barcelona.call("GET", "/requests/mine", code=code)
        assert mine["messages"][-1]["text"] == "¿Qué edad tienen?"
        reply = {"text": "Tienen catorce años."}
        await barcelona.call("POST", "/requests/mine/reply", reply, code=code)
        await barcelona.hub("offer", "pass-on", out)
        await tunis.eventually(
            f"/cases/{there}", lambda one: reply["text"] in str(one["messages"]), by="omar"
        )

        # Omar answers with sources of the shared catalogue; she reads it, and that it helped.
        answer = "Trente jours au plus, avec l'accord des parents."
        draft = await tunis.json(
            *("case", "draft", "new", there, "--as", "omar"),
            *(word for each in sources for word in ("--cite", each)),
            text=answer,
        )
        await tunis.hub(
            *("case", "draft", "approve", there, draft["id"], "--revision", "1", "--as", "noor")
        )
        await tunis.hub("case", "answer", there, "--draft", f"{draft['id']}@1", "--as", "noor")
        mine = await barcelona.eventually(
            "/requests/mine", lambda one: one["status"] == "case-answered", code=code
        )
        assert mine["messages"][-1]["text"].startswith(answer)
        assert [each["url"] for each in mine["messages"][-1]["sources"]] == sources
        await mails_to(barcelona, CONTACT)
        await barcelona.call("POST", "/requests/mine/feedback", {"solved": True}, code=code)
        lesson = {"escalate": "yes", "publish_lesson": True, "mail_notices": True}
        await barcelona.call("POST", "/requests/mine/consents", lesson, code=code)

        # Mireia confirms, so the part of Tunis is done, and closes the case.
        await barcelona.hub("offer", "confirm", out)
        await tunis.eventually(
            f"/escalations/{came}", lambda one: one["state"] == "esc-confirmed", by="noor"
        )
        await barcelona.hub("case", "close", case, "--outcome", "solved")

        # What was learned is found at all three hubs, with its sources and without her.
        record = json.loads((await barcelona.hub("case", "study", case)).out)
        record |= {"title": {"es": "Comprar sin prisa"}, "summary": {"es": "Guardar poco."}}
        with_file = ("case", "study", case, "--file", "-")
        looked = await barcelona.json(*with_file, "--preview", text=json.dumps(record))
        assert looked["findings"] == []
        study = await barcelona.json(*with_file, text=json.dumps(record))
        await barcelona.hub("resource", "update", study["ulid"], "--publish")
        for desk in (barcelona, tunis, coalition):
            path = "/resources?q=comprar+sin+prisa&kind=case-study"
            page = await desk.eventually(path, lambda page: study["ulid"] in str(page))
            hit = page["items"][0]
            assert hit["ulid"] == study["ulid"]
            assert hit["hub"]["host"] == barcelona.host
            assert sorted(hit["record"]["related"]) == sorted(sources)

        keys = barcelona.keys_to_texts() | tunis.keys_to_texts()
        assert keys

        # Ana has it erased, in two steps; Tunis erases its copy and gives its receipt.
        plan = await barcelona.call("GET", "/requests/mine/erasure", code=code)
        assert plan["hubs"] == [tunis.host]
        body = {"revision": plan["revision"]}
        await barcelona.call("POST", "/requests/mine/erasure", body, code=code)
        await barcelona.eventually(
            f"/cases/{case}/recipients",
            lambda page: [each["confirmed"] for each in page["items"]] == ["erased"],
            by="mireia",
        )
        mine = await barcelona.call("GET", "/requests/mine", code=code)
        assert (mine["status"], mine["messages"]) == ("case-erased", [])
        assert [each["confirmed_at"] is None for each in mine["recipients"]] == [False]
        (told,) = (await barcelona.json("case", "recipients", case))["items"]
        assert (told["host"], told["confirmed"]) == (tunis.host, "erased")
        receipts = await barcelona.json("erasure", "show", told["erasure"])
        assert '"receipt": null' not in json.dumps(receipts)
        await tunis.call("GET", f"/cases/{there}", by="leila", status=410)
        await barcelona.call("GET", f"/cases/{case}", by="mireia", status=410)

        # No key to a text of hers or of Omar's is in a file, a log or a backup of any of the three.
        for desk in (barcelona, tunis, coalition):
            await desk.keeps_none_of(keys, also=tmp_path / "none")
            await desk.backs_up(safe)
            await desk.keeps_none_of(keys, also=safe)

        # The lesson stays; of what Ana and Omar wrote nothing is anywhere, least of all outside.
        for desk in (barcelona, tunis, coalition):
            page = await desk.call("GET", "/resources?q=comprar+sin+prisa")
            assert study["ulid"] in str(page)
            for words in (WORD, "minors type", reply["text"], answer):
                await desk.nothing_shows(words, also=safe)
