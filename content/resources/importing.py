"""Reading records from a file, line by line; every bad line is named with its reasons."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from content.resources.record import RecordInvalid, ResourceRecord, read_record

LONGEST_LINE_SIGNS = 256 * 1024


@dataclass(frozen=True, slots=True)
class Import:
    """
    What a file holds. Nothing is stored yet: the caller decides about the problems.

    problems: number of the line, from 1 on, and what is wrong with it.
    """

    records: tuple[ResourceRecord, ...]
    problems: tuple[tuple[int, str], ...]


def read_jsonl(lines: Iterable[str]) -> Import:
    """
    Return the records of a JSON Lines file (https://jsonlines.org); empty lines are skipped.

    Two lines with one import key are a problem of the second.
    """
    records: dict[tuple[str, str], tuple[int, ResourceRecord]] = {}
    problems: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=1):
        text = line.removeprefix("\ufeff").strip() if number == 1 else line.strip()
        if not text:
            continue
        try:
            record = read_record(read_object(text))
        except (ValueError, RecordInvalid) as error:
            problems.append((number, str(error)))
            continue
        key = record.import_key
        if key in records:
            first = records[key][0]
            problems.append(
                (number, f"is the same resource as line {first}; leave one, or give a source_id.")
            )
            continue
        records[key] = (number, record)
    return Import(tuple(record for _, record in records.values()), tuple(problems))


def read_object(text: str) -> dict[str, Any]:
    """Return the JSON object of one line; ValueError, in words, for anything else."""
    if len(text) > LONGEST_LINE_SIGNS:
        raise ValueError(f"is longer than {LONGEST_LINE_SIGNS} signs.")
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error.msg} at sign {error.colno}.") from None
    except RecursionError:
        raise ValueError("is nested too deeply.") from None
    if not isinstance(value, dict):
        raise ValueError("is not a JSON object in braces.")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"has the field {twice[:60]!r} twice.")
    return values


def _no_constant(name: str) -> Any:
    raise ValueError(f"holds {name}, which is no JSON number.")
