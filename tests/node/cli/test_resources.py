"""hub resource: add, import, find, change, retract."""

import json
from pathlib import Path
from typing import Any

import pytest

from content.database import connect, transaction
from federation.pause import Pause
from tests.node.cli.terminal import ORIGIN, Terminal
from tests.seams import START

GUIDE: dict[str, Any] = {
    "title": "Guía de compra pública de inteligencia artificial",
    "summary": "Clauses for buying algorithms.",
    "language": "es",
    "kind": "guide",
    "topics": ["procurement"],
    "url": "https://city.example/guia.pdf",
    "country": "ES",
    "year": 2024,
}
ADD = (
    *("--title", "Guía \x41lfa", "--summary", "Clauses.", "--language", "es", "--kind", "guide"),
    *("--topic", "procurement", "--url", "https://city.example/a.pdf"),
)


def lines(*records: object) -> str:
    """Return records as JSON lines."""
    return "\n".join(r if isinstance(r, str) else json.dumps(r) for r in records)


def test_a_resource_is_added_found_changed_and_retracted(terminal: Terminal) -> None:
    added = terminal.json("resource", "add", *ADD)
    found = terminal.json("resource", "search", "guia")
    changed = terminal.json("resource", "update", added["ulid"], "--year", "2026")
    terminal.json("resource", "retract", added["ulid"])

    assert added["id"] == f"{ORIGIN}/resources/{added['ulid']}"
    assert [item["id"] for item in found["items"]] == [added["id"]]
    assert changed["record"]["year"] == 2026
    assert changed["record"]["title"] == {"es": "Guía Alfa"}
    assert terminal.json("resource", "search", "guia")["items"] == []
    assert added["ulid"] not in [
        item["ulid"] for item in terminal.json("resource", "list")["items"]
    ]
    (erased,) = terminal.json("erasure", "list")["items"]
    assert (erased["ref"], erased["clean_here"]) == (added["ulid"], True)


def test_a_draft_is_not_published_until_somebody_does(terminal: Terminal) -> None:
    draft = terminal.json("resource", "add", *ADD, "--draft")
    before = terminal.json("resource", "search", "guia")["total"]

    published = terminal.json("resource", "update", draft["ulid"], "--publish")

    assert (draft["state"], before) == ("draft", 0)
    assert published["state"] == "published"
    assert terminal.json("resource", "search", "guia")["total"] == 1


def test_the_starter_catalogue_of_one_country_is_imported_once(terminal: Terminal) -> None:
    first = terminal.json("resource", "import", "--starter", "--country", "NL")
    again = terminal.json("resource", "import", "--starter", "--country", "nl")

    assert (first["added"], first["updated"], first["unchanged"]) == (16, 0, 0)
    assert (again["added"], again["updated"], again["unchanged"]) == (0, 0, 16)
    shown = terminal.run("resource", "show", terminal.json("resource", "list")["items"][0]["ulid"])
    assert "not yet" in shown.out


def test_a_search_shows_a_table_within_80_columns(terminal: Terminal) -> None:
    terminal.run("resource", "import", "--starter", "--country", "NL")

    printed = terminal.run("resource", "search", "--topic", "Contratación pública")

    assert printed.status == 0, printed.err
    assert "Interview on Amsterdam" in printed.out
    assert max(len(line) for line in printed.out.splitlines()) <= 80


def test_an_import_with_bad_lines_names_them_all_and_imports_nothing(terminal: Terminal) -> None:
    text = lines(
        GUIDE,
        {**GUIDE, "url": "https://city.example/b", "kind": "guid"},
        {"title": "x"},
        "{not json",
    )
    before = terminal.contents()

    printed = terminal.run("resource", "import", "-", text=text)

    assert printed.status == 1
    assert printed.out == ""
    assert terminal.contents() == before
    named = [line.split(":")[0] for line in printed.err.splitlines() if line.startswith("line ")]
    assert named == ["line 2", "line 3", "line 4"]
    assert "guide" in printed.err
    assert "--skip-bad" in printed.err


def test_skip_bad_imports_the_good_lines(terminal: Terminal) -> None:
    text = lines(GUIDE, "{", "")

    report = terminal.json("resource", "import", "-", "--skip-bad", text=text)

    assert (report["added"], report["skipped"]) == (1, 1)


