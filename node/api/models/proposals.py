"""Proposals as the API shows them."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from content.proposals.proposal import Direction, ProposalState
from node.api.models.common import PageQuery
from node.api.routes import Answer, Body


class ProposalBody(Body):
    """changes: field of the record -> new value, null to empty it. reason: for who decides."""

    changes: Annotated[dict[str, Any], Field(min_length=1, max_length=20)]
    reason: Annotated[str, Field(min_length=1, max_length=4096)]


class AcceptBody(Body):
    """credit: the record thanks the hub that proposed. anyway: although it changed since."""

    credit: bool = False
    anyway: bool = False


class DeclineBody(Body):
    """reason: for who proposed."""

    reason: Annotated[str, Field(min_length=1, max_length=4096)]


class ProposalQuery(PageQuery):
    """state: only these."""

    state: ProposalState | None = None


class ProposalAnswer(Answer):
    """
    One proposal. direction: in: another hub proposes to us; out: we to it; own: somebody here.

    before: the fields as they are now, null where the record is gone. answer: why it was declined.
    delivery: how far what we sent about it has come. result: address of the changed record.
    """

    id: str
    direction: Direction
    peer: str
    resource: str
    changes: dict[str, Any]
    before: dict[str, Any] | None
    changed_since: bool
    reason: str
    by: str
    created_at: datetime
    state: ProposalState
    decided_at: datetime | None
    decided_by: str
    answer: str
    credit: bool
    result: str | None
    delivery: str | None
