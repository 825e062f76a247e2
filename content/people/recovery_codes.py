"""
Recovery codes: ten words on paper, each of which takes the place of the authenticator app once.

A code has 80 random bits; the hub keeps its SHA-256, which is enough for a secret of that size.
"""

import base64
import hashlib
from typing import Final

import sqlite_utils

from content.chance import Chance
from content.changes import Act, ChangeStore
from content.people.totp import CodeWrong

COUNT: Final = 10
_BYTES: Final = 10


class RecoveryCodeStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def renew(self, user: str, act: Act, chance: Chance) -> tuple[str, ...]:
        """Return new codes, to be shown once; those before work no more."""
        self._db.execute("delete from users_recovery_codes where user = ?", (user,))
        codes = tuple(_as_code(chance.bytes(_BYTES)) for _ in range(COUNT))
        for code in codes:
            self._db.execute(
                "insert into users_recovery_codes (user, sha256) values (?, ?)",
                (user, _digest(user, code)),
            )
        ChangeStore(self._db).record(act, "user.recovery-codes", user)
        return codes

    def left(self, user: str) -> int:
        """Return how many codes were not used."""
        (count,) = self._db.execute(
            "select count(*) from users_recovery_codes where user = ?", (user,)
        ).fetchone()
        return int(count)

    def use(self, user: str, code: str, act: Act) -> None:
        """Take a code, once. Raises CodeWrong."""
        gone = self._db.execute(
            "delete from users_recovery_codes where user = ? and sha256 = ?",
            (user, _digest(user, code)),
        )
        if gone.rowcount == 0:
            raise CodeWrong
        note = f"{self.left(user)} left"
        ChangeStore(self._db).record(act, "user.recovery", user, note)

    def remove(self, user: str) -> None:
        """Forget all codes of a user, with what they take the place of."""
        self._db.execute("delete from users_recovery_codes where user = ?", (user,))


def _as_code(secret: bytes) -> str:
    text = base64.b32encode(secret).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _digest(user: str, code: str) -> bytes:
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return hashlib.sha256(f"{user}\n{plain}".encode("utf-8", "replace")).digest()
