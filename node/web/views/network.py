"""
The network as figures, for everybody: map and freshness, coverage, gaps, trends, flow, framework.

The same figures as /api/v1/stats, which gives them as JSON and CSV too; beside each stands how it
was counted. A coalition's are the widest, a hub's own are made in the same way.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from aiohttp import web

from content.language import best_text
from content.vocabulary import Vocabulary
from node.api import coverage as figures
from node.api.models.coverage import (
    ByHubAnswer,
    ByHubQuery,
    CoverageAnswer,
    CoverageQuery,
    GapsAnswer,
    GapsQuery,
    MonthAnswer,
    SinceQuery,
    TableQuery,
)
from node.api.routes import Call, Handler
from node.app_keys import NODE, SETTINGS
from node.web import words
from node.web.charts import bars_of
from node.web.map import dots_of
from node.web.pages import render
from node.web.parameters import read_query
from node.web.speaking import spoken

SECTION: Final = "hubs"
KEPT: Final = ("topic", "language", "region", "period", "since")
"""Parameters of a page that its downloads have too."""
FEWEST_MONTHS: Final = 12
"""So many months are drawn at least, also when nothing was published in the first of them."""


async def network_page(request: web.Request) -> web.Response:
    """GET /network: the map, and how fresh what is held of each hub is."""
    found = await _ask(request, figures.freshness, TableQuery())
    dots = dots_of((each.host, each.name, each.city, each.country) for each in found.hubs)
    return _page(request, "", found, dots=dots)


async def coverage_page(request: web.Request) -> web.Response:
    """GET /network/coverage: topics by languages, for one region or all."""
    query = read_query(request, CoverageQuery)
    found: CoverageAnswer = await _ask(request, figures.coverage, query)
    languages = [each.value for each in found.languages if each.resources or each.experts]
    counted: dict[tuple[str, str], tuple[int, int]] = {}
    for cell in found.cells:
        before = counted.get((cell.topic, cell.language), (0, 0))
        counted[cell.topic, cell.language] = (
            before[0] + cell.resources,
            before[1] + cell.experts,
        )
    broad = [each.value for each in found.topics if query.topic in (None, each.value)]
    return _page(
        request,
        "coverage",
        found,
        languages=[words.language_name(each) for each in languages],
        rows=[
            (
                topic,
                words.concept(topic),
                [counted.get((topic, tag), (0, 0)) for tag in languages],
                Vocabulary.load().concept(topic).broader is not None,
            )
            for topic in broad
        ],
        regions=sorted(found.region_names.items(), key=lambda each: each[1]),
        chosen=query,
        most=max((cell.resources for cell in found.cells), default=0),
    )


async def by_hub_page(request: web.Request) -> web.Response:
    """GET /network/by-hub: which hubs have something on a topic, and which have nothing."""
    query = read_query(request, ByHubQuery)
    found: ByHubAnswer = await _ask(request, figures.by_hub, query)
    hubs = [each for each in found.hubs if each.topic == query.topic]
    return _page(
        request,
        "by-hub",
        found,
        hubs=hubs,
        without=[each.name for each in hubs if not each.resources and not each.experts],
        topics=topic_choices(),
        chosen=query.topic,
        topic=None if query.topic is None else words.concept(query.topic),
    )


async def gaps_page(request: web.Request) -> web.Response:
    """GET /network/gaps: topics on which needs stayed open, quarter by quarter."""
    query = read_query(request, GapsQuery)
    found: GapsAnswer = await _ask(request, figures.gaps, query)
    return _page(
        request,
        "gaps",
        found,
        rows=[
            (
                each,
                words.concept(each.topic),
                [words.own_name(tag) for tag in each.missing_languages],
            )
            for each in found.gaps
        ],
    )


async def trends_page(request: web.Request) -> web.Response:
    """GET /network/trends: what was published month by month, and asked quarter by quarter."""
    found = await _ask(request, figures.trends, read_query(request, SinceQuery))
    quarters = [each for each in found.quarters if each.topic is None]
    topics = [each for each in found.quarters if each.topic is not None]
    months = _since_something(found.months)
    return _page(
        request,
        "trends",
        found,
        bars=bars_of([(words.month(each.month), each.published) for each in months]),
        months=[(each, words.month(each.month)) for each in reversed(months)],
        asked=bars_of([(each.period, each.requests_at_least) for each in quarters]),
        quarters=quarters,
        topics=[(each, words.concept(str(each.topic))) for each in topics],
    )


async def flow_page(request: web.Request) -> web.Response:
    """GET /network/flow: how cases flow between hubs, in bands."""
    found = await _ask(request, figures.flow, read_query(request, SinceQuery))
    return _page(request, "flow", found)


async def progress_page(request: web.Request) -> web.Response:
    """GET /network/framework: how far hubs are, item by item; no hub is named or ranked."""
    found = await _ask(request, figures.progress, TableQuery())
    items = [
        (each, best_text(each.title, spoken().tag, "en")[1], words.concept(each.pillar))
        for each in found.items
    ]
    most = max((each.adopted for each in found.items), default=0)
    return _page(request, "framework", found, items=items, most=most)


def topic_choices() -> list[tuple[str, str, bool]]:
    """Return id and name of every topic, and whether it is a part of the one above it."""
    vocabulary = Vocabulary.load()
    return [
        (each, words.concept(each), vocabulary.concept(each).broader is not None)
        for each in vocabulary.ids("topics")
    ]


def _since_something(months: Sequence[MonthAnswer]) -> Sequence[MonthAnswer]:
    """Return the months from the first in which anything was published, but never only a few."""
    first = next((n for n, each in enumerate(months) if each.published), len(months))
    return months[min(first, max(0, len(months) - FEWEST_MONTHS)) :]


async def _ask(request: web.Request, handler: Handler, query: Any) -> Any:
    """Return the answer of an endpoint of the API, as a stranger gets it."""
    call = Call(
        node=request.app[NODE],
        settings=request.app[SETTINGS],
        principal=None,
        path={},
        query=query,
        body=None,
        request=request,
        way="page",
    )
    return await handler(call)


def _page(request: web.Request, part: str, found: Any, **context: Any) -> web.Response:
    shared: Mapping[str, Any] = {
        "section": SECTION,
        "part": part,
        "found": found,
        "table": f"/api/v1/stats/{part or 'freshness'}",
        "kept": {name: value for name, value in request.query.items() if name in KEPT and value},
    }
    return render(request, f"network/{part or 'map'}.html", {**shared, **context})


ROUTES = [
    web.get("/network", network_page),
    web.get("/network/coverage", coverage_page),
    web.get("/network/by-hub", by_hub_page),
    web.get("/network/gaps", gaps_page),
    web.get("/network/trends", trends_page),
    web.get("/network/flow", flow_page),
    web.get("/network/framework", progress_page),
]
