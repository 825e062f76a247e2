"""
Bundles: public logs that travel as files, for hubs with poor links (docs/verify.md).

What a file brings is checked exactly as what a server shows: page by page, each stored in one
transaction, so an import can be stopped and repeated. Nobody need trust who carried the file.
"""

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, ClassVar

import sqlite_utils

from content.changes import Act
from federation.errors import FederationError
from federation.forks import LogFrozen, weigh
from federation.hub import Node
from federation.log import Head, Log
from federation.log_pages import Place
from federation.peers import Peer, PeerStore
from federation.reading import open_place, take_in_what_was_kept, taking
from federation.replicas import keepable
from federation.verifying.reading import read_material
from protocol.bundles import BundleLine, bundle_line
from protocol.errors import LogInvalid, NotAPeer
from protocol.fork_evidence import differ
from protocol.log_entries import PAGE_BYTES, PAGE_ENTRIES, LogEntry, check_page, name_in_log
from protocol.log_errors import LogChainBroken, LogEntryMissing, LogLineMalformed, LogShrunk

_GZIP_LEVEL = 6


class BundleRefused(FederationError):
    """A bundle cannot be made, or is not for us."""

    code: ClassVar[str] = "bundle-refused"


@dataclass(frozen=True, slots=True)
class Bundled:
    """What was written to a file, or read from one. entries: in it, or new here; seq: its end."""

    log: str
    host: str
    entries: int
    seq: int
    beside: str = ""
    """Why it is kept as a copy beside the catalogue, in words; "" where it is not."""


async def export_bundle(
    node: Node, who: str | None, stream: IO[bytes], *, after: int = 0
) -> Bundled:
    """
    Write a public log that is held here to a file, from the entry behind `after` to its end.

    who: host or permanent name of the hub whose log it is; None for our own. The same log gives the
    same bytes. Raises BundleRefused, before anything is written, if there is nothing to write.
    """
    head, host = await node.database.read(lambda db: _head_of(db, node, who))
    if head.seq <= after:
        raise BundleRefused(f"The log of {host} has {head.seq} entries, and none after {after}.")
    packed = gzip.GzipFile("", "wb", _GZIP_LEVEL, fileobj=stream, mtime=0)
    with packed:
        packed.write(bundle_line(BundleLine(head.log, after + 1, head.seq)))
        await _write_lines(node, packed, head, after)
    return Bundled(head.log, host, head.seq - after, head.seq)


async def _write_lines(node: Node, packed: gzip.GzipFile, head: Head, after: int) -> None:
    while after < head.seq:
        limit = min(PAGE_ENTRIES, head.seq - after)
        lines = await node.database.read(_lines(head.log, after, limit))
        if not lines:
            raise BundleRefused("The log was dropped while it was written.")
        packed.write(b"".join(lines))
        after += len(lines)


def _lines(log: str, after: int, limit: int) -> Callable[[sqlite_utils.Database], list[bytes]]:
    return lambda db: Log(db).lines(log, after=after, limit=limit, most_bytes=PAGE_BYTES)


def _head_of(db: sqlite_utils.Database, node: Node, who: str | None) -> tuple[Head, str]:
    ours = node.hub.identity
    peer = None if who is None else PeerStore(db).find(who)
    g = ours.g if who is None else who if peer is None else str(peer.g)
    head = Log(db).head(g)
    if head is None or name_in_log(head.log)[1] != "public":
        raise BundleRefused(f"No public log of {(who or ours.host)[:100]} is held here.")
    return head, ours.host if g == ours.g else g if peer is None else peer.host


async def import_bundle(
    node: Node, stream: IO[bytes], *, progress: Callable[[int], None] | None = None
) -> Bundled:
    """
    Take in what a file has of a public log beyond what is held here.

    Of an active peer it enters the catalogue, as if its server had shown it; the log of a hub that
    is none is kept as a copy, and enters when it is one. progress: called after each page with the
    number of new entries.
    Pages that were stored stay, whatever comes. Raises BundleRefused, NotAPeer, LogFrozen, and
    LogInvalid, ManifestInvalid, MalformedJson or LimitsExceeded for what does not verify.
    """
    material = read_material(stream)
    if material.pages is None:
        raise LogLineMalformed("This file holds no log.")
    log, known, owner, new = "", None, None, 0
    for entries in material.pages:
        if not log:
            log = entries[0].h.log
            known = await node.database.read(_known(node, log))
            owner = known if known is not None and known.active else None
            if owner is not None:
                await take_in_what_was_kept(node, owner, log)
        async with node.memory.reading(log if owner is None else owner.actor):
            new += await _take(node, owner, log, entries)
        if progress is not None:
            progress(new)
    head = await node.database.read(lambda db: Log(db).head(log))
    seq = 0 if head is None else head.seq
    if material.ends_at is not None and seq < material.ends_at:
        raise LogShrunk(f"The bundle says that it ends at number {material.ends_at}, not {seq}.")
    if owner is not None:
        return Bundled(log, owner.host, new, seq)
    why = "We do not know its hub." if known is None else known.words
    return Bundled(log, log if known is None else known.host, new, seq, why)


def _known(node: Node, log: str) -> Callable[[sqlite_utils.Database], Peer | None]:
    def find(db: sqlite_utils.Database) -> Peer | None:
        g, kind = name_in_log(log)
        if kind != "public":
            raise BundleRefused("Only public logs travel as files.")
        if g == node.hub.identity.g:
            raise BundleRefused("This is our own log. A lost hub is rebuilt from its peers.")
        peer = PeerStore(db).find(g)
        if peer is not None and not peer.active and not keepable(peer):
            raise NotAPeer(f"{peer.words} To take its log: hub peer resume {peer.host}")
        return peer

    return find


async def _take(node: Node, owner: Peer | None, log: str, entries: list[LogEntry]) -> int:
    """Store what is new of one page; return how many entries that was."""
    if any(entry.h.log != log for entry in entries):
        raise LogInvalid("An entry belongs to another log.")
    place = await node.database.read(lambda db: open_place(db, log))
    await _compare(node, place, entries)
    further = [entry for entry in entries if entry.h.seq > place.seq]
    if not further:
        return 0
    if further[0].h.seq > place.seq + 1 and further[0] is entries[0]:
        raise LogEntryMissing(
            f"The file goes on from number {further[0].h.seq}, and the log is held here up to "
            f"{place.seq}. Ask for one that is made with --after {place.seq}."
        )
    page = check_page(
        further, log=log, manifest=place.manifest, after=place.last, history=place.history
    )
    act = Act("bundle", node.clock.now())
    await node.database.write(taking(node, owner, place, page, act))
    return len(further)


async def _compare(node: Node, place: Place, entries: list[LogEntry]) -> None:
    """Raise unless the newest of the entries that we hold already is the same as ours."""
    known = [entry.h for entry in entries if entry.h.seq <= place.seq]
    if not known:
        return
    newest = max(known, key=lambda header: header.seq)
    held = await node.database.read(lambda db: Log(db).header(newest.log, newest.seq))
    if held is None or not differ(held, newest):
        return
    at = node.clock.now()
    fork = await node.database.write(lambda db: weigh(db, newest, "a bundle", at))
    if fork is not None:
        raise LogFrozen(newest.log, fork.seq)
    raise LogChainBroken(f"Entry {newest.seq} is not the one that is held here.")
