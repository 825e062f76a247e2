"""The coalition's view as the API shows it: figures, and beside each how it was counted."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from content.coverage.freshness import Age, Held
from content.resources.statistics import Band
from node.api.models.common import Word
from node.api.routes import Answer, Query

Format = Literal["json", "csv"]
Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Period = Annotated[str, Field(pattern=r"^20[0-9]{2}-Q[1-4]$")]


class TableQuery(Query):
    """format: csv gives the same as a table for spreadsheets."""

    format: Format = "json"


class CoverageQuery(TableQuery):
    """Only cells with these values. topic: of the vocabulary; language: the first part of a tag."""

    topic: Word | None = None
    language: Word | None = None
    region: Word | None = None


class ByHubQuery(TableQuery):
    """topic: only this one of the vocabulary."""

    topic: Word | None = None


class GapsQuery(TableQuery):
    """period: a quarter, such as 2026-Q3; else the newest that any hub told of."""

    period: Period | None = None


class SinceQuery(TableQuery):
    """since: a month, such as 2026-01, from which on is told."""

    since: Month | None = None


class Noted(Answer):
    """What every table says besides its figures. method: for each figure, how it was counted."""

    as_of: datetime
    method: dict[str, str]


class CellAnswer(Answer):
    """How much there is on a topic in a language for a region."""

    topic: str
    language: str
    region: str
    resources: int
    experts: int


class TallyAnswer(Answer):
    """How much there is with one value."""

    value: str
    resources: int
    experts: int


class CoverageAnswer(Noted):
    """The matrix without its empty cells, and its margins; topics without anything are there."""

    resources: int
    experts: int
    cells: list[CellAnswer]
    topics: list[TallyAnswer]
    languages: list[TallyAnswer]
    regions: list[TallyAnswer]
    region_names: dict[str, str]


class HubCoverAnswer(Answer):
    """What one hub published on a topic. topic: null for all that it published."""

    host: str
    name: str
    city: str
    country: str
    topic: str | None
    resources: int
    experts: int


class ByHubAnswer(Noted):
    """What each hub has on each topic, those with nothing too; first without a topic, the whole."""

    hubs: list[HubCoverAnswer]


class GapAnswer(Answer):
    """A topic on which needs stayed open, or on which there are requests and no resource."""

    topic: str
    hubs: int
    hubs_unmet: int
    requests_at_least: int
    rising: bool | None
    resources: int
    experts: int
    missing_languages: tuple[str, ...]


class GapsAnswer(Noted):
    """The gaps of one quarter. periods: all that hubs told of. hubs: how many told of this one."""

    period: str | None
    periods: tuple[str, ...]
    hubs: int
    gaps: list[GapAnswer]


class FreshnessItem(Answer):
    """How fresh what is held of one hub is."""

    host: str
    name: str
    city: str
    country: str
    entries: int
    newest_at: datetime | None
    published_at: datetime | None
    age: Age
    verified: Held
    last_contact_at: datetime | None


class FreshnessAnswer(Noted):
    """All hubs by name."""

    hubs: list[FreshnessItem]


class ItemProgressAnswer(Answer):
    """One item. levels: in which band the number of hubs on each level is; null with under five."""

    item: str
    title: dict[str, str]
    pillar: str
    adopted: int
    assessed: int
    levels: dict[str, Band] | None


class ProgressAnswer(Noted):
    """How far hubs are with the framework, item by item and never hub by hub."""

    hubs: int
    spread: dict[str, int]
    own_items: int
    items: list[ItemProgressAnswer]


class StepAnswer(Answer):
    """One step of the flow. hubs: how many are in which band."""

    step: str
    hubs: dict[str, int]
    at_least: int


class QuarterFlow(Answer):
    """The flow of one quarter. telling: hubs that told about escalations."""

    period: str
    hubs: int
    telling: int
    steps: list[StepAnswer]


class FlowAnswer(Noted):
    """How cases flow between hubs, as far as they tell."""

    periods: list[QuarterFlow]


class MonthAnswer(Answer):
    """What all hubs did in one month."""

    month: str
    published: int
    changed: int
    taken_back: int
    hubs: int


class QuarterAnswer(Answer):
    """What was asked in one quarter; topic null: all requests."""

    period: str
    topic: str | None
    hubs: int
    requests_at_least: int


class TrendsAnswer(Noted):
    """Months, oldest first, and quarters with their topics."""

    months: list[MonthAnswer]
    quarters: list[QuarterAnswer]
