"""The coalition's view as data: coverage, gaps, freshness, progress, flow and trends."""

from aiohttp import web
from pydantic import BaseModel

from content.coverage import notes
from content.coverage.regions import REGION_NAMES
from content.framework.upstream import upstream
from content.search.results import known
from content.vocabulary import Vocabulary
from federation import coverage as seen
from node import coverage_tables as tables
from node.api.models.coverage import (
    ByHubAnswer,
    ByHubQuery,
    CellAnswer,
    CoverageAnswer,
    CoverageQuery,
    FlowAnswer,
    FreshnessAnswer,
    FreshnessItem,
    GapAnswer,
    GapsAnswer,
    GapsQuery,
    HubCoverAnswer,
    ItemProgressAnswer,
    MonthAnswer,
    ProgressAnswer,
    QuarterAnswer,
    QuarterFlow,
    SinceQuery,
    StepAnswer,
    TableQuery,
    TallyAnswer,
    TrendsAnswer,
)
from node.api.routes import ApiRoute, Call, shaped
from node.csv_text import csv_text

SUBJECT = "Network"
Said = BaseModel | web.StreamResponse


async def coverage(call: Call) -> Said:
    """
    Return how many resources and experts there are by topic, language and region.

    Counted anew once a minute at most. With a filter only the cells are narrowed.
    """
    query: CoverageQuery = call.query
    _check(query.topic, query.region)
    now = call.node.clock.now()
    figure = await call.read(lambda db: seen.coverage(db, call.node, now))
    found = figure.value
    cells = found.only(topic=query.topic, language=query.language, region=query.region)
    if query.format == "csv":
        return _csv("coverage", tables.coverage_table(cells))
    return shaped(
        CoverageAnswer,
        found,
        as_of=figure.at,
        method=dict(notes.COVERAGE),
        cells=[shaped(CellAnswer, cell) for cell in cells],
        topics=[shaped(TallyAnswer, each) for each in found.topics],
        languages=[shaped(TallyAnswer, each) for each in found.languages],
        regions=[shaped(TallyAnswer, each) for each in found.regions],
        region_names=dict(REGION_NAMES),
    )


async def by_hub(call: Call) -> Said:
    """Return what each hub published on each topic, also those that have nothing on it."""
    query: ByHubQuery = call.query
    _check(query.topic, None)
    now = call.node.clock.now()
    figure = await call.read(lambda db: seen.by_hub(db, call.node, now, query.topic))
    if query.format == "csv":
        return _csv("by-hub", tables.by_hub_table(figure.value))
    return ByHubAnswer(
        as_of=figure.at,
        method=dict(notes.BY_HUB),
        hubs=[shaped(HubCoverAnswer, each) for each in figure.value],
    )


async def gaps(call: Call) -> Said:
    """Return topics on which needs stayed open, as hubs told in bands, beside what there is."""
    query: GapsQuery = call.query
    now = call.node.clock.now()
    found = await call.read(lambda db: seen.gaps(db, call.node, now, query.period))
    if query.format == "csv":
        return _csv("gaps", tables.gaps_table(found))
    items = [shaped(GapAnswer, each) for each in found.gaps]
    return shaped(GapsAnswer, found, as_of=now, method=dict(notes.GAPS), gaps=items)


async def freshness(call: Call) -> Said:
    """Return how fresh what is held of each hub is, by name."""
    query: TableQuery = call.query
    now = call.node.clock.now()
    found = await call.read(lambda db: seen.freshness(db, call.hub, now))
    if query.format == "csv":
        return _csv("freshness", tables.freshness_table(found))
    return FreshnessAnswer(
        as_of=now,
        method=dict(notes.FRESHNESS),
        hubs=[shaped(FreshnessItem, each) for each in found],
    )


async def progress(call: Call) -> Said:
    """Return how far hubs are with the policy framework: no hub is named, none is ranked."""
    query: TableQuery = call.query
    found = await call.read(lambda db: seen.framework(db, call.hub))
    if query.format == "csv":
        return _csv("framework", tables.framework_table(found))
    named = upstream().framework
    items = [
        shaped(
            ItemProgressAnswer,
            each,
            title=named.get(each.item).title,
            levels=None
            if each.levels is None
            else {str(level): band for level, band in each.levels.items()},
        )
        for each in found.items
    ]
    return ProgressAnswer(
        as_of=call.node.clock.now(),
        method=dict(notes.FRAMEWORK),
        hubs=found.hubs,
        spread=dict(found.spread),
        own_items=found.own_items,
        items=items,
    )


async def flow(call: Call) -> Said:
    """Return how cases flow between hubs, in bands, as far as hubs tell."""
    query: SinceQuery = call.query
    found = await call.read(lambda db: seen.flow(db, call.hub, since=query.since))
    if query.format == "csv":
        return _csv("flow", tables.flow_table(found))
    periods = [
        shaped(
            QuarterFlow,
            each,
            steps=[
                StepAnswer(
                    step=step.step,
                    hubs={band.value: count for band, count in step.hubs.items()},
                    at_least=step.at_least,
                )
                for step in each.steps
            ],
        )
        for each in found
    ]
    return FlowAnswer(as_of=call.node.clock.now(), method=dict(notes.FLOW), periods=periods)


async def trends(call: Call) -> Said:
    """Return what hubs published month by month, and were asked quarter by quarter."""
    query: SinceQuery = call.query
    now = call.node.clock.now()
    found = await call.read(lambda db: seen.development(db, call.node, now, since=query.since))
    if query.format == "csv":
        return _csv("trends", tables.trends_table(found))
    return TrendsAnswer(
        as_of=now,
        method=dict(notes.TRENDS),
        months=[shaped(MonthAnswer, each) for each in found.months],
        quarters=[shaped(QuarterAnswer, each) for each in found.quarters],
    )


def _check(topic: str | None, region: str | None) -> None:
    """Refuse a topic or region that does not exist, and name the nearest. Raises BadQuery."""
    if topic is not None:
        known("topic", topic, Vocabulary.load().ids("topics"))
    if region is not None:
        known("region", region, tuple(REGION_NAMES))


def _csv(name: str, table: tables.Table) -> web.Response:
    return web.Response(
        text=csv_text(*table),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


ROUTES = tuple(
    ApiRoute("GET", f"/stats/{path}", handler, summary, SUBJECT, answer, query=query, csv=True)
    for path, handler, summary, answer, query in (
        ("coverage", coverage, "The coverage matrix", CoverageAnswer, CoverageQuery),
        ("by-hub", by_hub, "What each hub has, and lacks", ByHubAnswer, ByHubQuery),
        ("gaps", gaps, "Where help is missing", GapsAnswer, GapsQuery),
        ("freshness", freshness, "How fresh each hub is", FreshnessAnswer, TableQuery),
        ("framework", progress, "Progress with the framework", ProgressAnswer, TableQuery),
        ("flow", flow, "How cases flow between hubs", FlowAnswer, SinceQuery),
        ("trends", trends, "Month by month", TrendsAnswer, SinceQuery),
    )
)
