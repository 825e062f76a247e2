"""
Who is told by mail when something happens. Each function runs in the transaction of what happened.

Whoever did it is not told. A case with nobody on it concerns all who work on cases. Nothing is
noted for people without an address, so a hub without mail has an empty queue.
"""

import sqlite_utils

from content.cases.case import Case
from content.cases.message import CaseMessage, MessageKind
from content.changes import Act
from content.mail.address import is_mail_address
from content.mail.kinds import MailKind
from content.mail.people import wants
from content.mail.queue import MailQueue, Recipient
from content.people.permissions import Right, rights_of
from content.people.store import UserStore

_TO_REQUESTERS = frozenset({MessageKind.QUESTION, MessageKind.ANSWER})


def tell_assigned(
    db: sqlite_utils.Database, case_id: str, names: tuple[str, ...], act: Act
) -> None:
    """Tell users that a case is theirs now."""
    _tell(db, names, MailKind.ASSIGNED, case_id, act)


def tell_workers_of(db: sqlite_utils.Database, case_id: str, kind: MailKind, act: Act) -> None:
    """Tell those who work on a case, or all caseworkers where nobody does yet."""
    rows = db.execute(
        "select user from case_assignees where case_id = ? order by place", (case_id,)
    ).fetchall()
    names = tuple(name for (name,) in rows)
    if any(wants(db, name, kind) for name in names):
        _tell(db, names, kind, case_id, act)
    else:
        tell_caseworkers(db, case_id, kind, act)


def tell_caseworkers(db: sqlite_utils.Database, subject: str, kind: MailKind, act: Act) -> None:
    """Tell everybody who may work on cases. subject: id of the case or escalation."""
    names = tuple(
        user.name for user in UserStore(db).list() if Right.CASES_WORK in rights_of(user.role)
    )
    _tell(db, names, kind, subject, act)


def tell_requester(db: sqlite_utils.Database, case: Case, act: Act) -> None:
    """Tell the requester that there is news, if they left a mail address and agreed to it."""
    if case.consents.mail_notices and is_mail_address(case.requester.contact):
        MailQueue(db).tell(Recipient("case", case.id), MailKind.NEWS, case.id, act.at)


def tell_of_message(db: sqlite_utils.Database, message: CaseMessage, case: Case, act: Act) -> None:
    """Tell those whom a message in a case concerns and who did not write it."""
    if message.author.startswith("hub:"):
        tell_workers_of(db, message.case_id, MailKind.ESCALATION_NEWS, act)
        if message.kind is MessageKind.ANSWER:
            tell_requester(db, case, act)
    elif message.kind is MessageKind.REPLY:
        tell_workers_of(db, message.case_id, MailKind.REQUESTER_REPLIED, act)
    elif message.escalation_id is None and message.kind in _TO_REQUESTERS:
        tell_requester(db, case, act)


def _tell(
    db: sqlite_utils.Database, names: tuple[str, ...], kind: MailKind, subject: str, act: Act
) -> None:
    for name in names:
        if name != act.by and wants(db, name, kind):
            MailQueue(db).tell(Recipient("user", name), kind, subject, act.at)
