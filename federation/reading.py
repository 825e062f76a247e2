"""
Reading one log to its end from whoever gives it, and taking in what it says.

A page is verified whole and stored in one transaction with the place it reached, so it can stop at
any moment and go on. Of a page that does not verify nothing is stored. In a serving hub the next
one is on its way while one is stored; a command stores in its own thread, one after the other.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from contextlib import suppress
from typing import Any

import sqlite_utils

from content.changes import Act
from content.errors import ContentError
from federation.errors import FederationError
from federation.fork_search import keep_shorter, look_for_fork, see_whole_again
from federation.forks import LogFrozen, refuse_frozen
from federation.hub import Node
from federation.kept import KeptStore, take_in_kept
from federation.log import Log
from federation.log_pages import Ahead, Giver, Place, fetch_ahead, next_page, place_in
from federation.notices import NoticeStore
from federation.peer_keys import renew_keys
from federation.peers import Peer, PeerStore, standing_of
from federation.receipts import owe_to_log, without_erased
from federation.receiving import active_peer, erase_logged, take_from
from federation.withheld import WithheldStore, ask_for_withheld
from protocol.authority import Standing, authorize_logged
from protocol.errors import NotAPeer, ProtocolError
from protocol.ids import origin_of
from protocol.log_entries import CheckedPage, LogEntry, name_in_log
from protocol.log_errors import LogShrunk


async def read_log(
    node: Node,
    giver: Giver,
    log: str,
    owner: Peer | None,
    progress: Callable[[int], None] = lambda _entries: None,
) -> int:
    """
    Take in what a giver has of a log beyond what is held; return how many entries that was.

    owner: the active peer whose log it is; None for a log that is only kept and served on, such as
    that of a hub which was lost before we met it. progress: called after each page with the count
    so far; what was stored by then stays, whatever comes. Raises TransportFailed, LogNotShown,
    LogFrozen, NotAPeer, or LogInvalid and ManifestInvalid for a page that is not what it should be.
    """
    entries = 0
    ahead: Ahead | None = None
    itself = owner is not None and giver.origin == origin_of(owner.actor)
    if owner is not None:
        await take_in_what_was_kept(node, owner, log)
    while True:
        if itself:
            await see_whole_again(node, giver, log)
        place = await node.database.read(lambda db: open_place(db, log))
        try:
            page = await next_page(node, giver, place, itself=itself, ahead=ahead)
        except LogShrunk as error:
            await look_for_fork(node, giver, log)
            await keep_shorter(node, giver, log)
            await node.database.read(lambda db: refuse_frozen(db, log))
            raise error
        except ProtocolError as error:
            fork = await look_for_fork(node, giver, log)
            if fork is None:
                raise
            raise LogFrozen(log, fork.seq) from error
        if not page.entries:
            await ask_for_withheld(node, giver, log, owner)
            return entries
        act = Act(f"hub:{giver.host}", node.clock.now())
        storing = node.database.write(taking(node, owner, place, page, act))
        ahead = await _meanwhile(storing, fetch_ahead(node, giver, page))
        entries += len(page.entries)
        progress(entries)


async def _meanwhile(
    storing: Awaitable[None], fetching: Coroutine[Any, Any, Ahead | None]
) -> Ahead | None:
    """Wait for both and return what was fetched; what cannot be stored ends both."""
    task = asyncio.create_task(fetching)
    try:
        await storing
        return await task
    finally:
        if not task.done():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


def open_place(db: sqlite_utils.Database, log: str) -> Place:
    """Return how far a log is held. Raises LogFrozen if nothing more is taken of it."""
    refuse_frozen(db, log)
    return place_in(db, log)


def taking(
    node: Node, owner: Peer | None, place: Place, page: CheckedPage, act: Act
) -> Callable[[sqlite_utils.Database], None]:
    """Return the work that stores a page, unless somebody else stored it in the meantime."""

    def take(db: sqlite_utils.Database) -> None:
        if owner is not None and standing_of(db, owner.actor) is not Standing.PEER:
            raise NotAPeer(f"{owner.host} is no longer an active peer.")
        refuse_frozen(db, place.log)
        log = Log(db)
        head = log.head(place.log)
        if (0 if head is None else head.seq) != place.seq:
            return
        entries = without_erased(db, page.entries)
        log.store(entries, own=False, at=act.at)
        WithheldStore(db).note(page.entries)
        for entry in entries:
            if entry.h.op == "Delete":
                dropped = log.forget(place.log, entry.h.ref, before=entry.h.seq)
                owe_to_log(db, page, entry, dropped, act)
        if owner is not None:
            _take_in(db, node, owner, page, entries, act)
        else:
            _keep_beside(db, place, page, entries, act)

    return take


async def take_in_what_was_kept(node: Node, owner: Peer, log: str) -> int:
    """Take in what came of a hub's log while it was no active peer; return how many entries."""

    def take(db: sqlite_utils.Database, page: CheckedPage, act: Act) -> None:
        refuse_frozen(db, log)
        _take_in(db, node, owner, page, page.entries, act)

    return await take_in_kept(node, owner, log, take)


def _keep_beside(
    db: sqlite_utils.Database,
    place: Place,
    page: CheckedPage,
    entries: Iterable[LogEntry],
    act: Act,
) -> None:
    """Of a hub that we know and that is no peer, obey what it deletes, and note what waits."""
    known = PeerStore(db).find(name_in_log(place.log)[0])
    if known is None:
        return
    KeptStore(db).note(place.log, place.seq)
    for entry in entries:
        if entry.h.op == "Delete" and entry.a is not None:
            with suppress(ProtocolError, FederationError):
                verified = authorize_logged(page, entry, standing=Standing.PEER)
                erase_logged(db, known, verified, act)


def _take_in(
    db: sqlite_utils.Database,
    node: Node,
    owner: Peer,
    page: CheckedPage,
    entries: Iterable[LogEntry],
    act: Act,
) -> None:
    act = Act(f"hub:{owner.host}", act.at)
    peer = active_peer(db, owner.actor)
    for entry in entries:
        if entry.a is None or entry.h.op == "Manifest":
            continue
        try:
            verified = authorize_logged(page, entry, standing=Standing.PEER)
            take_from(db, node.hub, peer, verified, act)
        except (ProtocolError, FederationError, ContentError) as error:
            # It is proven that the peer wrote this, so the chain goes on; only we cannot use it.
            text = f"Entry {entry.h.seq} of its log was not understood. {error}"
            NoticeStore(db).note("refused", owner.host, text[:400], act.at)
    PeerStore(db).heard_from(peer.actor, act.at)
    renew_keys(db, owner, page.manifest, act)
