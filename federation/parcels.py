"""
The queue as the worker sees it: what is next for whom, and what came of it.

A store beside outbox.py: that one is for those who send, this one for the worker that delivers.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlite_utils

from content.times import from_text, from_text_or_none, to_text
from federation.acknowledgements import Acknowledgements
from federation.backoff import (
    HUB,
    SEALED,
    STRANGER,
    TELL_AFTER,
    Patience,
    next_attempt,
)
from federation.followers import Followers
from federation.notices import NoticeStore
from federation.owed import OwedStore
from protocol.claims import Scheme

MOST_WAITING = 10_000
"""Deliveries that wait for one destination; beyond, the oldest public ones make room (R9)."""
KEPT_FOR = timedelta(days=30)
"""How long it can be seen that a delivery was made."""

OutcomeKind = Literal["delivered", "refused", "gone", "later"]


@dataclass(frozen=True, slots=True)
class Parcel:
    """The next activity for one inbox, and how that inbox is doing."""

    delivery: int
    outgoing: int
    activity_id: str
    sealed: bool
    inbox: str
    host: str
    is_hub: bool
    scheme: Scheme
    failures: int
    failing_since: datetime | None
    head: str
    """Value of the field Hub-Head for another hub: the newest of the log it stands in."""

    @property
    def patience(self) -> Patience:
        """How long we try."""
        if self.sealed:
            return SEALED
        return HUB if self.is_hub else STRANGER


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What came of one attempt.

    status: in words, for people. scheme: how it was signed in the end. host_is_down: nothing
    answered at all, so that other inboxes of that host need not be tried now.
    """

    kind: OutcomeKind
    status: str
    scheme: Scheme
    retry_after: timedelta | None = None
    host_is_down: bool = False


