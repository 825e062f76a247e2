"""
A tolerant reader for what the rest of the fediverse publishes. Plain values out.

Nothing here judges: missing or oddly shaped properties become None or nothing. HTML stays as it
came; whoever shows it cleans it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from protocol.context import PUBLIC_ALIASES
from protocol.errors import InvalidDocument
from protocol.ids import is_url
from protocol.json import JsonObject
from protocol.moments import read_stamp

READABLE_TYPES: Final = ("Article", "Page", "Document", "Event", "Note")
"""The object types that we take from plain ActivityPub actors."""
_TAG_LIMIT = 64


def types_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the types of a document: none, one or several."""
    kinds = document.get("type")
    members = kinds if isinstance(kinds, list) else [kinds]
    return tuple(kind for kind in members if isinstance(kind, str))


def ids_of(value: object) -> tuple[str, ...]:
    """Return the ids in a value that is an id, an object with one, or a list of these."""
    found = []
    for member in value if isinstance(value, list) else [value]:
        text = member.get("id", member.get("href")) if isinstance(member, dict) else member
        if isinstance(text, str) and text:
            found.append(text)
    return tuple(found)


def text_of(document: Mapping[str, Any], name: str, language: str | None = None) -> str | None:
    """Return a text property; without it, an entry of its map: that of the language, or any."""
    text = document.get(name)
    if isinstance(text, str) and text:
        return text
    texts = language_map_of(document, name)
    if language is not None and language in texts:
        return texts[language]
    return next(iter(texts.values()), None)


def language_map_of(document: Mapping[str, Any], name: str) -> dict[str, str]:
    """Return the `nameMap` of a property: language tag to text; empty without one."""
    texts = document.get(f"{name}Map")
    if not isinstance(texts, dict):
        return {}
    return {tag: text for tag, text in texts.items() if isinstance(text, str) and text}


def is_public(document: Mapping[str, Any]) -> bool:
    """Tell whether a document is addressed to everybody, in to or cc."""
    named = {*ids_of(document.get("to")), *ids_of(document.get("cc"))}
    return bool(named & PUBLIC_ALIASES)


def link_of(document: Mapping[str, Any], *, media_type: str = "text/html") -> str | None:
    """Return the http(s) address for people: `url` as text, or the best of its links."""
    value = document.get("url")
    members = value if isinstance(value, list) else [value]
    links = [member for member in members if isinstance(member, dict)]
    fitting = [link for link in links if link.get("mediaType") == media_type]
    texts = [member for member in members if isinstance(member, str)]
    candidates = [link.get("href") for link in fitting]
    candidates += [*texts, *(link.get("href") for link in links)]
    return next((text for text in candidates if isinstance(text, str) and is_url(text)), None)


def moment_of(document: Mapping[str, Any], name: str) -> datetime | None:
    """Return a time property, UTC, or None if it is missing or cannot be read."""
    try:
        return read_stamp(document.get(name))
    except InvalidDocument:
        return None


@dataclass(frozen=True, slots=True)
class ForeignObject:
    """An Article, Page, Document, Event or Note of somebody else, as plain values."""

    id: str
    type: str
    attributed_to: str
    name: str | None
    content_html: str | None
    """As it came: clean it before it is shown."""
    summary: str | None
    """Often a content warning, not an excerpt. May hold HTML."""
    url: str | None
    language: str | None
    """BCP 47 tag, where exactly one can be told."""
    published: datetime | None
    updated: datetime | None
    starts: datetime | None
    """Events only."""
    in_reply_to: str | None
    hashtags: tuple[str, ...]
    """Without the #."""
    public: bool
    sensitive: bool


def read_foreign_object(document: JsonObject) -> ForeignObject:
    """
    Return the plain values of an object.

    Raises InvalidDocument if it has no readable type, no http(s) id or not exactly one owner.
    """
    kind = next((name for name in types_of(document) if name in READABLE_TYPES), None)
    if kind is None:
        raise InvalidDocument(f"The object must be one of {', '.join(READABLE_TYPES)}.")
    identity, owners = document.get("id"), ids_of(document.get("attributedTo"))
    if not isinstance(identity, str) or not is_url(identity):
        raise InvalidDocument("The object has no http or https id.")
    if len(owners) != 1 or not is_url(owners[0]):
        raise InvalidDocument("The object must be attributed to exactly one actor.")
    languages = {*language_map_of(document, "content"), *language_map_of(document, "name")}
    return ForeignObject(
        id=identity,
        type=kind,
        attributed_to=owners[0],
        name=text_of(document, "name"),
        content_html=text_of(document, "content"),
        summary=text_of(document, "summary"),
        url=link_of(document),
        language=languages.pop() if len(languages) == 1 else None,
        published=moment_of(document, "published"),
        updated=moment_of(document, "updated"),
        starts=moment_of(document, "startTime"),
        in_reply_to=next(iter(ids_of(document.get("inReplyTo"))), None),
        hashtags=_hashtags(document.get("tag")),
        public=is_public(document),
        sensitive=document.get("sensitive") is True,
    )


def _hashtags(value: object) -> tuple[str, ...]:
    members = value if isinstance(value, list) else [value]
    tags = [member for member in members if isinstance(member, dict)]
    names = [tag.get("name") for tag in tags if "Hashtag" in types_of(tag)]
    found = [name.lstrip("#") for name in names if isinstance(name, str) and name.lstrip("#")]
    return tuple(dict.fromkeys(found))[:_TAG_LIMIT]
