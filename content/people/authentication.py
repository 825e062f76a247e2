"""From a shown token to the one who acts. Every refusal is the same (SECURITY.md S44)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

import sqlite_utils

from content.changes import Act
from content.errors import ContentError
from content.people.permissions import NotAllowed, Right, Role, is_within, rights_of
from content.people.tokens import digest_of
from content.times import to_milliseconds, to_text


class NotAuthenticated(ContentError):
    """The token is unknown, expired, revoked, or its user inactive; which one is not told."""

    code: ClassVar[str] = "not-authenticated"

    def __init__(self) -> None:
        super().__init__("This token is not valid. Ask the operator of this hub for a new one.")


@dataclass(frozen=True, slots=True)
class Principal:
    """
    Who acts, with which role.

    role: that of the token, or of the user if that may less. use_noted: False if the caller
    should call `TokenStore.note_use(token_id, day)`, once a day.
    """

    name: str
    role: Role
    token_id: str | None = None
    use_noted: bool = True

    @property
    def rights(self) -> frozenset[Right]:
        """All that this principal may do."""
        return rights_of(self.role)

    def may(self, right: Right) -> bool:
        """Return whether this principal has the right."""
        return right in self.rights

    def require(self, right: Right) -> None:
        """Raise NotAllowed unless this principal has the right."""
        if not self.may(right):
            raise NotAllowed(right)

    def act(self, at: datetime) -> Act:
        """Return an act of this principal at that moment."""
        return Act(self.name, at)


def authenticate(db: sqlite_utils.Database, token: str, at: datetime) -> Principal:
    """
    Return who the token acts for at that moment; only reads.

    Raises NotAuthenticated. Looked up by its digest, so that the time an answer takes tells
    nothing about a stored secret.
    """
    digest = digest_of(token)
    if digest is None:
        raise NotAuthenticated
    at = to_milliseconds(at)
    row = db.execute(
        "select tokens.id, users.name, tokens.role, users.role, tokens.last_used"
        " from tokens join users on users.name = tokens.user"
        " where tokens.sha256 = ? and tokens.revoked_at is null and users.active"
        " and (tokens.expires_at is null or tokens.expires_at > ?)",
        (digest, to_text(at)),
    ).fetchone()
    if row is None:
        raise NotAuthenticated
    token_id, name, token_role, user_role, last_used = row
    role = Role(token_role)
    if not is_within(role, Role(user_role)):
        role = Role(user_role)
    noted = last_used is not None and date.fromisoformat(last_used) >= at.date()
    return Principal(name, role, token_id, noted)
