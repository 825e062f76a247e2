"""
Which hubs acknowledged what of our logs: whom an erasure has to reach (docs/adr/0033).

A hub acknowledges an entry by taking its delivery, by reading the log in its own name, or by
showing a head of our log. Whoever read the public log without a name is unknowable.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import sqlite_utils

from content.times import to_text
from federation.log import Log
from protocol.log_entries import LogHeader, name_in_log

if TYPE_CHECKING:
    from federation.hub import Node

How = Literal["delivery", "log", "head"]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What a hub has acknowledged of one of our logs: the entries from first to last."""

    log: str
    first: int
    last: int


class Acknowledgements:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def note(self, actor: str, span: Acknowledged, how: How, at: datetime) -> None:
        """Note that a hub has these entries; nothing if it is none that we know as a hub."""
        self._db.execute(
            "insert into acknowledgements (actor, log, first, last, how, at)"  # noqa: S608
            " select actor, ?, ?, ?, ?, ? from peers where actor = ? and kind <> 'source'"
            f" {_WIDER}",
            (span.log, span.first, span.last, how, to_text(at), actor),
        )

    def note_delivery(self, activity_id: str, inbox: str, at: datetime) -> None:
        """Note that a hub took the delivery of an activity, if it is an entry of our logs."""
        self._db.conn.execute(
            "insert into acknowledgements (actor, log, first, last, how, at)"  # noqa: S608
            " select p.actor, e.log, e.seq, e.seq, 'delivery', ? from log_entries e"
            " join log_heads h on h.log = e.log and h.own = 1"
            " join peers p on p.inbox = ? and p.kind <> 'source'"
            f" where e.activity = ? {_WIDER}",
            (to_text(at), inbox, activity_id),
        )

    def covers(self, actor: str, span: Acknowledged) -> bool:
        """Return whether these entries are known to be acknowledged."""
        row = self._db.execute(
            "select 1 from acknowledgements where actor = ? and log = ? and first <= ?"
            " and last >= ?",
            (actor, span.log, span.first, span.last),
        ).fetchone()
        return row is not None

    def holders(self, log: str, numbers: Iterable[int]) -> dict[str, How]:
        """Return the actors that acknowledged one of these entries or more, and how."""
        wanted = sorted(numbers)
        rows = self._db.execute(
            "select actor, first, last, how from acknowledgements where log = ? order by actor",
            (log,),
        ).fetchall()
        return {
            actor: how
            for actor, first, last, how in rows
            if any(first <= number <= last for number in wanted)
        }


async def hear_heads(node: "Node", actor: str, headers: Iterable[LogHeader]) -> None:
    """Note what a hub acknowledges by the heads that it shows of our own logs."""
    g = node.hub.identity.g
    ours = [header for header in headers if name_in_log(header.log)[0] == g]
    if not ours:
        return

    def news(db: sqlite_utils.Database) -> list[Acknowledged]:
        spans = [
            Acknowledged(header.log, 1, header.seq)
            for header in ours
            if Log(db).header(header.log, header.seq) == header
        ]
        return [span for span in spans if not Acknowledgements(db).covers(actor, span)]

    await _note(node, actor, await node.database.read(news), "head")


async def hear_reader(node: "Node", actor: str, span: Acknowledged) -> None:
    """Note that a hub was shown these entries in answer to a request that it signed."""
    if span.last >= span.first and not await node.database.read(
        lambda db: Acknowledgements(db).covers(actor, span)
    ):
        await _note(node, actor, [span], "log")


async def _note(node: "Node", actor: str, spans: list[Acknowledged], how: How) -> None:
    if not spans:
        return
    at = node.clock.now()

    def note(db: sqlite_utils.Database) -> None:
        for span in spans:
            Acknowledgements(db).note(actor, span, how, at)

    await node.database.write(note)


_WIDER = (
    "on conflict (actor, log) do update set first = min(first, excluded.first),"
    " last = max(last, excluded.last), how = excluded.how, at = excluded.at"
)
