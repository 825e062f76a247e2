"""hub resource import and export: files of every format, in and out; hub resource cite."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.node.cli.terminal import ORIGIN, Terminal

A: dict[str, Any] = {
    "title": {"nl": "Wegwijzer", "ar": "دليل"},
    "summary": {"nl": "Kort."},
    "language": "nl",
    "kind": "guide",
    "topics": ["procurement"],
    "source_id": "a",
}
B: dict[str, Any] = {**A, "title": {"nl": "Register"}, "source_id": "b"}


def jsonl(*records: dict[str, Any]) -> str:
    return "\n".join(json.dumps(each) for each in records)


def records(terminal: Terminal) -> list[Any]:
    """Return what the hub holds, by title."""
    items = terminal.json("resource", "list")["items"]
    return sorted((item["record"] for item in items), key=str)


@pytest.mark.parametrize("shape", ["jsonl", "csv", "dcat"])
def test_what_was_exported_is_imported_back_and_nothing_changes(
    terminal: Terminal, tmp_path: Path, shape: str
) -> None:
    terminal.json("resource", "import", "--starter", "--country", "ES")
    terminal.json("resource", "import", "-", text=jsonl(A, B))
    before = records(terminal)
    file = tmp_path / "catalogue"

    told = terminal.run("resource", "export", "--format", shape, "--output", str(file))
    again = terminal.json("resource", "import", str(file))

    assert told.status == 0, told.err
    assert (again["added"], again["updated"], again["skipped"]) == (0, 0, 0)
    assert again["unchanged"] == len(before)
    assert records(terminal) == before


def test_an_export_goes_to_stdout_without_drafts_and_without_what_its_readers_may_not_have(
    terminal: Terminal,
) -> None:
    terminal.json("resource", "import", "-", text=jsonl(A, {**B, "label": "tlp-green"}))
    terminal.json(
        "resource", "add", "--draft", "--file", "-", text=json.dumps({**A, "source_id": "c"})
    )

    public = terminal.run("resource", "export").out.splitlines()
    network = terminal.run("resource", "export", "--for", "network").out.splitlines()
    plain = terminal.json("resource", "export", "--for", "network")

    assert [json.loads(line)["source_id"] for line in public] == ["a"]
    assert sorted(json.loads(line)["source_id"] for line in network) == ["a", "b"]
    assert len(plain["items"]) == 2
    assert plain["items"][0]["id"].startswith(f"{ORIGIN}/resources/")


def test_a_source_is_mirrored_what_it_dropped_is_shown_asked_for_and_taken_back(
    terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "guides.jsonl"
    mirror = ("resource", "import", str(file), "--source", "city.example", "--mirror")
    terminal.json("resource", "import", "-", text=jsonl({**A, "source_id": "our own"}))
    file.write_text(jsonl(A, B), "utf-8")
    first = terminal.json(*mirror)
    file.write_text(jsonl({**A, "year": 2026}), "utf-8")

    tried = terminal.json(*mirror, "--dry-run")
    unasked = terminal.run(*mirror)
    done = terminal.json(*mirror, "--yes")
    again = terminal.json(*mirror, "--yes")

    assert (first["added"], first["retracted"]) == (2, 0)
    assert (tried["updated"], tried["retracted"], len(tried["gone"])) == (1, 1, 1)
    assert (unasked.status, "--yes" in unasked.err, "Register" in unasked.err) == (1, True, True)
    assert (done["updated"], done["retracted"], done["gone"]) == (1, 1, tried["gone"])
    assert (again["unchanged"], again["retracted"]) == (1, 0)
    left = {(each["source"], each["source_id"]) for each in records(terminal)}
    assert left == {(None, "our own"), ("city.example", "a")}


def test_a_mirror_takes_nothing_back_for_a_line_that_it_cannot_read(
    terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "guides.jsonl"
    file.write_text(jsonl(A, B), "utf-8")
    mirror = ("resource", "import", str(file), "--source", "city.example", "--mirror", "--yes")
    terminal.json(*mirror)
    file.write_text(jsonl(A, {**B, "kind": "guid"}), "utf-8")

    refused = terminal.run(*mirror, "--skip-bad")

    assert (refused.status, "would be taken back" in refused.err) == (1, True)
    assert len(records(terminal)) == 2


def test_a_foreign_catalogue_comes_in_once_its_kind_and_language_are_said(
    terminal: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "catalog.json"
    file.write_text(
        json.dumps(
            {"dataset": [{"identifier": "1", "title": "Cameras", "keyword": ["Privacy", "cctv"]}]}
        ),
        "utf-8",
    )
    source = ("resource", "import", str(file), "--source", "data.city.example")

    refused = terminal.run(*source)
    report = terminal.json(*source, "--kind", "dataset", "--language", "en")

    assert (refused.status, "--kind" in refused.err) == (1, True)
    assert report["added"] == 1
    [record] = records(terminal)
    assert record["topics"] == ["privacy"]
    assert (record["source"], record["source_id"], record["kind"], record["language"]) == (
        *("data.city.example", "1", "dataset", "en"),
    )


def test_each_part_of_a_long_import_bears_its_own_moment(terminal: Terminal) -> None:
    terminal.json("resource", "import", "--starter")

    [(parts,)] = terminal.rows("select count(distinct changed_at) from published")
    assert parts == 2


@pytest.mark.parametrize(
    ("arguments", "text", "status", "words"),
    [
        (("-", "--mirror"), "", 2, "--source"),
        (("-", "--mirror", "--source", "x"), "", 2, "--yes"),
        (("--starter", "--source", "x"), None, 2, "is what it is"),
        (("-", "--format", "dcat"), "{", 1, "is not JSON"),
        (("-",), "titel;kind\nA;guide\n", 1, "nearest are title"),
        (("-", "--kind", "guid"), "title,language\nA,nl\n", 1, "guid"),
    ],
)
def test_what_cannot_be_imported_is_refused_with_what_to_do(
    terminal: Terminal, arguments: tuple[str, ...], text: str | None, status: int, words: str
) -> None:
    printed = terminal.run("resource", "import", *arguments, text=text)

    assert (printed.status, printed.out) == (status, "")
    assert words in printed.err


def test_a_resource_is_cited_in_words_and_for_reference_managers(terminal: Terminal) -> None:
    terminal.json(
        "resource", "import", "-", text=jsonl({**A, "publisher": "Gemeente", "year": 2024})
    )
    [item] = terminal.json("resource", "list")["items"]

    text = terminal.run("resource", "cite", item["ulid"]).out
    ris = terminal.run("resource", "cite", item["ulid"], "--format", "ris").out
    whole = terminal.json("resource", "cite", item["ulid"])

    assert text == f"Gemeente (2024). Wegwijzer. {item['id']}\n"
    assert ris.startswith("TY  - RPRT\nID  - gemeente2024wegwijzer\n")
    assert set(whole) == {"text", "bibtex", "ris", "csl"}
