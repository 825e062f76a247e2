"""
By when the receiver of an escalation promises an answer.

It says so when it accepts and may name another day later; both hubs show it and are reminded of it.
At the receiver it is the day of its own case as well.
"""

from datetime import date, timedelta
from typing import ClassVar

import sqlite_utils

from content.cases.dates import day_of
from content.cases.work import CaseWork
from content.changes import Act
from federation.errors import FederationError
from federation.escalation.escalation import Escalation
from federation.hub import Hub

LONGEST_DAYS = 365


class AnswerDayWrong(FederationError):
    """The day by which an answer is promised is in the past, or too far ahead."""

    code: ClassVar[str] = "answer-day-wrong"

    def __init__(self, earliest: date, latest: date) -> None:
        super().__init__(f"The day of the answer must be from {earliest} to {latest}.")


def check_answer_day(hub: Hub, day: date | None, act: Act) -> date | None:
    """Return the day, one of the calendar of this hub, or None. Raises AnswerDayWrong."""
    today = day_of(act.at, hub.identity.timezone)
    latest = today + timedelta(days=LONGEST_DAYS)
    if day is not None and not today <= day <= latest:
        raise AnswerDayWrong(today, latest)
    return day


def keep_answer_day(db: sqlite_utils.Database, hub: Hub, escalation: Escalation, act: Act) -> None:
    """Make the promised day the day of our own case, which reminds those who work on it."""
    if escalation.case_id is not None and escalation.answer_by is not None:
        today = day_of(act.at, hub.identity.timezone)
        work = CaseWork(db, hub.vault, hub.chance, act, today)
        work.set_due(escalation.case_id, escalation.answer_by)
