"""The search over all resources."""

from typing import Any

import sqlite_utils
from aiohttp import web

from content.search import ResourceQuery, search_resources
from node.api.records import HubNames
from node.app_keys import NODE
from node.web.facets import FacetReader
from node.web.listing import listing
from node.web.pages import VISIBLE, render
from node.web.parameters import ResourceParameters, chosen_of, read_parameters
from node.web.shapes import resource_card

PATH = "/resources"


async def resources_page(request: web.Request) -> web.Response:
    """GET /resources: search, facets, sort, and one page of what was found."""
    asked = read_parameters(request, ResourceParameters)
    chosen = chosen_of(asked, "q", "topic", "kind", "language", "hub", "sort")
    query = ResourceQuery(**asked.model_dump(exclude={"first"}), labels=VISIBLE)

    def work(db: sqlite_utils.Database) -> dict[str, Any]:
        names = HubNames(db)
        found = search_resources(db, query)
        facets = FacetReader(PATH, chosen, found, names)
        cards = tuple(resource_card(each, names) for each in found.items)
        return listing(PATH, chosen, asked, found, cards, facets)

    context = await request.app[NODE].database.read_public(work)
    return render(request, "resources.html", {"section": "resources", **context})