class Parcels:
    """Works on an open database inside the caller's transaction."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def due(self, now: datetime) -> list[Parcel]:
        """Return the first parcel of each inbox whose turn it is, longest waiting first."""
        rows = self._db.execute(
            f"{_PARCELS} where x.next_try is null or x.next_try <= ? order by d.id", (to_text(now),)
        ).fetchall()
        return [_parcel(row) for row in rows]

    def next_for(self, inbox: str) -> Parcel | None:
        """Return the next parcel of an inbox, whether it is due or not."""
        row = self._db.conn.execute(f"{_PARCELS} where x.inbox = ?", (inbox,)).fetchone()
        return None if row is None else _parcel(row)

    def body(self, outgoing: int) -> bytes:
        """Return the bytes to send; none if they were erased since."""
        row = self._db.conn.execute(
            "select body from outgoing where id = ?", (outgoing,)
        ).fetchone()
        return b"" if row is None else bytes(row[0])

    def next_due(self, now: datetime) -> datetime | None:
        """Return when the next failing inbox with something to send is due; None without one."""
        row = self._db.execute(
            "select min(x.next_try) from destinations x where x.failures > 0"
            " and x.next_try > ? and exists (select 1 from deliveries d"
            " where d.destination = x.inbox and d.state = 'waiting')",
            (to_text(now),),
        ).fetchone()
        return None if row[0] is None else from_text(row[0])

    def settle(self, parcel: Parcel, outcome: Outcome, now: datetime, spread: float) -> None:
        """Note what came of an attempt, and what follows from it. spread: see next_attempt."""
        if outcome.kind == "later":
            self._postpone(parcel, outcome, now, spread)
            return
        done = "delivered" if outcome.kind == "delivered" else "failed"
        if done == "delivered" and parcel.is_hub:
            Acknowledgements(self._db).note_delivery(parcel.activity_id, parcel.inbox, now)
        if done == "failed" and OwedStore(self._db).is_receipt(parcel.activity_id):
            done = "dropped"  # who does not know that we held a copy wants no receipt for it
        reason = "" if outcome.kind == "delivered" else outcome.status
        self._db.conn.execute(
            "update deliveries set state = ?, attempts = attempts + 1, reason = ?, done_at = ?"
            " where id = ? and state = 'waiting'",
            (done, reason, to_text(now), parcel.delivery),
        )
        self._db.conn.execute(
            "update destinations set failures = 0, failing_since = null, next_try = null,"
            " scheme = ?, last_status = ?, last_contact = ? where inbox = ?",
            (outcome.scheme, outcome.status, to_text(now), parcel.inbox),
        )
        if outcome.kind == "gone":
            Followers(self._db).remove_inbox(parcel.inbox)
            self._end_waiting(parcel.inbox, outcome.status, now, sealed=0, before=now)

    def let_peering_first(self, parcel: Parcel) -> bool:
        """
        Let what a peering is made of change places with a part of a case; False if none waits.

        For one that was refused because of the relation: what would heal that stood behind it.
        """
        row = self._db.execute(
            f"select min(id) from deliveries where destination = ? and id > ?"  # noqa: S608 - ours
            f" and state = 'waiting' and {_BETWEEN_PEERS}",
            (parcel.inbox, parcel.delivery),
        ).fetchone()
        if row[0] is None:
            return False
        places = ((parcel.delivery, -1), (row[0], parcel.delivery), (-1, row[0]))
        for before, after in places:
            self._db.execute("update deliveries set id = ? where id = ?", (after, before))
        return True

    def _postpone(self, parcel: Parcel, outcome: Outcome, now: datetime, spread: float) -> None:
        failures = parcel.failures + 1
        again = next_attempt(
            failures,
            now,
            spread=spread,
            patience=parcel.patience,
            retry_after=outcome.retry_after,
        )
        self._db.execute(
            "update deliveries set attempts = attempts + 1, reason = ?"
            " where id = ? and state = 'waiting'",
            (outcome.status, parcel.delivery),
        )
        self._db.execute(
            "update destinations set failures = ?, next_try = ?, last_status = ?,"
            " failing_since = coalesce(failing_since, ?) where inbox = ?",
            (failures, to_text(again), outcome.status, to_text(now), parcel.inbox),
        )
        if outcome.host_is_down:
            self._db.execute(
                "update destinations set failures = max(failures, 1), next_try = ?,"
                " failing_since = coalesce(failing_since, ?), last_status = ?"
                " where host = ? and inbox <> ? and coalesce(next_try, '') <= ?",
                (
                    to_text(again),
                    to_text(now),
                    outcome.status,
                    parcel.host,
                    parcel.inbox,
                    to_text(now),
                ),
            )
        self._give_up(parcel, outcome, now)

    def _give_up(self, parcel: Parcel, outcome: Outcome, now: datetime) -> None:
        """End what waited too long, make room in an endless queue, and tell a person."""
        patience = HUB if parcel.is_hub else STRANGER
        if patience.gives_up_after is not None:
            days = patience.gives_up_after.days
            self._end_waiting(
                parcel.inbox,
                f"Given up after {days} days. {outcome.status}",
                now,
                sealed=0,
                before=now - patience.gives_up_after,
                but=_BETWEEN_PEERS,
            )
        self._db.execute(
            "update deliveries set state = 'dropped', done_at = ?,"  # noqa: S608 - our own words
            " reason = 'Too many waited; what was published can be read from the log.'"
            " where id in (select d.id from deliveries d join outgoing o on o.id = d.outgoing_id"
            " where d.destination = ? and d.state = 'waiting' and o.sealed = 0"
            f" order by d.id desc limit -1 offset ?) and not ({_BETWEEN_PEERS})",
            (to_text(now), parcel.inbox, MOST_WAITING),
        )
        since = parcel.failing_since
        if parcel.is_hub and since is not None and now - since >= TELL_AFTER:
            NoticeStore(self._db).note(
                "silent-hub",
                parcel.host,
                f"Nothing has reached {parcel.host} for more than a day. {outcome.status}",
                now,
            )

    def _end_waiting(
        self,
        inbox: str,
        reason: str,
        now: datetime,
        *,
        sealed: int,
        before: datetime,
        but: str = "false",
    ) -> None:
        self._db.execute(
            "update deliveries set state = 'failed', reason = ?, done_at = ?"  # noqa: S608 - ours
            " where destination = ? and state = 'waiting' and at <= ?"
            f" and (select o.sealed from outgoing o where o.id = outgoing_id) = ? and not ({but})",
            (reason, to_text(now), inbox, to_text(before), sealed),
        )

    def wake(self, host: str, now: datetime) -> None:
        """Try a host at once that failed before: it has just shown that it is there (R7)."""
        self._db.conn.execute(
            "update destinations set next_try = null"
            " where host = ? and failures > 0 and next_try > ?",
            (host, to_text(now)),
        )

    def learn_scheme(self, host: str, scheme: Scheme) -> None:
        """Note how the server of a host likes to be signed to."""
        self._db.conn.execute(
            "update destinations set scheme = ? where host = ? and is_hub = 0 and scheme <> ?",
            (scheme, host, scheme),
        )

    def prune(self, now: datetime, limit: int = 1000, *, kept_for: timedelta = KEPT_FOR) -> int:
        """Forget deliveries that ended so long ago, and what nobody needs; return how many."""
        gone = self._db.execute(
            "delete from deliveries where id in (select id from deliveries where done_at < ?"
            " and state in ('delivered', 'dropped') order by done_at limit ?)",
            (to_text(now - kept_for), limit),
        )
        self._db.execute(
            "delete from outgoing where at < ? and not exists"
            " (select 1 from deliveries d where d.outgoing_id = outgoing.id)",
            (to_text(now - kept_for),),
        )
        self._db.execute(
            "delete from destinations where not exists"
            " (select 1 from deliveries d where d.destination = destinations.inbox)"
            " and not exists (select 1 from followers f"
            " where coalesce(f.shared_inbox, f.inbox) = destinations.inbox)"
        )
        return int(gone.rowcount)


_BETWEEN_PEERS = (
    "exists (select 1 from outgoing o join peers p on p.inbox = destination"
    " where o.id = outgoing_id and p.kind <> 'source' and p.state <> 'ended'"
    " and json_valid(cast(o.body as text)) and json_extract(cast(o.body as text), '$.type')"
    " in ('Offer', 'Accept', 'Follow', 'Reject', 'Undo'))"
)
"""What a peering is made of: no log could heal it, so it is tried as long as the peering lasts."""
_HEAD = (
    "(select '\"' || h.log || '\";seq=' || h.seq from log_heads h where h.own = 1"
    " and x.is_hub and h.log = coalesce("
    "(select e.log from log_entries e where e.activity = o.activity_id and e.log in"
    " (select log from log_heads where own = 1)),"
    " (select min(log) from log_heads where own = 1)))"
)
"""Of what stands in no log, the public one: its name sorts before that of the network log."""
_PARCELS = (
    "select d.id, d.outgoing_id, o.activity_id, o.sealed, x.inbox, x.host, x.is_hub,"  # noqa: S608 - our own words
    f" x.scheme, x.failures, x.failing_since, {_HEAD}"
    " from destinations x join deliveries d on d.id ="
    " (select first.id from deliveries first where first.destination = x.inbox"
    " and first.state = 'waiting' order by first.id limit 1)"
    " join outgoing o on o.id = d.outgoing_id"
)


def _parcel(row: tuple[Any, ...]) -> Parcel:
    return Parcel(
        row[0],
        row[1],
        row[2],
        bool(row[3]),
        row[4],
        row[5],
        bool(row[6]),
        row[7],
        row[8],
        from_text_or_none(row[9]),
        row[10] or "",
    )
