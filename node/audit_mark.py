"""
The mark of the audit: a small file beside the database that says how far the chain was.

It is in no backup. Whoever cuts off the end of the chain, or writes all of it anew, has to change
this file as well; and it remembers when a backup took the place of a newer database.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlite_utils

from content.audit import ChainMark, head_of, holds
from content.times import from_text, to_text
from node.home import HubHome, replace_private


@dataclass(frozen=True, slots=True)
class Gap:
    """Rows that are lost for a known reason. after: number of the last row that is still there."""

    at: datetime
    after: int
    lost: ChainMark | None
    why: str


@dataclass(frozen=True, slots=True)
class MarkedChain:
    """What the file says. gaps: the losses that are known, oldest first."""

    mark: ChainMark
    gaps: tuple[Gap, ...] = ()


class AuditMarkFile:
    """Reads and replaces the file. Commands and the server may do so beside each other."""

    def __init__(self, home: HubHome) -> None:
        self._home = home

    def read(self) -> MarkedChain | None:
        """Return what the file says; None if there is none, or it cannot be read."""
        try:
            known = json.loads(self._home.audit_mark.read_bytes())
            return MarkedChain(_mark(known), tuple(_gap(each) for each in known.get("gaps", ())))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def begin(self, db: sqlite_utils.Database) -> None:
        """Mark a chain that no mark is known of, where that is as it should be: a new one."""
        with self._alone():
            self._write(MarkedChain(head_of(db)))

    def advance(self, db: sqlite_utils.Database) -> bool:
        """
        Note how far the chain is now; it is on disk when this returns.

        Returns False, and leaves the file as it is, where it names a row that is not in the chain
        or is missing: `check_audit` says more.
        """
        with self._alone():
            known = self.read()
            if known is None or not holds(db, known.mark):
                return False
            head = head_of(db)
            if head.seq > known.mark.seq:
                self._write(MarkedChain(head, known.gaps))
            return True

    def accept(self, mark: ChainMark, at: datetime, why: str) -> Gap:
        """Take the chain as far as mark for whole, and remember what the file said before."""
        with self._alone():
            known = self.read()
            gap = Gap(at, mark.seq, None if known is None else known.mark, why)
            self._write(MarkedChain(mark, (*(() if known is None else known.gaps), gap)))
            return gap

    def _write(self, chain: MarkedChain) -> None:
        gaps = [
            {
                "at": to_text(gap.at),
                "after": gap.after,
                "lost": None if gap.lost is None else _plain(gap.lost),
                "why": gap.why,
            }
            for gap in chain.gaps
        ]
        document = {**_plain(chain.mark), "gaps": gaps}
        replace_private(self._home.audit_mark, json.dumps(document, indent=1).encode())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        folder = os.open(self._home.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)


def _plain(mark: ChainMark) -> dict[str, object]:
    return {"seq": mark.seq, "hash": mark.hash.hex()}


def _mark(known: dict[str, object]) -> ChainMark:
    return ChainMark(int(str(known["seq"])), bytes.fromhex(str(known["hash"])))


def _gap(known: dict[str, object]) -> Gap:
    lost = known["lost"]
    return Gap(
        from_text(str(known["at"])),
        int(str(known["after"])),
        _mark(lost) if isinstance(lost, dict) else None,
        str(known["why"]),
    )
