"""CSV: what spreadsheets make of a file, and what people type into one."""

import csv
import io

import pytest

from content.resources.formats import csv_reading, csv_writing
from content.resources.formats.shapes import (
    BadRecord,
    Entry,
    FormatUnreadable,
    Found,
    Reading,
    record_of,
)
from content.resources.record import read_record
from tests.content.shelf import RECORD
from tests.seams import START


def read(text: str | bytes) -> list[Reading]:
    return list(csv_reading.read(io.BytesIO(text if isinstance(text, bytes) else text.encode())))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_is_read_as_a_spreadsheet_saves_it(delimiter: str, encoding: str, end: str) -> None:
    out = io.StringIO(newline="")
    rows = csv.writer(out, delimiter=delimiter, lineterminator=end)
    rows.writerow(["title:nl", "Summary:NL", "language", "kind", "topics", "year", "related"])
    rows.writerow(["Één, twee; drie", "Kort\nen goed", "nl", "guide", "privacy; audit", "2024", ""])
    rows.writerow([""] * 7)

    [found] = read(out.getvalue().encode(encoding))

    assert isinstance(found, Found)
    record = record_of(found)
    assert record.title == {"nl": "Één, twee; drie"}
    assert record.summary == {"nl": "Kort\nen goed"}
    assert (record.topics, record.year) == (("privacy", "audit"), 2024)


def test_no_cell_is_a_formula_to_a_spreadsheet() -> None:
    record = read_record(
        {**RECORD, "title": "=HYPERLINK(1)", "publisher": "@SUM(1)", "city": "-2+3"}
    )
    entry = Entry(id="https://a.example/1", record=record, modified=START)
    languages = csv_writing.languages_of([record])

    lines = b"".join(csv_writing.write([entry], languages)).decode()

    for row in csv.reader(io.StringIO(lines)):
        assert not [cell for cell in row if cell[:1] in "=+-@\t\r" and cell]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is empty"),
        ("titel,kind\n", "'titel' is not known; the nearest are title"),
        ("title,title\n", "names the column title twice"),
        ("title:english\n", "is not a language tag"),
        ("kind:nl\n", "is not known"),
        ("title\n\nGu\xeda".encode("latin-1"), "Line 3 is not UTF-8.*save the file as CSV UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(text: str | bytes, why: str) -> None:
    with pytest.raises(FormatUnreadable, match=why):
        read(text)


def test_a_bad_line_is_named_by_its_number_in_the_file_and_the_others_are_read() -> None:
    found = read(
        "title,kind,year,statistics\n"
        '"A\nB",guide,,\n'
        "C,guide,MMXX,\n"
        "D,guide,2020,,,\n"
        "E,guide,2020,{\n"
        "F,guide,2020.0,\n"
        ",guide,,\n"
    )

    bad = {each.where: each.reason for each in found if isinstance(each, BadRecord)}
    assert list(bad) == ["line 4", "line 5", "line 6", "line 8"]
    assert bad["line 4"] == "year: 'MMXX' is not a whole number."
    assert bad["line 5"] == "has 6 cells, but the header names 4 columns."
    assert bad["line 6"] == "statistics: is not JSON."
    assert bad["line 8"] == "title: is missing."
    assert [each.fields["title"] for each in found if isinstance(each, Found)] == ["A\nB", "F"]


def test_a_title_with_a_language_and_one_without_are_not_mixed() -> None:
    [bad] = read("title,title:nl,kind\nA,B,guide\n")

    assert bad == BadRecord(
        where="line 2", reason="has a title with a language and one without.", line=2
    )
