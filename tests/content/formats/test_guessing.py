"""The format of a file, by its name and how it begins."""

import json
from typing import Any

import pytest

from content.resources.formats import dcat_writing, jsonl
from content.resources.formats.guessing import guess_format
from content.resources.formats.shapes import Entry
from content.starter import starter_catalogue
from tests.content.formats.test_round_trips import CATALOGUE, csv_bytes
from tests.content.shelf import RECORD
from tests.seams import START

DATASET: dict[str, Any] = {**RECORD, "kind": "dataset"}
LONG = {**RECORD, "summary": "a" * 9000}


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("a.CSV", b"{", "csv"),
        ("a.jsonl", b"", "jsonl"),
        ("a.ndjson", b"[", "jsonl"),
        ("a.jsonld", b"{}\n{}", "dcat"),
        ("a.json", json.dumps(DATASET).encode(), "jsonl"),
        ("-", json.dumps(LONG).encode()[:4096], "jsonl"),
        ("-", b"\xef\xbb\xbf" + json.dumps(RECORD).encode() + b"\n{", "jsonl"),
        ("-", b'{\n  "@context": {', "dcat"),
        ("-", b'{\n  "dataset": [', "dcat"),
        ("-", json.dumps({"@graph": [RECORD]}).encode(), "dcat"),
        ("-", b'[{"@id": 1}]', "dcat"),
        ("-", b"title,kind\n", "csv"),
        ("-", "\ufefftitle;kind".encode("utf-16"), "csv"),
        ("-", b"", "csv"),
    ],
)
def test_a_format_is_guessed_as_people_would(name: str, head: bytes, expected: str) -> None:
    assert guess_format(name, head) == expected


def test_what_we_write_is_known_again_whichever_record_comes_first() -> None:
    for record in starter_catalogue():
        entry = Entry(id="https://a.example/resources/1", record=record, modified=START)

        assert guess_format("-", b"".join(jsonl.write([entry]))[:4096]) == "jsonl"
        assert guess_format("-", csv_bytes([entry])[:4096]) == "csv"
        written = b"".join(dcat_writing.write([entry], CATALOGUE))
        assert guess_format("-", written[:4096]) == "dcat"
