"""What all formats share: a record on its way out, and what a reader found in a source."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from content.errors import ContentError
from content.resources.record import RecordInvalid, ResourceRecord, read_record


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    A record to be written. The exit rule has let it pass already.

    id: its address in the world. hub: the host of its origin. published, modified: UTC.
    """

    id: str
    record: ResourceRecord
    modified: datetime
    published: datetime | None = None
    hub: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A record that was taken back, to be written where a format has deletions. at: when."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """
    A record that a reader found.

    source_id: how the source knows it again. fields: what `read_record` takes, as far as the source
    tells; a foreign source leaves out what only our vocabulary has. keywords: words of the source
    that are no topic of ours. modified: when it changed there, None if not told. where: for people.
    """

    source_id: str
    fields: Mapping[str, Any]
    modified: datetime | None = None
    keywords: tuple[str, ...] = ()
    where: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """The source says that it took a record back. at: when, None if not told."""

    source_id: str
    at: datetime | None = None
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRecord:
    """
    What a reader could not use.

    where: such as "line 3". reason: the end of a sentence. line: its number where there are lines.
    """

    where: str
    reason: str
    line: int | None = None


Reading = Found | Deleted | BadRecord
"""What a reader yields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """
    How a document in a format is written, piece by piece, so that its size does not matter.

    one: of one record, or of what is gone; b"" where the format cannot tell that.
    """

    one: Callable[[Entry | Gone], bytes]
    head: bytes = b""
    between: bytes = b""
    tail: bytes = b""


def written(writing: Writing, entries: Iterable[Entry | Gone]) -> Iterator[bytes]:
    """Yield the whole document of these entries."""
    yield writing.head
    between = b""
    for entry in entries:
        if one := writing.one(entry):
            yield between + one
            between = writing.between
    yield writing.tail


class FormatUnreadable(ContentError):
    """The whole source is not in the format, so that there is no record to begin with."""

    code: ClassVar[str] = "format-unreadable"


def record_of(
    found: Found, *, source: str | None = None, defaults: Mapping[str, Any] | None = None
) -> ResourceRecord:
    """
    Return the record of what was found.

    source: the name under which an import keeps it, with the id of the source; None keeps what
    the record itself says. defaults: fields for what the source left out, such as its kind.
    Raises RecordInvalid.
    """
    values: dict[str, Any] = dict(found.fields)
    for name, value in (defaults or {}).items():
        if values.get(name) in (None, "", {}) or (name == "language" and values[name] == "und"):
            values[name] = value
    if source is not None:
        values["source"] = source
        values["source_id"] = found.source_id
    return read_record(values)


def key_in_fields(fields: Mapping[str, Any]) -> str:
    """
    Return how a source without ids of its own knows a record again, as `import_key` does.

    Raises RecordInvalid where there is nothing to know it by.
    """
    for name in ("source_id", "url"):
        value = fields.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    title = fields.get("title")
    if isinstance(title, Mapping) and title:
        language = fields.get("language")
        title = title.get(language) or title[min(title, key=str)]
    if not isinstance(title, str) or not title.strip():
        raise RecordInvalid((("title", "is missing"),))
    publisher = fields.get("publisher")
    return f"{publisher.strip() if isinstance(publisher, str) else ''}: {title.strip()}"
