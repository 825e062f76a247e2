"""
CSV read: what we wrote without loss, and what a spreadsheet made of it or a person typed.

Taken are commas, semicolons and tabs between cells, UTF-8 with or without a BOM, UTF-16 with one,
and columns in any order; `title` and `summary` need no language. A column that we do not know stops
the import, so that nothing gets lost unseen.
"""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from content.language import language_tag
from content.resources.formats.csv_writing import BESIDE, COLUMNS, FORMULA, LISTS, MAPS
from content.resources.formats.foreign import moment_of
from content.resources.formats.shapes import (
    BadRecord,
    FormatUnreadable,
    Found,
    Reading,
    key_in_fields,
)
from content.resources.record import RecordInvalid
from content.validation import choose_one, shown

_BETWEEN: Final = re.compile(r"[\s;,]+")


def read(lines: Iterable[bytes]) -> Iterator[Reading]:
    """
    Yield what each line below the header says. lines: the bytes of the file, such as an open one.

    Raises FormatUnreadable if the file is not text, or its header not ours.
    """
    text = _decoded(b"".join(lines))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = next((row for row in rows if any(cell.strip() for cell in row)), None)
    except csv.Error as error:
        raise FormatUnreadable(f"The header is not CSV: {error}.") from None
    if header is None:
        raise FormatUnreadable("The file is empty; its first line must name the columns.")
    columns = [_column(cell) for cell in header]
    if twice := sorted({each for each in columns if columns.count(each) > 1}):
        raise FormatUnreadable(
            f"The header names the column {':'.join(filter(None, twice[0]))} twice."
        )
    yield from _records(rows, columns)


def _records(rows: Any, columns: Sequence[tuple[str, str]]) -> Iterator[Reading]:
    while True:
        line = rows.line_num + 1
        where = f"line {line}"
        try:
            row = next(rows)
            if any(cell.strip() for cell in row):
                yield _found(row, columns, where, line)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRecord(where=where, reason=f"is not CSV: {error}.", line=line)
        except (ValueError, RecordInvalid) as error:
            yield BadRecord(where=where, reason=str(error), line=line)


def _decoded(body: bytes) -> str:
    wide = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return body.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise FormatUnreadable(
            f"Line {line} is not UTF-8. In the spreadsheet, save the file as CSV UTF-8."
        ) from None


def _delimiter(text: str) -> str:
    """Return what parts the cells: of three signs the one that the header has most often."""
    header = text.lstrip().partition("\n")[0]
    return max(",;\t", key=header.count)


def _column(cell: str) -> tuple[str, str]:
    """Return name and language of a column. Raises FormatUnreadable."""
    name, _, tag = cell.strip().lower().partition(":")
    if name in MAPS:
        try:
            return name, language_tag(tag) if tag else ""
        except ValueError as error:
            raise FormatUnreadable(f"The column {shown(cell)}: {error}") from None
    known = (*MAPS, *COLUMNS, *BESIDE)
    if tag or name not in known:
        raise FormatUnreadable(
            f"The column {shown(cell)} is not known; {choose_one(name, known)}. Rename it or take"
            " it out of the file."
        )
    return name, ""


def _found(row: list[str], columns: Sequence[tuple[str, str]], where: str, line: int) -> Found:
    if len(row) > len(columns):
        raise ValueError(f"has {len(row)} cells, but the header names {len(columns)} columns.")
    fields: dict[str, Any] = {}
    for (name, tag), given in zip(columns, row, strict=False):
        cell = _as_written(given)
        if not cell.strip():
            continue
        if name in MAPS and tag:
            texts = fields.setdefault(name, {})
            if isinstance(texts, str):
                raise ValueError(f"has a {name} with a language and one without.")
            texts[tag] = cell
        elif name in MAPS:
            if name in fields:
                raise ValueError(f"has a {name} with a language and one without.")
            fields[name] = cell
        else:
            fields[name] = _value(name, cell)
    beside = {name: fields.pop(name, None) for name in BESIDE}
    fields.setdefault("topics", ())
    return Found(
        source_id=beside["id"] or key_in_fields(fields),
        fields=fields,
        modified=moment_of(beside["updated_at"]),
        where=where,
        line=line,
    )


def _as_written(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def _value(name: str, cell: str) -> Any:
    if name == "statistics":
        try:
            return json.loads(cell)
        except (ValueError, RecursionError):
            raise ValueError("statistics: is not JSON.") from None
    if name == "related":
        return tuple(cell.split())
    if name == "sdgs":
        return tuple(_whole(name, each) for each in _BETWEEN.split(cell.strip(" ;,")))
    if name in LISTS:
        return tuple(_BETWEEN.split(cell.strip(" ;,")))
    return _whole(name, cell.strip()) if name == "year" else cell.strip()


def _whole(name: str, text: str) -> int:
    text = text.removesuffix(".0")
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"{name}: {shown(text)} is not a whole number.")
    return int(text[:9])
