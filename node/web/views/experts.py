"""The directory of experts."""

from typing import Any

import sqlite_utils
from aiohttp import web

from content.search import ExpertQuery, search_experts
from node.api.records import HubNames
from node.app_keys import NODE
from node.web.facets import FacetReader
from node.web.listing import listing
from node.web.pages import VISIBLE, render
from node.web.parameters import ExpertParameters, chosen_of, read_parameters
from node.web.shapes import expert_card

PATH = "/experts"


async def experts_page(request: web.Request) -> web.Response:
    """GET /experts: search, facets, sort, and one page of who was found."""
    asked = read_parameters(request, ExpertParameters)
    chosen = chosen_of(asked, "q", "topic", "language", "country", "hub", "sort")
    query = ExpertQuery(**asked.model_dump(exclude={"first"}), labels=VISIBLE)

    def work(db: sqlite_utils.Database) -> dict[str, Any]:
        names = HubNames(db)
        found = search_experts(db, query)
        facets = FacetReader(PATH, chosen, found, names)
        cards = tuple(expert_card(each, names) for each in found.items)
        return listing(PATH, chosen, asked, found, cards, facets)

    context = await request.app[NODE].database.read_public(work)
    return render(request, "experts.html", {"section": "experts", **context})
