"""The network as this hub sees it: hubs and sources, what was published last, and counts."""

from typing import Any

import sqlite_utils

from content.hubs import HubDirectory
from content.search import ExpertQuery, ResourceQuery, search_experts, search_resources
from federation.followers import Followers
from node import coverage_tables
from node.api.catalogue import resource_listing
from node.api.models.catalogue import FeedQuery, HubAnswer, ResourceListing, StatsAnswer
from node.api.models.common import Listing
from node.api.records import facets, labels_for
from node.api.routes import PREFIX, ApiRoute, Call, shaped

SUBJECT = "Network"


async def newest(call: Call) -> ResourceListing:
    """Return what was published last, here and elsewhere."""
    query: FeedQuery = call.query
    wanted = ResourceQuery(
        hub=query.hub,
        limit=query.limit,
        cursor=query.cursor,
        sort="newest",
        labels=labels_for(call.principal),
    )
    return await call.read(lambda db: resource_listing(db, call, search_resources(db, wanted)))


async def list_hubs(call: Call) -> Listing[HubAnswer]:
    """Return every hub and source that is known here."""
    labels = labels_for(call.principal)

    def work(db: sqlite_utils.Database) -> Listing[HubAnswer]:
        counts: dict[str, int] = {}
        pages: tuple[Any, ...] = (
            search_resources(db, ResourceQuery(limit=1, labels=labels)),
            search_experts(db, ExpertQuery(limit=1, labels=labels)),
        )
        for page in pages:
            for each in page.facets.get("hub", ()):
                counts[each.value] = counts.get(each.value, 0) + each.count
        items = [
            shaped(HubAnswer, entry, records=counts.get(entry.host, 0))
            for entry in HubDirectory(db).list()
        ]
        return Listing(items=items, total=len(items))

    return await call.read(work)


async def stats(call: Call) -> StatsAnswer:
    """Return counts of what the caller can see here."""
    labels = labels_for(call.principal)

    def work(db: sqlite_utils.Database) -> StatsAnswer:
        resources = search_resources(db, ResourceQuery(limit=1, labels=labels))
        experts = search_experts(db, ExpertQuery(limit=1, labels=labels))
        shown = facets(resources.facets)
        return StatsAnswer(
            resources=resources.total,
            resources_are_exact=resources.total_is_exact,
            experts=experts.total,
            hubs=len(HubDirectory(db).list()),
            followers=Followers(db).count(),
            by_hub=shown.get("hub", []),
            by_topic=shown.get("topic", []),
            by_language=shown.get("language", []),
            by_kind=shown.get("kind", []),
            tables=[
                f"{call.hub.identity.origin}{PREFIX}/stats/{name}"
                for name in coverage_tables.TABLES
            ],
        )

    return await call.read(work)


ROUTES = (
    ApiRoute("GET", "/hubs", list_hubs, "Hubs and sources", SUBJECT, Listing[HubAnswer]),
    ApiRoute(
        "GET", "/feed", newest, "What was published last", SUBJECT, ResourceListing, query=FeedQuery
    ),
    ApiRoute("GET", "/stats", stats, "Counts", SUBJECT, StatsAnswer),
)
