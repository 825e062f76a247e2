"""An expert of this hub: the listing and what happened to it."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict

from content.changes import Act
from content.errors import ContentError
from content.experts.record import ExpertRecord
from content.labels import Label


class ExpertState(StrEnum):
    """active: listed and asked. paused: kept, not listed. left: erased, for ever."""

    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"


class ExpertMoveNotAllowed(ContentError):
    """The expert is in a state in which that cannot be done."""

    code: ClassVar[str] = "expert-move-not-allowed"

    def __init__(self, expert_id: str, state: ExpertState, verb: str) -> None:
        super().__init__(f"Expert {expert_id} is {state.value}; the listing cannot be {verb}.")


class Expert(BaseModel):
    """
    An expert as listed. Changed by the methods, which return the next value or raise.

    id: a ULID; a listing that was out and is corrected gets a new one (docs/adr/0010).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    revision: int = 1
    state: ExpertState = ExpertState.ACTIVE
    record: ExpertRecord
    created_at: datetime
    updated_at: datetime

    @classmethod
    def new(cls, record: ExpertRecord, act: Act, *, expert_id: str) -> Self:
        """Return a new active expert; consent counts from the act unless the record says when."""
        if record.consent_at is None:
            record = record.model_copy(update={"consent_at": act.at})
        return cls(id=expert_id, record=record, created_at=act.at, updated_at=act.at)

    @property
    def label(self) -> Label:
        """Return the handling label of the listing."""
        return self.record.label

    def change(self, record: ExpertRecord, at: datetime) -> Self:
        """Return the expert with another record. Raises ExpertMoveNotAllowed after leaving."""
        self._refuse_left("changed")
        return self.model_copy(update={"record": record, "updated_at": at})

    def confirm(self, at: datetime) -> Self:
        """Note that the expert found the listing right; a paused one is active again."""
        self._refuse_left("confirmed")
        record = self.record.model_copy(update={"confirmed_at": at})
        return self.model_copy(
            update={"record": record, "state": ExpertState.ACTIVE, "updated_at": at}
        )

    def pause(self, at: datetime) -> Self:
        """Take the listing off for a while. Raises ExpertMoveNotAllowed unless it is active."""
        if self.state is not ExpertState.ACTIVE:
            raise ExpertMoveNotAllowed(self.id, self.state, "paused")
        return self.model_copy(update={"state": ExpertState.PAUSED, "updated_at": at})

    def resume(self, at: datetime) -> Self:
        """Put a paused listing on again, as it was. Raises ExpertMoveNotAllowed."""
        if self.state is not ExpertState.PAUSED:
            raise ExpertMoveNotAllowed(self.id, self.state, "put on again")
        return self.model_copy(update={"state": ExpertState.ACTIVE, "updated_at": at})

    def leave(self, at: datetime) -> Self:
        """Take the listing off for ever; the store erases it. Raises ExpertMoveNotAllowed."""
        self._refuse_left("removed")
        return self.model_copy(update={"state": ExpertState.LEFT, "updated_at": at})

    def _refuse_left(self, verb: str) -> None:
        if self.state is ExpertState.LEFT:
            raise ExpertMoveNotAllowed(self.id, self.state, verb)
