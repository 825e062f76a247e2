"""
JSON Lines (https://jsonlines.org): one record a line, with the fields of a resource as they are.

Beside the fields stand `id`, `published_at` and `updated_at`, which are not part of the record. A
line `{"id": ..., "deleted_at": ...}` says that a record was taken back.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

from content.json_lines import read_object
from content.resources.formats.foreign import moment_of
from content.resources.formats.shapes import (
    BadRecord,
    Deleted,
    Entry,
    Found,
    Gone,
    Reading,
    Writing,
    key_in_fields,
    written,
)
from content.resources.record import RecordInvalid
from content.times import to_text, to_text_or_none

MEDIA_TYPE: Final = "application/jsonl"


def write(entries: Iterable[Entry | Gone]) -> Iterator[bytes]:
    """Yield a line for each record."""
    return written(WRITING, entries)


def _line(entry: Entry | Gone) -> bytes:
    if isinstance(entry, Gone):
        values: dict[str, Any] = {"id": entry.id, "deleted_at": to_text(entry.at)}
    else:
        values = entry.record.model_dump(mode="json", exclude_defaults=True)
        values["id"] = entry.id
        values["published_at"] = to_text_or_none(entry.published)
        values["updated_at"] = to_text(entry.modified)
    return orjson.dumps(values) + b"\n"


WRITING: Final = Writing(one=_line)
"""How JSON Lines are written."""


def read(lines: Iterable[bytes]) -> Iterator[Reading]:
    """Yield what each line says; empty lines are skipped. lines: such as an open file."""
    for number, line in enumerate(lines, start=1):
        where = f"line {number}"
        try:
            text = line.removeprefix(b"\xef\xbb\xbf" if number == 1 else b"").decode("utf-8")
            if text.strip():
                yield _read(read_object(text.strip()), where, number)
        except UnicodeDecodeError:
            yield BadRecord(where=where, reason="is not UTF-8.", line=number)
        except (ValueError, RecordInvalid) as error:
            yield BadRecord(where=where, reason=str(error), line=number)


def _read(values: dict[str, Any], where: str, line: int) -> Found | Deleted:
    given = values.pop("id", None)
    if given is not None and (not isinstance(given, str) or not given.strip()):
        raise ValueError("has an id that is no text.")
    if "deleted_at" in values:
        if given is None:
            raise ValueError("tells a deletion, but not of which id.")
        return Deleted(source_id=given, at=moment_of(values["deleted_at"]), where=where)
    values.pop("published_at", None)
    modified = moment_of(values.pop("updated_at", None))
    source_id = given if given is not None else key_in_fields(values)
    return Found(source_id=source_id, fields=values, modified=modified, where=where, line=line)
