"""Ana buys a chatbot: from a search to an answer with sources, and to what others learn of it."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.content.sample_files import PDF
from tests.hubs.helpdesk import helpdesk

WORD = "KESTREL"


@pytest.mark.slow
async def test_ana_gets_an_answer_with_sources(
    tmp_path: Path, unused_tcp_port_factory: Callable[[], int]
) -> None:
    kept = tmp_path / "of-ana"  # what she and the staff have on their own machines
    kept.mkdir()
    port = unused_tcp_port_factory()
    async with helpdesk(tmp_path, port, publish_statistics="true") as desk:
        await desk.has_user("noor", "caseworker")
        await desk.has_user("omar", "expert")

        # Ana searches in Spanish; the catalogue is mostly in English.
        found = await desk.call("GET", "/resources?q=cl%C3%A1usulas+chatbot&kind=template")
        titles = [str(each["record"]["title"]) for each in found["items"]]
        assert any("EU model contractual AI clauses" in title for title in titles), titles
        sources = [each["id"] for each in found["items"]][:3]
        assert len(sources) == 3

        # She asks, with her draft attached, and with topics of what she found.
        deadline = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
        request: dict[str, Any] = {
            "title": f"{WORD} chatbot",
            "question": f"{WORD}: how long may logs of minors be kept?",
            "topics": ["contract-clauses", "procurement"],
            "language": "es",
            "country": "ES",
            "deadline": deadline,
            "deadline_reason": f"{WORD} tender",
            "requester": {
                "role": "who-city-official",
                "name": f"{WORD} Ana",
                "contact": "ana-kestrel@city.example",
            },
            "consents": {"escalate": "yes", "share_name": False, "mail_notices": True},
        }
        sent = aiohttp.FormData()
        sent.add_field("request", json.dumps(request), content_type="application/json")
        sent.add_field("attachment", io.BytesIO(PDF), filename=f"{WORD}.pdf")
        filed = await desk.call("POST", "/requests", data=sent, status=201)
        code = filed["code"]

        # Her receipt proves what she filed.
        for name in ("receipt", "kept"):
            (kept / f"{name}.json").write_text(json.dumps(filed[name]))
        await desk.hub(
            *("verify", str(kept / "receipt.json"), "--filed", str(kept / "kept.json")),
            *("--keys", f"{desk.origin}/actor"),
        )
        for file in kept.iterdir():
            file.unlink()

        # Staff look at it, and two people take it; one of them asks her something.
        (item,) = (await desk.json("case", "list"))["items"]
        case = item["id"]
        await desk.hub("case", "triage", case, "--label", "tlp-amber", "--urgency", "urgency-high")
        team = {"users": ["noor", "omar"]}
        await desk.call("POST", f"/cases/{case}/assign", team, by="mireia")
        ask = {"text": f"{WORD}: from which age?"}
        await desk.call("POST", f"/cases/{case}/ask", ask, by="noor")

        # With her code she reads in plain words what is waited for, and replies.
        seen = await desk.call("GET", "/requests/mine", code=code)
        assert seen["status"] == "case-waiting"
        assert seen["says"]
        assert seen["messages"][-1]["text"] == ask["text"]
        await desk.call("POST", "/requests/mine/reply", {"text": f"{WORD}: 14."}, code=code)

        # Two drafts, each read by the other, become one answer with three sources.
        drafts = []
        for by, other, cites in (("noor", "omar", sources[:2]), ("omar", "noor", sources[2:])):
            body = {"text": f"{WORD}: thirty days, says {by}.", "cites": cites}
            made = await desk.call("POST", f"/cases/{case}/drafts", body, by=by, status=201)
            path = f"/cases/{case}/drafts/{made['id']}/approve"
            await desk.call("POST", path, {"revision": 1}, by=other)
            drafts.append({"id": made["id"], "revision": 1})
        merging = await desk.call("GET", f"/cases/{case}/merging", by="noor")
        assert merging["cites"] == sources
        answer = {"text": f"{WORD}: thirty days.", "drafts": drafts}
        await desk.call("POST", f"/cases/{case}/answer", answer, by="noor")

        # She reads it, says that it helped, and agrees to an anonymised lesson.
        seen = await desk.call("GET", "/requests/mine", code=code)
        assert [each["url"] for each in seen["messages"][-1]["sources"]] == sources
        assert "omar" not in str(seen)
        solved = await desk.call("POST", "/requests/mine/feedback", {"solved": True}, code=code)
        assert solved["feedback"] == "solved"
        consents = {"escalate": "yes", "publish_lesson": True, "mail_notices": True}
        await desk.call("POST", "/requests/mine/consents", consents, code=code)

        # Staff close it, and what was learned is found by the next person, with its sources.
        await desk.hub("case", "close", case, "--outcome", "solved")
        study = (await desk.call("GET", f"/cases/{case}/study", by="noor"))["record"]
        study |= {"title": {"es": "Comprar un chatbot"}, "summary": {"es": "Registros breves."}}
        body = {"record": study}
        assert (await desk.call("POST", f"/cases/{case}/study/preview", body, by="noor"))[
            "findings"
        ] == []
        draft = await desk.call("POST", f"/cases/{case}/study", body, by="noor", status=201)
        await desk.call("POST", f"/resources/{draft['ulid']}/publish", by="noor")
        lesson, *_ = (await desk.call("GET", "/resources?q=chatbot&kind=case-study"))["items"]
        assert sorted(lesson["record"]["related"]) == sorted(sources)

        # And the quarter's numbers are looked at, then published.
        await desk.hub("report", "statistics", "--period", "2026-Q3")
        await desk.hub("report", "statistics", "--period", "2026-Q3", "--publish")

        # Mails said that there is news; nobody outside saw a word of it.
        await desk.office.until(2)
        assert "ana-kestrel@city.example" in {r for m in desk.office.taken for r in m.recipients}
        await desk.nothing_shows(WORD, also=kept)
