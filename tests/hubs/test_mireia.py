"""Mireia's Monday: a queue, a personal matter, retention, a person's rights, and a sound backup."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.hubs.helpdesk import helpdesk

WORD = "PEREGRINE"
PHRASE = "six random words of a list\n"


def guide(number: int) -> str:
    record = {
        "title": f"Guía {number}",
        "summary": "Cómo se hace.",
        "url": f"https://docs.example/guide/{number}",
        "language": "es",
        "kind": "guide",
        "topics": ["procurement"],
    }
    return json.dumps(record)


def request(title: str, **other: Any) -> dict[str, Any]:
    return {
        "title": f"{WORD} {title}",
        "question": f"{WORD}: what may the city do?",
        "topics": ["procurement"],
        "language": "es",
        "country": "ES",
        "requester": {
            "role": "who-city-official",
            "name": f"{WORD} {title}",
            "contact": f"{title}@city.example",
        },
        **other,
    }


@pytest.mark.slow
async def test_mireia_does_her_monday(
    tmp_path: Path, unused_tcp_port_factory: Callable[[], int]
) -> None:
    safe = tmp_path / "safe"
    safe.mkdir()
    async with helpdesk(tmp_path, unused_tcp_port_factory()) as desk:
        await desk.hub(
            *(
                "expert",
                "add",
                "--name",
                "Noor",
                "--bio",
                "Contratos.",
                "--topic",
                "procurement",
                "--jurisdiction",
                "ES",
            ),
            *("--language", "es", "--offer", "review", "--hours", "8"),
        )
        filed = {}
        for title in ("one", "two", "three", "late"):
            made = await desk.call("POST", "/requests", request(title), status=201)
            filed[title] = made["code"]
        cases = {
            (await desk.json("case", "show", each["id"]))["title"].split()[1]: each["id"]
            for each in (await desk.json("case", "list"))["items"]
        }

        # The queue shows what is new; a day that she sets is shown with it.
        soon = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
        await desk.hub("case", "due", cases["late"], soon, "--reason", "It is urgent")
        queue = (await desk.json("case", "list"))["items"]
        assert {each["status"] for each in queue} == {"case-received"}
        assert {each["id"]: each["due"] for each in queue}[cases["late"]] == soon
        assert len(queue) == 4

        # A personal matter is sent to those who can help, and nothing of it is kept.
        await desk.hub("case", "redirect", cases["one"], "--body", "es-defensor", "--yes")
        seen = await desk.call("GET", "/requests/mine", code=filed["one"])
        assert [each["id"] for each in seen["bodies"]] == ["es-defensor"]
        assert WORD not in str(seen)

        # Two get somebody who could answer.
        for title in ("two", "three"):
            matched = await desk.hub("case", "match", cases[title])
            assert "Noor" in matched.out

        # Forty guides are looked at, imported, and found; once more changes nothing.
        guides = safe / "guides.jsonl"
        guides.write_text("\n".join(map(guide, range(40))))
        before = (await desk.call("GET", "/resources"))["total"]
        await desk.hub("resource", "import", str(guides), "--dry-run")
        assert (await desk.call("GET", "/resources"))["total"] == before
        for _ in range(2):
            await desk.hub("resource", "import", str(guides))
            assert (await desk.call("GET", "/resources"))["total"] == before + 40

        # One case is closed and its time is over, another one is held.
        at_once = {"HUB_RETENTION_CASE_MONTHS": "0"}
        for title in ("late", "two"):
            await desk.hub("case", "close", cases[title], "--outcome", "solved")
        hold = ("--reason", "Archive law", "--until", "2035-06-30")
        await desk.hub("case", "hold", cases["two"], *hold)
        dry = await desk.hub("retention", "run", "--dry-run", **at_once)
        assert cases["late"] in dry.out
        assert (await desk.json("case", "show", cases["late"]))["status"] == "case-closed"
        await desk.hub("retention", "run", **at_once)
        for title, left in (("late", 410), ("two", 200)):
            await desk.call("GET", f"/cases/{cases[title]}", by="mireia", status=left)

        # A person asks what is held about them, gets it, and has it erased.
        whom = ("--contact", "three@city.example")
        export = safe / "three.zip"
        await desk.hub("subject", "export", *whom, "--to", str(export))
        assert export.stat().st_size > 0
        export.unlink()
        await desk.hub("subject", "erase", *whom, "--yes")
        await desk.call("GET", f"/cases/{cases['three']}", by="mireia", status=410)

        # The papers for the data protection officer, and proof that nothing was bent.
        paper = await desk.hub("report", "processing")
        assert "Barcelona" in paper.out
        await desk.hub("audit", "verify")
        backup = (str(safe / "data"), "--keys", str(safe / "keys.age"))
        await desk.hub("backup", *backup, text=PHRASE)
        verified = await desk.hub("restore", *backup, "--verify", text=PHRASE)
        assert "open all 1 cases" in verified.out
        assert "BROKEN" not in (await desk.hub("doctor")).out
        await desk.nothing_shows(WORD, also=safe)
