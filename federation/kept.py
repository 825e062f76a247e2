"""
Logs of hubs that we know and that are no active peers: kept as copies, and taken in when they are.

A copy grows beside the catalogue, as that of a stranger does. Noted is up to which entry its log
was taken in, so that nothing of what came meanwhile is lost once the hub is a peer (again).
"""

from collections.abc import Callable

import sqlite_utils

from content.changes import Act
from federation.hub import Node
from federation.log import Log
from federation.log_pages import Place
from federation.peers import Peer
from protocol.log_entries import (
    PAGE_BYTES,
    PAGE_ENTRIES,
    CheckedPage,
    LogHeader,
    check_page,
    name_in_log,
    read_page,
)

TakeIn = Callable[[sqlite_utils.Database, CheckedPage, Act], None]
"""Takes in what the entries of a page say, in the transaction that moves the mark."""


class KeptStore:
    """Works on an open database inside the caller's transaction."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def note(self, log: str, taken: int) -> None:
        """Note that entries behind a number are kept and not taken in; the lowest number counts."""
        self._db.execute(
            "insert into log_kept (log, taken) values (?, ?)"
            " on conflict (log) do update set taken = min(taken, excluded.taken)",
            (log, taken),
        )

    def note_if_known(self, header: LogHeader) -> None:
        """As `note`, for an entry that came late, if it is one of a log that is kept so."""
        self._db.execute(
            "update log_kept set taken = min(taken, ?) where log = ?", (header.seq - 1, header.log)
        )

    def taken(self, log: str) -> int | None:
        """Return up to which entry a kept log was taken in; None where all of it was, or is not."""
        row = self._db.execute("select taken from log_kept where log = ?", (log,)).fetchone()
        return None if row is None else int(row[0])

    def move(self, log: str, taken: int | None) -> None:
        """Note how far a kept log is taken in now; None: to its end."""
        if taken is None:
            self._db.execute("delete from log_kept where log = ?", (log,))
        else:
            self._db.execute("update log_kept set taken = ? where log = ?", (taken, log))


async def take_in_kept(node: Node, owner: Peer, log: str, take: TakeIn) -> int:
    """
    Take in what was kept of a hub's log before it was an active peer; return how many entries.

    From our own copy: nobody is asked. Page by page, each in one transaction.
    """
    if await node.database.read(lambda db: KeptStore(db).taken(log)) is None:
        return 0
    entries = 0
    while True:
        act = Act(f"hub:{owner.host}", node.clock.now())
        done = await node.database.write(_taking_page(log, take, act))
        if not done:
            return entries
        entries += done


def _taking_page(log: str, take: TakeIn, act: Act) -> Callable[[sqlite_utils.Database], int]:
    def work(db: sqlite_utils.Database) -> int:
        kept = KeptStore(db)
        taken = kept.taken(log)
        if taken is None:
            return 0
        lines = Log(db).lines(log, after=taken, limit=PAGE_ENTRIES, most_bytes=PAGE_BYTES)
        if not lines:
            kept.move(log, None)
            return 0
        place = place_after(db, log, taken)
        page = check_page(
            read_page(b"".join(lines)),
            log=log,
            manifest=place.manifest,
            after=place.last,
            history=place.history,
        )
        take(db, page, act)
        kept.move(log, taken + len(lines))
        return len(lines)

    return work


def place_after(db: sqlite_utils.Database, log: str, seq: int) -> Place:
    """Return the place behind the entry with that number, as if the log ended there."""
    g, kind = name_in_log(log)
    upto = None if kind == "network" else seq
    manifests = tuple(Log(db).manifests(g, upto=upto))
    return Place(log, Log(db).header(log, seq), manifests[-1] if manifests else None, manifests)
