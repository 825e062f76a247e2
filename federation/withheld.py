"""
Content that somebody left out of a log although nothing deletes it.

An erased entry and one whose content is held back look the same until the log has been read to its
end: then a `Delete` of it was there, or not. What is missing is asked for again from whoever is
asked next, and a person is told who did not show it (docs/verify.md).
"""

from collections.abc import Sequence
from typing import Final

import sqlite_utils

from content.changes import Act
from content.database import Work
from content.errors import ContentError
from federation.errors import FederationError
from federation.hub import Node
from federation.kept import KeptStore, place_after
from federation.log import Log
from federation.log_pages import Giver, fetch_lines
from federation.notices import NoticeKind, NoticeStore
from federation.peers import Peer, PeerStore
from federation.receiving import active_peer, take_from
from protocol.authority import Standing, authorize_logged
from protocol.errors import ProtocolError
from protocol.log_entries import (
    PAGE_ENTRIES,
    CheckedPage,
    LogEntry,
    check_page,
    name_in_log,
    read_page,
)

MOST_MISSING: Final = 5_000
"""Missing entries that are looked at after one reading."""
MOST_PAGES: Final = 20
"""Pages that are asked for again after one reading."""


class WithheldStore:
    """Works on an open database inside the caller's transaction."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def note(self, entries: Sequence[LogEntry]) -> None:
        """Note what came without content; what one of them, or a later one, deletes is lawful."""
        for entry in entries:
            header = entry.h
            if entry.a is None:
                self._db.execute(
                    "insert or ignore into log_withheld (log, seq, ref) values (?, ?, ?)",
                    (header.log, header.seq, header.ref),
                )
            # The header alone says that it deletes: it is signed, and its content is no secret.
            if header.op == "Delete":
                self._db.execute(
                    "delete from log_withheld where log = ? and ref = ? and seq < ?",
                    (header.log, header.ref, header.seq),
                )

    def of(self, log: str, limit: int = MOST_MISSING) -> list[int]:
        """Return the numbers of the entries of a log whose content is held back."""
        rows = self._db.execute(
            "select seq from log_withheld where log = ? order by seq limit ?", (log, limit)
        )
        return [row[0] for row in rows.fetchall()]

    def count(self, g: str) -> int:
        """Return of how many entries the content is held back in both logs of a hub."""
        row = self._db.execute(
            "select count(*) from log_withheld where log in (?, ?)", (g, f"{g}/network")
        ).fetchone()
        return int(row[0])

    def hubs(self) -> frozenset[str]:
        """Return the permanent names of the hubs in whose logs something is held back."""
        rows = self._db.execute("select distinct log from log_withheld").fetchall()
        return frozenset(name_in_log(row[0])[0] for row in rows)

    def found(self, log: str, seq: int) -> None:
        """Note that the content of an entry has come."""
        self._db.execute("delete from log_withheld where log = ? and seq = ?", (log, seq))


async def ask_for_withheld(node: Node, giver: Giver, log: str, owner: Peer | None) -> list[int]:
    """
    Ask a giver for content that is missing at the end of a log; return what it holds back.

    Call it when the giver's log was read to its end, since a later entry may delete what is
    missing. What comes is stored, and taken in if the log is that of a peer. A person is told of
    what is held back; what the giver does not have is no fault of its.
    """
    missing = await node.database.read(lambda db: WithheldStore(db).of(log))
    if not missing:
        return []
    held_back: list[int] = []
    try:
        for _ in range(MOST_PAGES):
            page = await _page(node, giver, log, missing[0], missing[-1])
            if not page.entries:
                break
            host = giver.host if owner is None else owner.host
            act = Act(f"hub:{host}", node.clock.now())
            held_back += await node.database.write(_storing(node, owner, page, act))
            missing = [seq for seq in missing if seq > page.entries[-1].h.seq]
            if not missing:
                break
    except FederationError:
        pass  # it does not answer, or has no such log
    except ProtocolError as error:
        await _tell(node, "refused", giver, f"A page of the log {log[:12]}... was refused. {error}")
    if held_back:
        numbers = ", ".join(map(str, held_back[:5])) + (" and more" if len(held_back) > 5 else "")
        text = (
            f"It does not show the content of {numbers} in the log {log[:12]}..., and nothing there"
            " deletes it. Others are asked for it; ask its people why."
        )
        await _tell(node, "withheld", giver, text)
    elif not missing:
        await node.database.write(lambda db: NoticeStore(db).dismiss("withheld", giver.host))
    return held_back


async def _tell(node: Node, kind: NoticeKind, giver: Giver, text: str) -> None:
    at = node.clock.now()
    await node.database.write(lambda db: NoticeStore(db).note(kind, giver.host, text[:400], at))


async def _page(node: Node, giver: Giver, log: str, first: int, last: int) -> CheckedPage:
    """Return the entries from one number on, up to another, as a giver shows them, proven."""
    limit = min(last - first + 1, PAGE_ENTRIES)
    _, body = await fetch_lines(node, giver, log, after=first - 1, limit=limit)

    def check(db: sqlite_utils.Database) -> CheckedPage:
        place = place_after(db, log, first - 1)
        return check_page(
            read_page(body),
            log=log,
            manifest=place.manifest,
            after=place.last,
            history=place.history,
        )

    return await node.database.read(check)


def _storing(node: Node, owner: Peer | None, page: CheckedPage, act: Act) -> Work[list[int]]:
    """Return the work that keeps what came, and says which of the missing it still lacks."""

    def store(db: sqlite_utils.Database) -> list[int]:
        withheld, log = WithheldStore(db), Log(db)
        # A Delete may have come since, so what is missing is asked once more.
        missing = set(withheld.of(page.entries[0].h.log, limit=-1))
        held_back = []
        for entry in page.entries:
            # Only the content of the very entry that we hold counts.
            if entry.h.seq not in missing or log.header(entry.h.log, entry.h.seq) != entry.h:
                continue
            if entry.a is None:
                held_back.append(entry.h.seq)
            elif log.fill(entry):
                withheld.found(entry.h.log, entry.h.seq)
                _take_in(db, node, owner, page, entry, act)
        return held_back

    return store


def _take_in(
    db: sqlite_utils.Database,
    node: Node,
    owner: Peer | None,
    page: CheckedPage,
    entry: LogEntry,
    act: Act,
) -> None:
    peer = None if owner is None else PeerStore(db).by_actor(owner.actor)
    if peer is None or not peer.active:
        KeptStore(db).note_if_known(entry.h)
        return
    try:
        verified = authorize_logged(page, entry, standing=Standing.PEER)
        take_from(db, node.hub, active_peer(db, peer.actor), verified, act)
    except (ProtocolError, FederationError, ContentError) as error:
        text = f"Entry {entry.h.seq} of its log was not understood. {error}"
        NoticeStore(db).note("refused", peer.host, text[:400], act.at)
