"""
RSS, Atom and JSON Feed as records (docs/adr/0071-harvesting.md). Pure; asking is federation's.

Feeds are read as they come: feedparser knows the quirks of RSS 0.9 to 2.0 and Atom, repairs what
is not well-formed, finds the encoding, makes links absolute and drops what a browser would run.
An item is known by its id, else its link, else its text; that one is missing says nothing, since
feeds show the newest only. Who wrote an item is personal data and is not taken.
"""

import hashlib
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final
from urllib.parse import urljoin

from content.harvest.reading import SourceUnreadable, read_json
from content.harvest.xml import Forbidden
from content.resources.formats.foreign import foreign_fields, moment_of, plain_line
from content.resources.formats.shapes import BadRecord, Found, Reading

JSON_FEED: Final = re.compile(rb"\s*\{")
_DECLARED: Final = re.compile(rb"""<\?xml[^>]{0,200}encoding\s*=\s*["']([\w.:-]{1,40})""")
_SHIFTING: Final = ("utf-7", "utf7", "hz", "iso2022", "iso-2022", "ebcdic", "cp037", "ibm037")
"""Encodings in which a declaration can be written in other bytes; no feed needs them."""
LONGEST_ID: Final = 1000
TITLE_FROM_TEXT: Final = 100
"""Signs of the text that stand for a title, where an item has none."""


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """What a feed holds. repaired: it was not well-formed and was read as well as possible."""

    title: str | None
    readings: tuple[Reading, ...]
    repaired: bool = False


def read_feed(body: bytes, url: str, content_type: str = "") -> FeedAnswer:
    """
    Return what a feed says. url: where it was read, for links that are relative.

    Raises SourceUnreadable where there is no feed at all, Forbidden where it declares entities.
    """
    if JSON_FEED.match(body.removeprefix(b"\xef\xbb\xbf")):
        return _json_feed(read_json(body), url)
    _refuse_entities(body)
    import feedparser  # here, since it takes a while and most commands do without

    found = feedparser.parse(
        BytesIO(body), response_headers={"content-type": content_type, "content-location": url}
    )
    if not dict.get(found, "version") and not found.entries:
        raise SourceUnreadable(
            "There is no feed behind the address: neither RSS, Atom nor JSON Feed."
        )
    feed = found.feed
    title, language = plain_line(dict.get(feed, "title")), dict.get(feed, "language")
    readings = tuple(
        _entry(entry, number, title, language) for number, entry in enumerate(found.entries, 1)
    )
    return FeedAnswer(title, readings, repaired=bool(found.bozo))


def _refuse_entities(body: bytes) -> None:
    """Refuse a document with entities of its own, in whatever encoding (see xml.py)."""
    declared = _DECLARED.search(body[:1000].replace(b"\0", b""))
    name = declared[1].decode("ascii", "replace").lower() if declared else ""
    if b"<!entity" in body.replace(b"\0", b"").lower() or name.startswith(_SHIFTING):
        raise Forbidden


def _entry(
    entry: Mapping[str, Any], number: int, publisher: str | None, feed_language: object
) -> Reading:
    details = [_detail(entry, "title"), _detail(entry, "summary"), *_contents(entry)]
    language = next((each.get("language") for each in details if each.get("language")), None)
    at = _moment(entry)
    return _item(
        number=number,
        given_id=_get(entry, "id"),
        title=_get(entry, "title"),
        texts=[_get(entry, "summary"), *(each.get("value") for each in _contents(entry))],
        links=[_get(entry, "link"), *_enclosures(entry)],
        language=[language, feed_language],
        subjects=[tag.get("label") or tag.get("term") for tag in _get(entry, "tags") or ()],
        publisher=publisher,
        at=at,
    )


def _joined(base: str, link: str) -> str:
    """Return a link as it is meant where it stands; one that is none stays as it is."""
    try:
        return urljoin(base, link)
    except ValueError:
        return link


def _item(
    *,
    number: int,
    given_id: object,
    title: object,
    texts: Iterable[object],
    links: list[object],
    language: list[object],
    subjects: Iterable[object],
    publisher: str | None,
    at: datetime | None,
) -> Reading:
    text = next((each for each in texts if plain_line(each)), None)
    heading = plain_line(title) or plain_line(text, TITLE_FROM_TEXT)
    if heading is None:
        return BadRecord(where=f"item {number}", reason="has neither a title nor a text.")
    fields, keywords = foreign_fields(
        title=[(None, title if plain_line(title) else heading)],
        summary=[(None, text)],
        language=language,
        subjects=subjects,
        links=links,
        publisher=publisher,
        years=[] if at is None else [at.date()],
    )
    link = fields.get("url")
    told = given_id if isinstance(given_id, str) and given_id.strip() else link
    return Found(
        source_id=_short(str(told).strip()) if told else _digest(heading, str(text)),
        fields=fields,
        keywords=keywords,
        modified=at,
        where=heading,
    )


def _short(source_id: str) -> str:
    line = plain_line(source_id, LONGEST_ID + 1) or ""
    return line if len(line) <= LONGEST_ID else _digest(source_id)


def _digest(*texts: str) -> str:
    return "sha256:" + hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()


def _get(entry: Mapping[str, Any], name: str) -> Any:
    """Return a value that really is there: feedparser's own look-up guesses, and warns."""
    return dict.get(entry, name)  # type: ignore[call-overload]


def _detail(entry: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return _get(entry, f"{name}_detail") or {}


def _contents(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list(_get(entry, "content") or ())


def _enclosures(entry: Mapping[str, Any]) -> list[object]:
    return [each.get("href") for each in _get(entry, "links") or ()]


def _moment(entry: Mapping[str, Any]) -> datetime | None:
    """Return when an item was changed, or published, as far as its dates can be read."""
    for name in ("updated_parsed", "published_parsed", "created_parsed"):
        parsed = _get(entry, name)
        if isinstance(parsed, time.struct_time):
            try:
                return datetime(*parsed[:6], tzinfo=UTC)
            except ValueError:
                continue
    return None


def _json_feed(feed: Any, url: str) -> FeedAnswer:
    """Read JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    items = feed.get("items") if isinstance(feed, dict) else None
    version = feed.get("version") if isinstance(feed, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in str(version):
        raise SourceUnreadable("The answer is JSON, but no JSON Feed.")
    title = plain_line(feed.get("title"))
    return FeedAnswer(title, tuple(_json_items(items, url, title, feed.get("language"))))


def _json_items(
    items: list[Any], url: str, title: str | None, language: object
) -> Iterator[Reading]:
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            yield BadRecord(where=f"item {number}", reason="is no object.")
            continue
        tags = item.get("tags")
        given = item.get("id")
        yield _item(
            number=number,
            given_id=str(given) if isinstance(given, int | float) else given,
            title=item.get("title"),
            texts=[item.get(name) for name in ("summary", "content_text", "content_html")],
            links=[
                _joined(url, link)
                for link in (item.get("url"), item.get("external_url"))
                if isinstance(link, str) and link
            ],
            language=[item.get("language"), language],
            subjects=tags if isinstance(tags, list) else (),
            publisher=title,
            at=moment_of(item.get("date_modified")) or moment_of(item.get("date_published")),
        )
