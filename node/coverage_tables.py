"""The coalition's view as tables with named columns: what CSV, and `hub report`, are made of."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

from content.coverage.flow import Flow
from content.coverage.frameworks import LEVELS, FrameworkProgress
from content.coverage.freshness import HubFreshness
from content.coverage.gaps import Gaps
from content.coverage.matrix import Cell
from content.coverage.places import HubCover
from content.coverage.trends import Trends
from content.resources.statistics import Band
from content.times import to_text_or_none
from federation.coverage import CoalitionView

TableName = Literal["coverage", "by-hub", "gaps", "freshness", "framework", "flow", "trends"]
TABLES: tuple[TableName, ...] = (
    *("coverage", "by-hub", "gaps", "freshness", "framework", "flow", "trends"),
)


class Table(NamedTuple):
    """Names of columns, and rows in their order."""

    columns: Sequence[str]
    rows: Iterable[Sequence[Any]]


def coverage_table(cells: Iterable[Cell]) -> Table:
    """One row a cell of the matrix that is not empty."""
    return Table(
        ("topic", "language", "region", "resources", "experts"),
        [(each.topic, each.language, each.region, each.resources, each.experts) for each in cells],
    )


def by_hub_table(found: Iterable[HubCover]) -> Table:
    """One row a topic and hub, also where there is nothing; without a topic: all it published."""
    columns = ("topic", "host", "name", "city", "country", "resources", "experts")
    return Table(columns, [tuple(getattr(each, name) for name in columns) for each in found])


def gaps_table(gaps: Gaps) -> Table:
    """One row a gap of one quarter."""
    columns = (
        "period",
        "topic",
        "hubs",
        "hubs_unmet",
        "requests_at_least",
        "rising",
        "resources",
        "experts",
        "missing_languages",
    )
    rows = [
        (gaps.period, *(getattr(each, name) for name in columns[1:-1]), each.missing_languages)
        for each in gaps.gaps
    ]
    return Table(columns, rows)


def freshness_table(hubs: Iterable[HubFreshness]) -> Table:
    """One row a hub, by name."""
    columns = (
        "host",
        "name",
        "city",
        "country",
        "entries",
        "newest_at",
        "published_at",
        "age",
        "verified",
        "last_contact_at",
    )
    rows = [
        (
            each.host,
            each.name,
            each.city,
            each.country,
            each.entries,
            to_text_or_none(each.newest_at),
            to_text_or_none(each.published_at),
            each.age,
            each.verified,
            to_text_or_none(each.last_contact_at),
        )
        for each in hubs
    ]
    return Table(columns, rows)


def framework_table(progress: FrameworkProgress) -> Table:
    """One row an item of the framework."""
    levels = [f"level_{level}" for level in LEVELS]
    rows = [
        (
            each.item,
            each.pillar,
            each.adopted,
            each.assessed,
            *(None if each.levels is None else each.levels[level].value for level in LEVELS),
        )
        for each in progress.items
    ]
    return Table(("item", "pillar", "adopted", "assessed", *levels), rows)


def flow_table(flows: Iterable[Flow]) -> Table:
    """One row a quarter and step: how many hubs are in which band."""
    rows = [
        (flow.period, step.step, *(step.hubs[band] for band in Band), step.at_least)
        for flow in flows
        for step in flow.steps
    ]
    return Table(("period", "step", *(f"hubs_{band.value}" for band in Band), "at_least"), rows)


def trends_table(trends: Trends) -> Table:
    """One row a month."""
    return Table(
        ("month", "published", "changed", "taken_back", "hubs"),
        [(m.month, m.published, m.changed, m.taken_back, m.hubs) for m in trends.months],
    )


def table_of(view: CoalitionView, name: TableName) -> Table:
    """Return one table of the whole view."""
    tables = {
        "coverage": lambda: coverage_table(view.coverage.cells),
        "by-hub": lambda: by_hub_table(view.by_hub),
        "gaps": lambda: gaps_table(view.gaps),
        "freshness": lambda: freshness_table(view.hubs),
        "framework": lambda: framework_table(view.framework),
        "flow": lambda: flow_table(view.flow),
        "trends": lambda: trends_table(view.trends),
    }
    return tables[name]()
