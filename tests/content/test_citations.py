"""Citations: what they say, and that no text breaks the file of a reference manager."""

import re
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings

from content.resources.citing.citation import Citation, as_text, citation_of
from content.resources.citing.files import FILES, bibtex, csl, ris
from content.resources.held import ForeignRecord
from content.resources.record import ResourceRecord, read_record
from tests.content.formats.records import RECORDS
from tests.content.shelf import RECORD

PAGE = "https://amsterdam.example/resources/01KAT3Q8T6W3Y6M0S0V4N8Z2XH"
GUIDE: dict[str, Any] = {
    **RECORD,
    "title": {"es": "Guía de compra pública", "en": "A guide to buying"},
    "language": "es",
    "publisher": "Ajuntament de Barcelona & Co",
    "year": 2023,
    "url": "https://city.example/guia_1.pdf?a={b}",
}


def cited(**fields: Any) -> Citation:
    return citation_of(read_record({**GUIDE, **fields}), PAGE, "Hub of Amsterdam")


def test_a_citation_names_publisher_year_original_title_and_address() -> None:
    assert as_text(cited(url="https://city.example/guia.pdf")) == (
        "Ajuntament de Barcelona & Co (2023). Guía de compra pública. https://city.example/guia.pdf"
    )


def test_without_publisher_year_and_address_the_hub_and_its_page_stand_in() -> None:
    text = as_text(cited(publisher=None, year=None, url=None, title={"es": "¿Qué es?"}))

    assert text == f"Hub of Amsterdam (n.d.). ¿Qué es? {PAGE}"


def test_bibtex_has_a_key_of_plain_signs_and_escapes_what_tex_would_run() -> None:
    entry = bibtex(cited())

    assert entry.startswith("@misc{ajuntament2023guia,\n")
    assert "  author = {{Ajuntament de Barcelona \\& Co}},\n" in entry
    assert "  url = {https://city.example/guia_1.pdf?a=%7Bb%7D},\n" in entry


def test_ris_begins_with_its_type_and_ends_with_its_end() -> None:
    lines = ris(cited(kind="law")).split("\r\n")

    assert (lines[0], lines[-2], lines[-1]) == ("TY  - STAT", "ER  - ", "")
    assert "PY  - 2023" in lines


def test_csl_json_has_the_year_as_a_date() -> None:
    [item] = csl(cited())

    assert item["issued"] == {"date-parts": [[2023]]}
    assert (item["type"], item["language"]) == ("report", "es")


def test_csl_json_has_only_what_its_schema_knows_with_the_licence_in_the_note() -> None:
    """https://github.com/citation-style-language/schema, schemas/input/csl-data.json, CSL 1.0.2."""
    [item] = csl(cited(licence="CC-BY-4.0"))

    assert item["note"] == "license: CC-BY-4.0"
    assert set(item) <= {
        *("id", "type", "title", "author", "publisher", "issued", "URL", "language"),
        *("archive", "archive_location", "note"),
    }


@pytest.mark.parametrize("title", ["دليل الحقوق الرقمية", "מדריך", "数字权利", "!"])
def test_a_title_in_another_script_gets_a_key_too(title: str) -> None:
    assert cited(title={"es": title}, publisher=None).key == "resourcev4n8z2xh"


def test_what_a_source_said_can_be_cited_too() -> None:
    post = ForeignRecord(title={"und": "A post"}, kind="note", publisher="Example News")

    assert (
        as_text(citation_of(post, PAGE, "news.example")) == f"Example News (n.d.). A post. {PAGE}"
    )


@given(RECORDS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_breaks_a_file(record: ResourceRecord) -> None:
    citation = citation_of(record, PAGE, "Hub {of} Amsterdam")
    written = {name: each.write(citation) for name, each in FILES.items()}

    entry = re.sub(r"\\[{}]", "", written["bibtex"])
    assert entry.count("{") == entry.count("}")
    assert re.match(r"@misc\{[a-z0-9]+,\n", entry)
    assert all(
        re.match(r"(TY|ID|AU|TI|PY|PB|UR|LA|N1|ER)  - ", line)
        for line in written["ris"].removesuffix("\r\n").split("\r\n")
    )
    assert orjson.loads(written["csl"])[0]["id"] == citation.key
    assert written["text"].count("\n") == 1
