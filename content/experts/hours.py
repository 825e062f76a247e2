"""How long experts worked for this hub, so that nobody is asked for more than they agreed to."""

from datetime import date
from typing import ClassVar, Final

import sqlite_utils

from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.experts.store import ExpertStore
from content.times import to_text

LONGEST_DAY_MINUTES: Final = 24 * 60


class HoursInvalid(ContentError):
    """More or fewer hours than somebody can work on a day."""

    code: ClassVar[str] = "hours-invalid"

    def __init__(self) -> None:
        super().__init__("Hours are more than 0 and at most 24 a day, such as 2 or 0.25.")


class ExpertHoursStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def log(self, expert_id: str, hours: float, day: date, act: Act) -> None:
        """
        Note that an expert worked on a day, kept to the minute.

        Raises ExpertNotFound, ExpertGone, HoursInvalid; the last also for a day that gets too long.
        """
        ExpertStore(self._db).get(expert_id)
        minutes = round(hours * 60) if 0 < hours <= LONGEST_DAY_MINUTES / 60 else 0
        before = self._sum(expert_id, day, day)
        if minutes < 1 or before + minutes > LONGEST_DAY_MINUTES:
            raise HoursInvalid
        self._db.execute(
            "insert into expert_hours (expert_id, day, minutes, by, at) values (?, ?, ?, ?, ?)",
            (expert_id, day.isoformat(), minutes, act.by, to_text(act.at)),
        )
        ChangeStore(self._db).record(act, "expert.hours", expert_id)

    def take_back(self, expert_id: str, day: date, act: Act) -> int:
        """Forget what was noted for a day; return how many minutes that was."""
        minutes = self._sum(expert_id, day, day)
        self._db.execute(
            "delete from expert_hours where expert_id = ? and day = ?", (expert_id, day.isoformat())
        )
        if minutes:
            ChangeStore(self._db).record(act, "expert.no-hours", expert_id)
        return minutes

    def of_month(self, day: date) -> dict[str, int]:
        """Return the minutes of each expert who worked in the month of that day, up to its end."""
        rows = self._db.execute(
            "select expert_id, sum(minutes) from expert_hours where day between ? and ?"
            " group by expert_id",
            (day.replace(day=1).isoformat(), f"{day:%Y-%m}-31"),
        )
        return {row[0]: int(row[1]) for row in rows.fetchall()}

    def of(self, expert_id: str, limit: int = 366) -> tuple[tuple[date, int], ...]:
        """Return the days on which an expert worked and for how many minutes, the newest first."""
        rows = self._db.execute(
            "select day, sum(minutes) from expert_hours where expert_id = ?"
            " group by day order by day desc limit ?",
            (expert_id, limit),
        )
        return tuple((date.fromisoformat(day), int(minutes)) for day, minutes in rows.fetchall())

    def _sum(self, expert_id: str, first: date, last: date) -> int:
        (minutes,) = self._db.execute(
            "select coalesce(sum(minutes), 0) from expert_hours"
            " where expert_id = ? and day between ? and ?",
            (expert_id, first.isoformat(), last.isoformat()),
        ).fetchone()
        return int(minutes)
