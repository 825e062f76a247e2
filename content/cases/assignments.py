"""
What those who are assigned to a case say to it: they take it on or decline, and note their hours.

Who is assigned stands with the case; until somebody has answered they are asked. Who takes it on
declares that they have no conflict of interest in it, staff as well as experts. Who declines is
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
_DECLARED: Final = "no conflict of interest declared"
"""What the record of changes notes where somebody takes a case on."""


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


class ConflictNotRuledOut(ContentError):
    """Who takes on a case has to declare that they have no conflict of interest in it."""

    code: ClassVar[str] = "conflict-not-ruled-out"

    def __init__(self) -> None:
        super().__init__(
            "Who takes on a case declares that they have no conflict of interest in the matter"
            " (no_conflict: true, or --no-conflict). If you have one, or may have, decline the"
            " case with the reason instead."
        )


class WorkedHoursWrong(ContentError):
    """More or fewer hours than somebody can work on a day, or a day that is still to come."""

    code: ClassVar[str] = "worked-hours-wrong"

    def __init__(self) -> None:
        super().__init__(
            "Hours are more than 0 and at most 24 a day, such as 2 or 0.25, until now."
        )


@dataclass(frozen=True, slots=True)
class Assignment:
    """
    One person on a case. answered_at: when they took it on or declined; minutes: worked.

    no_conflict_at: when they declared that they have no conflict of interest in it; None before
    they take it on, and for cases that were taken on when nobody was asked.
    """

    user: str
    state: AssignmentState
    answered_at: datetime | None
    minutes: int
    no_conflict_at: datetime | None = None


class AssignmentStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def of(self, case_id: str) -> tuple[Assignment, ...]:
        """Return who is on a case, in the order of the case, then who declined or left."""
        rows = self._db.execute(
            "select user, state, answered_at, no_conflict_at from case_assignments"
            " where case_id = ? order by answered_at, user",
            (case_id,),
        ).fetchall()
        answers = {
            user: (AssignmentState(state), at, declared) for user, state, at, declared in rows
        }
        minutes = dict(
            self._db.execute(
                "select user, sum(minutes) from case_hours where case_id = ? group by user",
                (case_id,),
            ).fetchall()
        )
        on_it = tuple(assignees_of(self._db, case_id))
        asked = (AssignmentState.ASKED, None, None)
        found = []
        for user in dict.fromkeys((*on_it, *answers, *sorted(minutes))):
            state, at, declared = answers.get(user, asked)
            if user in on_it and state is AssignmentState.DECLINED:
                # Asked once more since.
                state, at, declared = asked
            found.append(
                Assignment(
                    user,
                    state,
                    from_text_or_none(at),
                    minutes.get(user, 0),
                    from_text_or_none(declared),
                )
            )
        return tuple(found)

    def accept(self, case_id: str, act: Act, *, no_conflict: bool) -> None:
        """
        Note that the one who acts takes a case on, and declares to have no conflict in it.

        Raises NotAssigned, ConflictNotRuledOut.
        """
        self._check_assigned(case_id, act)
        if not no_conflict:
            raise ConflictNotRuledOut
        self._answer(case_id, AssignmentState.ACCEPTED, act, to_text(act.at), _DECLARED)

    def decline(self, case_id: str, act: Act) -> None:
        """Note that the one who acts does not take a case on. Raises NotAssigned."""
        self._check_assigned(case_id, act)
        self._answer(case_id, AssignmentState.DECLINED, act)

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

    def _answer(
        self,
        case_id: str,
        state: AssignmentState,
        act: Act,
        no_conflict_at: str | None = None,
        note: str = "",
    ) -> None:
        self._db.execute(
            "insert or replace into case_assignments"
            " (case_id, user, state, answered_at, no_conflict_at) values (?, ?, ?, ?, ?)",
            (case_id, act.by, state.value, to_text(act.at), no_conflict_at),
        )
        ChangeStore(self._db).record(act, f"case.assignment-{state.value}", case_id, note)

    def _check_assigned(self, case_id: str, act: Act) -> None:
        if act.by not in assignees_of(self._db, case_id):
            raise NotAssigned
