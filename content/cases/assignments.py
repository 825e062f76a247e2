"""
What those who are assigned to a case say to it: they take it on or decline, and note their hours.

Who is assigned stands with the case; until somebody has answered they are asked. Who declines is
off the case, and what they gave as a reason is a note in it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final

import sqlite_utils

from content.cases.listing import assignees_of
from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.times import from_text_or_none, to_text

LONGEST_DAY_MINUTES: Final = 24 * 60


class AssignmentState(StrEnum):
    """How somebody answered to being assigned."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class NotAssigned(ContentError):
    """Only who is assigned to a case can take it on, decline, or note hours for it."""

    code: ClassVar[str] = "not-assigned"

    def __init__(self) -> None:
        super().__init__("You are not assigned to this case.")


class WorkedHoursWrong(ContentError):
    """More or fewer hours than somebody can work on a day, or a day that is still to come."""

    code: ClassVar[str] = "worked-hours-wrong"

    def __init__(self) -> None:
        super().__init__(
            "Hours are more than 0 and at most 24 a day, such as 2 or 0.25, until now."
        )


@dataclass(frozen=True, slots=True)
class Assignment:
    """One person on a case. answered_at: when they took it on or declined; minutes: worked."""

    user: str
    state: AssignmentState
    answered_at: datetime | None
    minutes: int


class AssignmentStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def of(self, case_id: str) -> tuple[Assignment, ...]:
        """Return who is on a case, in the order of the case, then who declined or left."""
        rows = self._db.execute(
            "select user, state, answered_at from case_assignments where case_id = ?"
            " order by answered_at, user",
            (case_id,),
        ).fetchall()
        answers = {user: (AssignmentState(state), at) for user, state, at in rows}
        minutes = dict(
            self._db.execute(
                "select user, sum(minutes) from case_hours where case_id = ? group by user",
                (case_id,),
            ).fetchall()
        )
        on_it = tuple(assignees_of(self._db, case_id))
        asked = (AssignmentState.ASKED, None)
        found = []
        for user in dict.fromkeys((*on_it, *answers, *sorted(minutes))):
            state, at = answers.get(user, asked)
            if user in on_it and state is AssignmentState.DECLINED:
                # Asked once more since.
                state, at = asked
            found.append(Assignment(user, state, from_text_or_none(at), minutes.get(user, 0)))
        return tuple(found)

    def answer(self, case_id: str, state: AssignmentState, act: Act) -> None:
        """Note what the one who acts says. Raises NotAssigned."""
        self._check_assigned(case_id, act)
        self._db.execute(
            "insert or replace into case_assignments (case_id, user, state, answered_at)"
            " values (?, ?, ?, ?)",
            (case_id, act.by, state.value, to_text(act.at)),
        )
        ChangeStore(self._db).record(act, f"case.assignment-{state.value}", case_id)

    def log(self, case_id: str, hours: float, day: date, today: date, act: Act) -> None:
        """
        Note that the one who acts worked on a case, kept to the minute.

        Raises NotAssigned, WorkedHoursWrong; the latter also for a day that gets too long.
        """
        self._check_assigned(case_id, act)
        minutes = round(hours * 60) if 0 < hours <= LONGEST_DAY_MINUTES / 60 else 0
        row = self._db.execute(
            "select coalesce(sum(minutes), 0) from case_hours where user = ? and day = ?",
            (act.by, day.isoformat()),
        ).fetchone()
        if minutes < 1 or row[0] + minutes > LONGEST_DAY_MINUTES or day > today:
            raise WorkedHoursWrong
        self._db.execute(
            "insert into case_hours (case_id, user, day, minutes) values (?, ?, ?, ?)",
            (case_id, act.by, day.isoformat(), minutes),
        )
        ChangeStore(self._db).record(act, "case.hours", case_id)

    def _check_assigned(self, case_id: str, act: Act) -> None:
        if act.by not in assignees_of(self._db, case_id):
            raise NotAssigned
