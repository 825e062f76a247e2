"""
How far our own logs have been shown to others, kept where no backup of the database reaches.

A database that lacks what the mark names is an old one: it must not append, or it would sign a
second entry with a number that others know already (docs/adr/0027-own-log-after-a-loss.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

import sqlite_utils

from protocol.digests import hash_link


@dataclass(frozen=True, slots=True)
class Mark:
    """The newest entry of one log that somebody else may know: its number, its header's hash."""

    seq: int
    hash: str


class MarkFile(Protocol):
    """Where marks outlive the process and the database."""

    def read(self) -> dict[str, Mark] | None:
        """Return name of a log -> its mark; None if there is no file, or it cannot be read."""
        ...

    def write(self, marks: Mapping[str, Mark]) -> None:
        """Replace all marks; they are on disk when this returns."""
        ...


class NoFile:
    """For nodes whose databases are never restored: tests and simulations."""

    def read(self) -> dict[str, Mark] | None:
        """Return nothing."""
        return None

    def write(self, marks: Mapping[str, Mark]) -> None:
        """Keep nothing."""


class HighWater:
    """The marks of one node. Called from several threads, before anything of a log is shown."""

    def __init__(self, file: MarkFile | None = None) -> None:
        self._file = file or NoFile()
        self._lock = Lock()
        self._marks = self._file.read()

    @property
    def marks(self) -> dict[str, Mark] | None:
        """Return name of a log -> its mark; None if nothing is known of before."""
        return None if self._marks is None else dict(self._marks)

    def note(self, db: sqlite_utils.Database) -> None:
        """Note how far our own logs are now, on disk, before that is shown to anybody."""
        rows = db.conn.execute("select log, seq, hash from log_heads where own = 1").fetchall()
        known = self._marks or {}
        if all(row[0] in known and known[row[0]].seq >= row[1] for row in rows):
            return
        with self._lock:
            self._set({**(self._marks or {}), **{log: Mark(seq, h) for log, seq, h in rows}})

    def reset(self, db: sqlite_utils.Database) -> None:
        """Take our logs as they are for all that was ever shown."""
        rows = db.conn.execute("select log, seq, hash from log_heads where own = 1").fetchall()
        with self._lock:
            self._set({log: Mark(seq, digest) for log, seq, digest in rows})

    def _set(self, marks: dict[str, Mark]) -> None:
        self._file.write(marks)
        self._marks = marks


def is_reached(db: sqlite_utils.Database, marks: Mapping[str, Mark]) -> bool:
    """Return whether our logs hold every entry that a mark names."""
    for log, mark in marks.items():
        row = db.conn.execute(
            "select header from log_entries where log = ? and seq = ?", (log, mark.seq)
        ).fetchone()
        if row is None or hash_link(row[0].encode()) != mark.hash:
            return False
    return True
