"""
What people of this hub are told when an escalation has changed, and when its days come near.

A notice names a case or an escalation and never says what it is about.
"""

from datetime import date, timedelta
from typing import Final

import sqlite_utils

from content.cases.dates import day_of
from content.cases.reminding import SOON_DAYS, people_on
from content.changes import Act
from content.mail.kinds import MailKind
from content.mail.occasions import tell_caseworkers, tell_workers_of
from content.people.notices import PersonNoticeKind, PersonNoticeStore
from federation.escalation.escalation import Escalation
from federation.escalation.states import AT_RECEIVER, OFFERED, State
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from federation.notices import NoticeStore

LATE_DAYS: Final = 14
"""So long after the promised day the origin is asked to decide: wait, or take the case back."""
SILENT_DAYS: Final = 30
"""The same where no day was promised, from the last thing that happened."""
_K = PersonNoticeKind
_MAILS: Final = {
    _K.OFFER_UNDECIDED: MailKind.DUE_SOON,
    _K.ANSWER_PROMISED: MailKind.DUE_SOON,
    _K.PROMISE_PASSED: MailKind.OVERDUE,
    _K.LONG_UNANSWERED: MailKind.OVERDUE,
}


def tell_of_change(
    db: sqlite_utils.Database, escalation: Escalation, before: State, act: Act
) -> None:
    """Tell the people of the origin that their case is back, and forget reminders that are over."""
    people = PersonNoticeStore(db)
    if before == OFFERED:
        people.drop_of_offer(escalation.id)
    if escalation.state not in AT_RECEIVER:
        NoticeStore(db).dismiss("late-answer", escalation.id)
    if escalation.role != "origin" or escalation.state not in ("esc-declined", "esc-expired"):
        return
    concerned = [name for name in people_on(db, escalation.case_id) if name != act.by]
    people.tell(
        concerned,
        _K.ESCALATION_ENDED,
        escalation.case_id,
        act.at,
        escalation_id=escalation.id,
        about=escalation.state,
    )
    if escalation.state == "esc-expired" and escalation.case_id is not None:
        # What another hub says is told by mail when it is put into the case; here nobody spoke.
        tell_workers_of(db, escalation.case_id, MailKind.ESCALATION_NEWS, act)


def tell_others_open(db: sqlite_utils.Database, escalation: Escalation, act: Act) -> None:
    """Tell the people of the origin that a hub accepted while others are still asked."""
    if escalation.case_id is None:
        return
    PersonNoticeStore(db).tell(
        people_on(db, escalation.case_id),
        _K.OTHERS_OPEN,
        escalation.case_id,
        act.at,
        escalation_id=escalation.id,
        about=escalation.id,
    )
    tell_workers_of(db, escalation.case_id, MailKind.ESCALATION_NEWS, act)


def remind_of_escalations(db: sqlite_utils.Database, hub: Hub, act: Act) -> int:
    """
    Tell people which days of escalations are near or have passed; return how many notices.

    Run it now and then: each day is told once before and once after, however often this runs.
    At the receiver of an accepted one its own case has the promised day, and reminds by itself.
    """
    today = day_of(act.at, hub.identity.timezone)
    told = 0
    for escalation in EscalationStore(db, hub.vault).with_days(today + timedelta(days=SOON_DAYS)):
        found = _reason(escalation, today, hub)
        if found is None:
            continue
        reason, about = found
        new = PersonNoticeStore(db).tell(
            people_on(db, escalation.case_id),
            reason,
            escalation.case_id,
            act.at,
            escalation_id=escalation.id,
            about=about,
        )
        if new:
            _tell_more(db, escalation, reason, about, act)
        told += new
    return told


def _reason(escalation: Escalation, today: date, hub: Hub) -> tuple[PersonNoticeKind, str] | None:
    """Return why to tell people now, and what tells this reason from the next of its kind."""
    soon = today + timedelta(days=SOON_DAYS)
    if escalation.state == OFFERED:
        near = today <= escalation.due <= soon
        kind = _K.OFFER_WAITS if escalation.direction == "in" else _K.OFFER_UNDECIDED
        return (kind, escalation.due.isoformat()) if near else None
    if escalation.direction == "in" or escalation.state == "esc-info-needed":
        return None
    day = escalation.answer_by
    if day is None:
        last = day_of(escalation.updated_at, hub.identity.timezone)
        silent = today >= last + timedelta(days=SILENT_DAYS)
        return (_K.LONG_UNANSWERED, last.isoformat()) if silent else None
    if today > day + timedelta(days=LATE_DAYS):
        return _K.LONG_UNANSWERED, day.isoformat()
    if today > day:
        return _K.PROMISE_PASSED, day.isoformat()
    return (_K.ANSWER_PROMISED, day.isoformat()) if day <= soon else None


def _tell_more(
    db: sqlite_utils.Database,
    escalation: Escalation,
    reason: PersonNoticeKind,
    about: str,
    act: Act,
) -> None:
    if escalation.case_id is None:
        tell_caseworkers(db, escalation.id, MailKind.OFFER_ARRIVED, act)
        return
    tell_workers_of(db, escalation.case_id, _MAILS[reason], act)
    if reason is _K.LONG_UNANSWERED:
        promised = "promised an answer by" if escalation.answer_by else "has said nothing since"
        text = (
            f"{escalation.peer} {promised} {about} and has not answered. Call them and wait, or"
            f" take the case back: hub offer withdraw {escalation.id}"
        )
        NoticeStore(db).note("late-answer", escalation.id, text, act.at)
