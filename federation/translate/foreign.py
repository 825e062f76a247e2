"""
What sources publish (Mastodon, WordPress, Fedify and others) as records for the catalogue.

Their HTML is cleaned by a parser with a short list of tags and then becomes plain text, since the
catalogue shows text only; the document as received is kept beside it (SECURITY.md S45).
"""

import hashlib
import html
import re

import nh3
from pydantic import ValidationError
from ulid import ULID

from content.language import UNDETERMINED
from content.resources.held import ForeignRecord
from protocol.errors import InvalidDocument
from protocol.foreign import ForeignObject
from protocol.ids import is_url

LONGEST_TITLE = 200
LONGEST_TEXT = 4_000
MOST_TAGS = 50

_BREAKS = {"br", "p", "li", "ul", "ol", "blockquote", "h1", "h2", "h3", "h4"}
_END_OF_BLOCK = re.compile(r"<br>|</(?:p|li|ul|ol|blockquote|h[1-4])>")
_TAG = re.compile(r"<[^>]*>")
_MANY_BREAKS = re.compile(r"\s*\n\s*")


def ref_of_foreign(object_id: str) -> str:
    """Return the ULID by which a source's object is known here: always the same for the same id."""
    return str(ULID.from_bytes(hashlib.sha256(object_id.encode()).digest()[:16]))


def record_of_foreign(found: ForeignObject, *, publisher: str, language: str) -> ForeignRecord:
    """
    Return the record of an object.

    publisher: name of the source. language: its own, where the object does not tell; "" if
    unknown. Raises InvalidDocument if nothing is left that could be shown.
    """
    text = plain_text(found.content_html or "")
    if found.sensitive and found.summary:
        # A content warning stands before what it warns of.
        text = f"{plain_text(found.summary)}\n{text}".strip()
    title = one_line(plain_text(found.name or "")) or first_words(text)
    if not title:
        raise InvalidDocument("The object has neither a name nor a text.")
    tag = found.language or language or UNDETERMINED
    try:
        return _record(found, title, text, tag, publisher)
    except ValidationError:
        pass
    try:
        return _record(found, title, text, UNDETERMINED, publisher)
    except ValidationError as error:
        raise InvalidDocument("The object cannot be shown in the catalogue.") from error


def _record(found: ForeignObject, title: str, text: str, tag: str, publisher: str) -> ForeignRecord:
    return ForeignRecord.model_validate(
        {
            "title": {tag: title[:LONGEST_TITLE]},
            "summary": {tag: text[:LONGEST_TEXT]} if text else None,
            "url": found.url or (found.id if is_url(found.id) else None),
            "publisher": one_line(publisher)[:LONGEST_TITLE],
            "language": tag,
            "kind": found.type.lower(),
            "tags": tuple(name for tag in found.hashtags if (name := one_line(tag)))[:MOST_TAGS],
            "starts_at": None if found.starts is None else found.starts.isoformat(),
        }
    )


def plain_text(markup: str) -> str:
    """Return the text of HTML: no tags, no scripts or styles, one line feed between paragraphs."""
    # What nh3 returns is well formed and has these bare tags only, so patterns do.
    cleaned = nh3.clean(markup, tags=_BREAKS, attributes={}, strip_comments=True)
    text = html.unescape(_TAG.sub("", _END_OF_BLOCK.sub("\n", cleaned)))
    return _MANY_BREAKS.sub("\n", "".join(map(_shown, text))).strip()


def _shown(sign: str) -> str:
    """Return a sign as it may be shown: any blank as a blank, what steers a terminal as nothing."""
    if sign.isprintable() or sign in "\n\u200c\u200d":
        return sign
    return " " if sign.isspace() else ""


def one_line(text: str) -> str:
    """Return a text as one line."""
    return " ".join(text.split())


def first_words(text: str) -> str:
    """Return the beginning of a text as a title: its first line, cut at a word."""
    line = text.partition("\n")[0].strip()
    if len(line) <= 100:
        return line
    return line[:100].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
