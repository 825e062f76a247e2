"""Importing records: what a file holds, and each bad record named with its reasons."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from content.resources.formats import jsonl
from content.resources.formats.shapes import BadRecord, Deleted, Found, Reading, record_of
from content.resources.record import RecordInvalid, ResourceRecord


@dataclass(frozen=True, slots=True)
class Import:
    """
    What a file holds. Nothing is stored yet: the caller decides about the problems.

    deleted: ids at the source of what it took back.
    """

    records: tuple[ResourceRecord, ...]
    problems: tuple[BadRecord, ...]
    deleted: tuple[str, ...] = ()


def collect(
    readings: Iterable[Reading],
    *,
    source: str | None = None,
    defaults: Mapping[str, Any] | None = None,
) -> Import:
    """
    Return the records of what a reader found. See `record_of` for source and defaults.

    Two records with one import key are a problem of the second.
    """
    records: dict[tuple[str, str], tuple[str, ResourceRecord]] = {}
    problems: list[BadRecord] = []
    deleted: dict[str, None] = {}
    for reading in readings:
        if isinstance(reading, BadRecord):
            problems.append(reading)
        elif isinstance(reading, Deleted):
            deleted[reading.source_id] = None
        else:
            try:
                record = record_of(reading, source=source, defaults=defaults)
            except RecordInvalid as error:
                problems.append(_bad(reading, str(error)))
                continue
            known = records.setdefault(record.import_key, (reading.where, record))
            if known[1] is not record:
                reason = f"is the same resource as {known[0]}; leave one, or give a source_id."
                problems.append(_bad(reading, reason))
    return Import(tuple(record for _, record in records.values()), tuple(problems), tuple(deleted))


def _bad(found: Found, reason: str) -> BadRecord:
    return BadRecord(where=found.where, reason=reason, line=found.line)


def read_jsonl(lines: Iterable[str]) -> Import:
    """Return the records of a JSON Lines file, as `collect` does; empty lines are skipped."""
    return collect(jsonl.read(line.encode("utf-8", "surrogatepass") for line in lines))
