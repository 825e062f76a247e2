"""What of ours is out: by which log, in which entry, and what was taken back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlite_utils

from content.times import from_text, to_text
from protocol.log_entries import LogKind

PublishedKind = Literal["resource", "expert", "framework-item"]


@dataclass(frozen=True, slots=True)
class Published:
    """
    A record of ours that went out.

    ref: its ULID. log, seq: where its newest activity stands. gone: it was taken back; such a row
    stays for ever, as the id is never used again.
    """

    ref: str
    kind: PublishedKind
    log: LogKind
    seq: int
    gone: bool
    published_at: datetime
    changed_at: datetime


class PublishedStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def put(self, ref: str, kind: PublishedKind, log: LogKind, seq: int, at: datetime) -> None:
        """Note that a record went out, or went out changed, with that entry of that log."""
        moment = to_text(at)
        self._db.execute(
            "insert into published (ref, kind, log, seq, state, published_at, changed_at)"
            " values (?, ?, ?, ?, 'live', ?, ?) on conflict (ref) do update"
            " set seq = excluded.seq, changed_at = excluded.changed_at",
            (ref, kind, log, seq, moment, moment),
        )

    def take_back(self, ref: str, seq: int, at: datetime) -> None:
        """Note that a record was taken back with that entry."""
        self._db.execute(
            "update published set state = 'gone', seq = ?, changed_at = ? where ref = ?",
            (seq, to_text(at), ref),
        )

    def get(self, ref: str) -> Published | None:
        """Return what is known of a record that went out, or None."""
        row = self._db.execute(
            "select ref, kind, log, seq, state, published_at, changed_at from published"
            " where ref = ?",
            (ref,),
        ).fetchone()
        if row is None:
            return None
        ref, kind, log, seq, state, published_at, changed_at = row
        moments = (from_text(published_at), from_text(changed_at))
        return Published(ref, kind, log, seq, state == "gone", *moments)

    def live(self, kind: PublishedKind) -> list[Published]:
        """Return all records of a kind that are out, by the time of their first publication."""
        refs = self._db.execute(
            "select ref from published where kind = ? and state = 'live'"
            " order by published_at, ref",
            (kind,),
        ).fetchall()
        return [known for (ref,) in refs if (known := self.get(ref)) is not None]

    def was_public(self, ref: str, kind: PublishedKind) -> bool:
        """Return whether everybody could see a record that was taken back since."""
        known = self.get(ref)
        return known is not None and known.gone and (known.kind, known.log) == (kind, "public")

    def count(self, log: LogKind, kind: PublishedKind) -> int:
        """Return how many records of a kind are out by a log."""
        row = self._db.execute(
            "select count(*) from published where log = ? and state = 'live' and kind = ?",
            (log, kind),
        ).fetchone()
        return int(row[0])
