"""Breaches of personal data, as the API takes them from operators and shows them."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from content.incidents import LONGEST, MOST_NAMED
from node.api.models.common import Host
from node.api.routes import Answer, Body, Query

_Number = Annotated[str, Field(min_length=1, max_length=30)]
_Text = Annotated[str, Field(min_length=1, max_length=LONGEST)]


class IncidentAnswer(Answer):
    """One breach. due_at: by when the authority is to be told; clock: how that stands, in words."""

    id: str
    noticed_at: datetime
    due_at: datetime
    clock: str
    noted_at: datetime
    noted_by: str
    what: str
    peers: list[str]
    cases: list[str]
    ending: str
    closed_at: datetime | None
    closed_by: str | None


class IncidentQuery(Query):
    """closed: the closed ones, too."""

    closed: bool = False


class IncidentBody(Body):
    """
    What happened, and which hubs and cases it touches.

    noticed_at: when somebody of the hub became aware of it; else now.
    """

    what: _Text
    noticed_at: Annotated[datetime, Field(strict=False)] | None = None
    peers: Annotated[list[Host], Field(max_length=MOST_NAMED, default_factory=list)]
    cases: Annotated[list[_Number], Field(max_length=MOST_NAMED, default_factory=list)]


class EndingBody(Body):
    """What was done, and whether and when the authority and the people were told, or why not."""

    ending: _Text
