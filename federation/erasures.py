"""
Erasures that we asked for: which hubs were asked, and whose receipt has come (docs/adr/0033).

A store: it works inside the caller's transaction, so the Delete and the list of those who must
confirm it commit together. One shape for what stands in a log and for what never did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal, TypeAlias

import orjson
import sqlite_utils

from content.paging import check_limit
from content.times import from_text, from_text_or_none, to_text
from federation.acknowledgements import How
from federation.errors import FederationError
from protocol.documents.erasure import ErasureReceipt
from protocol.json import JsonObject

ErasureKind = Literal["resource", "expert", "framework-item", "case"]
AskedState = Literal["erased", "missing", "overdue", "settled", "told"]
OVERDUE_AFTER: Final = timedelta(days=7)
"""How long a receipt may be missing before it counts as overdue, unless the settings say else."""
FIRST_REMINDER: Final = timedelta(days=1)
LATEST_REMINDER: Final = timedelta(days=7)


class NoSuchErasure(FederationError):
    """Nothing was erased under that id, or that hub was not asked."""

    code: ClassVar[str] = "no-such-erasure"

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no erasure of {what[:200]!r}. hub erasure list shows them.")


class BadErasureCursor(FederationError):
    """The place to go on in the list of erasures was not made by us."""

    code: ClassVar[str] = "bad-erasure-cursor"

    def __init__(self) -> None:
        super().__init__("This cursor is not one that the list of erasures gave out.")


@dataclass(frozen=True, slots=True)
class Request:
    """
    One erasure that we asked for.

    request: id of the Delete. subject: id of the record in the world; ref: its ULID. log, seq:
    where the Delete stands, None where it stands in no log. swept_at: since when this hub's own
    file holds no trace of the content.
    """

    request: str
    subject: str
    kind: ErasureKind
    ref: str
    log: str | None
    seq: int | None
    at: datetime
    swept_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """
    One hub that was asked to erase something.

    got: how it acknowledged the content; None if it may never have had it, and then nothing is
    missing. asks: how often it was asked. erased_at: as its receipt says. settled_*: a person here
    decided that no receipt is waited for any more.
    """

    request: str
    actor: str
    host: str
    inbox: str
    got: How | None
    asked_at: datetime
    asks: int
    receipt: JsonObject | None
    erased_at: datetime | None
    received_at: datetime | None
    settled_at: datetime | None
    settled_by: str | None
    settled_note: str

    @property
    def missing_since(self) -> datetime | None:
        """Return since when its receipt is waited for, None if it is not."""
        waited_for = self.got is not None and self.receipt is None and self.settled_at is None
        return self.asked_at if waited_for else None

    def state(self, now: datetime, overdue_after: timedelta) -> AskedState:
        """Return how things stand with this hub."""
        if self.receipt is not None:
            return "erased"
        if self.settled_at is not None:
            return "settled"
        if self.got is None:
            return "told"
        return "overdue" if now - self.asked_at >= overdue_after else "missing"


@dataclass(frozen=True, slots=True)
class Standing:
    """An erasure with all who were asked, by host."""

    request: Request
    asked: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class StandingPage:
    """Erasures, newest first. next_cursor: what `list` takes to go on; None at the end."""

    items: tuple[Standing, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Recipient:
    """A hub that is to be asked. got: how it acknowledged the content, None if it is not known."""

    actor: str
    host: str
    inbox: str
    got: How | None


Requests: TypeAlias = list[str]
"""Ids of Deletes; a name for it, since `list` is a method of the store."""


class ErasureStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def open(self, request: Request, recipients: Sequence[Recipient]) -> None:
        """Note that an erasure was asked for, of whom; again changes nothing."""
        self._db.execute(
            "insert or ignore into erasures (request, subject, kind, ref, log, seq, at)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (
                request.request,
                request.subject,
                request.kind,
                request.ref,
                request.log,
                request.seq,
                to_text(request.at),
            ),
        )
        moment, again = to_text(request.at), to_text(request.at + FIRST_REMINDER)
        self._db.conn.executemany(
            "insert or ignore into erasures_asked"
            " (request, actor, host, inbox, got, asked_at, next_ask) values (?, ?, ?, ?, ?, ?, ?)",
            [
                (request.request, each.actor, each.host, each.inbox, each.got, moment, again)
                for each in recipients
            ],
        )

    def was_asked(self, actor: str, request: str) -> bool:
        """Return whether this Delete of ours was addressed to that actor."""
        row = self._db.conn.execute(
            "select 1 from erasures_asked where request = ? and actor = ?", (request, actor)
        ).fetchone()
        return row is not None

    def subject_of(self, request: str) -> str | None:
        """Return what a Delete of ours erases, None if it is none."""
        row = self._db.execute(
            "select subject from erasures where request = ?", (request,)
        ).fetchone()
        return None if row is None else str(row[0])

    def receive(
        self, receipt: ErasureReceipt, document: JsonObject, erased_at: datetime, at: datetime
    ) -> bool:
        """Keep the first receipt of a hub; return False, and change nothing, for any later one."""
        changed = self._db.execute(
            "update erasures_asked set receipt = ?, erased_at = ?, received_at = ?"
            " where request = ? and actor = ? and receipt is null",
            (
                orjson.dumps(document).decode(),
                to_text(erased_at),
                to_text(at),
                receipt.request,
                receipt.actor,
            ),
        )
        return int(changed.rowcount) == 1

    def settle(self, request: str, host: str, by: str, note: str, at: datetime) -> None:
        """Wait no longer for the receipt of a hub. Raises NoSuchErasure."""
        changed = self._db.execute(
            "update erasures_asked set settled_at = ?, settled_by = ?, settled_note = ?"
            " where request = ? and host = ? and receipt is null",
            (to_text(at), by, note, request, host),
        )
        if changed.rowcount != 1:
            raise NoSuchErasure(f"{request} at {host}")

    def settle_earlier(self, subject: str, host: str, note: str, at: datetime) -> int:
        """Wait no longer for receipts of earlier requests about the same thing; return how many."""
        changed = self._db.execute(
            "update erasures_asked set settled_at = ?, settled_by = 'system', settled_note = ?"
            " where host = ? and receipt is null and settled_at is null"
            " and request in (select request from erasures where subject = ?)",
            (to_text(at), note, host, subject),
        )
        return int(changed.rowcount)

    def due(self, now: datetime, limit: int = 200, *, cases: bool = False) -> list[Asked]:
        """
        Return those whose receipt is missing and who are to be asked again.

        cases: for copies of cases, else for what was published.
        """
        rows = self._db.execute(
            f"select {_ASKED} from erasures_asked where got is not null and receipt is null"  # noqa: S608
            " and settled_at is null and next_ask <= ? and (select kind = 'case' from erasures e"
            " where e.request = erasures_asked.request) = ? order by next_ask limit ?",
            (to_text(now), int(cases), limit),
        )
        return [_asked(row) for row in rows.fetchall()]

    def put_off(self, asked: Asked, now: datetime, *, was_asked: bool) -> None:
        """Note when a hub is asked next; was_asked: it has just been asked again."""
        asks = asked.asks + int(was_asked)
        pause = min(FIRST_REMINDER * 2 ** min(asks - 1, 10), LATEST_REMINDER)
        self._db.execute(
            "update erasures_asked set asks = ?, next_ask = ? where request = ? and actor = ?",
            (asks, to_text(now + pause), asked.request, asked.actor),
        )

    def get(self, what: str) -> Standing:
        """Return an erasure by ULID or id of its record, or id of the Delete. NoSuchErasure."""
        row = self._db.execute(
            f"select {_REQUEST} from erasures where request = ?1 or subject = ?1 or ref = ?1"  # noqa: S608
            " order by at desc limit 1",
            (what,),
        ).fetchone()
        if row is None:
            raise NoSuchErasure(what)
        return self._standing(row)

    def about(self, subject: str) -> Standing | None:
        """
        Return the newest erasure of one thing, None if it was never erased.

        One that was confirmed counts before a newer one that is not: what is gone is gone.
        """
        rows = self._db.execute(
            f"select {_REQUEST} from erasures where subject = ?"  # noqa: S608 - our own words
            " order by exists (select 1 from erasures_asked a where a.request = erasures.request"
            " and a.receipt is not null) desc, at desc limit 1",
            (subject,),
        ).fetchall()
        return self._standing(rows[0]) if rows else None

    def list(
        self, *, missing: bool = False, limit: int = 50, cursor: str | None = None
    ) -> StandingPage:
        """
        Return one page, newest first; missing: only those that wait for a receipt.

        Raises BadLimit, BadErasureCursor.
        """
        check_limit(limit)
        condition, values = "1", ()
        if cursor is not None:
            found = self._db.execute(
                "select at, request from erasures where ref = ?", (cursor,)
            ).fetchone()
            if found is None:
                raise BadErasureCursor
            condition, values = "(at, request) < (?, ?)", tuple(found)
        if missing:
            condition += (
                " and exists (select 1 from erasures_asked a where a.request = erasures.request"
                " and a.got is not null and a.receipt is null and a.settled_at is null)"
            )
        rows = self._db.execute(
            f"select {_REQUEST} from erasures where {condition}"  # noqa: S608 - our own words
            " order by at desc, request desc limit ?",
            (*values, limit + 1),
        ).fetchall()
        items = tuple(self._standing(row) for row in rows[:limit])
        return StandingPage(items, items[-1].request.ref if len(rows) > limit else None)

    def overdue(self, before: datetime) -> Mapping[str, int]:
        """Return host -> number of receipts that are missing since before that moment."""
        rows = self._db.execute(
            "select host, count(*) from erasures_asked where got is not null and receipt is null"
            " and settled_at is null and asked_at <= ? group by host order by host",
            (to_text(before),),
        )
        return dict(rows.fetchall())

    def missing(self) -> int:
        """Return how many receipts are missing."""
        row = self._db.execute(
            "select count(*) from erasures_asked where got is not null and receipt is null"
            " and settled_at is null"
        ).fetchone()
        return int(row[0])

    def dropped(self, at: datetime) -> None:
        """Note that something was dropped here that had never left, so that no trace is kept."""
        self._db.execute("insert into erasures_dropped (at) values (?)", (to_text(at),))

    def last_dropped(self) -> int:
        """Return up to where a sweep of now covers what was dropped; 0 where nothing was."""
        row = self._db.execute("select coalesce(max(n), 0) from erasures_dropped").fetchone()
        return int(row[0])

    def forget_dropped(self, upto: int) -> None:
        """Note that the file is clean of what was dropped up to there."""
        self._db.execute("delete from erasures_dropped where n <= ?", (upto,))

    def unswept(self) -> Requests:
        """Return the requests whose content may still leave traces in our own file."""
        rows = self._db.execute("select request from erasures where swept_at is null")
        return [row[0] for row in rows.fetchall()]

    def swept(self, requests: Sequence[str], at: datetime) -> None:
        """Note that our own file is clean of them."""
        self._db.conn.executemany(
            "update erasures set swept_at = ? where request = ? and swept_at is null",
            [(to_text(at), request) for request in requests],
        )

    def _standing(self, row: tuple[Any, ...]) -> Standing:
        request, subject, kind, ref, log, seq, at, swept_at = row
        asked = self._db.execute(
            f"select {_ASKED} from erasures_asked where request = ? order by host",  # noqa: S608
            (request,),
        )
        told = Request(
            request, subject, kind, ref, log, seq, from_text(at), from_text_or_none(swept_at)
        )
        return Standing(told, tuple(_asked(each) for each in asked.fetchall()))


_REQUEST = "request, subject, kind, ref, log, seq, at, swept_at"
_ASKED = (
    "request, actor, host, inbox, got, asked_at, asks, receipt, erased_at, received_at,"
    " settled_at, settled_by, settled_note"
)


def _asked(row: tuple[Any, ...]) -> Asked:
    request, actor, host, inbox, got, asked_at, asks, receipt, erased, received, at, by, note = row
    return Asked(
        request,
        actor,
        host,
        inbox,
        got,
        from_text(asked_at),
        asks,
        None if receipt is None else orjson.loads(receipt),
        from_text_or_none(erased),
        from_text_or_none(received),
        from_text_or_none(at),
        by,
        note,
    )
