"""The SQL of this hub's own experts."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import sqlite_utils

from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.experts.expert import Expert, ExpertState
from content.experts.record import ExpertRecord
from content.ids import is_id
from content.paging import check_limit
from content.times import from_text, to_text

_COLUMNS = "id, revision, state, record, created_at, updated_at"
Verb = Literal["change", "confirm", "pause", "resume", "leave"]


class ExpertNotFound(ContentError):
    """This hub has no such expert, or no longer."""

    code: ClassVar[str] = "expert-not-found"

    def __init__(self, expert_id: str) -> None:
        super().__init__(f"There is no expert {expert_id[:64]!r}.")


class ExpertGone(ContentError):
    """The expert left; the listing is erased."""

    code: ClassVar[str] = "expert-gone"

    def __init__(self, expert_id: str) -> None:
        super().__init__(f"Expert {expert_id} left this hub; the listing is erased.")


class ExpertChangedMeanwhile(ContentError):
    """Somebody was faster; read it again and decide again."""

    code: ClassVar[str] = "expert-changed-meanwhile"

    def __init__(self, expert_id: str) -> None:
        super().__init__(f"Expert {expert_id} was changed meanwhile. Look at it again.")


class BadExpertCursor(ContentError):
    """The place to go on in a list of experts was not made by us."""

    code: ClassVar[str] = "bad-expert-cursor"

    def __init__(self) -> None:
        super().__init__("This cursor is not one that a list of experts gave out.")


@dataclass(frozen=True, slots=True)
class ExpertPage:
    """Experts, the newest first. next_cursor: what `list` takes to go on; None at the end."""

    items: tuple[Expert, ...]
    next_cursor: str | None


class ExpertStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def add(self, expert: Expert, act: Act) -> None:
        """Store a new expert."""
        self._db.execute(
            f"insert into experts ({_COLUMNS}) values"  # noqa: S608 - our own words
            " (:id, :revision, :state, :record, :created_at, :updated_at)",
            _row(expert),
        )
        ChangeStore(self._db).record(act, "expert.add", expert.id)

    def find(self, expert_id: str) -> Expert | None:
        """Return the expert of that id, active or paused, or None."""
        row = self._db.execute(
            f"select {_COLUMNS} from experts where id = ? and state <> 'left'",  # noqa: S608
            (expert_id,),
        ).fetchone()
        return None if row is None else _expert(row)

    def get(self, expert_id: str) -> Expert:
        """Return the expert of that id. Raises ExpertGone after leaving, or ExpertNotFound."""
        expert = self.find(expert_id)
        if expert is None:
            gone = self._db.execute("select 1 from experts where id = ?", (expert_id,)).fetchone()
            raise ExpertNotFound(expert_id) if gone is None else ExpertGone(expert_id)
        return expert

    def replace(self, expert: Expert, act: Act, verb: Verb = "change") -> Expert:
        """
        Save over the revision that was read; return the expert with its new revision.

        verb: what was done, for the list of changes. Of one who left only id and dates are kept.
        Raises ExpertChangedMeanwhile if that revision is no longer there.
        """
        changed = self._db.execute(
            "update experts set revision = revision + 1, state = :state, record = :record,"
            " updated_at = :updated_at where id = :id and revision = :revision",
            _row(expert),
        )
        if changed.rowcount != 1:
            raise ExpertChangedMeanwhile(expert.id)
        ChangeStore(self._db).record(act, f"expert.{verb}", expert.id)
        return expert.model_copy(update={"revision": expert.revision + 1})

    def list(
        self, *, state: ExpertState | None = None, limit: int = 50, cursor: str | None = None
    ) -> ExpertPage:
        """Return one page without those who left, newest first. BadLimit, BadExpertCursor."""
        check_limit(limit)
        if cursor is not None and not is_id(cursor):
            raise BadExpertCursor
        rows = self._db.execute(
            f"select {_COLUMNS} from experts where state <> 'left'"  # noqa: S608 - our own words
            " and (:state is null or state = :state) and (:cursor is null or id < :cursor)"
            " order by id desc limit :limit",
            {
                "state": None if state is None else state.value,
                "cursor": cursor,
                "limit": limit + 1,
            },
        ).fetchall()
        items = tuple(_expert(row) for row in rows[:limit])
        return ExpertPage(items, items[-1].id if len(rows) > limit else None)

    def active(self) -> tuple[Expert, ...]:
        """Return all active experts, by id: those whom a case may be matched with."""
        rows = self._db.execute(
            f"select {_COLUMNS} from experts where state = 'active' order by id"  # noqa: S608
        )
        return tuple(_expert(row) for row in rows.fetchall())

    def count(self, state: ExpertState) -> int:
        """Return how many experts are in that state."""
        (count,) = self._db.execute(
            "select count(*) from experts where state = ?", (state.value,)
        ).fetchone()
        return int(count)


def _row(expert: Expert) -> dict[str, Any]:
    left = expert.state is ExpertState.LEFT
    return {
        "id": expert.id,
        "revision": expert.revision,
        "state": expert.state.value,
        "record": None if left else expert.record.model_dump_json(exclude_defaults=True),
        "created_at": to_text(expert.created_at),
        "updated_at": to_text(expert.updated_at),
    }


def _expert(row: tuple[Any, ...]) -> Expert:
    expert_id, revision, state, record, created_at, updated_at = row
    return Expert(
        id=expert_id,
        revision=revision,
        state=ExpertState(state),
        record=ExpertRecord.model_validate_json(record),
        created_at=from_text(created_at),
        updated_at=from_text(updated_at),
    )
