"""
Finding what is held about one person: as requester, as expert, as user of this hub.

Who asked is encrypted, so every case is opened once and compared here. Names are compared word by
word without accents, addresses and phone numbers as such. What is found is a proposal: two people
may have one name, so a person looks at it before anything is handed out or erased.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import ClassVar, Final

import sqlite_utils

from content.cases.case import Case
from content.cases.draft_store import DraftStore
from content.cases.receipt_store import ReceiptStore, RequestNotFound
from content.cases.status import CaseStatus
from content.cases.store import CaseStore
from content.cases.vault import CaseTextDamaged, WrongHubKey
from content.experts.contacts import ExpertContactStore
from content.experts.store import ExpertStore
from content.folding import words_of
from content.mail.people import MailPersonStore
from content.mail.unconfirmed import UnconfirmedStore
from content.people.store import UserStore
from federation.errors import FederationError
from federation.hub import Hub

Progress = Callable[[int, int], None]
"""Told how many of how many cases were looked at."""
_TOLD_EVERY: Final = 500
_FEWEST_DIGITS: Final = 7
_COMPARED_DIGITS: Final = 9
"""The last digits of a phone number, which are the same with and without a country code."""
_NUMBER = re.compile(r"\+?[0-9][0-9 ()./-]+[0-9]")


class NobodySought(FederationError):
    """It was not said who is looked for."""

    code: ClassVar[str] = "nobody-sought"

    def __init__(self) -> None:
        super().__init__(
            "Say who is looked for: a name, an address or phone number, or a user of this hub."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """
    Who is looked for. What is given must all fit. user: the name of an account here.

    code: of a receipt; it finds one case by itself.
    """

    name: str = ""
    contact: str = ""
    user: str = ""
    code: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        """Refuse to look for everybody."""
        if self.contact and not _reachable_by(self.contact):
            raise NobodySought
        if not (words_of(self.name) or self.contact or self.user or self.code):
            raise NobodySought


@dataclass(frozen=True, slots=True)
class Subject:
    """
    What is held about one person. cases, experts, mails: ids; users: names.

    mails: what they wrote by mail and did not confirm yet; nobody of the hub has read it.
    mentions: cases and unconfirmed mails of others whose texts hold the name or address; what they
    say may be about the person, and belongs to somebody else too. unreadable: cases, mails, and
    mail addresses of accounts and experts, that could not be opened.
    """

    cases: tuple[str, ...]
    experts: tuple[str, ...]
    users: tuple[str, ...]
    mentions: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()

    def only(self, ids: tuple[str, ...]) -> "Subject":
        """Return this with those cases, experts and users alone; all of it if none is named."""
        if not ids:
            return self
        return Subject(
            cases=tuple(each for each in self.cases if each in ids),
            experts=tuple(each for each in self.experts if each in ids),
            users=tuple(each for each in self.users if each in ids),
            mails=tuple(each for each in self.mails if each in ids),
        )

    @property
    def empty(self) -> bool:
        """Whether nothing is held about the person under their own name."""
        return not (self.cases or self.experts or self.users or self.mails)


def find_subject(
    db: sqlite_utils.Database, hub: Hub, sought: Sought, *, progress: Progress | None = None
) -> Subject:
    """Return what is held about a person; opens every case once, so it may take a while."""
    cases: list[str] = []
    mentions: list[str] = []
    unreadable: list[str] = []
    if sought.code:
        with suppress(RequestNotFound):
            cases.append(ReceiptStore(db, hub.vault).opened_by(sought.code).case_id)
    elif sought.name or sought.contact:
        ids = _case_ids(db)
        store, drafts = CaseStore(db, hub.vault), DraftStore(db, hub.vault)
        for count, case_id in enumerate(ids, start=1):
            try:
                case = store.get(case_id)
                if _is_requester(case, sought):
                    cases.append(case_id)
                elif any(_mentions(text, sought) for text in _texts(store, drafts, case)):
                    mentions.append(case_id)
            except (CaseTextDamaged, WrongHubKey):
                unreadable.append(case_id)
            if progress is not None and (count % _TOLD_EVERY == 0 or count == len(ids)):
                progress(count, len(ids))
    mails = _mails(db, hub, sought, mentions, unreadable)
    return Subject(
        cases=tuple(cases),
        experts=tuple(_experts(db, hub, sought, unreadable)),
        users=tuple(_users(db, hub, sought, unreadable)),
        mentions=tuple(mentions),
        unreadable=tuple(unreadable),
        mails=tuple(mails),
    )


def _mails(
    db: sqlite_utils.Database,
    hub: Hub,
    sought: Sought,
    mentions: list[str],
    unreadable: list[str],
) -> list[str]:
    """
    Return the unconfirmed mails from an address; note those that name the person as mentions.

    A mail shows an address and no name that was proven, so by name alone it is a mention only.
    """
    found: list[str] = []
    if sought.code or not (sought.name or sought.contact):
        return found
    store = UnconfirmedStore(db, hub.vault)
    for mail_id in store.ids():
        try:
            mail = store.get(mail_id)
        except (CaseTextDamaged, WrongHubKey):
            unreadable.append(mail_id)
            continue
        if _reachable_by(sought.contact) & _reachable_by(mail.sender):
            found.append(mail_id)
        elif _mentions(mail.subject, sought) or _mentions(mail.text, sought):
            mentions.append(mail_id)
    return found


def _case_ids(db: sqlite_utils.Database) -> list[str]:
    rows = db.execute(
        "select id from cases where status <> ? order by id", (CaseStatus.ERASED.value,)
    )
    return [row[0] for row in rows.fetchall()]


def _is_requester(case: Case, sought: Sought) -> bool:
    who = case.requester
    if sought.name and not _is_name_in(sought.name, who.name):
        return False
    return not sought.contact or bool(_reachable_by(sought.contact) & _reachable_by(who.contact))


def _is_name_in(name: str, text: str) -> bool:
    wanted = words_of(name)
    return bool(wanted) and set(wanted) <= set(words_of(text))


def _reachable_by(text: str) -> frozenset[str]:
    """Return the addresses and phone numbers in a text, in the form in which they are compared."""
    found = {part.strip("<>()[],;:.").casefold() for part in text.split() if "@" in part}
    for number in _NUMBER.findall(text):
        digits = re.sub(r"[^0-9]", "", number)
        if len(digits) >= _FEWEST_DIGITS:
            found.add(digits[-_COMPARED_DIGITS:])
    return frozenset(found)


def _texts(store: CaseStore, drafts: DraftStore, case: Case) -> Iterator[str]:
    for name, value in case.content():
        if isinstance(value, str) and name not in ("language", "country"):
            yield value
    for message in store.messages(case.id):
        yield message.text
    for draft in drafts.of(case.id):
        yield draft.text


def _mentions(text: str, sought: Sought) -> bool:
    if sought.contact and _reachable_by(sought.contact) & _reachable_by(text):
        return True
    wanted = words_of(sought.name)
    # A single common word would name half of all cases; two in a row are a name.
    if len(wanted) < 2:
        return False
    words = words_of(text)
    return any(
        words[place : place + len(wanted)] == wanted
        for place in range(len(words) - len(wanted) + 1)
    )


def _experts(
    db: sqlite_utils.Database, hub: Hub, sought: Sought, unreadable: list[str]
) -> Iterator[str]:
    """Yield the experts of that name; without a name, those who are written to at that address."""
    contacts = ExpertContactStore(db, hub.vault)
    by_name, by_address = bool(words_of(sought.name)), bool(sought.contact) and not sought.user
    cursor: str | None = None
    while by_name or by_address:
        page = ExpertStore(db).list(limit=100, cursor=cursor)
        for expert in page.items:
            if by_name:
                if _is_name_in(sought.name, expert.record.name):
                    yield expert.id
                continue
            try:
                contact = contacts.find(expert.id)
            except (CaseTextDamaged, WrongHubKey):
                unreadable.append(expert.id)
                continue
            if contact and _reachable_by(sought.contact) & _reachable_by(contact.address):
                yield expert.id
        cursor = page.next_cursor
        if cursor is None:
            return


def _users(
    db: sqlite_utils.Database, hub: Hub, sought: Sought, unreadable: list[str]
) -> Iterator[str]:
    mail = MailPersonStore(db, hub.vault)
    by_address_alone = bool(sought.contact) and not (words_of(sought.name) or sought.user)
    for user in UserStore(db).list(inactive=True):
        by_name = bool(words_of(sought.name)) and _is_name_in(sought.name, user.display_name)
        if user.name == sought.user or (by_name and not sought.user):
            yield user.name
        elif by_address_alone:
            try:
                person = mail.find(user.name)
            except (CaseTextDamaged, WrongHubKey):
                unreadable.append(user.name)
                continue
            if person and _reachable_by(sought.contact) & _reachable_by(person.address):
                yield user.name
