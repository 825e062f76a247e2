"""Reminders: the days of cases come near or pass, and those who work on them are told once."""

from datetime import date, timedelta

import sqlite_utils

from content.cases.dues import DueKind
from content.cases.listing import assignees_of
from content.cases.status import AT_WORK, CaseStatus
from content.changes import Act
from content.mail.kinds import MailKind
from content.mail.occasions import tell_workers_of
from content.people.notices import PersonNoticeKind, PersonNoticeStore
from content.people.permissions import Right, rights_of
from content.people.store import UserStore

SOON_DAYS = 3
"""How long before its day a case is reminded of."""
_MAILS = {PersonNoticeKind.DUE_SOON: MailKind.DUE_SOON, PersonNoticeKind.OVERDUE: MailKind.OVERDUE}


def remind(db: sqlite_utils.Database, act: Act, today: date) -> int:
    """
    Tell people what is due soon or has passed; return how many notices that made.

    Run it now and then, inside a transaction: each day of a case is told once before and once
    after, however often this runs. A case that nobody works on concerns all who may. today: in
    the time zone of the hub.
    """
    soon = (today + timedelta(days=SOON_DAYS)).isoformat()
    rows = db.execute(
        "select d.case_id, d.kind, d.day, c.status from case_dues d"
        " join cases c on c.id = d.case_id where d.day <= ? order by d.day, d.case_id",
        (soon,),
    ).fetchall()
    told = 0
    for case_id, kind, day, status in rows:
        reason = _reason(DueKind(kind), date.fromisoformat(day), CaseStatus(status), today)
        if reason is None:
            continue
        people = people_on(db, case_id)
        new = PersonNoticeStore(db).tell(people, reason, case_id, act.at, about=day)
        if new and reason in _MAILS:
            tell_workers_of(db, case_id, _MAILS[reason], act)
        told += new
    return told


def people_on(db: sqlite_utils.Database, case_id: str | None = None) -> tuple[str, ...]:
    """Return who works on a case; everybody who may, where nobody does or there is no case."""
    assigned = () if case_id is None else assignees_of(db, case_id)
    if assigned:
        return tuple(assigned)
    users = UserStore(db).list()
    return tuple(user.name for user in users if Right.CASES_WORK in rights_of(user.role))


def _reason(kind: DueKind, day: date, status: CaseStatus, today: date) -> PersonNoticeKind | None:
    if kind is DueKind.REPLY:
        late = status is CaseStatus.WAITING and day < today
        return PersonNoticeKind.REPLY_OVERDUE if late else None
    if status not in AT_WORK:
        return None
    return PersonNoticeKind.OVERDUE if day < today else PersonNoticeKind.DUE_SOON
