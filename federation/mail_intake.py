"""
Mails that become requests: kept unseen, confirmed by their sender, then filed as all requests are.

Nothing proves who wrote a mail. So nothing of it reaches the staff before somebody opened the link
that went to that address, saw what would happen, and said yes (docs/adr/0038-mail.md).
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

import sqlite_utils

from content.cases.attachment import LARGEST_OF_CASE, MOST_OF_CASE, read_attachment
from content.cases.attachment_store import AttachmentStore
from content.cases.case import read_case_content
from content.cases.message import MessageKind, read_message
from content.cases.status import MOVES, CaseVerb
from content.cases.store import CaseErased, CaseNotFound, CaseStore
from content.changes import Act
from content.errors import ContentError
from content.ids import new_id
from content.language import language_tag
from content.mail.address import same_address
from content.mail.incoming import ANSWERED, IncomingMail, MailNotTaken
from content.mail.kinds import MailKind
from content.mail.queue import MailQueue, Recipient
from content.mail.unconfirmed import PER_SENDER, NoSuchMail, Unconfirmed, UnconfirmedStore
from content.redress import RedressBody, RedressStore
from federation.hub import Hub
from federation.taking_in import take_in
from protocol.json import JsonObject

REQUESTER = "requester"


class Arrival(StrEnum):
    """What became of a mail."""

    WAITING = "waiting"
    """It is kept, and its sender gets a link."""
    KNOWN = "known"
    """It came before."""
    TOO_MANY = "too-many"
    """Its sender wrote too often today; nothing is kept and nobody is told."""
    NOT_TAKEN = "not-taken"
    """Nothing is kept, and the sender is told if a person wrote it."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a sender gets. code, receipt: None for a reply to a case that is there already."""

    code: str | None = field(default=None, repr=False)
    receipt: JsonObject | None = field(default=None, repr=False)
    kept: JsonObject | None = field(default=None, repr=False)


def usable_files(mail: IncomingMail) -> tuple[tuple[str, bytes], ...]:
    """Return the files that a case may hold. Looks at their content: not in the event loop."""
    files, size = [], 0
    for name, data in mail.files[:MOST_OF_CASE]:
        try:
            taken = read_attachment(name, data)
        except ContentError:
            continue
        size += len(taken.data)
        if size > LARGEST_OF_CASE:
            break
        files.append((name, data))
    return tuple(files)


def take_mail(
    db: sqlite_utils.Database,
    hub: Hub,
    mail: IncomingMail,
    files: tuple[tuple[str, bytes], ...],
    now: datetime,
) -> Arrival:
    """Keep a mail until its sender confirms it. files: `usable_files`. TooManyUnconfirmed."""
    store = UnconfirmedStore(db, hub.vault)
    if store.is_known(mail):
        return Arrival.KNOWN
    if store.written_by(mail.sender, now - timedelta(days=1)) >= PER_SENDER:
        return Arrival.TOO_MANY
    mail_id = store.keep(mail, files, _answered_case(db, hub, mail), now, hub.chance)
    store.remember(mail.sender, mail.identity, now)
    MailQueue(db).tell(Recipient("mail", mail_id), MailKind.CONFIRM, mail_id, now)
    return Arrival.WAITING


def refuse_mail(
    db: sqlite_utils.Database, hub: Hub, refusal: MailNotTaken, now: datetime
) -> Arrival:
    """Tell the sender of a mail that it was not taken, if a person wrote it and not too often."""
    if refusal.why not in ANSWERED or not refusal.sender:
        return Arrival.NOT_TAKEN
    store = UnconfirmedStore(db, hub.vault)
    if store.written_by(refusal.sender, now - timedelta(days=1)) >= PER_SENDER:
        return Arrival.TOO_MANY
    mail_id = store.keep_sender(refusal.sender, now, hub.chance)
    store.remember(refusal.sender, mail_id.encode(), now)
    MailQueue(db).tell(Recipient("mail", mail_id), MailKind.NOT_TAKEN, mail_id, now)
    return Arrival.NOT_TAKEN


