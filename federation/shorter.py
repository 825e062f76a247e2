"""
Logs that became shorter: a hub shows a lower head of its own log than it had signed before.

Both signed heads are kept as evidence, the log is frozen as after a fork, and a person is told. It
ends by itself as soon as the hub shows the higher head again, as one does that was restored from a
backup and has taken its lost entries back (docs/adr/0027), and else as a fork ends.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlite_utils

from content.changes import Act, ChangeStore
from content.times import from_text, from_text_or_none, to_text
from federation.notices import NoticeStore
from federation.peers import PeerStore
from protocol.canonical import canonicalize
from protocol.errors import ProtocolError
from protocol.log_entries import header_hash, name_in_log, read_header
from protocol.shorter_evidence import ShorterEvidence, check_shorter


@dataclass(frozen=True, slots=True)
class Shorter:
    """Evidence of one time that a log was shown shorter, by whom, and since when it is over."""

    evidence: ShorterEvidence
    said_by: str
    found_at: datetime
    settled_at: datetime | None = None
    settled_by: str | None = None

    @property
    def log(self) -> str:
        """Name of the log."""
        return self.evidence.held.log


class ShorterStore:
    """Works on an open database inside the caller's transaction."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def keep(self, shorter: Shorter) -> bool:
        """Keep evidence; return whether it is new. One that is open is enough for a log."""
        held, shown = shorter.evidence.held, shorter.evidence.shown
        if self.open_of(shorter.log) is not None:
            return False
        added = self._db.execute(
            "insert into log_shorter (log, held, shown, held_hash, manifests, said_by, found_at)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (
                shorter.log,
                canonicalize(held.to_json()).decode(),
                canonicalize(shown.to_json()).decode(),
                header_hash(held),
                canonicalize(list(shorter.evidence.manifests)).decode(),
                shorter.said_by,
                to_text(shorter.found_at),
            ),
        )
        return int(added.rowcount) == 1

    def of_hub(self, g: str) -> list[Shorter]:
        """Return all that is known of both logs of a hub, the settled too, oldest first."""
        return self._many("where log in (?, ?) order by n", (g, f"{g}/network"))

    def open(self) -> list[Shorter]:
        """Return all that is not over, oldest first."""
        return self._many("where settled_at is null order by n", ())

    def open_of(self, log: str) -> Shorter | None:
        """Return what is not over of one log, None if its hub shows all of it."""
        found = self._many("where log = ? and settled_at is null", (log,))
        return found[0] if found else None

    def settle(self, log: str, act: Act) -> bool:
        """Note that it is over for one log; return whether it was open."""
        changed = self._db.execute(
            "update log_shorter set settled_at = ?, settled_by = ?"
            " where log = ? and settled_at is null",
            (to_text(act.at), act.by, log),
        )
        return int(changed.rowcount) > 0

    def _many(self, condition: str, values: tuple[str, ...]) -> list[Shorter]:
        rows = self._db.execute(
            "select held, shown, manifests, said_by, found_at, settled_at, settled_by"  # noqa: S608
            f" from log_shorter {condition}",
            values,
        )
        return [_shorter(row) for row in rows.fetchall()]


def note_shorter(
    db: sqlite_utils.Database, evidence: ShorterEvidence, said_by: str, at: datetime
) -> bool:
    """
    Keep evidence that proves itself, and tell a person; return whether the log is frozen now.

    said_by: who showed the lower head, the hub itself.
    """
    try:
        check_shorter(evidence)
    except ProtocolError:
        return False
    if ShorterStore(db).keep(Shorter(evidence, said_by, at)):
        text = (
            f"It shows {evidence.shown.seq} entries of its log and had signed "
            f"{evidence.held.seq}. Nothing more is taken of it until it shows them again. If it "
            "was restored from a backup, that comes by itself; else ask its people."
        )
        NoticeStore(db).note("shrunk", _subject(db, evidence.held.log), text, at)
    return True


def settle_shorter(db: sqlite_utils.Database, log: str, act: Act) -> bool:
    """End the freeze of a log that had become shorter; return whether it was frozen."""
    if not ShorterStore(db).settle(log, act):
        return False
    ChangeStore(db).record(act, "log.whole", log)
    NoticeStore(db).dismiss("shrunk", _subject(db, log))
    return True


def _subject(db: sqlite_utils.Database, log: str) -> str:
    g = name_in_log(log)[0]
    peer = PeerStore(db).find(g)
    return g if peer is None else peer.host


def _shorter(row: tuple[Any, ...]) -> Shorter:
    held, shown, manifests, said_by, found_at, settled_at, settled_by = row
    one, two = (read_header(json.loads(text)) for text in (held, shown))
    evidence = ShorterEvidence(one, two, tuple(json.loads(manifests)))
    settled = from_text_or_none(settled_at)
    return Shorter(evidence, said_by, from_text(found_at), settled, settled_by)
