"""
What goes out: one body an activity, one row a destination (docs/adr/0015-delivery.md).

A store: it works inside the caller's transaction, so a change and its deliveries commit together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

import sqlite_utils

from content.times import from_text, from_text_or_none, to_text
from federation.errors import FederationError

DeliveryState = Literal["waiting", "delivered", "failed", "dropped"]


class NoSuchDelivery(FederationError):
    """There is no delivery with that number, or it is not in a state to be changed."""

    code: ClassVar[str] = "no-such-delivery"

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no failed delivery with the number {number}.")


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an activity goes. is_hub: a peer that is a hub or a coalition, not a plain server."""

    inbox: str
    is_hub: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    """One activity on its way to one inbox. reason: why it is not there yet, in words."""

    id: int
    activity_id: str
    inbox: str
    state: DeliveryState
    attempts: int
    reason: str
    at: datetime
    done_at: datetime | None


class Outbox:
    """The queue of all destinations."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def enqueue(
        self,
        activity_id: str,
        body: bytes,
        to: Iterable[Destination],
        at: datetime,
        *,
        sealed: bool = False,
    ) -> int:
        """
        Store an activity for delivery; return how many deliveries are new.

        body: sent as it is, each time the same bytes. sealed: part of a case; never given up and
        never dropped to make room. The same activity may be queued again for more destinations.
        Raises ValueError when the id is known with other bytes.
        """
        places = list({place.inbox: place for place in to}.values())
        if not places:
            return 0
        moment = to_text(at)
        row = self._db.execute(
            "select id, body from outgoing where activity_id = ?", (activity_id,)
        ).fetchone()
        if row is None:
            number = self._db.execute(
                "insert into outgoing (activity_id, body, sealed, at) values (?, ?, ?, ?)",
                (activity_id, body, sealed, moment),
            ).lastrowid
        elif bytes(row[1]) != body:
            raise ValueError(f"{activity_id} was queued before with other bytes.")
        else:
            number = row[0]
        self._db.conn.executemany(
            "insert into destinations (inbox, host, is_hub, scheme) values (?, ?, ?, ?)"
            " on conflict (inbox) do update set is_hub = max(is_hub, excluded.is_hub)",
            [
                (
                    place.inbox,
                    urlsplit(place.inbox).netloc,
                    place.is_hub,
                    "rfc9421" if place.is_hub else "cavage",
                )
                for place in places
            ],
        )
        added = self._db.conn.executemany(
            "insert or ignore into deliveries (outgoing_id, destination, state, at)"
            " values (?, ?, 'waiting', ?)",
            [(number, place.inbox, moment) for place in places],
        )
        return int(added.rowcount)

    def send_again(self, activity_id: str, body: bytes, to: Destination, at: datetime) -> bool:
        """
        Send an activity to one destination once more; return False if it is under way already.

        The same bytes as before; for what may have been answered, and whose effect never came.
        """
        if self.enqueue(activity_id, body, [to], at):
            return True
        changed = self._db.execute(
            "update deliveries set state = 'waiting', attempts = 0, reason = '', done_at = null,"
            " at = ? where destination = ? and state <> 'waiting'"
            " and outgoing_id = (select id from outgoing where activity_id = ?)",
            (to_text(at), to.inbox, activity_id),
        )
        return int(changed.rowcount) == 1

    def forget(self, activities: Iterable[str], at: datetime) -> None:
        """Drop what activities say, delivered or not: their content was erased."""
        for activity_id in activities:
            self._db.execute(
                "update deliveries set state = 'dropped', done_at = ?,"
                " reason = 'Its content was erased before it arrived.'"
                " where state in ('waiting', 'failed')"
                " and outgoing_id = (select id from outgoing where activity_id = ?)",
                (to_text(at), activity_id),
            )
            self._db.execute("update outgoing set body = x'' where activity_id = ?", (activity_id,))

    def state_of(self, activity_id: str) -> list[Delivery]:
        """Return how one activity is doing, destination by destination."""
        return self._deliveries("o.activity_id = ? order by d.destination", activity_id)

    def waiting(self, limit: int = 100) -> list[Delivery]:
        """Return deliveries that are still to be made, oldest first."""
        return self._deliveries("d.state = 'waiting' order by d.id limit ?", limit)

    def failed(self, limit: int = 100) -> list[Delivery]:
        """Return deliveries that were given up or refused and wait for a person, oldest first."""
        return self._deliveries("d.state = 'failed' order by d.id limit ?", limit)

    def retry(self, number: int) -> None:
        """Send a failed delivery again, at once. Raises NoSuchDelivery."""
        self._leave_failed(number, "waiting")
        self._db.execute(
            "update destinations set next_try = null"
            " where inbox = (select destination from deliveries where id = ?)",
            (number,),
        )

    def drop(self, number: int) -> None:
        """Take a failed delivery off the list of what a person must see. Raises NoSuchDelivery."""
        self._leave_failed(number, "dropped")

    def drop_waiting(self, inbox: str, at: datetime) -> int:
        """Drop what waits for one inbox, except sealed messages; return how many."""
        changed = self._db.execute(
            "update deliveries set state = 'dropped', reason = 'The peer was blocked.', done_at = ?"
            " where destination = ? and state = 'waiting'"
            " and outgoing_id in (select id from outgoing where not sealed)",
            (to_text(at), inbox),
        )
        return int(changed.rowcount)

    def _leave_failed(self, number: int, state: DeliveryState) -> None:
        changed = self._db.execute(
            "update deliveries set state = ?, done_at = case ? when 'waiting' then null"
            " else done_at end where id = ? and state = 'failed'",
            (state, state, number),
        )
        if changed.rowcount != 1:
            raise NoSuchDelivery(number)

    def _deliveries(self, condition: str, value: str | int) -> list[Delivery]:
        rows = self._db.execute(
            f"{_DELIVERIES} where {condition}",
            (value,),
        )
        return [_delivery(row) for row in rows]


_DELIVERIES = (
    "select d.id, o.activity_id, d.destination, d.state, d.attempts, d.reason, d.at, d.done_at"
    " from deliveries d join outgoing o on o.id = d.outgoing_id"
)


def _delivery(row: tuple[Any, ...]) -> Delivery:
    number, activity_id, inbox, state, attempts, reason, at, done_at = row
    return Delivery(
        number,
        activity_id,
        inbox,
        state,
        attempts,
        reason,
        from_text(at),
        from_text_or_none(done_at),
    )
