"""The SQL of users, and the one rule that concerns all of them: an operator always remains."""

from typing import Any, ClassVar

import sqlite_utils

from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.people.permissions import Role
from content.people.user import User
from content.times import from_text, to_text

_COLUMNS = "name, display_name, role, active, created_at"


class UserNotFound(ContentError):
    """There is no such user."""

    code: ClassVar[str] = "user-not-found"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no user {name[:64]!r}.")


class UserExists(ContentError):
    """The name is taken, perhaps by somebody who is no longer active."""

    code: ClassVar[str] = "user-exists"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a user {name!r} already; names are never used twice.")


class LastOperator(ContentError):
    """The change would leave the hub without an active operator."""

    code: ClassVar[str] = "last-operator"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is the last active operator. Make somebody else an operator first."
        )


class UserStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def add(self, user: User, act: Act) -> None:
        """Store a new user. Raises UserExists."""
        if self.find(user.name) is not None:
            raise UserExists(user.name)
        self._db.execute(
            f"insert into users ({_COLUMNS}) values (?, ?, ?, ?, ?)",  # noqa: S608 - our own words
            (
                user.name,
                user.display_name,
                user.role.value,
                int(user.active),
                to_text(user.created_at),
            ),
        )
        ChangeStore(self._db).record(act, "user.add", user.name, user.role.value)

    def find(self, name: str) -> User | None:
        """Return the user of that name, or None."""
        row = self._db.execute(
            f"select {_COLUMNS} from users where name = ?",  # noqa: S608 - our own words
            (name,),
        ).fetchone()
        return None if row is None else _user(row)

    def get(self, name: str) -> User:
        """Return the user of that name, or raise UserNotFound."""
        user = self.find(name)
        if user is None:
            raise UserNotFound(name)
        return user

    def list(self, *, inactive: bool = False) -> tuple[User, ...]:
        """Return the active users by name; with inactive, the others too."""
        rows = self._db.execute(
            f"select {_COLUMNS} from users where active or ? order by name",  # noqa: S608
            (int(inactive),),
        )
        return tuple(_user(row) for row in rows.fetchall())

    def rename(self, name: str, display_name: str, act: Act) -> User:
        """Change what people read; the name stays. Raises UserNotFound, UserInvalid."""
        user = self.get(name)
        changed = User.model_validate({**user.model_dump(), "display_name": display_name})
        self._save(changed, act, "user.rename", "")
        return changed

    def change_role(self, name: str, role: Role, act: Act) -> User:
        """
        Give another role; the user has to sign in anew (SECURITY.md S40, S41).

        Raises UserNotFound; LastOperator if none would remain.
        """
        user = self.get(name)
        if role is not Role.OPERATOR:
            self._refuse_last_operator(user)
        changed = user.model_copy(update={"role": role})
        self._save(changed, act, "user.role", f"{user.role.value} to {role.value}")
        self._db.execute("delete from users_sessions where user = ?", (name,))
        return changed

    def deactivate(self, name: str, act: Act) -> User:
        """
        Let a user in no more; end all tokens, sessions and links. The name stays in what it did.

        Raises UserNotFound; LastOperator if no active operator would remain.
        """
        user = self.get(name)
        self._refuse_last_operator(user)
        changed = user.model_copy(update={"active": False})
        self._save(changed, act, "user.deactivate", "")
        self._db.execute(
            "update tokens set revoked_at = ? where user = ? and revoked_at is null",
            (to_text(act.at), name),
        )
        self._db.execute("delete from users_sessions where user = ?", (name,))
        self._db.execute("delete from users_invitations where user = ?", (name,))
        return changed

    def activate(self, name: str, act: Act) -> User:
        """Let a user in again; the old tokens stay revoked. Raises UserNotFound."""
        changed = self.get(name).model_copy(update={"active": True})
        self._save(changed, act, "user.activate", "")
        return changed

    def _save(self, user: User, act: Act, what: str, note: str) -> None:
        self._db.execute(
            "update users set display_name = ?, role = ?, active = ? where name = ?",
            (user.display_name, user.role.value, int(user.active), user.name),
        )
        ChangeStore(self._db).record(act, what, user.name, note)

    def _refuse_last_operator(self, user: User) -> None:
        if not user.active or user.role is not Role.OPERATOR:
            return
        (others,) = self._db.execute(
            "select count(*) from users where active and role = ? and name <> ?",
            (Role.OPERATOR.value, user.name),
        ).fetchone()
        if others == 0:
            raise LastOperator(user.name)


def _user(row: tuple[Any, ...]) -> User:
    name, display_name, role, active, created_at = row
    return User(
        name=name,
        display_name=display_name,
        role=Role(role),
        active=bool(active),
        created_at=from_text(created_at),
    )
