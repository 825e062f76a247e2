"""The starter catalogue: 262 real resources that every hub can begin with."""

import json
from collections import Counter
from importlib import resources

from content.resources.importing import read_jsonl
from content.resources.record import RecordInvalid, ResourceRecord


def starter_catalogue() -> list[ResourceRecord]:
    """Return the records of the package data, each checked. Their links are not checked yet."""
    found = read_jsonl(_lines())
    if found.problems:
        raise RecordInvalid(tuple((each.where, each.reason) for each in found.problems))
    return list(found.records)


def starter_counts() -> Counter[str]:
    """Return how many records there are of each country; those of none count under ""."""
    return Counter(_country(line) for line in _lines())


def starter_lines(country: str = "") -> bytes:
    """Return the records of a country, or all of them, as JSON lines."""
    return "".join(
        f"{line}\n" for line in _lines() if not country or _country(line) == country
    ).encode()


def _lines() -> list[str]:
    source = resources.files("content") / "data" / "starter-catalogue.jsonl"
    return source.read_text(encoding="utf-8").splitlines()


def _country(line: str) -> str:
    return json.loads(line).get("country") or ""
