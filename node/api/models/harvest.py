"""Harvest sources, their runs, and what waits for approval, as the API shows them."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from content.harvest.report import HarvestReport, Outcome
from content.harvest.source import SourceKind, SourceState
from content.labels import Label, Sensitivity
from content.resources.record import ResourceRecord
from node.api.routes import Answer, Body, Query

Text = Annotated[str, Field(min_length=1, max_length=300)]


class HarvestSettings(Body):
    """
    What people decide about a source. resource_kind, language, country: of records that name none.

    name: as it was, or its host, if not given. topics: added to all. review: a person approves
    before anything is published.
    """

    name: Text | None = None
    topics: Annotated[list[str], Field(max_length=20, default_factory=list)]
    resource_kind: str | None = None
    language: str | None = None
    country: str | None = None
    label: Annotated[Label, Field(strict=False)] = Label.CLEAR
    sensitivity: Annotated[Sensitivity, Field(strict=False)] = Sensitivity.NONE
    review: bool = False
    every_days: Annotated[int, Field(ge=1, le=366)] = 1


class NewHarvestSource(HarvestSettings):
    """A source to be harvested."""

    url: Text
    kind: SourceKind


class HarvestRunAnswer(Answer):
    """A run that has ended, with its report. by: who let it run."""

    id: str
    by: str
    started_at: datetime
    ended_at: datetime
    outcome: Outcome
    report: HarvestReport


class HarvestSourceAnswer(Answer):
    """A source. records: how many of its records are here. next_at: when it is asked next."""

    id: str
    name: str
    url: str
    kind: SourceKind
    resource_kind: str
    topics: tuple[str, ...]
    language: str
    country: str | None
    label: Label
    sensitivity: Sensitivity
    review: bool
    every_days: int
    state: SourceState
    added_by: str
    added_at: datetime
    next_at: datetime
    failures: int
    records: int
    last_run: HarvestRunAnswer | None


class WaitingAnswer(Answer):
    """
    What waits for a person: a new record, a change, or one that is gone at its source.

    record: as it is here. wanted: as it would become. fields: what would change.
    """

    ulid: str
    change: Literal["new", "change", "gone"]
    source_id: str
    record: ResourceRecord
    wanted: ResourceRecord | None
    fields: tuple[str, ...]


class Decision(Body):
    """ulids: of the resources that are approved or dismissed."""

    ulids: Annotated[list[str], Field(min_length=1, max_length=100)]


class DecidedAnswer(Answer):
    """How many were approved or dismissed."""

    count: int


class HarvestRemovalQuery(Query):
    """take_back: also retract what came from the source; else it stays as this hub's own."""

    take_back: bool = False


class RemovedAnswer(Answer):
    """How many records were taken back."""

    taken_back: int
