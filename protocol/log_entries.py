"""
The log: what a hub published, as a chain of signed headers (docs/adr/0010-log-and-manifest.md).

One line of NDJSON is one entry: the header `h`, which is signed and names no person, and the
activity `a` beside it. The header holds the activity's digest, so that the content can be erased
for ever while the chain still verifies. One signature proves a page: check the last header, walk
`prev` back, check the digests.

A hub has two logs: `u<G>`, public, whose first entry is the manifest, and `u<G>/network` for peers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from protocol.canonical import canonicalize
from protocol.digests import document_link, hash_link, same_link
from protocol.errors import NotCanonical
from protocol.intake import LOG_LIMITS, Limits, parse_document
from protocol.json import JsonObject
from protocol.keys import SigningKey, VerifyKey
from protocol.log_errors import (
    LogContentChanged,
    LogKeyNotInForce,
    LogLineMalformed,
    LogManifestMissing,
    LogManifestReplaced,
    LogOfAnother,
    LogOperationDiffers,
    LogPageBroken,
)
from protocol.log_headers import (
    OPERATIONS,
    LogHeader,
    LogKind,
    Operation,
    check_chain,
    check_fork,
    head_field,
    header_hash,
    log_name,
    name_in_log,
    read_head_field,
    read_header,
    signed_bytes,
    verify_header,
)
from protocol.manifest import check_manifest, check_successor, read_manifest
from protocol.manifest_history import check_beside, check_recovery_place
from protocol.moments import stamp
from protocol.multikey import encode_base58

__all__ = [
    "OPERATIONS",
    "PAGE_BYTES",
    "PAGE_ENTRIES",
    "CheckedPage",
    "LogEntry",
    "LogHeader",
    "LogKind",
    "Operation",
    "check_chain",
    "check_content",
    "check_fork",
    "check_page",
    "from_line",
    "head_field",
    "header_hash",
    "log_name",
    "make_entry",
    "name_in_log",
    "read_head_field",
    "read_header",
    "read_page",
    "to_line",
    "verify_entry",
    "verify_header",
]

PAGE_ENTRIES: Final = 500
"""Most entries of a page."""
PAGE_BYTES: Final = 8 * 1024 * 1024
"""Most bytes of a page, unpacked."""


@dataclass(frozen=True)
class LogEntry:
    """A header `h` and its activity `a`; None where the content was erased."""

    h: LogHeader
    a: JsonObject | None

    @cached_property
    def content(self) -> bytes:
        """The activity in canonical form, worked out once; b"" where it was erased."""
        return b"" if self.a is None else canonicalize(self.a)


def make_entry(
    *,
    log: str,
    seq: int,
    prev: str | None,
    at: datetime,
    op: Operation,
    ref: str,
    document: JsonObject,
    key: SigningKey,
) -> LogEntry:
    """
    Return the next entry of a log, signed.

    prev: `header_hash` of the entry before, None for seq 1. ref: ULID of the record.
    document: the activity with its proof; the manifest itself for op Manifest.
    """
    unsigned = LogHeader(
        log=log,
        seq=seq,
        prev=prev,
        at=stamp(at),
        op=op,
        ref=ref,
        digest=document_link(document),
        key=key.id,
        sig="",
    )
    signature = key.sign(signed_bytes(unsigned))
    fields = unsigned.to_json() | {"sig": encode_base58(signature)}
    return LogEntry(read_header(fields), document)


def verify_entry(entry: LogEntry, key: VerifyKey) -> None:
    """Raise LogInvalid unless the header is signed by the key and the content is what it says."""
    verify_header(entry.h, key)
    check_content(entry)


_TOKEN: Final = object()


class CheckedPage:
    """A page of a log that was verified. Only `check_page` makes one."""

    __slots__ = ("_members", "entries", "head", "hub", "manifest")

    def __init__(
        self,
        entries: tuple[LogEntry, ...],
        manifest: JsonObject,
        head: LogHeader | None,
        *,
        token: object,
    ) -> None:
        if token is not _TOKEN:
            raise TypeError("Only check_page makes a CheckedPage.")
        self.entries = entries
        self.manifest = manifest
        """The manifest in force after the page, as a document."""
        self.head = head
        """The last header, that of `after` for an empty page."""
        self.hub = read_manifest(manifest)
        """The same, read."""
        self._members = frozenset(map(id, entries))

    def __contains__(self, entry: object) -> bool:
        """Tell whether this very entry, not an equal one, was verified with the page."""
        return id(entry) in self._members


def check_page(
    entries: Iterable[LogEntry],
    *,
    log: str,
    manifest: JsonObject | None,
    after: LogHeader | None,
    history: Sequence[JsonObject] = (),
) -> CheckedPage:
    """
    Return the page if all of it is proven, else raise LogInvalid (or ManifestInvalid).

    log: the name that was asked for. after: the last header held, None for nothing yet.
    manifest: the one in force there; None only for a public log from its beginning.
    history: for a network log all manifests of the public one, the last in force: entries that a
    key of before a rotation signed are proven by it.

    Proven means: the headers follow one another, every content fits its digest (or was erased),
    and the last header before each Manifest entry and at the end is signed by a key in force.
    """
    page = tuple(entries)
    g, kind = name_in_log(log)
    if manifest is None and (kind == "network" or after is not None):
        raise LogManifestMissing("The manifest in force is needed to check this page.")
    if any(entry.h.log != log for entry in page):
        raise LogOfAnother("An entry belongs to another log.")
    check_chain([entry.h for entry in page], after)
    for entry in page:
        check_content(entry)
    for place, entry in enumerate(page):
        if entry.h.op == "Manifest":
            if place and manifest is not None:
                _verify_with(page[place - 1].h, manifest)
            manifest = _next_in_force(entry, manifest, g, kind)
            _verify_with(entry.h, manifest)
    if manifest is None:
        raise LogManifestMissing("A public log begins with its manifest.")
    if page and page[0].h.seq == 1 and kind == "public" and page[0].h.op != "Manifest":
        raise LogManifestMissing("A public log begins with its manifest.")
    if page and kind == "network":
        check_beside([entry.h for entry in page], history or (manifest,))
    elif page:
        _verify_with(page[-1].h, manifest)
    return CheckedPage(page, manifest, page[-1].h if page else after, token=_TOKEN)


def _next_in_force(
    entry: LogEntry, manifest: JsonObject | None, g: str, kind: LogKind
) -> JsonObject:
    if entry.a is None or kind == "network":
        raise LogManifestMissing("A manifest stands whole in the public log, and nowhere else.")
    if entry.h.seq == 1:
        if not same_link(entry.h.digest, g):
            raise LogManifestReplaced(
                "The first manifest is not the one that gives the log its name."
            )
        if check_manifest(entry.a).version != 1:
            raise LogManifestReplaced("The first manifest must have version 1.")
    elif manifest is None:
        raise LogManifestMissing("The manifest in force is needed to check this page.")
    else:
        check_recovery_place(check_successor(manifest, entry.a), entry.h)
    return entry.a


def _verify_with(header: LogHeader, manifest: JsonObject) -> None:
    key = read_manifest(manifest).verify_keys().get(header.key)
    if key is None:
        raise LogKeyNotInForce(f"Entry {header.seq} is signed by a key that is not in force.")
    verify_header(header, key)


def check_content(entry: LogEntry) -> None:
    """
    Raise unless the content is the one whose digest the header holds, or was erased.

    Raises LogContentChanged, LogOperationDiffers.
    """
    if entry.a is None:
        return
    try:
        fits = same_link(entry.h.digest, hash_link(entry.content))
    except NotCanonical as error:
        raise LogContentChanged(
            f"The content of entry {entry.h.seq} has no canonical form."
        ) from error
    if not fits:
        raise LogContentChanged(f"The content of entry {entry.h.seq} is not what its header says.")
    expected = "hub:Manifest" if entry.h.op == "Manifest" else entry.h.op
    if entry.a.get("type") != expected:
        raise LogOperationDiffers(
            f"Entry {entry.h.seq} says {entry.h.op} and holds something else."
        )


def to_line(entry: LogEntry) -> bytes:
    """Return the entry as one line of NDJSON, line feed included."""
    return canonicalize({"h": entry.h.to_json(), "a": entry.a}) + b"\n"


def read_page(body: bytes) -> list[LogEntry]:
    """
    Return the entries in a page as it was fetched, unpacked: shapes checked, nothing proven.

    Raises LogPageBroken if it was cut off or is longer than a page, and what `from_line` raises.
    """
    lines = body.split(b"\n")
    if lines.pop() != b"":
        raise LogPageBroken("The page was cut off: its last line has no end.")
    if len(lines) > PAGE_ENTRIES:
        raise LogPageBroken(f"A page has at most {PAGE_ENTRIES} entries.")
    return [from_line(line) for line in lines]


def from_line(line: bytes, limits: Limits = LOG_LIMITS) -> LogEntry:
    """
    Return the entry in a line of NDJSON, its shape checked, nothing proven.

    Raises LogInvalid, or MalformedJson or LimitsExceeded for the text itself.
    """
    value = parse_document(line, limits)
    content = value.get("a")
    if value.keys() != {"h", "a"} or not (content is None or isinstance(content, dict)):
        raise LogLineMalformed("A line of a log must hold h and a.")
    return LogEntry(read_header(value["h"]), content)
