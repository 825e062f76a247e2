"""
Erasures that others asked us for: what was dropped here, and the receipt that we owe for it.

A store. That something is owed commits with the dropping itself, so a power cut between the two
cannot lose a receipt; that it was sent commits with its delivery (docs/adr/0033).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import sqlite_utils

from content.times import from_text, to_text

ANSWERED_AGAIN_AFTER: Final = timedelta(hours=1)
"""Who asks again gets a new receipt, but no more often than this."""


@dataclass(frozen=True, slots=True)
class Owed:
    """
    One erasure that a hub asked us for.

    request: id of its Delete. actor, inbox: where the receipt goes. subject: id of the record. g:
    permanent name of the hub, log: the log of it that the Delete stands in, as far as we know.
    held: whether there was anything to drop. dropped_at: when. kind: record, or case for a copy of
    one; of a copy, log is empty, subject is the id of its Offer, and ref our escalation ("" for one
    that never came).
    """

    request: str
    actor: str
    inbox: str
    subject: str
    g: str
    log: str
    ref: str
    held: bool
    dropped_at: datetime
    kind: Literal["record", "case"] = "record"


class OwedStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def owe(self, owed: Owed) -> None:
        """Note that content was dropped and that a receipt is owed; the same again is nothing."""
        self._db.execute(
            "insert into erasures_owed"
            " (request, actor, inbox, subject, g, log, ref, held, dropped_at, kind)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (request) do update"
            " set held = max(held, excluded.held)",
            (
                owed.request,
                owed.actor,
                owed.inbox,
                owed.subject,
                owed.g,
                owed.log,
                owed.ref,
                int(owed.held),
                to_text(owed.dropped_at),
                owed.kind,
            ),
        )

    def asked_again(self, request: str, actor: str, now: datetime) -> None:
        """Owe a receipt anew when its asker repeats the request and ours is not under way."""
        self._db.conn.execute(
            "update erasures_owed set receipt = null where request = ? and actor = ?"
            " and receipt is not null and sent_at <= ? and not exists (select 1 from outgoing o"
            " join deliveries d on d.outgoing_id = o.id and d.state = 'waiting'"
            " where o.activity_id = erasures_owed.receipt)",
            (request, actor, to_text(now - ANSWERED_AGAIN_AFTER)),
        )

    def give_again(self, request: str, actor: str, now: datetime) -> bool:
        """
        Owe a receipt for a copy of a case anew, not numbered; False if nothing is known of it.

        Not within an hour after the last time.
        """
        self._db.execute(
            "update erasures_owed set receipt = null, sent_at = coalesce(sent_at, ?)"
            " where request = ? and actor = ? and kind = 'case'"
            " and (sent_at is null or sent_at <= ?)",
            (to_text(now), request, actor, to_text(now - ANSWERED_AGAIN_AFTER)),
        )
        row = self._db.execute(
            "select 1 from erasures_owed where request = ? and actor = ? and kind = 'case'",
            (request, actor),
        ).fetchone()
        return row is not None

    def among(self, g: str, refs: Iterable[str]) -> frozenset[str]:
        """Return those of these refs of a hub whose content was erased here."""
        rows = self._db.execute(
            "select distinct ref from erasures_owed where g = ?"
            " and ref in (select value from json_each(?))",
            (g, json.dumps(sorted(refs))),
        )
        return frozenset(row[0] for row in rows.fetchall())

    def unswept(self) -> list[str]:
        """Return the requests whose content may still leave traces in the file."""
        rows = self._db.execute("select request from erasures_owed where swept_at is null")
        return [row[0] for row in rows.fetchall()]

    def swept(self, requests: Sequence[str], at: datetime) -> None:
        """Note that the file is clean of them: now a receipt says the truth."""
        self._db.conn.executemany(
            "update erasures_owed set swept_at = ? where request = ? and swept_at is null",
            [(to_text(at), request) for request in requests],
        )

    def ready(self, limit: int = 500) -> list[tuple[Owed, datetime, bool]]:
        """
        Return the receipts that can be sent, with when the file was clean, and whether again.

        Those for copies of cases go sealed, so only to active hubs.
        """
        rows = self._db.execute(
            f"select {_COLUMNS}, swept_at, sent_at from erasures_owed where receipt is null"  # noqa: S608
            " and swept_at is not null and not exists (select 1 from peers p"
            " where p.actor = erasures_owed.actor and p.state = 'blocked')"
            " and (kind = 'record' or exists (select 1 from peers p where p.actor ="
            " erasures_owed.actor and p.state = 'active' and p.kind = 'hub'))"
            " order by dropped_at, request limit ?",
            (limit,),
        )
        return [(_owed(row), from_text(row[-2]), row[-1] is not None) for row in rows.fetchall()]

    def sent(self, request: str, receipt: str, at: datetime) -> None:
        """Note under which id the receipt went out."""
        self._db.execute(
            "update erasures_owed set receipt = ?, sent_at = ? where request = ?",
            (receipt, to_text(at), request),
        )

    def is_receipt(self, activity_id: str) -> bool:
        """Return whether an activity of ours is a receipt."""
        row = self._db.execute(
            "select 1 from erasures_owed where receipt = ?", (activity_id,)
        ).fetchone()
        return row is not None


_COLUMNS = "request, actor, inbox, subject, g, log, ref, held, dropped_at, kind"


def _owed(row: tuple[Any, ...]) -> Owed:
    request, actor, inbox, subject, g, log, ref, held, dropped_at, kind = row[:10]
    dropped = from_text(dropped_at)
    return Owed(request, actor, inbox, subject, g, log, ref, bool(held), dropped, kind)
