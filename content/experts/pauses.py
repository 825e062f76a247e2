"""From when until when experts are away: the plan, by which listings are taken off and put back."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Final

import sqlite_utils

from content.errors import ContentError

LONGEST: Final = timedelta(days=2 * 366)


class PauseInvalid(ContentError):
    """Days of a pause that cannot be."""

    code: ClassVar[str] = "pause-invalid"


@dataclass(frozen=True, slots=True)
class ExpertPause:
    """
    A pause. starts: None once it has begun. ends: the last day of it, None until further notice.

    Both are dates in the time zone of the hub.
    """

    starts: date | None
    ends: date | None

    @classmethod
    def planned(cls, starts: date | None, ends: date | None, today: date) -> "ExpertPause":
        """Return a pause from these days on; what begins today has begun. Raises PauseInvalid."""
        if starts is not None and starts < today:
            raise PauseInvalid(f"A pause begins today ({today}) or later.")
        first = starts or today
        if ends is not None and ends < first:
            raise PauseInvalid(f"The last day of a pause is its first ({first}) or later.")
        if max(first, ends or first) > today + LONGEST:
            raise PauseInvalid(f"A pause ends on {today + LONGEST} or before.")
        return cls(None if first == today else first, ends)


class ExpertPauseStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def put(self, expert_id: str, pause: ExpertPause) -> None:
        """Plan a pause, in place of any other."""
        self._db.execute(
            "insert or replace into expert_pauses (expert_id, starts, ends) values (?, ?, ?)",
            (expert_id, _day(pause.starts), _day(pause.ends)),
        )

    def drop(self, expert_id: str) -> None:
        """Forget the pause of an expert."""
        self._db.execute("delete from expert_pauses where expert_id = ?", (expert_id,))

    def find(self, expert_id: str) -> ExpertPause | None:
        """Return the pause of an expert, or None."""
        row = self._db.execute(
            "select starts, ends from expert_pauses where expert_id = ?", (expert_id,)
        ).fetchone()
        return None if row is None else ExpertPause(_date(row[0]), _date(row[1]))

    def over(self, today: date) -> tuple[str, ...]:
        """Return the experts whose last day of pause has passed."""
        return self._ids("ends < ?", today)

    def beginning(self, today: date) -> tuple[str, ...]:
        """Return the experts whose pause begins today, or should have begun."""
        return self._ids("starts <= ?", today)

    def _ids(self, condition: str, today: date) -> tuple[str, ...]:
        rows = self._db.execute(
            f"select expert_id from expert_pauses where {condition} order by expert_id",  # noqa: S608
            (today.isoformat(),),
        )
        return tuple(row[0] for row in rows.fetchall())


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
