"""
After a loss: our own lost entries come back from those who have them, before anything is appended.

A restored backup is a hub with an old memory. If it went on from there it would sign other entries
with numbers that its peers know already, and nobody could trust its log again. So it first asks
them how far its own log is (docs/adr/0027-own-log-after-a-loss.md).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import sqlite_utils

from content.changes import Act
from federation.catching_up import giver_of, tell_of_pages
from federation.errors import FederationError
from federation.high_water import Mark, is_reached
from federation.hub import Hub, Node
from federation.log import Log
from federation.log_pages import Giver, LogNotShown, Place, next_page, place_in
from federation.notices import NoticeStore
from federation.own_records import restore_entry
from federation.pause import Pause
from federation.peers import Peer, PeerStore
from federation.waiting import publish_waiting
from protocol.errors import ProtocolError
from protocol.log_entries import CheckedPage, LogKind, log_name, name_in_log

__all__ = ["Adoption", "adopt_from", "adopt_own", "begin_pause", "go_on", "why_paused"]

MISSING = "There is no note of how far its log has been shown to others."
DIFFERS = "The database is older than what others have seen of it."


@dataclass(frozen=True, slots=True)
class Adoption:
    """
    What one round of asking brought.

    entries: of our own logs, taken back. silent: hosts that did not answer. done: our logs go on.
    why: what it still waits for, in words; "" when done.
    """

    entries: int = 0
    silent: tuple[str, ...] = ()
    done: bool = True
    why: str = ""


async def begin_pause(node: Node) -> bool:
    """
    At the start, let our logs rest if entries of them may be lost; return whether they do.

    Without a mark and without a peer there is nobody to ask, and nobody who knows more.
    """
    marks, at = node.high_water.marks, node.clock.now()
    why = await node.database.read(lambda db: why_paused(db, marks))
    if not why:
        await node.database.read(node.high_water.note)
        return False

    def begin(db: sqlite_utils.Database) -> None:
        Pause(db).begin(why, at)
        _tell(db, node.hub, f"{why} Nothing is published until its peers were asked.", node)

    await node.database.write(begin)
    return True


def why_paused(db: sqlite_utils.Database, marks: Mapping[str, Mark] | None) -> str:
    """Return why our logs rest, or have to, in words; "" if nothing of them can be missing here."""
    if Pause(db).why:
        return Pause(db).why
    if marks is None:
        return MISSING if PeerStore(db).active_names() else ""
    return "" if is_reached(db, marks) else DIFFERS


async def adopt_own(node: Node) -> Adoption:
    """
    Take our lost entries back from the active peers; go on when nothing can be missing any more.

    That is when the entry is here that was last shown to others; or, where no note tells which one
    that was, when every active peer has answered. Else it waits, and a person may decide (`go_on`).
    """
    if not await node.database.read(lambda db: Pause(db).why):
        return Adoption()
    peers = await node.database.read(lambda db: PeerStore(db).active("hub", "coalition"))
    entries, silent = 0, []
    for peer in peers:
        try:
            entries += await adopt_from(node, giver_of(peer), _kinds(node, peer))
        except FederationError:
            silent.append(peer.host)
        except ProtocolError as error:
            silent.append(peer.host)
            await tell_of_pages(node, peer.host, f"It is our own log. {error}")
    marks = node.high_water.marks
    reached = marks is not None and await node.database.read(lambda db: is_reached(db, marks))
    if reached or (marks is None and not silent):
        await go_on(node, Act("system", node.clock.now()))
        return Adoption(entries, tuple(silent))
    why = (
        f"No answer yet from {', '.join(silent)}."
        if silent
        else "None of its peers has the newest entry that it once showed."
    )
    text = f"{why} Until then nothing is published. A person may decide: hub recover --go-on"
    await node.database.write(lambda db: _tell(db, node.hub, text, node))
    return Adoption(entries, tuple(silent), False, why)


async def adopt_from(
    node: Node,
    giver: Giver,
    kinds: tuple[LogKind, ...],
    progress: Callable[[int], None] = lambda _entries: None,
) -> int:
    """
    Take back what a giver has of our own logs beyond what is here; return how many entries.

    Raises TransportFailed, LogNotShown, or LogInvalid and ManifestInvalid.
    """
    entries = 0
    for kind in kinds:
        log = log_name(node.hub.identity.g, kind)
        while True:
            place = await node.database.read(partial(_place, log))
            try:
                page = await next_page(node, giver, place)
            except LogNotShown as error:
                if kind == "network" and error.status == 404:
                    break  # it knows us, else it had refused: it holds nothing of that log
                raise
            if not page.entries:
                break
            act = Act(f"hub:{giver.host}", node.clock.now())
            await node.database.write(_adopting(node.hub, place, page, act))
            entries += len(page.entries)
            progress(entries)
    return entries


def _place(log: str, db: sqlite_utils.Database) -> Place:
    return place_in(db, log)


def _adopting(
    hub: Hub, place: Place, page: CheckedPage, act: Act
) -> Callable[[sqlite_utils.Database], None]:
    def adopt(db: sqlite_utils.Database) -> None:
        log = Log(db)
        head = log.head(place.log)
        if (0 if head is None else head.seq) != place.seq:
            return
        log.store(page.entries, own=True, at=act.at)
        way = name_in_log(place.log)[1]
        for entry in page.entries:
            if entry.h.op == "Delete":
                log.forget(place.log, entry.h.ref, before=entry.h.seq)
            restore_entry(db, hub, way, entry, act)

    return adopt


async def go_on(node: Node, act: Act) -> int:
    """
    End the pause: what waited is published now. Return how many records that were.

    Taken as it is, our log counts as all that was ever shown: a person who calls this while
    entries are missing risks a fork.
    """
    hub = node.hub

    def end(db: sqlite_utils.Database) -> int:
        Pause(db).end()
        NoticeStore(db).dismiss("own-log", hub.identity.host)
        return publish_waiting(db, hub, act)

    count = await node.database.write(end)
    await node.database.read(node.high_water.reset)
    node.bell.ring()
    return count


def _kinds(node: Node, peer: Peer) -> tuple[LogKind, ...]:
    between_hubs = peer.kind == "hub" and node.hub.identity.kind == "hub"
    return ("public", "network") if between_hubs else ("public",)


def _tell(db: sqlite_utils.Database, hub: Hub, text: str, node: Node) -> None:
    NoticeStore(db).note("own-log", hub.identity.host, text[:400], node.clock.now())
