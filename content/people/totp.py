"""
Codes of an authenticator app (RFC 6238): six digits that change every thirty seconds.

The secret is kept encrypted under the key of the hub. A code works once: the newest step that was
used is kept, and no older one is taken (SECURITY.md S43).
"""

import hmac
import re
from base64 import b32encode
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final

import sqlite_utils
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from content.cases.vault import CaseVault, RecordKey
from content.chance import Chance
from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.people.store import UserStore
from content.times import to_text

STEP_SECONDS: Final = 30
DIGITS: Final = 6
_SECRET_BYTES: Final = 20
_LATE_STEPS: Final = 1
"""How many steps the clock of a phone may be late or early."""
_FIELD: Final = "secret"


class CodeWrong(ContentError):
    """A code that is wrong, too old, or was used already; which one is not told."""

    code: ClassVar[str] = "code-wrong"

    def __init__(self) -> None:
        super().__init__("This code is not right. Wait for the next one, and type that.")


class NoAuthenticator(ContentError):
    """The user has set up no authenticator app, or has not confirmed it."""

    code: ClassVar[str] = "no-authenticator"

    def __init__(self) -> None:
        super().__init__("There is no authenticator app set up.")


@dataclass(frozen=True, slots=True)
class NewAuthenticator:
    """What an app is given. secret: in base32, to be typed. uri: the same for a QR code."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


class TotpStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database, vault: CaseVault) -> None:
        self._db = db
        self._vault = vault

    def begin(self, user: str, act: Act, chance: Chance) -> None:
        """
        Draw a secret, to be confirmed with a code. One that is in use already stays as it is.

        Raises UserNotFound.
        """
        UserStore(self._db).get(user)
        secret = self._key(user).encrypt_bytes(_FIELD, chance.bytes(_SECRET_BYTES))
        self._db.execute(
            "insert into users_totp (user, secret, made_at, last_step) values (?, ?, ?, 0)"
            " on conflict (user) do update set secret = excluded.secret, made_at = excluded.made_at"
            " where confirmed_at is null",
            (user, secret, to_text(act.at)),
        )

    def to_set_up(self, user: str, issuer: str) -> NewAuthenticator | None:
        """Return what an app is given that is still to be confirmed; None if there is nothing."""
        row = self._row(user)
        if row is None or row[1] is not None:
            return None
        secret = self._secret(user, row[0])
        uri = _totp(secret).get_provisioning_uri(user, issuer)
        return NewAuthenticator(b32encode(secret).decode(), uri)

    def is_used(self, user: str) -> bool:
        """Return whether the user has to show codes."""
        row = self._row(user)
        return row is not None and row[1] is not None

    def confirm(self, user: str, code: str, act: Act) -> None:
        """Use the app from now on. Raises CodeWrong, NoAuthenticator."""
        row = self._row(user)
        if row is None or row[1] is not None:
            raise NoAuthenticator
        self._take(user, row, code, act.at)
        self._db.execute(
            "update users_totp set confirmed_at = ? where user = ?", (to_text(act.at), user)
        )
        ChangeStore(self._db).record(act, "user.totp", user)

    def check(self, user: str, code: str, at: datetime) -> None:
        """Take a code, once. Raises CodeWrong, NoAuthenticator."""
        row = self._row(user)
        if row is None or row[1] is None:
            raise NoAuthenticator
        self._take(user, row, code, at)

    def remove(self, user: str, act: Act) -> None:
        """Use the app no more; nothing happens if there is none."""
        gone = self._db.execute("delete from users_totp where user = ?", (user,))
        if gone.rowcount:
            ChangeStore(self._db).record(act, "user.no-totp", user)

    def _take(self, user: str, row: tuple[bytes, str | None, int], code: str, at: datetime) -> None:
        stored, _, last = row
        digits = re.sub(r"[ -]", "", code)
        totp, now = _totp(self._secret(user, stored)), int(at.timestamp()) // STEP_SECONDS
        found = 0
        for step in range(now - _LATE_STEPS, now + _LATE_STEPS + 1):
            right = totp.generate(step * STEP_SECONDS)
            if hmac.compare_digest(right, digits.encode("utf-8", "replace")) and step > last:
                found = step
        if not found:
            raise CodeWrong
        self._db.execute("update users_totp set last_step = ? where user = ?", (found, user))

    def _row(self, user: str) -> tuple[bytes, str | None, int] | None:
        row = self._db.execute(
            "select secret, confirmed_at, last_step from users_totp where user = ?", (user,)
        ).fetchone()
        return None if row is None else (row[0], row[1], row[2])

    def _secret(self, user: str, stored: bytes) -> bytes:
        return self._key(user).decrypt_bytes(_FIELD, stored)

    def _key(self, user: str) -> RecordKey:
        return self._vault.key_of("totp", user.encode())


def _totp(secret: bytes) -> TOTP:
    # SHA-1 is what every app knows; within HMAC it is as safe as another.
    return TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303
