"""
Retention: what is due to be erased, when and why, and which hold stops it; and the notices before.

`plan` only reads. What is due is carried out by federation/law/retention_run.py.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlite_utils

from content.cases.attachment_store import AttachmentStore
from content.cases.holds import HoldStore, held_until
from content.cases.retention import (
    Kept,
    Periods,
    Term,
    goes_on,
    notices_now,
    term_of_attachments,
    term_of_case,
    term_of_copy,
    term_of_ended_copy,
    term_of_promised_copy,
)
from content.cases.retention_store import RetentionStore
from content.changes import Act
from content.mail.kinds import MailKind
from content.mail.occasions import tell_workers_of
from federation.escalation.states import ENDED, State
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from federation.notices import NoticeStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """
    One thing of a case that will go. day: when, with the notices that come before.

    held_until: the last day of the hold that stops it, None without one.
    """

    what: Kept
    case_id: str
    why: str
    day: date
    held_until: date | None

    def is_due(self, today: date) -> bool:
        """Return whether it goes today."""
        return self.held_until is None and self.day <= today


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A notice that staff are given. days: how many are left."""

    what: Kept
    case_id: str
    day: date
    days: int
    text: str


def plan(
    db: sqlite_utils.Database,
    hub: Hub,
    periods: Periods,
    at: datetime,
    *,
    case_id: str | None = None,
) -> tuple[Item, ...]:
    """
    Return everything of cases that has an end, what goes first first; or what that case has.

    at: now; the hub's own day counts.
    """
    today = local_day(hub, at)
    store = RetentionStore(db)
    items = [
        Item(
            what=term.what,
            case_id=case,
            why=term.why,
            day=goes_on(term, store.told(case, term), today),
            held_until=held_until(db, case, at),
        )
        for case, term in _terms(db, hub, periods, case_id)
    ]
    return tuple(sorted(items, key=lambda item: (item.day, item.case_id, item.what)))


def give_notices(
    db: sqlite_utils.Database, hub: Hub, periods: Periods, act: Act
) -> tuple[Reminder, ...]:
    """
    Tell staff what goes in 30 and in 7 days, each once; return what they were told.

    Of what a hold keeps nobody is told: when it ends there is time for a notice again.
    """
    today = local_day(hub, act.at)
    store, notices = RetentionStore(db), NoticeStore(db)
    reminders = []
    for case, term in _terms(db, hub, periods, None):
        told = store.told(case, term)
        now = notices_now(term, told, today)
        if not now or held_until(db, case, act.at) is not None:
            continue
        store.tell(case, term, now, today)
        day = goes_on(term, told | dict.fromkeys(now, today), today)
        text = (
            f"{_NOUNS[term.what]} {case} will be erased on {day}: {term.why}. "
            f"If a law asks to keep it: hub case hold {case}"
        )
        notices.note("retention", case, text, act.at)
        tell_workers_of(db, case, MailKind.RETENTION, act)
        reminders.append(
            Reminder(what=term.what, case_id=case, day=day, days=(day - today).days, text=text)
        )
    return tuple(reminders)


def end_holds(db: sqlite_utils.Database, hub: Hub, act: Act) -> int:
    """Note the end of the holds whose day has passed, and tell staff; return how many."""
    passed = HoldStore(db, hub.vault).end_passed(act)
    for hold in passed:
        text = f"The hold on case {hold.case_id} ended with {hold.until}. What is due will go."
        NoticeStore(db).note("hold", hold.case_id, text, act.at)
    return len(passed)


def local_day(hub: Hub, at: datetime) -> date:
    """Return the day that a moment is in the time zone of the hub."""
    return at.astimezone(ZoneInfo(hub.identity.timezone)).date()


_NOUNS = {
    Kept.CASE: "Case",
    Kept.ATTACHMENTS: "The files of case",
    Kept.COPY: "The copy of another hub's case,",
}


def _terms(
    db: sqlite_utils.Database, hub: Hub, periods: Periods, case_id: str | None
) -> list[tuple[str, Term]]:
    """Return the terms of what has an end, with the case that each is about."""
    copies = {
        case: (state, local_day(hub, changed))
        for case, state, changed in EscalationStore(db, hub.vault).copies_over(case_id)
    }
    promised = {
        case: term_of_promised_copy(local_day(hub, received), delete_by)
        for case, delete_by, received in EscalationStore(db, hub.vault).copies_to_delete(case_id)
    }
    copied = {case: _term_of_copy(*over, periods) for case, over in copies.items()}
    terms = [
        (case, min((by[case] for by in (copied, promised) if case in by), key=lambda t: t.ends))
        for case in dict.fromkeys((*copied, *promised))
    ]
    terms += [
        (case, term_of_attachments(local_day(hub, closed_at), periods))
        for case, closed_at in AttachmentStore(db, hub.vault).held_by_ended(case_id)
        if periods.attachments_months < periods.case_months or case in copied
    ]
    terms += [
        (case.id, term_of_case(local_day(hub, case.closed_at), periods))
        for case in RetentionStore(db).ended(case_id)
        if case.id not in copies and case.id not in promised
    ]
    return terms


def _term_of_copy(state: State, changed_on: date, periods: Periods) -> Term:
    if state in ENDED:
        return term_of_ended_copy(changed_on, state)
    return term_of_copy(changed_on, periods)
