"""What docs/catalogue.md tells people to type does what it says, in its order."""

import json
import re
import shlex
from pathlib import Path

import pytest

from content.resources.formats.csv_writing import BESIDE, COLUMNS, MAPS
from tests.house.test_docs_match import ROOT, commands_in
from tests.node.cli.terminal import Terminal

PAGE = (ROOT / "docs/catalogue.md").read_text("utf-8")
GUIDES = (
    "title,summary:nl,language,kind,topics,url\n"
    "Wegwijzer,Kort.,nl,guide,procurement,https://docs.example/1\n"
)
FOREIGN = {"dataset": [{"identifier": "1", "title": "Cameras", "keyword": ["Privacy"]}]}
AN_ID = re.compile(r"\b01K[0-9A-Z]{23}\b")


def test_the_commands_of_the_page_work_one_after_the_other(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "guides.csv").write_text(GUIDES, "utf-8")
    (tmp_path / "catalog.jsonld").write_text(json.dumps(FOREIGN), "utf-8")
    [first] = terminal.json("resource", "import", "guides.csv")["ids"]
    typed = [line for line in commands_in(PAGE) if " " in line and "|" not in line]
    done = []

    for line in typed:
        command, _, file = AN_ID.sub(first, line).partition(" > ")
        words = shlex.split(command)
        if words[:2] not in (["resource", "export"], ["resource", "import"], ["resource", "cite"]):
            continue
        if len(words) == 2:
            continue  # named in a sentence
        printed = terminal.run(*words)
        assert printed.status == 0, (line, printed.err)
        done.append(words[1])
        if file:
            (tmp_path / file).write_text(printed.out, "utf-8")

    assert {"export", "import", "cite"} == set(done)
    assert len(done) >= 8
    records = [item["record"] for item in terminal.json("resource", "list")["items"]]
    assert sorted(record["source"] or "" for record in records) == ["", "data.city.example"]
    catalogue = json.loads((tmp_path / "catalogue.jsonld").read_text("utf-8"))
    assert len(catalogue["dcat:dataset"]) == 1


@pytest.mark.parametrize("column", re.findall(r"^\| (`[^|]+) \|", PAGE, re.MULTILINE))
def test_the_columns_that_the_page_names_are_columns(column: str) -> None:
    names = [name.partition(":")[0] for name in re.findall(r"`([^`]+)`", column)]
    known = {*MAPS, *COLUMNS, *BESIDE}
    formats_and_addresses = {"jsonl", "csv", "dcat"} | {n for n in names if n.startswith("/")}

    assert set(names) <= known | formats_and_addresses
