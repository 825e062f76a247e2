"""
Identities: who a user is to an identity provider, by its own unchanging name for them.

An identity is linked by the user, signed in, or with an invitation; never by a mail address or a
name that a provider says, since those change hands.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import sqlite_utils

from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.people.store import UserStore
from content.times import from_text, to_text


class IdentityTaken(ContentError):
    """The identity belongs to another user of this hub."""

    code: ClassVar[str] = "identity-taken"

    def __init__(self) -> None:
        super().__init__("That account of the city belongs to another user of this hub.")


@dataclass(frozen=True, slots=True)
class LinkedIdentity:
    """One identity of a user. issuer: the provider, by its address."""

    issuer: str
    user: str
    made_at: datetime


class IdentityStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def link(self, issuer: str, subject: str, user: str, act: Act) -> None:
        """
        Let a user sign in by an identity; one that they had with that provider before ends.

        Raises UserNotFound, IdentityTaken.
        """
        UserStore(self._db).get(user)
        row = self._db.execute(
            "select user from users_identities where issuer = ? and subject = ?", (issuer, subject)
        ).fetchone()
        if row is not None and row[0] != user:
            raise IdentityTaken
        self._db.execute(
            "delete from users_identities where issuer = ? and user = ?", (issuer, user)
        )
        self._db.execute(
            "insert into users_identities (issuer, subject, user, made_at) values (?, ?, ?, ?)",
            (issuer, subject, user, to_text(act.at)),
        )
        ChangeStore(self._db).record(act, "user.link", user)

    def user_of(self, issuer: str, subject: str) -> str | None:
        """Return which active user an identity belongs to, or None."""
        row = self._db.execute(
            "select i.user from users_identities i join users u on u.name = i.user"
            " where i.issuer = ? and i.subject = ? and u.active",
            (issuer, subject),
        ).fetchone()
        return None if row is None else str(row[0])

    def of(self, user: str, issuer: str) -> LinkedIdentity | None:
        """Return the identity of a user with a provider, or None."""
        row = self._db.execute(
            "select issuer, user, made_at from users_identities where user = ? and issuer = ?",
            (user, issuer),
        ).fetchone()
        return None if row is None else LinkedIdentity(row[0], row[1], from_text(row[2]))

    def unlink(self, user: str, issuer: str, act: Act) -> None:
        """Let a user sign in by that provider no more; nothing happens if they did not."""
        gone = self._db.execute(
            "delete from users_identities where user = ? and issuer = ?", (user, issuer)
        )
        if gone.rowcount:
            ChangeStore(self._db).record(act, "user.unlink", user)
