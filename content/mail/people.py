"""The mail addresses of users, encrypted, and what each of them wants to be told."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import sqlite_utils

from content.cases.vault import CaseVault
from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.language import language_tag
from content.mail.address import mail_address
from content.mail.kinds import FOR_STAFF, MailKind
from content.people.store import UserStore


class MailPersonInvalid(ContentError):
    """An address, a language or a kind of notice that cannot be."""

    code: ClassVar[str] = "mail-person-invalid"


@dataclass(frozen=True, slots=True)
class MailPerson:
    """How to write to a user. language: a tag, "" for that of the hub; muted: not wanted."""

    user: str
    address: str
    language: str = ""
    muted: frozenset[MailKind] = frozenset()

    def __repr__(self) -> str:
        """Return a text for logs and tracebacks, without the address."""
        return f"MailPerson(user={self.user!r})"


def kinds_named(names: Iterable[str]) -> frozenset[MailKind]:
    """Return the kinds of notices that users can mute. Raises MailPersonInvalid, listing them."""
    try:
        kinds = frozenset(MailKind(name) for name in names)
    except ValueError:
        kinds = frozenset()
        wrong = True
    else:
        wrong = not kinds <= FOR_STAFF
    if wrong:
        known = ", ".join(kind.value for kind in MailKind if kind in FOR_STAFF)
        raise MailPersonInvalid(f"A kind of notice is one of: {known}.")
    return kinds


class MailPersonStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database, vault: CaseVault) -> None:
        self._db = db
        self._vault = vault

    def put(
        self,
        user: str,
        act: Act,
        *,
        address: str | None = None,
        language: str | None = None,
        muted: frozenset[MailKind] | None = None,
    ) -> MailPerson:
        """
        Change what is given and keep the rest; return how the user is written to now.

        Raises UserNotFound, or MailPersonInvalid: also for somebody without any address.
        """
        UserStore(self._db).get(user)
        before = self.find(user)
        try:
            person = MailPerson(
                user,
                mail_address(address) if address is not None else before.address if before else "",
                (language and language_tag(language))
                if language is not None
                else (before.language if before else ""),
                muted if muted is not None else (before.muted if before else frozenset()),
            )
        except ValueError as error:
            what = "address" if address is not None and language is None else "language"
            raise MailPersonInvalid(f"{what}: {error}") from None
        if not person.address:
            raise MailPersonInvalid(f"{user!r} has no mail address yet; give one first.")
        wrapped = self._vault.new_key(_owner(user))
        sealed = self._vault.open_key(_owner(user), wrapped).encrypt("address", person.address)
        self._db.execute(
            "insert or replace into mail_people (user, wrapped_key, address, language, muted)"
            " values (?, ?, ?, ?, ?)",
            (user, wrapped, sealed, person.language, " ".join(sorted(person.muted))),
        )
        ChangeStore(self._db).record(act, "user.mail", user)
        return person

    def remove(self, user: str, act: Act) -> None:
        """Forget how to write to a user; what waits for them is dropped when it is due."""
        gone = self._db.execute("delete from mail_people where user = ?", (user,))
        if gone.rowcount:
            ChangeStore(self._db).record(act, "user.no-mail", user)

    def find(self, user: str) -> MailPerson | None:
        """Return how to write to a user, or None."""
        row = self._db.execute(
            "select user, wrapped_key, address, language, muted from mail_people where user = ?",
            (user,),
        ).fetchone()
        return None if row is None else self._person(row)

    def all(self) -> dict[str, MailPerson]:
        """Return how to write to everybody who has an address, by user name."""
        rows = self._db.execute(
            "select user, wrapped_key, address, language, muted from mail_people order by user"
        ).fetchall()
        return {row[0]: self._person(row) for row in rows}

    def _person(self, row: tuple[Any, ...]) -> MailPerson:
        user, wrapped, address, language, muted = row
        key = self._vault.open_key(_owner(user), wrapped)
        kinds = frozenset(MailKind(kind) for kind in muted.split())
        return MailPerson(user, key.decrypt("address", address), language, kinds)


def wants(db: sqlite_utils.Database, user: str, kind: MailKind) -> bool:
    """Return whether an active user has an address and did not mute this kind."""
    row = db.execute(
        "select p.muted from mail_people p join users u on u.name = p.user"
        " where p.user = ? and u.active",
        (user,),
    ).fetchone()
    return row is not None and kind.value not in row[0].split()


def _owner(user: str) -> str:
    return f"mail-person/{user}"
