"""What strangers say about what we published. Nothing of it is shown before a person saw it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlite_utils

from content.times import from_text, to_text

RemarkKind = Literal["like", "flag", "reply", "announce"]
RemarkState = Literal["unseen", "seen", "dropped"]
LONGEST_TEXT = 10_000
MOST_BY_ACTOR = 200
"""Remarks of one actor that are kept; more are not stored."""


@dataclass(frozen=True, slots=True)
class Remark:
    """
    One remark of a stranger.

    object: what of ours it is about. about: id of the reply itself, else of the activity.
    text: HTML of a reply or words of a flag as they came; whoever shows them cleans them.
    """

    activity_id: str
    actor: str
    kind: RemarkKind
    object: str
    about: str
    text: str
    at: datetime
    state: RemarkState = "unseen"


class RemarkStore:
    """Works on an open database inside the caller's transaction."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def add(self, remark: Remark) -> bool:
        """Keep a remark; False when the actor has too many already, or it is known."""
        kept = self._db.execute(
            "select count(*) from (select 1 from remarks where actor = ? limit ?)",
            (remark.actor, MOST_BY_ACTOR),
        ).fetchone()[0]
        if kept >= MOST_BY_ACTOR:
            return False
        added = self._db.execute(
            "insert or ignore into remarks (activity_id, actor, kind, object, about, text, at,"
            " state) values (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                remark.activity_id,
                remark.actor,
                remark.kind,
                remark.object,
                remark.about,
                remark.text[:LONGEST_TEXT],
                to_text(remark.at),
                remark.state,
            ),
        )
        return int(added.rowcount) == 1

    def take_back(self, actor: str, reference: str) -> int:
        """Forget what an actor said in that activity or reply; return how many remarks."""
        gone = self._db.execute(
            "delete from remarks where actor = ?1 and (activity_id = ?2 or about = ?2)",
            (actor, reference),
        )
        return int(gone.rowcount)

    def forget_actor(self, actor: str) -> int:
        """Forget all that an actor said; return how many remarks."""
        return int(self._db.execute("delete from remarks where actor = ?", (actor,)).rowcount)

    def mark(self, activity_id: str, state: RemarkState) -> bool:
        """Note what a person decided; return whether there is such a remark."""
        changed = self._db.execute(
            "update remarks set state = ? where activity_id = ?", (state, activity_id)
        )
        return int(changed.rowcount) == 1

    def unseen(self, limit: int = 100) -> list[Remark]:
        """Return what nobody looked at yet, oldest first."""
        return self._many("state = 'unseen' order by at, activity_id limit ?", limit)

    def about(self, object_id: str) -> list[Remark]:
        """Return what is kept about one object of ours, oldest first."""
        return self._many("object = ? order by at, activity_id", object_id)

    def _many(self, condition: str, value: str | int) -> list[Remark]:
        rows = self._db.execute(f"{_REMARKS} where {condition}", (value,))
        return [_remark(row) for row in rows]


_REMARKS = "select activity_id, actor, kind, object, about, text, at, state from remarks"


def _remark(row: tuple[Any, ...]) -> Remark:
    activity_id, actor, kind, object_id, about, text, at, state = row
    return Remark(activity_id, actor, kind, object_id, about, text, from_text(at), state)
