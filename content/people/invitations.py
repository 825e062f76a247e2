"""
Invitations: links with which a user chooses a password, the first one or a new one.

A link works once and for some days; a newer one ends it. The hub keeps its SHA-256 only.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final

import sqlite_utils

from content.chance import Chance
from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.people.passwords import PasswordStore
from content.people.sessions import digest_of, new_secret
from content.people.store import UserStore
from content.people.user import User
from content.times import to_text

DAYS: Final = 7


class NoSuchInvitation(ContentError):
    """The link was never given, was used, has expired, or its user is inactive."""

    code: ClassVar[str] = "no-such-invitation"

    def __init__(self) -> None:
        super().__init__("This link is not valid any more. Ask the operator for a new one.")


class UserInactive(ContentError):
    """Somebody who is not let in cannot be invited."""

    code: ClassVar[str] = "user-inactive"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is not active; activate the user first.")


class InvitationStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def make(self, user: str, act: Act, *, chance: Chance) -> str:
        """
        Return the secret of a new link for an active user; the one before works no more.

        It belongs behind /welcome/. Raises UserNotFound, UserInactive.
        """
        if not UserStore(self._db).get(user).active:
            raise UserInactive(user)
        secret = new_secret(chance)
        self._db.execute(
            "insert or replace into users_invitations (user, sha256, made_at, expires_at)"
            " values (?, ?, ?, ?)",
            (user, digest_of(secret), to_text(act.at), to_text(act.at + timedelta(days=DAYS))),
        )
        ChangeStore(self._db).record(act, "user.invite", user)
        return secret

    def opened_by(self, secret: str, at: datetime) -> User:
        """Return whom a link invites; only reads. Raises NoSuchInvitation."""
        digest = digest_of(secret)
        row = None
        if digest is not None:
            row = self._db.execute(
                "select i.user from users_invitations i join users u on u.name = i.user"
                " where i.sha256 = ? and i.expires_at > ? and u.active",
                (digest, to_text(at)),
            ).fetchone()
        if row is None:
            raise NoSuchInvitation
        return UserStore(self._db).get(row[0])

    def accept(self, secret: str, phc: str, at: datetime) -> User:
        """Keep the password that the invited chose, and end the link. Raises NoSuchInvitation."""
        user = self.use(secret, at)
        PasswordStore(self._db).put(user.name, phc, Act(user.name, at))
        return user

    def use(self, secret: str, at: datetime) -> User:
        """Return whom a link invites, and end it. Raises NoSuchInvitation."""
        user = self.opened_by(secret, at)
        self._db.execute("delete from users_invitations where user = ?", (user.name,))
        return user
