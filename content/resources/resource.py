"""A resource of this hub: the record and what happened to it. Rules here, SQL in the store."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict

from content.changes import Act
from content.errors import ContentError
from content.resources.record import ResourceRecord


class ResourceState(StrEnum):
    """draft: seen by staff only. published: out. retracted: taken back, for ever."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETRACTED = "retracted"


class LinkStatus(StrEnum):
    """What the last look at the link showed."""

    UNCHECKED = "unchecked"
    OK = "ok"
    BROKEN = "broken"


class ResourceMoveNotAllowed(ContentError):
    """The resource is in a state in which that cannot be done."""

    code: ClassVar[str] = "resource-move-not-allowed"

    def __init__(self, resource_id: str, state: ResourceState, verb: str) -> None:
        super().__init__(f"Resource {resource_id} is {state.value}; it cannot be {verb}.")


class Resource(BaseModel):
    """
    A resource as it stands. Changed by the methods, which return the next value or raise.

    id: a ULID. revision: counts the stored versions. published_at: when it was published first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    revision: int = 1
    state: ResourceState = ResourceState.DRAFT
    record: ResourceRecord
    link_status: LinkStatus = LinkStatus.UNCHECKED
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None = None

    @classmethod
    def new(cls, record: ResourceRecord, act: Act, *, resource_id: str) -> Self:
        """Return a new draft."""
        return cls(id=resource_id, record=record, created_at=act.at, updated_at=act.at)

    def publish(self, at: datetime) -> Self:
        """Return the published resource. Raises ResourceMoveNotAllowed unless it is a draft."""
        if self.state is not ResourceState.DRAFT:
            raise ResourceMoveNotAllowed(self.id, self.state, "published")
        return self.model_copy(
            update={"state": ResourceState.PUBLISHED, "published_at": at, "updated_at": at}
        )

    def change(self, record: ResourceRecord, at: datetime) -> Self:
        """
        Return the resource with another record; a new link counts as unchecked.

        Raises ResourceMoveNotAllowed if it is retracted.
        """
        if self.state is ResourceState.RETRACTED:
            raise ResourceMoveNotAllowed(self.id, self.state, "changed")
        same_link = record.url == self.record.url
        return self.model_copy(
            update={
                "record": record,
                "updated_at": at,
                "link_status": self.link_status if same_link else LinkStatus.UNCHECKED,
            }
        )

    def touch(self, at: datetime) -> Self:
        """Return the resource whose files changed, so that it is a newer version."""
        if self.state is ResourceState.RETRACTED:
            raise ResourceMoveNotAllowed(self.id, self.state, "changed")
        return self.model_copy(update={"updated_at": at})

    def retract(self, at: datetime) -> Self:
        """Return the resource taken back. Raises ResourceMoveNotAllowed if it is already."""
        if self.state is ResourceState.RETRACTED:
            raise ResourceMoveNotAllowed(self.id, self.state, "retracted again")
        return self.model_copy(update={"state": ResourceState.RETRACTED, "updated_at": at})
