"""
CSV (RFC 4180) for spreadsheets, written: a header, then one line a resource.

It begins with the mark by which spreadsheets know UTF-8, or else they show accents and Arabic
wrongly. Texts by language are columns such as `title:es`. Several values in one cell are parted by
a blank. What a spreadsheet would take for a formula gets an apostrophe before it (SECURITY.md S45),
which the reader takes away.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Final

import orjson

from content.resources.formats.shapes import Entry, Gone, Writing, written
from content.resources.record import ResourceRecord
from content.times import to_text, to_text_or_none

MEDIA_TYPE: Final = "text/csv; charset=utf-8; header=present"
MAPS: Final = ("title", "summary")
LISTS: Final = ("topics", "principles", "sdgs", "related")
ONES: Final = (
    *("url", "publisher", "year", "language", "country", "city", "kind", "licence", "label"),
    *("sensitivity", "source", "source_id"),
)
COLUMNS: Final = (*ONES, *LISTS, "statistics")
BESIDE: Final = ("id", "published_at", "updated_at")
"""Columns that are not part of the record."""
FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""A cell that a spreadsheet would run, or one that already has apostrophes before such a sign."""
_ORDER: Final = ("url", "language", "kind", "topics", "publisher", "year", "country", "city")


def languages_of(records: Iterable[ResourceRecord]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the languages of all titles and of all summaries, for the header."""
    titles: set[str] = set()
    summaries: set[str] = set()
    for record in records:
        titles.update(record.title)
        summaries.update(record.summary)
    return tuple(sorted(titles)), tuple(sorted(summaries))


def write(
    entries: Iterable[Entry | Gone], languages: tuple[tuple[str, ...], tuple[str, ...]]
) -> Iterator[bytes]:
    """Yield the header, then a line for each record."""
    return written(writing(languages), entries)


def writing(languages: tuple[tuple[str, ...], tuple[str, ...]]) -> Writing:
    """
    Return how a file is written. What is gone is left out: CSV has no deletions.

    languages: of all titles and of all summaries to come; a text in another one raises KeyError.
    """
    maps = [f"{name}:{tag}" for name, tags in zip(MAPS, languages, strict=True) for tag in tags]
    rest = [name for name in COLUMNS if name not in _ORDER]
    header = ["id", *maps, *_ORDER, *rest, "published_at", "updated_at"]
    places = {name: place for place, name in enumerate(header)}
    return Writing(
        head=codecs.BOM_UTF8 + _line(header),
        one=lambda entry: _line(_cells(entry, places)) if isinstance(entry, Entry) else b"",
    )


def _cells(entry: Entry, places: dict[str, int]) -> list[str]:
    record = entry.record
    cells = [""] * len(places)
    cells[places["id"]] = _safe(entry.id)
    cells[places["published_at"]] = to_text_or_none(entry.published) or ""
    cells[places["updated_at"]] = to_text(entry.modified)
    for name in MAPS:
        for tag, text in getattr(record, name).items():
            cells[places[f"{name}:{tag}"]] = _safe(text)
    for name in ONES:
        value = getattr(record, name)
        cells[places[name]] = "" if value is None else _safe(str(value))
    for name in LISTS:
        cells[places[name]] = _safe(" ".join(str(each) for each in getattr(record, name)))
    if record.statistics is not None:
        told = orjson.dumps(record.statistics.model_dump(mode="json"))
        cells[places["statistics"]] = told.decode()
    return cells


def _safe(text: str) -> str:
    return f"'{text}" if FORMULA.match(text) else text


def _line(cells: list[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(cells)
    return out.getvalue().encode("utf-8")
