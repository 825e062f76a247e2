"""
The pause of our own logs, while entries of them may be lost, and what waits to be published.

Set when the database is older than what others have seen of it (high_water.py), ended when the lost
entries are back (adopting.py) or a person says so. Records are kept and found here meanwhile.
"""

from datetime import datetime
from typing import ClassVar, Literal

import sqlite_utils

from content.times import to_text
from federation.errors import FederationError

WaitingKind = Literal["resource", "expert", "framework-item", "announcement"]


class LogPaused(FederationError):
    """Nothing is appended to our logs before their lost entries are back."""

    code: ClassVar[str] = "log-paused"

    def __init__(self) -> None:
        super().__init__(
            "This hub waits for entries of its own log that this database lacks. They come from "
            "its peers while the server runs, or with: hub sync"
        )


class Pause:
    """Works on an open database inside the caller's transaction."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    @property
    def why(self) -> str:
        """Return why our logs rest, in words; "" while they do not."""
        row = self._db.conn.execute("select why from log_pause").fetchone()
        return "" if row is None else str(row[0])

    def begin(self, why: str, at: datetime) -> None:
        """Let our logs rest."""
        self._db.execute(
            "insert into log_pause (id, since, why) values (1, ?, ?)"
            " on conflict (id) do update set why = excluded.why",
            (to_text(at), why),
        )

    def end(self) -> None:
        """Let our logs go on."""
        self._db.execute("delete from log_pause")

    def wait(self, kind: WaitingKind, ref: str, at: datetime) -> None:
        """Note that the state of a record is to be published afterwards."""
        self._db.execute(
            "insert or ignore into waiting_releases (kind, ref, at) values (?, ?, ?)",
            (kind, ref, to_text(at)),
        )

    def waiting(self) -> list[tuple[WaitingKind, str]]:
        """Return what waits, in its order."""
        rows = self._db.execute("select kind, ref from waiting_releases order by n").fetchall()
        return [(row[0], row[1]) for row in rows]

    def waits(self, ref: str) -> bool:
        """Return whether a record waits to be published."""
        row = self._db.conn.execute(
            "select 1 from waiting_releases where ref = ?", (ref,)
        ).fetchone()
        return row is not None

    def take_waiting(self) -> list[tuple[WaitingKind, str]]:
        """Return what waits, in its order, and forget it."""
        waiting = self.waiting()
        self._db.execute("delete from waiting_releases")
        return waiting
