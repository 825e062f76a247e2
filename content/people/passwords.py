"""
Passwords: what is asked of one, and how it is kept: as Argon2id (RFC 9106), never itself.

Hashing takes some 50 ms and 46 MiB on purpose, so it is done outside of any transaction.
"""

import unicodedata
from typing import ClassVar, Final, Literal

import sqlite_utils
from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from content.chance import Chance
from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.people.store import UserStore
from content.times import to_text

SHORTEST: Final = 12
LONGEST: Final = 200
"""Signs; more would let strangers make the hub work."""
_FEWEST_DIFFERENT: Final = 5
_MEMORY_KIB, _PASSES, _LANES, _BYTES, _SALT_BYTES = 47_104, 1, 1, 32, 16
"""What OWASP's password storage cheat sheet names first for Argon2id."""
_NOBODYS: Final = (
    "$argon2id$v=19$m=47104,t=1,p=1$MDAwMDAwMDAwMDAwMDAwMA"
    "$K/2lN88/Zr95cCxKzwSGcWcn/ZLKd3M7l4bhpk4LlU0"
)
"""Compared with where there is no user or no password, so that the time tells nothing (S39)."""


Fault = Literal["short", "long", "same-signs", "has-name"]
_WORDS: Final[dict[Fault, str]] = {
    "short": f"A password has at least {SHORTEST} signs. Four or five words in a row are good.",
    "long": f"A password has at most {LONGEST} signs.",
    "same-signs": "These are the same few signs again and again. Take other words.",
    "has-name": "The name is part of this password. Take other words.",
}


class PasswordInvalid(ContentError):
    """A password that is too easy to guess, or too long. fault: what is wrong with it."""

    code: ClassVar[str] = "password-invalid"

    def __init__(self, fault: Fault) -> None:
        super().__init__(_WORDS[fault])
        self.fault = fault


def check_password(password: str, user: str) -> None:
    """Raise PasswordInvalid, which says what to do better, unless this may be the password."""
    plain = _plain(password)
    if len(plain) < SHORTEST:
        raise PasswordInvalid("short")
    if len(plain) > LONGEST:
        raise PasswordInvalid("long")
    if len(set(plain)) < _FEWEST_DIFFERENT:
        raise PasswordInvalid("same-signs")
    if len(user) >= 3 and user in plain.casefold():
        raise PasswordInvalid("has-name")


def hash_password(password: str, chance: Chance) -> str:
    """Return what is kept of a password, in PHC form. Slow on purpose."""
    kdf = Argon2id(
        salt=chance.bytes(_SALT_BYTES),
        length=_BYTES,
        iterations=_PASSES,
        lanes=_LANES,
        memory_cost=_MEMORY_KIB,
    )
    return kdf.derive_phc_encoded(_plain(password).encode())


def is_password(password: str, phc: str | None) -> bool:
    """
    Return whether a password is the one that was kept. As slow when phc is None: then it never is.
    """
    if len(password) > LONGEST:
        password = ""
    try:
        Argon2id.verify_phc_encoded(_plain(password).encode(), phc or _NOBODYS)
    except InvalidKey:
        return False
    return phc is not None


class PasswordStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def find(self, user: str) -> str | None:
        """Return what is kept of the password of an active user; None for all others."""
        row = self._db.execute(
            "select p.phc from users_passwords p join users u on u.name = p.user"
            " where p.user = ? and u.active",
            (user,),
        ).fetchone()
        return None if row is None else str(row[0])

    def put(self, user: str, phc: str, act: Act) -> None:
        """
        Keep a password, made by `hash_password`, in place of the one before.

        All sessions of the user end (SECURITY.md S41). Raises UserNotFound.
        """
        UserStore(self._db).get(user)
        self._db.execute(
            "insert into users_passwords (user, phc, set_at) values (?, ?, ?)"
            " on conflict (user) do update set phc = excluded.phc, set_at = excluded.set_at",
            (user, phc, to_text(act.at)),
        )
        self._db.execute("delete from users_sessions where user = ?", (user,))
        ChangeStore(self._db).record(act, "user.password", user)


def _plain(password: str) -> str:
    """Return a password as it is compared: keyboards write one and the same sign differently."""
    return unicodedata.normalize("NFC", password)