def see_mail(db: sqlite_utils.Database, hub: Hub, token: str, now: datetime) -> Unconfirmed:
    """Return the mail that a link leads to, for its sender to look at. Raises NoSuchMail."""
    return UnconfirmedStore(db, hub.vault).opened_by(token, now)


def confirm_mail(
    db: sqlite_utils.Database,
    hub: Hub,
    token: str,
    *,
    role: str,
    language: str,
    mail_notices: bool,
    now: datetime,
) -> Confirmed:
    """
    File the mail that a link leads to; once more within the hour gives the same answer.

    Raises NoSuchMail, CaseInvalid.
    """
    store = UnconfirmedStore(db, hub.vault)
    mail = store.opened_by(token, now)
    if mail.answer is not None:
        return Confirmed(**mail.answer)
    act = Act(REQUESTER, now)
    if mail.case_id is not None:
        _add_reply(db, hub, mail, mail.case_id, act)
        answer = Confirmed()
    else:
        content = read_case_content(
            {
                "title": mail.subject,
                "question": mail.text,
                "language": language,
                "country": hub.identity.country,
                "requester": {"role": role, "contact": mail.sender},
                "consents": {"escalate": "ask", "mail_notices": mail_notices},
            }
        )
        files = tuple(read_attachment(name, data) for name, data in mail.files)
        taken = take_in(db, hub, content, act, files=files)
        answer = Confirmed(taken.code, taken.receipt, taken.kept)
    store.confirmed(
        mail.id,
        token,
        {"code": answer.code, "receipt": answer.receipt, "kept": answer.kept},
        now,
    )
    return answer


def destroy_mail(db: sqlite_utils.Database, hub: Hub, token: str, now: datetime) -> None:
    """Destroy a mail because its sender says so. Raises NoSuchMail, also once it is confirmed."""
    store = UnconfirmedStore(db, hub.vault)
    mail = store.opened_by(token, now)
    if mail.answer is not None:
        raise NoSuchMail
    store.destroy(mail.id)


def redirect_mail(
    db: sqlite_utils.Database, hub: Hub, token: str, now: datetime
) -> tuple[RedressBody, ...]:
    """
    Destroy a mail about a personal matter; return who can help in the country of this hub.

    Raises NoSuchMail, also once it is confirmed.
    """
    destroy_mail(db, hub, token, now)
    return RedressStore(db).find(hub.identity.country)


def language_of(mail: Unconfirmed, hub: Hub) -> str:
    """Return the language that a mail says it is in, else that of the hub."""
    try:
        return language_tag(mail.language)
    except ValueError:
        return hub.identity.language


def _answered_case(db: sqlite_utils.Database, hub: Hub, mail: IncomingMail) -> str | None:
    """Return the case that a mail replies to, if its requester has that very address."""
    case_id = MailQueue(db).case_of(mail.answers)
    if case_id is None:
        return None
    try:
        case = CaseStore(db, hub.vault).get(case_id)
    except (CaseNotFound, CaseErased):
        return None
    return case_id if same_address(case.requester.contact, mail.sender) else None


def _add_reply(
    db: sqlite_utils.Database, hub: Hub, mail: Unconfirmed, case_id: str, act: Act
) -> None:
    store = CaseStore(db, hub.vault)
    try:
        status = store.get(case_id).status
    except (CaseNotFound, CaseErased):
        raise NoSuchMail from None
    values = {"case_id": case_id, "kind": MessageKind.REPLY, "text": mail.text}
    message = read_message(values, act, message_id=new_id(act.at, hub.chance))
    if (status, CaseVerb.REQUESTER_REPLIED) in MOVES:
        store.move(case_id, CaseVerb.REQUESTER_REPLIED, act)
    store.add_message(message, act)
    files = [read_attachment(name, data) for name, data in mail.files]
    AttachmentStore(db, hub.vault).add(case_id, files, act, hub.chance, shown=True)
