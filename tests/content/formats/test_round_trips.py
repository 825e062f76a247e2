"""What was written in a format and read back is what it was, in every format."""

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.resources.formats import csv_reading, csv_writing, dcat_reading, dcat_writing, jsonl
from content.resources.formats.hub_xml import element, fields
from content.resources.formats.shapes import (
    Deleted,
    Entry,
    FormatUnreadable,
    Found,
    Gone,
    Reading,
    record_of,
)
from content.starter import starter_catalogue
from tests.content.formats.records import entries
from tests.seams import START

CATALOGUE = dcat_writing.Catalogue(
    id="https://amsterdam.example/catalogue.jsonld",
    title="Resources of Amsterdam",
    description="All of them.",
    language="nl",
    publisher="Amsterdam",
    agent="https://amsterdam.example/actor",
    homepage="https://amsterdam.example/",
)


def jsonl_bytes(given: list[Entry]) -> bytes:
    return b"".join(jsonl.write(given))


def csv_bytes(given: list[Entry]) -> bytes:
    return b"".join(csv_writing.write(given, csv_writing.languages_of(e.record for e in given)))


def dcat_bytes(given: list[Entry]) -> bytes:
    return b"".join(dcat_writing.write(given, CATALOGUE))


def xml_bytes(given: list[Entry]) -> bytes:
    root = ET.Element("all")
    root.extend(element(each) for each in given)
    found: bytes = ET.tostring(root, "utf-8", xml_declaration=True)
    return found


def read_xml(lines: Iterable[bytes]) -> Iterator[Reading]:
    for each in ET.fromstring(b"".join(lines)):  # noqa: S314 - written two lines before
        yield Found(source_id=each.get("id", ""), fields=fields(each))


Writer = Callable[[list[Entry]], bytes]
Reader = Callable[[Iterable[bytes]], Iterable[Reading]]
FORMATS: dict[str, tuple[Writer, Reader]] = {
    "jsonl": (jsonl_bytes, jsonl.read),
    "csv": (csv_bytes, csv_reading.read),
    "dcat": (dcat_bytes, dcat_reading.read),
    "xml": (xml_bytes, read_xml),
}


def there_and_back(name: str, given: list[Entry]) -> list[Found]:
    """Write and read; everything comes back as a record."""
    write, read = FORMATS[name]
    found = list(read(io.BytesIO(write(given))))
    assert all(isinstance(each, Found) for each in found), found
    return [each for each in found if isinstance(each, Found)]


@pytest.mark.parametrize("name", FORMATS)
@given(given=entries())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_export_then_import_is_the_identity(name: str, given: list[Entry]) -> None:
    found = there_and_back(name, given)

    assert [record_of(each) for each in found] == [each.record for each in given]
    assert [each.source_id for each in found] == [each.id for each in given]


@pytest.mark.parametrize("name", ["jsonl", "csv", "dcat"])
@given(given=entries())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_when_a_record_changed_comes_back_too(name: str, given: list[Entry]) -> None:
    found = there_and_back(name, given)

    assert [each.modified for each in found] == [each.modified for each in given]


@pytest.mark.parametrize("name", FORMATS)
def test_the_starter_catalogue_comes_back_whole_and_is_the_same_when_written_again(
    name: str,
) -> None:
    given = [
        Entry(id=f"https://amsterdam.example/resources/{n}", record=record, modified=START)
        for n, record in enumerate(starter_catalogue())
    ]

    found = there_and_back(name, given)

    assert [record_of(each) for each in found] == [each.record for each in given]
    again = [Entry(id=each.source_id, record=record_of(each), modified=START) for each in found]
    assert FORMATS[name][0](again) == FORMATS[name][0](given)


def test_json_lines_tell_what_was_taken_back() -> None:
    body = b"".join(jsonl.write([Gone(id="https://amsterdam.example/resources/1", at=START)]))

    [found] = jsonl.read(io.BytesIO(body))

    assert found == Deleted(
        source_id="https://amsterdam.example/resources/1", at=START, where="line 1"
    )


@pytest.mark.parametrize("name", ["jsonl", "csv", "dcat"])
@given(body=st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
@settings(max_examples=60, deadline=None)
def test_whatever_a_file_holds_a_reader_yields_or_says_that_it_cannot_read_it(
    name: str, body: bytes
) -> None:
    found: list[Reading] = []

    with suppress(FormatUnreadable):
        found += FORMATS[name][1](io.BytesIO(body))

    assert len(found) <= len(body)
