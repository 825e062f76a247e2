"""By when something of a case is due: the answer of the hub, or a reply of the requester."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar

import sqlite_utils

from content.cases.case import CaseInvalid
from content.cases.vault import RecordKey
from content.errors import ContentError
from content.text import one_line

LONGEST_REASON = 300
FURTHEST_DAYS = 3 * 366


class DueKind(StrEnum):
    """What is due."""

    ANSWER = "answer"
    """The answer of the hub."""
    REPLY = "reply"
    """What the requester was asked; gone once they reply."""


class DueDayWrong(ContentError):
    """The day is in the past, or too far ahead."""

    code: ClassVar[str] = "due-day-wrong"

    def __init__(self, today: date) -> None:
        latest = today + timedelta(days=FURTHEST_DAYS)
        super().__init__(f"The day must be from {today} to {latest}.")


@dataclass(frozen=True, slots=True)
class Due:
    """A day in the time zone of the hub, and why that one; the reason is confidential."""

    day: date
    reason: str = field(default="", repr=False)


def check_day(day: date, today: date) -> date:
    """Return the day, or raise DueDayWrong."""
    if not today <= day <= today + timedelta(days=FURTHEST_DAYS):
        raise DueDayWrong(today)
    return day


def check_reason(reason: str, what: str = "reason") -> str:
    """Return a reason in one line, or raise CaseInvalid. what: the name of the field."""
    try:
        reason = one_line(reason)
    except ValueError as error:
        raise CaseInvalid(((what, str(error)),)) from None
    if len(reason) > LONGEST_REASON:
        raise CaseInvalid(((what, f"must have at most {LONGEST_REASON} signs."),))
    return reason


class DueStore:
    """The SQL of dates; inside the caller's transaction. Who records the change is the caller."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def put(self, case_id: str, kind: DueKind, due: Due, key: RecordKey) -> None:
        """Set a date, in place of the one before. key: of the case."""
        reason = key.encrypt(f"due/{kind.value}", due.reason) if due.reason else None
        self._db.execute(
            "insert into case_dues (case_id, kind, day, reason) values (?, ?, ?, ?)"
            " on conflict (case_id, kind) do update set day = excluded.day,"
            " reason = excluded.reason",
            (case_id, kind.value, due.day.isoformat(), reason),
        )

    def drop(self, case_id: str, kind: DueKind) -> bool:
        """Take a date away; return whether there was one."""
        gone = self._db.execute(
            "delete from case_dues where case_id = ? and kind = ?", (case_id, kind.value)
        )
        return int(gone.rowcount) == 1

    def day(self, case_id: str, kind: DueKind) -> date | None:
        """Return the day without its reason."""
        row = self._db.execute(
            "select day from case_dues where case_id = ? and kind = ?", (case_id, kind.value)
        ).fetchone()
        return None if row is None else date.fromisoformat(row[0])

    def of(self, case_id: str, key: RecordKey) -> dict[DueKind, Due]:
        """Return all dates of a case. key: of the case."""
        rows = self._db.execute(
            "select kind, day, reason from case_dues where case_id = ?", (case_id,)
        )
        return {
            DueKind(kind): Due(
                date.fromisoformat(day),
                "" if reason is None else key.decrypt(f"due/{kind}", reason),
            )
            for kind, day, reason in rows.fetchall()
        }
