"""What was accepted and is not handled yet, and the memory of what was (docs/adr/0014-inbox.md)."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

import sqlite_utils

from content.times import from_text, to_text
from federation.errors import FederationError
from protocol.ids import host_of

MOST_ATTEMPTS = 5
LEASE = timedelta(minutes=10)
"""A claimed activity that was not finished by then counts as one failed attempt."""
FIRST_DELAY = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
"""Between two attempts for which a server is needed that does not answer."""
PATIENCE = timedelta(days=3)
"""How long a server may not answer before that counts as a failed attempt."""
REMEMBERED_FOR = timedelta(days=90)
"""Longer than any sender retries (30 days); then the memory of an id is pruned (R26)."""


class NotInQuarantine(FederationError):
    """There is no activity with that number in quarantine."""

    code: ClassVar[str] = "not-in-quarantine"

    def __init__(self, number: int) -> None:
        super().__init__(f"There is no activity with the number {number} in quarantine.")


@dataclass(frozen=True, slots=True)
class Waiting:
    """An accepted activity whose turn it is. attempts: this one included."""

    id: int
    activity_id: str
    actor: str
    key_id: str
    body: bytes
    received_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An activity that could not be handled, for a person to judge. reason: in words."""

    id: int
    activity_id: str
    actor: str
    type: str
    received_at: datetime
    attempts: int
    reason: str


