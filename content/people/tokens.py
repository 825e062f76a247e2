"""
Tokens: what a program shows to act for a user.

A token is "hub_" and 256 random bits in base64url. The hub keeps only its SHA-256, which is
enough for a random secret of that size (SECURITY.md S44).
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

import sqlite_utils

from content.chance import Chance
from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.ids import new_id
from content.people.permissions import Role, is_within
from content.people.store import UserStore
from content.text import is_label
from content.times import from_text, from_text_or_none, to_milliseconds, to_text, to_text_or_none

PREFIX = "hub_"
_SECRET = re.compile(r"hub_[A-Za-z0-9_-]{43}")
_COLUMNS = "id, user, label, role, created_at, expires_at, revoked_at, last_used"
LONGEST_LABEL = 120


class TokenInvalid(ContentError):
    """A token that cannot be given as asked."""

    code: ClassVar[str] = "token-invalid"


class TokenNotFound(ContentError):
    """There is no token with that id."""

    code: ClassVar[str] = "token-not-found"

    def __init__(self, token_id: str) -> None:
        super().__init__(f"There is no token {token_id[:64]!r}. Give the id, not the secret.")


@dataclass(frozen=True, slots=True)
class Token:
    """What the hub knows of a token; the secret is not among it. last_used: a day, in UTC."""

    id: str
    user: str
    label: str
    role: Role
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used: date | None


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token just made. secret is shown once, to the one who asked, and never again."""

    token: Token
    secret: str

    def __repr__(self) -> str:
        """Return a text for logs and tracebacks, without the secret."""
        return f"IssuedToken({self.token!r})"


def digest_of(secret: str) -> bytes | None:
    """Return the SHA-256 under which a secret is stored; None if it has not the form of one."""
    if not _SECRET.fullmatch(secret):
        return None
    return hashlib.sha256(secret.encode()).digest()


class TokenStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def issue(
        self,
        user: str,
        act: Act,
        *,
        chance: Chance,
        label: str,
        role: Role | None = None,
        expires_at: datetime | None = None,
    ) -> IssuedToken:
        """
        Make a token for an active user.

        label: what it is for, one line. role: at most what the user's own role may; that role
        if None. Raises UserNotFound, or TokenInvalid, which says why.
        """
        owner = UserStore(self._db).get(user)
        role = owner.role if role is None else role
        label = label.strip()
        if not owner.active:
            raise TokenInvalid(f"{user!r} is not active; activate the user first.")
        if not is_within(role, owner.role):
            raise TokenInvalid(
                f"{user!r} is {owner.role.value}; a token of theirs cannot be {role.value}."
            )
        if not is_label(label, LONGEST_LABEL):
            raise TokenInvalid(f"A label is one line of 1 to {LONGEST_LABEL} signs.")
        if expires_at is not None:
            expires_at = to_milliseconds(expires_at)
            if expires_at <= act.at:
                raise TokenInvalid("A token cannot expire in the past.")
        secret = PREFIX + base64.urlsafe_b64encode(chance.bytes(32)).decode().rstrip("=")
        token = Token(new_id(act.at, chance), user, label, role, act.at, expires_at, None, None)
        self._db.execute(
            "insert into tokens (id, sha256, user, label, role, created_at, expires_at)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (
                token.id,
                digest_of(secret),
                user,
                label,
                role.value,
                to_text(act.at),
                to_text_or_none(expires_at),
            ),
        )
        ChangeStore(self._db).record(act, "token.issue", token.id, f"for {user} as {role.value}")
        return IssuedToken(token, secret)

    def get(self, token_id: str) -> Token:
        """Return the token with that id, or raise TokenNotFound."""
        row = self._db.execute(
            f"select {_COLUMNS} from tokens where id = ?",  # noqa: S608 - our own words
            (token_id,),
        ).fetchone()
        if row is None:
            raise TokenNotFound(token_id)
        return _token(row)

    def list(self, user: str | None = None) -> tuple[Token, ...]:
        """Return all tokens, or those of one user, the oldest first; revoked ones too."""
        rows = self._db.execute(
            f"select {_COLUMNS} from tokens where ?1 is null or user = ?1 order by id",  # noqa: S608
            (user,),
        )
        return tuple(_token(row) for row in rows.fetchall())

    def revoke(self, token_id: str, act: Act) -> Token:
        """End a token now. One that is revoked already stays as it is. Raises TokenNotFound."""
        token = self.get(token_id)
        if token.revoked_at is not None:
            return token
        self._db.execute(
            "update tokens set revoked_at = ? where id = ?", (to_text(act.at), token_id)
        )
        ChangeStore(self._db).record(act, "token.revoke", token_id, f"of {token.user}")
        return self.get(token_id)

    def note_use(self, token_id: str, day: date) -> None:
        """Remember the day a token was last used. No change row: it is no act of anybody."""
        self._db.execute(
            "update tokens set last_used = ?1"
            " where id = ?2 and (last_used is null or last_used < ?1)",
            (day.isoformat(), token_id),
        )


def _token(row: tuple[Any, ...]) -> Token:
    token_id, user, label, role, created_at, expires_at, revoked_at, last_used = row
    return Token(
        id=token_id,
        user=user,
        label=label,
        role=Role(role),
        created_at=from_text(created_at),
        expires_at=from_text_or_none(expires_at),
        revoked_at=from_text_or_none(revoked_at),
        last_used=None if last_used is None else date.fromisoformat(last_used),
    )
