"""
How long what is kept of cases: the rules, as pure functions of dates (docs/operate.md).

A day is a day in the time zone of the hub. Before something of a case goes, staff are told 30 and
7 days ahead; without the second notice nothing goes, so a period that somebody shortens, or a
server that was off, surprises nobody.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

NOTICE_DAYS: Final = (30, 7)
LAST_NOTICE: Final = NOTICE_DAYS[-1]


class Kept(StrEnum):
    """What is kept for a time; the words of plans and notices."""

    CASE = "case"
    """A case that ended at this hub, with everything of it."""
    ATTACHMENTS = "attachments"
    """The files of a case that ended."""
    COPY = "copy"
    """Our copy of a case that another hub escalated to us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """How long this hub keeps what, by its settings. The defaults are proposals, not law."""

    case_months: int = 12
    """From the end of a case to the end of its texts."""
    attachments_months: int = 6
    """From the end of a case to the end of its files."""
    copy_days: int = 90
    """From the confirmation by the origin to the end of our copy of its case."""
    access_months: int = 12
    """How long it is known who read what."""
    delivery_days: int = 30
    """How long it is known what was delivered where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """
    Until when something is kept. since: the day from which its time counts; ends: the day on which
    it goes; why: the rule, as part of a sentence.
    """

    what: Kept
    since: date
    ends: date
    why: str

    @property
    def notices(self) -> tuple[int, ...]:
        """How many days ahead staff are told; a time shorter than that leaves no room for it."""
        return tuple(days for days in NOTICE_DAYS if (self.ends - self.since).days >= days)


def term_of_case(closed_on: date, periods: Periods) -> Term:
    """Return until when a case that ended on that day is kept."""
    months = periods.case_months
    return Term(
        what=Kept.CASE,
        since=closed_on,
        ends=plus_months(closed_on, months),
        why=f"closed {closed_on}, kept {_counted(months, 'month')}",
    )


def term_of_attachments(closed_on: date, periods: Periods) -> Term:
    """Return until when the files of a case that ended on that day are kept."""
    months = periods.attachments_months
    return Term(
        what=Kept.ATTACHMENTS,
        since=closed_on,
        ends=plus_months(closed_on, months),
        why=f"closed {closed_on}, files kept {_counted(months, 'month')}",
    )


def term_of_copy(confirmed_on: date, periods: Periods) -> Term:
    """Return until when a copy is kept after its origin confirmed the answer."""
    days = periods.copy_days
    return Term(
        what=Kept.COPY,
        since=confirmed_on,
        ends=confirmed_on + timedelta(days=days),
        why=f"confirmed {confirmed_on}, kept {_counted(days, 'day')}",
    )


def term_of_promised_copy(received_on: date, delete_by: date) -> Term:
    """Return until when a copy is kept that was taken on until a day."""
    return Term(
        what=Kept.COPY,
        since=received_on,
        ends=delete_by,
        why=f"its hub wants it gone by {delete_by}",
    )


def term_of_ended_copy(ended_on: date, state: str) -> Term:
    """Return the term of a copy that is declined, withdrawn, expired or erased: none at all."""
    word = state.removeprefix("esc-")
    return Term(
        what=Kept.COPY, since=ended_on, ends=ended_on, why=f"{word} {ended_on}, kept no longer"
    )


def goes_on(term: Term, told: Mapping[int, date], today: date) -> date:
    """
    Return the day on which something goes, given the notices that were given.

    told: by days ahead, the day on which staff were told. It is never before `LAST_NOTICE` days
    after the last notice, which can be given today at the earliest.
    """
    if LAST_NOTICE not in term.notices:
        return term.ends
    return max(term.ends, told.get(LAST_NOTICE, today) + timedelta(days=LAST_NOTICE))


def notices_now(term: Term, told: Mapping[int, date], today: date) -> tuple[int, ...]:
    """Return which notices are to be given today; when several are, they are one to people."""
    day = goes_on(term, told, today)
    left = (day - today).days
    return tuple(days for days in term.notices if left <= days and days not in told)


def plus_months(day: date, months: int) -> date:
    """Return the same day some months later, or the last day of that month if it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
