"""
Files that hold something a hub published: a document, an entry, a page, a log or a bundle.

Read in pieces and never wholly in memory; packed with gzip or not. What a file holds is seen from
its first line.
"""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import IO, cast

from protocol.bundles import BUNDLE_TYPE, read_bundle_line
from protocol.document_verdicts import verdict_on_document
from protocol.errors import LimitsExceeded, MalformedJson, ProtocolError
from protocol.intake import LOG_LIMITS, parse_document
from protocol.json import JsonObject
from protocol.keyrings import Keyring, ring_of_document, ring_of_entries
from protocol.log_entries import PAGE_BYTES, PAGE_ENTRIES, LogEntry, from_line
from protocol.log_errors import LogPageBroken
from protocol.log_verdicts import LogExamination
from protocol.verdicts import Check, Verdict

LONGEST_LINE = PAGE_BYTES + 1024 * 1024
"""As for a page that is fetched: one entry may be larger than a page, and is still bounded."""
LONGEST_DOCUMENT = 2 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_NOTHING = (
    "This is nothing that a hub publishes: it is no JSON, no log and no bundle. Give the file as "
    "the hub showed it, not a page saved for reading."
)


@dataclass(frozen=True, slots=True)
class Copy:
    """A verdict, and of a log the hashes of all its headers: what two copies are compared by."""

    verdict: Verdict
    hashes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Material:
    """What a file holds: one document, or pages of a log. ends_at: what a bundle says of itself."""

    document: JsonObject | None = None
    pages: Iterator[list[LogEntry]] | None = None
    ends_at: int | None = None


def verify_file(
    stream: IO[bytes], ring: Keyring | None, now: datetime, *, keep_hashes: bool = False
) -> Copy:
    """Return what is to be said of a file. A file that cannot be read gets a verdict too."""
    try:
        material = read_material(stream)
    except ProtocolError as error:
        check = Check("text", False, str(error), error.code)
        says = _NOTHING if isinstance(error, MalformedJson) else f"This cannot be read. {error}"
        return Copy(Verdict("document", "invalid", says, (check,)))
    if material.document is not None:
        return Copy(verdict_on_document(material.document, ring, now))
    examination = LogExamination(ring, keep_hashes=keep_hashes)
    try:
        for page in material.pages or ():
            if not examination.take(page):
                break
    except ProtocolError as error:
        examination.fail(error)
    return Copy(examination.verdict(ends_at=material.ends_at), examination.hashes)


def ring_from_file(stream: IO[bytes]) -> Keyring:
    """Return the keyring in a file with a log, a bundle, a first manifest or an actor. Raises."""
    material = read_material(stream)
    if material.document is not None:
        return ring_of_document(material.document)
    return ring_of_entries(entry for page in material.pages or () for entry in page)


def read_material(stream: IO[bytes]) -> Material:
    """Look at the beginning of a file and return what is in it. Raises ProtocolError."""
    unpacked = _unpacked(stream)
    first = _line(unpacked)
    try:
        value: JsonObject | None = parse_document(first, LOG_LIMITS)
    except MalformedJson:
        value = None  # a document may take several lines
    if value is not None and value.keys() == {"h", "a"}:
        return Material(pages=_pages(unpacked, first))
    if value is not None and value.get("type") == BUNDLE_TYPE:
        bundle = read_bundle_line(first)
        return Material(pages=_pages(unpacked, _line(unpacked)), ends_at=bundle.to)
    rest = _read(unpacked, LONGEST_DOCUMENT + 1)
    if len(first) + len(rest) > LONGEST_DOCUMENT:
        raise LimitsExceeded(f"A document has at most {LONGEST_DOCUMENT} bytes.")
    whole = first + rest
    document = parse_document(whole, LOG_LIMITS)
    if document.keys() == {"h", "a"}:
        return Material(pages=iter([[from_line(whole)]]))
    return Material(document=document)


def _unpacked(stream: IO[bytes]) -> IO[bytes]:
    packed = stream.read(len(_GZIP)) == _GZIP
    stream.seek(0)
    return cast("IO[bytes]", gzip.GzipFile(fileobj=stream, mode="rb")) if packed else stream


def _read(stream: IO[bytes], most: int) -> bytes:
    try:
        return stream.read(most)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise LogPageBroken("The file cannot be unpacked, or was cut off.") from error


def _line(stream: IO[bytes]) -> bytes:
    try:
        line = stream.readline(LONGEST_LINE + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise LogPageBroken("The file cannot be unpacked, or was cut off.") from error
    if len(line) > LONGEST_LINE:
        raise LogPageBroken("A line is longer than an entry may be.")
    return line


def _pages(stream: IO[bytes], first: bytes) -> Iterator[list[LogEntry]]:
    """Yield the entries in pages; a last line without end is one that was cut off."""
    page: list[LogEntry] = []
    size = 0
    for number, line in enumerate(chain((first,), iter(lambda: _line(stream), b""))):
        if not line.endswith(b"\n") and number > 0:
            raise LogPageBroken("The file was cut off: its last line has no end.")
        page.append(from_line(line.rstrip(b"\r\n")))
        size += len(line)
        if len(page) == PAGE_ENTRIES or size >= PAGE_BYTES:
            yield page
            page, size = [], 0
    if page:
        yield page
