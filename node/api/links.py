"""Links of our resources: whether their documents are there, and since when not."""

import sqlite_utils

from content.people.permissions import Right
from content.resources.link_checks import BROKEN, LinkState, LinkStore
from node.api.models.links import LinkAnswer, LinkListing, LinksQuery
from node.api.routes import ApiRoute, Call, shaped

SUBJECT = "Resources"


async def list_links(call: Call) -> LinkListing:
    """Return the links that are gone, unreachable or moved, the longest first, and all counts."""
    query: LinksQuery = call.query
    states: tuple[LinkState, ...] = (*BROKEN, "moved")
    if query.status is not None:
        states = (query.status,)

    def work(db: sqlite_utils.Database) -> LinkListing:
        store = LinkStore(db)
        items = [shaped(LinkAnswer, check, ulids=ids) for check, ids in store.report(states)]
        return LinkListing(items=items, total=len(items), counts=store.counts())

    return await call.read(work)


ROUTES = (
    ApiRoute(
        "GET",
        "/links",
        list_links,
        "Links that are broken or moved",
        SUBJECT,
        LinkListing,
        right=Right.CATALOGUE_EDIT,
        query=LinksQuery,
    ),
)
