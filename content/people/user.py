"""A named user of the hub."""

import re
from datetime import datetime
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, field_validator

from content.changes import Act
from content.errors import ContentError
from content.people.permissions import Role
from content.text import is_label

_NAME = re.compile(r"[a-z0-9._-]{1,64}")
RESERVED_NAMES = frozenset({"requester", "hub", "system", "anonymous"})
"""Names that acts and messages use for somebody who is no user."""
LONGEST_DISPLAY_NAME = 120


class UserInvalid(ContentError):
    """A name or a role that a user cannot have."""

    code: ClassVar[str] = "user-invalid"


def role_named(text: str) -> Role:
    """Return the role with that name, or raise UserInvalid, which lists them."""
    try:
        return Role(text)
    except ValueError:
        known = ", ".join(role.value for role in Role)
        raise UserInvalid(f"There is no role {text[:64]!r}. Choose one of: {known}.") from None


class User(BaseModel):
    """Somebody who works at or reads from this hub. name never changes and is never reused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    display_name: str
    role: Role
    active: bool
    created_at: datetime

    @field_validator("name")
    @classmethod
    def _name_is_plain(cls, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise UserInvalid(
                "A user name has 1 to 64 characters out of a-z, 0-9, dot, hyphen and underscore."
            )
        if name in RESERVED_NAMES:
            raise UserInvalid(f"The name {name!r} is kept for the program itself; take another.")
        return name

    @field_validator("display_name")
    @classmethod
    def _display_name_is_one_line(cls, text: str) -> str:
        if not is_label(text, LONGEST_DISPLAY_NAME):
            raise UserInvalid(f"A display name is one line of 1 to {LONGEST_DISPLAY_NAME} signs.")
        return text.strip()

    @classmethod
    def new(cls, name: str, display_name: str, role: Role, act: Act) -> Self:
        """Return a new active user. Raises UserInvalid."""
        return cls(name=name, display_name=display_name, role=role, active=True, created_at=act.at)
