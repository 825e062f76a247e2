"""
What leaves by mail: letters without content, each past the one exit rule (docs/adr/0038-mail.md).

Who a letter is for is looked up here, when it is sent. A letter to somebody who is not there any
more, took the consent back or is not told after all is None, and the queue forgets it.
"""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import sqlite_utils

from content.cases.store import CaseErased, CaseNotFound, CaseStore
from content.experts.contacts import ExpertContactStore
from content.experts.links import ExpertLinkStore
from content.experts.store import ExpertStore
from content.mail.address import is_mail_address, mail_address
from content.mail.people import MailPersonStore
from content.mail.queue import MailLetter
from content.mail.unconfirmed import UnconfirmedStore
from content.mail.words import words_in
from content.people.store import UserStore
from federation.hub import Hub
from federation.listing_care import address_of
from federation.policy import (
    CLEAR,
    NONE,
    PERSONAL,
    Audience,
    Door,
    StaysHere,
    may_leave,
    may_tell,
)

CONFIRM_PATH = "/mail/"
"""Where a sender confirms a mail; the token follows."""
_TO_CASE_WORKERS = "/"
_TO_REQUESTERS = "/#help"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as a mail server is handed it. sender: "" for answers, which nobody answers."""

    sender: str
    recipient: str
    message: EmailMessage

    def __repr__(self) -> str:
        """Return a text for logs and tracebacks, without the address."""
        return f"Envelope(message_id={self.message['Message-ID']!r})"


def compose(
    db: sqlite_utils.Database, hub: Hub, letter: MailLetter, sender: str
) -> Envelope | None:
    """
    Return a letter ready to be sent, or None where nobody is to be told any more.

    sender: the address that the hub writes from. Made twice, it has the same Message-ID.
    """
    try:
        written = _WRITERS[letter.recipient.what](db, hub, letter)
    except (StaysHere, CaseNotFound, CaseErased):
        return None
    if written is None:
        return None
    to, language, subject, body = written
    answers = letter.recipient.what == "mail"
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    message["From"] = Address(hub.identity.name, addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Subject"] = subject
    message["Date"] = format_datetime(letter.made_at)
    message["Message-ID"] = f"<{letter.message}@{sender.rpartition('@')[2]}>"
    message["Content-Language"] = language
    message["Auto-Submitted"] = "auto-replied" if answers else "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(body + "\n")
    return Envelope("" if answers else sender, to, message)


_Written = tuple[str, str, str, str]
"""Address, language, subject and body."""


def _to_user(db: sqlite_utils.Database, hub: Hub, letter: MailLetter) -> _Written | None:
    person = MailPersonStore(db, hub.vault).find(letter.recipient.id)
    user = UserStore(db).find(letter.recipient.id)
    if person is None or user is None or not user.active:
        return None
    may_leave(CLEAR, NONE, Door.MAIL, Audience.STAFF)
    told = [(kind, count) for kind, count in letter.told if kind not in person.muted]
    if not told:
        return None
    language, words = words_in(person.language, hub.identity.language)
    lines = [f"{words.staff[kind]}: {count}" for kind, count in told]
    end = words.staff_end.format(address=hub.identity.origin + _TO_CASE_WORKERS)
    return person.address, language, words.staff_subject, "\n".join([*lines, "", end])


def _to_requester(db: sqlite_utils.Database, hub: Hub, letter: MailLetter) -> _Written | None:
    case = CaseStore(db, hub.vault).get(letter.recipient.id)
    contact = case.requester.contact
    if not is_mail_address(contact):
        return None
    agreed = case.consents.mail_notices
    may_tell(case.label, case.sensitivity, Audience.EVERYONE, consent=agreed)
    language, words = words_in(case.language, hub.identity.language)
    body = words.news.format(address=hub.identity.origin + _TO_REQUESTERS)
    return mail_address(contact), language, words.news_subject, body


def _to_sender(db: sqlite_utils.Database, hub: Hub, letter: MailLetter) -> _Written | None:
    found = UnconfirmedStore(db, hub.vault).to_tell(letter.recipient.id)
    if found is None:
        return None
    sender, token, said, ends = found
    may_leave(CLEAR, NONE, Door.MAIL, Audience.EVERYONE)
    language, words = words_in(said or hub.identity.language, hub.identity.language)
    if token is None:
        body = words.not_taken.format(address=hub.identity.origin + _TO_REQUESTERS)
        return sender, language, words.not_taken_subject, body
    day = ends.astimezone(ZoneInfo(hub.identity.timezone)).date()
    link = f"{hub.identity.origin}{CONFIRM_PATH}{token}"
    body = words.confirm.format(link=link, day=day.isoformat())
    return sender, language, words.confirm_subject, body


def _to_expert(db: sqlite_utils.Database, hub: Hub, letter: MailLetter) -> _Written | None:
    link = ExpertLinkStore(db, hub.vault).to_send(letter.recipient.id)
    expert = None if link is None else ExpertStore(db).find(link.expert_id)
    contact = None if link is None else ExpertContactStore(db, hub.vault).find(link.expert_id)
    if link is None or link.token is None or expert is None or contact is None:
        return None
    agreed = expert.record.consent_at is not None
    may_tell(expert.label.value, PERSONAL, Audience.EVERYONE, consent=agreed)
    language, words = words_in(contact.language, expert.record.languages[0], hub.identity.language)
    day = link.expires_at.astimezone(ZoneInfo(hub.identity.timezone)).date()
    body = words.listing.format(link=address_of(hub, link.token), day=day.isoformat())
    return contact.address, language, words.listing_subject, body


_WRITERS = {"user": _to_user, "case": _to_requester, "mail": _to_sender, "expert": _to_expert}
