"""
The heads of the logs that are held, in the order in which they changed.

Every change of a head has a number (`log_heads.change`), so that who asks again is told only what
is new since.
"""

from dataclasses import dataclass
from typing import Final

import sqlite_utils

from federation.log import Head, head_of

MOST_HEADS: Final = 1000
"""Heads of one answer; who gets as many asks again."""


@dataclass(frozen=True, slots=True)
class Heads:
    """Heads that changed after some number, oldest change first. change: where to go on."""

    heads: tuple[Head, ...]
    change: int


class HeadStore:
    """
    Works on an open database inside the caller's transaction.

    also: name of a network log that the asker may see besides the public ones; "" for none.
    """

    def __init__(self, db: sqlite_utils.Database, also: str = "") -> None:
        self._db = db
        self._also = also

    def newest(self) -> int:
        """Return the number of the newest change; 0 for none."""
        row = self._db.conn.execute(
            "select max((select coalesce(max(change), 0) from log_heads"
            " where log not like '%/network'),"
            " (select coalesce(max(change), 0) from log_heads where log = ?))",
            (self._also,),
        ).fetchone()
        return int(row[0])

    def since(self, change: int, limit: int = MOST_HEADS) -> Heads:
        """Return the heads that changed after that number, at most limit of them."""
        rows = self._db.execute(
            "select log, seq, hash, header, own, heard_at, change from log_heads"
            " where change > ? and (log not like '%/network' or log = ?)"
            " order by change limit ?",
            (change, self._also, limit),
        ).fetchall()
        last = rows[-1][6] if len(rows) == limit else self.newest()
        return Heads(tuple(head_of(row[:6]) for row in rows), last)