def test_a_dry_run_says_what_would_happen_and_stores_nothing(
    terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "guides.jsonl"
    file.write_text(lines(GUIDE), "utf-8")
    before = terminal.contents()

    report = terminal.json("resource", "import", str(file), "--dry-run")

    assert (report["dry_run"], report["added"], report["ids"]) == (True, 1, [])
    assert terminal.contents() == before


def test_what_show_prints_can_be_given_back_to_add(terminal: Terminal, tmp_path: Path) -> None:
    terminal.json("resource", "import", "-", text=lines(GUIDE))
    shown = terminal.json("resource", "list")["items"][0]
    again = {**shown["record"], "url": "https://city.example/other.pdf"}

    added = terminal.json("resource", "add", "--file", "-", text=json.dumps(again))

    assert added["record"]["title"] == {"es": GUIDE["title"]}


@pytest.mark.parametrize(
    ("arguments", "text", "status", "words"),
    [
        (("add", "--title", "x"), None, 1, "summary"),
        (("add", *ADD, "--kind", "guid"), None, 1, "guide"),
        (("add", *ADD, "--url", "javascript:alert(1)"), None, 1, "http"),
        (("add", *ADD, "--year", "soon"), None, 2, "year"),
        (("add", *ADD, "--sdg", "18"), None, 1, "Sustainable"),
        (("add", *ADD, "--label", "tlp-blue"), None, 1, "tlp-clear"),
        (("add", *ADD, "--topic", "nothing"), None, 1, "nothing"),
        (("add", *ADD, "--title", "a\nb"), None, 1, "one line"),
        (("add", "--file", "-"), "[1]", 1, "one JSON object"),
        (("add", "--file", "-"), "{", 1, "not JSON"),
        (("import",), None, 2, "--starter"),
        (("import", "x.jsonl", "--starter"), None, 2, "x.jsonl"),
        (("import", "-", "--country", "NL"), "", 2, "--starter"),
        (("import", "--starter", "--country", "XX"), None, 1, "has nothing of XX"),
        (("import", "-"), b'{"title": "\xff"}', 1, "line 1"),
        (
            ("update", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH", "--year", "2020"),
            None,
            1,
            "There is no resource",
        ),
        (("retract", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"), None, 1, "There is no resource"),
        (("show", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"), None, 1, "There is no resource"),
        (("show", "01KAT3Q8T6W3Y6M0S0V4N8Z2XH", "--hub", "x.example"), None, 1, "holds nothing"),
        (("search", "--cursor", "x"), None, 1, "cursor"),
        (("list", "--state", "lost"), None, 2, "draft"),
    ],
)
def test_bad_input_is_refused_and_stores_nothing(
    terminal: Terminal,
    arguments: tuple[str, ...],
    text: str | bytes | None,
    status: int,
    words: str,
) -> None:
    before = terminal.contents()

    printed = terminal.run("resource", *arguments, text=text)

    assert printed.status == status, printed.err
    assert words in printed.err
    assert printed.out == ""
    assert terminal.contents() == before


def test_changing_nothing_is_said(terminal: Terminal) -> None:
    added = terminal.json("resource", "add", *ADD)

    printed = terminal.run("resource", "update", added["ulid"])

    assert printed.status == 1
    assert "Nothing would change" in printed.err


def test_a_reader_changes_nothing(terminal: Terminal) -> None:
    terminal.run("user", "add", "omar", "--role", "reader")

    printed = terminal.run("--as", "omar", "resource", "add", *ADD)

    assert printed.status == 1
    assert "catalogue-edit" in printed.err
    assert terminal.json("resource", "list")["items"] == []


def test_no_resources_yet_says_what_to_do(terminal: Terminal) -> None:
    assert "--starter" in terminal.run("resource", "list").err


def test_what_waits_while_the_log_rests_is_not_called_published(terminal: Terminal) -> None:
    db = connect(terminal.home / "hub.sqlite", writes=True)
    with transaction(db):
        Pause(db).begin("The database is older than what others have seen of it.", START)
    db.close()

    added = terminal.run("resource", "add", *ADD)
    changed = terminal.json("resource", "update", added.out.split()[1].strip("."), "--year", "2020")

    assert "waits to be published, because: The database is older" in added.out
    assert "published)" not in added.out
    assert "It is at" not in added.err
    assert changed["waiting_because"].startswith("The database is older")


def test_what_is_taken_back_is_said_once(terminal: Terminal) -> None:
    added = terminal.json("resource", "add", *ADD)

    retracted = terminal.run("resource", "retract", added["ulid"])

    assert retracted.out == f"Retracted {added['ulid']}.\n"
    assert added["waiting_because"] is None
