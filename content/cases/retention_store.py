"""The SQL of retention: which cases have ended, and of which notices were given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import sqlite_utils

from content.cases.retention import Term
from content.cases.status import CaseStatus
from content.times import from_text


@dataclass(frozen=True, slots=True)
class EndedCase:
    """A case that ended and is not erased. escalated_from: by which escalation it came here."""

    id: str
    closed_at: datetime
    escalated_from: str | None


class RetentionStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def ended(self, case_id: str | None = None) -> list[EndedCase]:
        """Return the cases that ended and are not erased, or that one; the oldest end first."""
        only, values = ("", ()) if case_id is None else (" and id = ?", (case_id,))
        rows = self._db.execute(
            "select id, closed_at, escalated_from from cases"  # noqa: S608 - our own words
            f" where closed_at is not null and status <> ?{only} order by closed_at, id",
            (CaseStatus.ERASED.value, *values),
        )
        return [EndedCase(row[0], from_text(row[1]), row[2]) for row in rows.fetchall()]

    def told(self, case_id: str, term: Term) -> dict[int, date]:
        """Return which notices were given about this term, and on which day."""
        rows = self._db.execute(
            "select days, told_on from retention_told where case_id = ? and what = ? and since = ?",
            (case_id, term.what.value, term.since.isoformat()),
        )
        return {days: date.fromisoformat(told_on) for days, told_on in rows.fetchall()}

    def tell(self, case_id: str, term: Term, days: Iterable[int], today: date) -> None:
        """Note that staff are told today."""
        for ahead in days:
            self._db.execute(
                "insert into retention_told (case_id, what, since, days, told_on)"
                " values (?, ?, ?, ?, ?)",
                (case_id, term.what.value, term.since.isoformat(), ahead, today.isoformat()),
            )
