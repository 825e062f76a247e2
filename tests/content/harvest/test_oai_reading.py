"""What OAI-PMH repositories answer; and XML that is none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.harvest.oai_pmh import (
    RepositoryError,
    read_identify,
    read_prefixes,
    read_records,
)
from content.harvest.reading import SourceUnreadable
from content.harvest.xml import Forbidden
from content.resources.formats.shapes import BadRecord, Deleted, Found

HEAD = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-06-01T00:00:00Z</responseDate>'
DC = (
    '<metadata><d:dc xmlns:d="http://www.openarchives.org/OAI/2.0/oai_dc/"'
    ' xmlns="http://purl.org/dc/elements/1.1/">{}</d:dc></metadata>'
)


def said(inner: str, before: str = "") -> bytes:
    return f"{before}{HEAD}{inner}</OAI-PMH>".encode()


def record(fields: str = "<title>T</title>", status: str = "", identifier: str = "oai:x:1") -> str:
    metadata = "" if status else DC.format(fields)
    return (
        f"<record><header{status}><identifier>{identifier}</identifier>"
        f"<datestamp>2026-05-01</datestamp></header>{metadata}</record>"
    )


def test_a_page_holds_found_deleted_and_bad_records_and_where_to_go_on() -> None:
    page = read_records(
        said(
            "<ListRecords>"
            + record()
            + record(status=' status="deleted"', identifier="oai:x:2")
            + record("<creator>Nobody</creator>", identifier="oai:x:3")
            + record(identifier="")
            + '<resumptionToken completeListSize="90" cursor="0"> a/b&amp;c </resumptionToken>'
            + "</ListRecords>"
        )
    )

    assert [type(each) for each in page.readings] == [Found, Deleted, BadRecord, BadRecord]
    assert (page.token, page.size, page.answered_at) == ("a/b&c", 90, "2026-06-01T00:00:00Z")


@pytest.mark.parametrize(
    ("identifier", "url"),
    [
        ("https://repo.example/1", "https://repo.example/1"),
        ("doi:10.1234/x", "https://doi.org/10.1234/x"),
        ("10.1234/x", "https://doi.org/10.1234/x"),
        ("urn:isbn:123", None),
    ],
)
def test_an_identifier_is_an_address_where_it_can_be(identifier: str, url: str | None) -> None:
    fields = f"<title>T</title><identifier>{identifier}</identifier>"
    (found,) = read_records(said(f"<ListRecords>{record(fields)}</ListRecords>")).readings

    assert isinstance(found, Found)
    assert found.fields.get("url") == url


def test_nothing_new_is_an_empty_page_and_other_refusals_are_told() -> None:
    nothing = read_records(said('<error code="noRecordsMatch">None.</error>'))

    assert (nothing.readings, nothing.token) == ((), "")
    with pytest.raises(RepositoryError, match="badResumptionToken"):
        read_records(said('<error code="badResumptionToken"/>'))


def test_who_a_repository_is_and_what_it_offers() -> None:
    about = read_identify(
        said(
            "<Identify><repositoryName>R</repositoryName><deletedRecord>transient</deletedRecord>"
            "<granularity>YYYY-MM-DD</granularity></Identify>"
        )
    )
    formats = "<metadataFormat><metadataPrefix>oai_dc</metadataPrefix></metadataFormat>"

    assert (about.name, about.deletions, about.to_the_second) == ("R", "transient", False)
    assert read_prefixes(said(f"<ListMetadataFormats>{formats}</ListMetadataFormats>")) == (
        "oai_dc",
    )


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE x>",
        '<!DOCTYPE x SYSTEM "https://evil.example/x.dtd">',
        '<!DOCTYPE x [<!ENTITY a "b">]>',
    ],
)
def test_no_document_type_is_read(doctype: str) -> None:
    with pytest.raises(Forbidden):
        read_records(said("<ListRecords/>", doctype))


@settings(max_examples=100)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    for text in (body, said("").replace(b"</OAI-PMH>", body)):
        with pytest.raises(SourceUnreadable):
            read_records(text)
