"""The starter catalogue: 262 real resources that every hub can begin with."""

from importlib import resources

from content.resources.importing import read_jsonl
from content.resources.record import RecordInvalid, ResourceRecord


def starter_catalogue() -> list[ResourceRecord]:
    """Return the records of the package data, each checked. Their links are not checked yet."""
    source = resources.files("content") / "data" / "starter-catalogue.jsonl"
    found = read_jsonl(source.read_text(encoding="utf-8").splitlines())
    if found.problems:
        raise RecordInvalid(tuple((each.where, each.reason) for each in found.problems))
    return list(found.records)
