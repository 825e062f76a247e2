"""Passkeys of users: public keys with which a device shows that its owner is there (WebAuthn)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final

import sqlite_utils

from content.chance import Chance
from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.ids import new_id
from content.text import is_label
from content.times import from_text, from_text_or_none, to_text

LONGEST_LABEL: Final = 60
MOST_OF_USER: Final = 20
_COLUMNS = "id, user, credential_id, public_key, sign_count, label, made_at, used_at"


class PasskeyInvalid(ContentError):
    """A passkey that cannot be kept: too many, known already, or without a label."""

    code: ClassVar[str] = "passkey-invalid"


class PasskeyNotFound(ContentError):
    """There is no such passkey, or it is somebody else's."""

    code: ClassVar[str] = "passkey-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such passkey.")


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey. sign_count: how often it signed, as it said last; many devices always say 0."""

    id: str
    user: str
    credential_id: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    sign_count: int
    label: str
    made_at: datetime
    used_at: datetime | None


class PasskeyStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def add(
        self,
        user: str,
        act: Act,
        *,
        credential_id: bytes,
        public_key: bytes,
        sign_count: int,
        label: str,
        chance: Chance,
    ) -> Passkey:
        """Keep a passkey whose answer was checked. Raises PasskeyInvalid."""
        if not is_label(label, LONGEST_LABEL):
            raise PasskeyInvalid(f"A name for a passkey is one line of 1 to {LONGEST_LABEL} signs.")
        if len(self.list(user)) >= MOST_OF_USER:
            raise PasskeyInvalid(f"Nobody needs more than {MOST_OF_USER} passkeys; remove one.")
        if self.find(credential_id) is not None:
            raise PasskeyInvalid("This passkey is here already.")
        made = Passkey(
            id=new_id(act.at, chance),
            user=user,
            credential_id=credential_id,
            public_key=public_key,
            sign_count=sign_count,
            label=label.strip(),
            made_at=act.at,
            used_at=None,
        )
        self._db.execute(
            f"insert into users_passkeys ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, null)",  # noqa: S608
            (
                made.id,
                user,
                credential_id,
                public_key,
                sign_count,
                made.label,
                to_text(act.at),
            ),
        )
        ChangeStore(self._db).record(act, "user.passkey", user, made.id)
        return made

    def list(self, user: str) -> tuple[Passkey, ...]:
        """Return the passkeys of a user, the oldest first."""
        rows = self._db.execute(
            f"select {_COLUMNS} from users_passkeys where user = ? order by id",  # noqa: S608
            (user,),
        )
        return tuple(_passkey(row) for row in rows.fetchall())

    def find(self, credential_id: bytes) -> Passkey | None:
        """Return the passkey with that id, of an active user, or None."""
        row = self._db.execute(
            f"select {', '.join(f'p.{name}' for name in _COLUMNS.split(', '))}"  # noqa: S608
            " from users_passkeys p join users u on u.name = p.user"
            " where p.credential_id = ? and u.active",
            (credential_id,),
        ).fetchone()
        return None if row is None else _passkey(row)

    def note_use(self, passkey_id: str, sign_count: int, at: datetime) -> None:
        """Remember when a passkey was used last. The session that begins is the change."""
        self._db.execute(
            "update users_passkeys set sign_count = ?, used_at = ? where id = ?",
            (sign_count, to_text(at), passkey_id),
        )

    def remove(self, passkey_id: str, act: Act, *, user: str) -> None:
        """Take a passkey of a user no more. Raises PasskeyNotFound."""
        gone = self._db.execute(
            "delete from users_passkeys where id = ? and user = ?", (passkey_id, user)
        )
        if gone.rowcount == 0:
            raise PasskeyNotFound
        ChangeStore(self._db).record(act, "user.no-passkey", user, passkey_id)

    def remove_all(self, user: str) -> None:
        """Take none of a user's passkeys any more; whoever calls records why."""
        self._db.execute("delete from users_passkeys where user = ?", (user,))


def _passkey(row: tuple[Any, ...]) -> Passkey:
    passkey_id, user, credential_id, public_key, sign_count, label, made_at, used_at = row
    return Passkey(
        id=passkey_id,
        user=user,
        credential_id=bytes(credential_id),
        public_key=bytes(public_key),
        sign_count=sign_count,
        label=label,
        made_at=from_text(made_at),
        used_at=from_text_or_none(used_at),
    )
