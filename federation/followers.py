"""Who follows us, and whom we follow. Stores: they work inside the caller's transaction."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlite_utils

from content.times import from_text, to_text

FollowState = Literal["asked", "accepted", "rejected"]


@dataclass(frozen=True, slots=True)
class Follower:
    """An actor who reads our public feed. follow_id: the Follow by which it asked."""

    actor: str
    inbox: str
    shared_inbox: str | None
    follow_id: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Followed:
    """An actor whose feed we asked for. follow_id: our own Follow."""

    actor: str
    state: FollowState
    follow_id: str
    since: datetime


class Followers:
    """The actors who follow us."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def add(self, follower: Follower) -> None:
        """Store a follower; who follows again replaces its older row."""
        self._db.execute(
            "insert into followers (actor, inbox, shared_inbox, follow_id, since)"
            " values (?, ?, ?, ?, ?) on conflict (actor) do update set inbox = excluded.inbox,"
            " shared_inbox = excluded.shared_inbox, follow_id = excluded.follow_id",
            (
                follower.actor,
                follower.inbox,
                follower.shared_inbox,
                follower.follow_id,
                to_text(follower.since),
            ),
        )

    def remove(self, actor: str) -> bool:
        """Forget a follower; return whether it was one."""
        return self._remove("actor = ?", actor) > 0

    def remove_inbox(self, inbox: str) -> int:
        """Forget all followers who are reached through this inbox; return how many."""
        return self._remove("coalesce(shared_inbox, inbox) = ?", inbox)

    def _remove(self, condition: str, value: str) -> int:
        return int(
            self._db.execute(
                f"delete from followers where {condition}",  # noqa: S608 - our own words
                (value,),
            ).rowcount
        )

    def get(self, actor: str) -> Follower | None:
        """Return one follower, or None."""
        row = self._db.execute(f"{_FOLLOWERS} where actor = ?", (actor,)).fetchone()
        return None if row is None else _follower(row)

    def inboxes(self) -> list[str]:
        """Return where a public activity goes: each shared inbox once, else the own inbox."""
        rows = self._db.execute(
            "select distinct coalesce(shared_inbox, inbox) from followers order by 1"
        )
        return [row[0] for row in rows]

    def count(self) -> int:
        """Return how many follow us."""
        return int(self._db.execute("select count(*) from followers").fetchone()[0])

    def all(self) -> Iterator[Follower]:
        """Go through all followers in the order of their ids."""
        for row in self._db.execute(f"{_FOLLOWERS} order by actor"):
            yield _follower(row)


_FOLLOWERS = "select actor, inbox, shared_inbox, follow_id, since from followers"


def _follower(row: tuple[Any, ...]) -> Follower:
    return Follower(row[0], row[1], row[2], row[3], from_text(row[4]))


class Following:
    """The actors we follow, and whether they agreed."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def ask(self, actor: str, follow_id: str, at: datetime) -> None:
        """Note that our Follow goes to actor; a new Follow replaces an older one."""
        self._db.execute(
            "insert into following (actor, state, follow_id, since) values (?, 'asked', ?, ?)"
            " on conflict (actor) do update set state = 'asked', follow_id = excluded.follow_id,"
            " since = excluded.since",
            (actor, follow_id, to_text(at)),
        )

    def answer(self, actor: str, follow_id: str, *, accepted: bool, at: datetime) -> bool:
        """
        Note the answer of actor to our Follow of that id.

        Return False, and change nothing, when we never asked this actor with this Follow.
        """
        changed = self._db.execute(
            "update following set state = ?, since = ? where actor = ? and follow_id = ?",
            ("accepted" if accepted else "rejected", to_text(at), actor, follow_id),
        )
        return int(changed.rowcount) == 1

    def remove(self, actor: str) -> Followed | None:
        """Forget that we follow actor; return what was known, so that it can be undone there."""
        followed = self.get(actor)
        self._db.execute("delete from following where actor = ?", (actor,))
        return followed

    def get(self, actor: str) -> Followed | None:
        """Return what we know of our following of actor, or None."""
        row = self._db.execute(f"{_FOLLOWING} where actor = ?", (actor,)).fetchone()
        return None if row is None else _followed(row)

    def by_follow(self, follow_id: str) -> Followed | None:
        """Return whom we asked with this Follow, or None."""
        row = self._db.execute(f"{_FOLLOWING} where follow_id = ?", (follow_id,)).fetchone()
        return None if row is None else _followed(row)

    def all(self) -> Iterator[Followed]:
        """Go through all we asked, in the order of their ids."""
        for row in self._db.execute(f"{_FOLLOWING} order by actor"):
            yield _followed(row)


_FOLLOWING = "select actor, state, follow_id, since from following"


def _followed(row: tuple[Any, ...]) -> Followed:
    return Followed(row[0], row[1], row[2], from_text(row[3]))
