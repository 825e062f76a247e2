"""
Sessions: who is signed in to the pages. The cookie holds 256 random bits, the hub its SHA-256.

A session ends after some time without use, and at a fixed moment anyway (SECURITY.md S40). Its
user's role and state are looked up each time, so what is taken from a user is gone at once.
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal

import sqlite_utils

from content.chance import Chance
from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.ids import new_id
from content.people.permissions import Role
from content.people.user import User
from content.times import from_text, to_milliseconds, to_text

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_COLUMNS = "id, user, way, state, second_factor, browser, made_at, seen_at, ends_at"
SECOND_FACTOR_MINUTES: Final = 10
"""How long somebody has for the second step of signing in."""
SEEN_SECONDS: Final = 60
"""Use is noted at most that often."""

SessionState = Literal["open", "second-factor"]
"""second-factor: the password was right, and something else is still to be shown."""


class SessionNotFound(ContentError):
    """There is no such session, or it is somebody else's."""

    code: ClassVar[str] = "session-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such session. It may have ended.")


@dataclass(frozen=True, slots=True)
class SessionRules:
    """How long sessions last. idle: without use. whole: at most."""

    idle: timedelta = timedelta(minutes=30)
    whole: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Session:
    """
    One session. way: how they signed in, such as "password". browser: as people would name it.

    second_factor: something else than the password was shown too.
    """

    id: str
    user: str
    way: str
    state: SessionState
    second_factor: bool
    browser: str
    made_at: datetime
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class IssuedSession:
    """A session just begun. secret goes into the cookie and nowhere else."""

    session: Session
    secret: str

    def __repr__(self) -> str:
        """Return a text for logs and tracebacks, without the secret."""
        return f"IssuedSession({self.session!r})"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that counts, and the user whose it is, as they are now."""

    session: Session
    user: User


def digest_of(secret: str) -> bytes | None:
    """Return the SHA-256 of a secret of 256 bits; None if it has not the form of one."""
    return hashlib.sha256(secret.encode()).digest() if _SECRET.fullmatch(secret) else None


def new_secret(chance: Chance) -> str:
    """Return 256 random bits in base64url."""
    return base64.urlsafe_b64encode(chance.bytes(32)).decode().rstrip("=")


class SessionStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database, rules: SessionRules | None = None) -> None:
        self._db = db
        self._rules = rules or SessionRules()

    def begin(
        self,
        user: str,
        act: Act,
        *,
        chance: Chance,
        way: str,
        browser: str = "",
        second_factor: bool = False,
        state: SessionState = "open",
    ) -> IssuedSession:
        """Begin a session of an active user; sessions that are over are cleared away."""
        self._clear(act.at)
        secret = new_secret(chance)
        lasts = self._rules.whole if state == "open" else timedelta(minutes=SECOND_FACTOR_MINUTES)
        at = act.at
        session = Session(
            id=new_id(at, chance),
            user=user,
            way=way,
            state=state,
            second_factor=second_factor,
            browser=browser,
            made_at=at,
            seen_at=at,
            ends_at=to_milliseconds(at + lasts),
        )
        self._db.execute(
            f"insert into users_sessions (sha256, {_COLUMNS})"  # noqa: S608 - our own words
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                digest_of(secret),
                session.id,
                user,
                way,
                state,
                int(second_factor),
                browser,
                to_text(at),
                to_text(at),
                to_text(session.ends_at),
            ),
        )
        if state == "open":
            ChangeStore(self._db).record(act, "session.begin", session.id, f"of {user} by {way}")
        return IssuedSession(session, secret)

    def renew(
        self, before: Session, act: Act, *, chance: Chance, second_factor: bool
    ) -> IssuedSession:
        """
        End all sessions of a user, and begin one that takes the place of the one before.

        For when it changed how they sign in (SECURITY.md S40).
        """
        self._db.execute("delete from users_sessions where user = ?", (before.user,))
        return self.begin(
            before.user,
            act,
            chance=chance,
            way=before.way,
            browser=before.browser,
            second_factor=second_factor,
        )

    def find(self, secret: str, at: datetime) -> SignedIn | None:
        """Return whose session a secret opens at that moment; only reads."""
        digest = digest_of(secret)
        if digest is None:
            return None
        columns = ", ".join(f"s.{name.strip()}" for name in _COLUMNS.split(","))
        row = self._db.execute(
            f"select {columns}, u.display_name, u.role, u.active, u.created_at"  # noqa: S608
            " from users_sessions s join users u on u.name = s.user"
            " where s.sha256 = ? and u.active and s.ends_at > ? and s.seen_at > ?",
            (digest, to_text(at), to_text(at - self._rules.idle)),
        ).fetchone()
        if row is None:
            return None
        session = _session(row[:9])
        display_name, role, active, created_at = row[9:]
        user = User.model_construct(
            name=session.user,
            display_name=display_name,
            role=Role(role),
            active=bool(active),
            created_at=from_text(created_at),
        )
        return SignedIn(session, user)

    def list(self, user: str, at: datetime) -> tuple[Session, ...]:
        """Return the open sessions of a user, the newest first."""
        rows = self._db.execute(
            f"select {_COLUMNS} from users_sessions where user = ? and state = 'open'"  # noqa: S608
            " and ends_at > ? and seen_at > ? order by id desc",
            (user, to_text(at), to_text(at - self._rules.idle)),
        )
        return tuple(_session(row) for row in rows.fetchall())

    def note_use(self, session_id: str, at: datetime) -> None:
        """Remember when a session was used last. No change row: it is no act of anybody."""
        self._db.execute(
            "update users_sessions set seen_at = ? where id = ?", (to_text(at), session_id)
        )

    def end(self, session_id: str, act: Act, *, user: str) -> None:
        """End a session of a user now. Raises SessionNotFound."""
        gone = self._db.execute(
            "delete from users_sessions where id = ? and user = ?", (session_id, user)
        )
        if gone.rowcount == 0:
            raise SessionNotFound
        ChangeStore(self._db).record(act, "session.end", session_id, f"of {user}")

    def end_others(self, keep: str, act: Act, *, user: str) -> int:
        """End all sessions of a user but one; return how many."""
        rows = self._db.execute(
            "select id from users_sessions where user = ? and id <> ?", (user, keep)
        ).fetchall()
        for (session_id,) in rows:
            self.end(session_id, act, user=user)
        return len(rows)

    def drop(self, session_id: str) -> None:
        """Forget a session that another one takes the place of."""
        self._db.execute("delete from users_sessions where id = ?", (session_id,))

    def refuse(self, named: str, at: datetime) -> None:
        """Record that somebody tried to sign in and was refused. named: kept if it is a user."""
        known = self._db.execute("select 1 from users where name = ?", (named,)).fetchone()
        subject = named if known else "unknown"
        ChangeStore(self._db).record(Act("anonymous", at), "session.refuse", subject)

    def _clear(self, at: datetime) -> None:
        rows = self._db.execute(
            "delete from users_sessions where ends_at <= ? or seen_at <= ?"
            " returning id, user, state",
            (to_text(at), to_text(at - self._rules.idle)),
        ).fetchall()
        for session_id, user, state in rows:
            if state == "open":
                act = Act("system", at)
                ChangeStore(self._db).record(act, "session.expire", session_id, f"of {user}")


def _session(row: tuple[Any, ...]) -> Session:
    session_id, user, way, state, second, browser, made_at, seen_at, ends_at = row
    return Session(
        id=session_id,
        user=user,
        way=way,
        state=state,
        second_factor=bool(second),
        browser=browser,
        made_at=from_text(made_at),
        seen_at=from_text(seen_at),
        ends_at=from_text(ends_at),
    )
