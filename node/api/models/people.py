"""Users and tokens, as the API shows them."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from content.people.permissions import Role
from node.api.routes import Answer, Body


class UserAnswer(Answer):
    """Somebody who works at this hub."""

    name: str
    display_name: str
    role: Role
    active: bool
    created_at: datetime


class NewUser(Body):
    """A user to be added. name: for ever, never used twice."""

    name: str
    display_name: str | None = None
    role: str


class NewRole(Body):
    """Another role for a user."""

    role: str


class TokenAnswer(Answer):
    """What is known of a token; the secret is not."""

    id: str
    user: str
    label: str
    role: Role
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used: date | None


class IssuedAnswer(TokenAnswer):
    """A token just made, with the secret, which is shown this once."""

    secret: str


class NewToken(Body):
    """A token to be made. user: whom it acts for, else the caller. days: how long it is valid."""

    user: str | None = None
    label: str
    role: str | None = None
    days: Annotated[int, Field(ge=1, le=3650)] | None = None


class MeAnswer(Answer):
    """Who calls, and what they may do."""

    name: str
    role: Role
    rights: list[str]


class UserDetails(Body):
    """
    What is noted about a user; what is empty is forgotten.

    email: where they are told by mail that there is news. topics, languages: what they know, for
    matching. listing: number of the listed expert that they are.
    """

    display_name: Annotated[str, Field(min_length=1, max_length=120)]
    email: Annotated[str, Field(max_length=320)] = ""
    topics: Annotated[list[str], Field(max_length=50, default_factory=list)]
    languages: Annotated[list[str], Field(max_length=50, default_factory=list)]
    listing: Annotated[str, Field(max_length=30)] = ""


class UserDetailsAnswer(Answer):
    """What is noted about a user; "" and empty lists for what is not."""

    name: str
    display_name: str
    email: str
    topics: list[str]
    languages: list[str]
    listing: str
