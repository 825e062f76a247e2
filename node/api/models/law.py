"""What the law asks, as the API shows it to operators: holds, the calendar of retention, people."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from node.api.routes import Answer, Body, Query

_Text = Annotated[str, Field(max_length=500)]


class HoldAnswer(Answer):
    """A reason in law why a case is kept, and its last day in the time zone of the hub."""

    id: str
    case_id: str
    reason: str
    until: date
    placed_at: datetime
    placed_by: str


class HoldBody(Body):
    """Why a case must be kept, and until which day."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]
    until: Annotated[date, Field(strict=False)]


class ReleasedAnswer(Answer):
    """How many holds were ended."""

    released: int


class RetentionQuery(Query):
    """days: how far to look ahead."""

    days: Annotated[int, Field(ge=0, le=36_500)] = 90


class RetentionItemAnswer(Answer):
    """One thing that will go. held_until: the last day of the hold that stops it."""

    what: str
    case_id: str
    why: str
    day: date
    held_until: date | None


class SoughtBody(Body):
    """
    Who is looked for; what is given must all fit. code: of a receipt. only: of what is found.

    user: the name of an account of this hub.
    """

    name: _Text = ""
    contact: _Text = ""
    user: _Text = ""
    code: _Text = ""
    only: Annotated[list[_Text], Field(max_length=500, default_factory=list)]


class SubjectAnswer(Answer):
    """
    What is held about a person, by id; users by name.

    mentions: cases and mails of others whose texts name the person. unreadable: what could not be
    opened with the keys of the hub.
    """

    cases: list[str]
    experts: list[str]
    users: list[str]
    mails: list[str]
    mentions: list[str]
    unreadable: list[str]


class StaysAnswer(Answer):
    """Something of a person that is not erased. what: an id, a name, or "" for all of it."""

    what: str
    why: str


class HubToldAnswer(Answer):
    """What happens to a copy at another hub, in words."""

    host: str
    what: str


class ErasingAnswer(Answer):
    """What would be erased of a person, what stays and why, and what other hubs are told."""

    cases: list[str]
    experts: list[str]
    mails: list[str]
    stays: list[StaysAnswer]
    hubs: list[HubToldAnswer]


class CopyErasedAnswer(Answer):
    """A copy of an erased case at another hub. state: of its escalation before."""

    peer: str
    state: str


class CaseErasedAnswer(Answer):
    """
    One case that was erased.

    taken_back: hubs that were told to destroy their copy. to_tell: hubs that keep theirs until a
    person tells them. under_way: messages about it that another hub does not have yet.
    """

    case_id: str
    taken_back: list[CopyErasedAnswer]
    to_tell: list[CopyErasedAnswer]
    under_way: int


class PersonErasedAnswer(Answer):
    """What was erased of a person, and what stays."""

    cases: list[CaseErasedAnswer]
    experts: list[str]
    mails: list[str]
    stays: list[StaysAnswer]