class InboxStore:
    """Works on an open database inside the caller's transaction."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def digest_of(self, activity_id: str) -> bytes | None:
        """Return the SHA-256 of the bytes under which an activity was accepted, or None."""
        row = self._db.conn.execute(
            "select digest from inbox where activity_id = ?", (activity_id,)
        ).fetchone()
        return None if row is None else bytes(row[0])

    def add(
        self,
        activity_id: str,
        actor: str,
        key_id: str,
        kind: str,
        digest: bytes,
        body: bytes,
        at: datetime,
    ) -> None:
        """Keep an activity until it is handled. digest: SHA-256 of the bytes that arrived."""
        moment = to_text(at)
        self._db.conn.execute(
            "insert into inbox (activity_id, actor, key_id, type, digest, body, received_at,"
            " state, next_try) values (?, ?, ?, ?, ?, ?, ?, 'waiting', ?)",
            (activity_id, actor, key_id, kind, digest, body, moment, moment),
        )

    def claim(self, now: datetime, limit: int) -> list[Waiting]:
        """
        Take the next due activities, oldest first, and count an attempt for each.

        What was claimed before without an end, as after a crash, is due again after LEASE; after
        the last attempt it goes to quarantine, since it may be what brought the process down.
        """
        moment = to_text(now)
        self._db.conn.execute(
            "update inbox set state = 'quarantined', reason ="
            " case reason when '' then 'Handling it was begun five times and never ended.'"
            " else reason end where state = 'waiting' and next_try <= ? and attempts >= ?",
            (moment, MOST_ATTEMPTS),
        )
        rows = self._db.execute(
            f"{_WAITING} and next_try <= ? order by next_try, id limit ?", (moment, limit)
        ).fetchall()
        until = to_text(now + LEASE)
        self._db.conn.executemany(
            "update inbox set attempts = attempts + 1, next_try = ? where id = ?",
            [(until, row[0]) for row in rows],
        )
        return [_waiting(row) for row in rows]

    def finish(self, number: int) -> None:
        """Note that an activity was handled; id and digest stay, the content is not kept."""
        self._end(number, "done", "")

    def refuse(self, number: int, reason: str) -> None:
        """Note that an activity may not be handled any more, as when its actor was blocked."""
        self._end(number, "dropped", reason)

    def _end(self, number: int, state: str, reason: str) -> None:
        self._db.conn.execute(
            "update inbox set state = ?, reason = ?, body = null"
            " where id = ? and state = 'waiting'",
            (state, reason, number),
        )

    def fail(self, number: int, attempts: int, reason: str, now: datetime) -> bool:
        """Note a failed attempt; return True when it was the last one: now in quarantine."""
        last = attempts >= MOST_ATTEMPTS
        again = now + FIRST_DELAY * (4 ** min(attempts - 1, 10))
        self._db.execute(
            "update inbox set state = ?, reason = ?, next_try = ?"
            " where id = ? and state = 'waiting'",
            ("quarantined" if last else "waiting", reason, to_text(again), number),
        )
        return last

    def put_off(self, item: Waiting, reason: str, now: datetime) -> bool:
        """
        Try again later what needs a server that does not answer, without counting an attempt.

        The pause is as long as it has waited already. Return False, and change nothing, when that
        is longer than PATIENCE: then it has failed like anything else.
        """
        waited = now - item.received_at
        if waited >= PATIENCE:
            return False
        again = now + min(max(waited, FIRST_DELAY), LONGEST_PAUSE)
        self._db.execute(
            "update inbox set attempts = attempts - 1, reason = ?, next_try = ?"
            " where id = ? and state = 'waiting'",
            (reason, to_text(again), item.id),
        )
        return True

    def resume(self, now: datetime) -> None:
        """Make due at once what a process that is gone had claimed. Only at the start."""
        self._db.execute(
            "update inbox set next_try = ? where state = 'waiting' and attempts > 0",
            (to_text(now),),
        )

    def quarantined(self, limit: int = 100) -> list[Quarantined]:
        """Return what waits for a person, oldest first."""
        rows = self._db.execute(
            "select id, activity_id, actor, type, received_at, attempts, reason from inbox"
            " where state = 'quarantined' order by id limit ?",
            (limit,),
        )
        return [_quarantined(row) for row in rows]

    def retry(self, number: int, now: datetime) -> None:
        """Handle a quarantined activity again, from the first attempt. Raises NotInQuarantine."""
        self._leave(number, "state = 'waiting', attempts = 0, next_try = ?", to_text(now))

    def retry_all_of(self, actor: str, now: datetime) -> None:
        """Handle again whatever of one actor is in quarantine."""
        self._db.execute(
            "update inbox set state = 'waiting', attempts = 0, next_try = ?"
            " where state = 'quarantined' and actor = ?",
            (to_text(now), actor),
        )

    def drop(self, number: int) -> None:
        """Throw a quarantined activity away; its id stays known. Raises NotInQuarantine."""
        self._leave(number, "state = 'dropped', body = null")

    def _leave(self, number: int, change: str, *values: Any) -> None:
        changed = self._db.execute(
            f"update inbox set {change} where id = ? and state = 'quarantined'",  # noqa: S608
            (*values, number),
        )
        if changed.rowcount != 1:
            raise NotInQuarantine(number)

    def forget_erased(self) -> int:
        """Throw away what waits, or failed, and tells of what its owner has erased since."""
        changed = self._db.execute(
            "update inbox set state = 'dropped', body = null, reason = 'Its content was erased.'"
            " where state in ('waiting', 'quarantined') and type in ('Create', 'Update')"
            " and json_valid(cast(body as text)) and exists (select 1 from tombstones t where"
            " t.object = json_extract(cast(body as text), '$.object.id') and t.actor = inbox.actor)"
        )
        return int(changed.rowcount)

    def waiting(self) -> int:
        """Return how many activities wait to be handled."""
        return int(
            self._db.execute("select count(*) from inbox where state = 'waiting'").fetchone()[0]
        )

    def hosts_with_more(self, most: int) -> frozenset[str]:
        """Return the hosts of which more activities than that wait to be handled."""
        shares: Counter[str] = Counter()
        for actor, count in self._db.execute(
            "select actor, count(*) from inbox where state = 'waiting' group by actor"
        ):
            shares[host_of(actor)] += count
        return frozenset(host for host, count in shares.items() if count > most)

    def next_due(self) -> datetime | None:
        """Return when the next activity is due, or None when none waits."""
        row = self._db.execute("select min(next_try) from inbox where state = 'waiting'").fetchone()
        return None if row[0] is None else from_text(row[0])

    def prune(self, now: datetime, limit: int = 1000) -> int:
        """Forget handled activities beyond the time any sender retries; return how many."""
        gone = self._db.execute(
            "delete from inbox where id in (select id from inbox where received_at < ?"
            " and state in ('done', 'dropped') order by received_at limit ?)",
            (to_text(now - REMEMBERED_FOR), limit),
        )
        self._db.execute("delete from undone where at < ?", (to_text(now - REMEMBERED_FOR),))
        return int(gone.rowcount)


_WAITING = (
    "select id, activity_id, actor, key_id, body, received_at, attempts + 1 from inbox"
    " where state = 'waiting'"
)


def _waiting(row: tuple[Any, ...]) -> Waiting:
    number, activity_id, actor, key_id, body, received_at, attempts = row
    return Waiting(
        number, activity_id, actor, key_id, bytes(body), from_text(received_at), attempts
    )


def _quarantined(row: tuple[Any, ...]) -> Quarantined:
    number, activity_id, actor, kind, received_at, attempts, reason = row
    return Quarantined(number, activity_id, actor, kind, from_text(received_at), attempts, reason)


class Tombstones:
    """Ids that were deleted by their owner and never come back (S19)."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def add(self, object_id: str, actor: str, at: datetime) -> None:
        """Note that an id is gone for good."""
        self._db.execute(
            "insert or ignore into tombstones (object, actor, at) values (?, ?, ?)",
            (object_id, actor, to_text(at)),
        )

    def forget_of(self, actor: str) -> None:
        """Forget what was deleted in the name of an actor, since somebody else may have done it."""
        self._db.execute("delete from tombstones where actor = ?", (actor,))

    def has(self, object_id: str) -> bool:
        """Return whether an id is gone for good."""
        row = self._db.conn.execute(
            "select 1 from tombstones where object = ?", (object_id,)
        ).fetchone()
        return row is not None
