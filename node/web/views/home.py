"""The first page, and the note on accessibility."""

from typing import Any, Final

import sqlite_utils
from aiohttp import web

from content.hubs import HubDirectory
from content.search import ExpertQuery, ResourceQuery, search_experts, search_resources
from content.vocabulary import Vocabulary
from node.api.records import HubNames
from node.app_keys import NODE
from node.web import words
from node.web.facets import Choice
from node.web.pages import VISIBLE, render
from node.web.said import said_here
from node.web.shapes import resource_card

NEWEST: Final = 5
TOPICS: Final = 12


async def home_page(request: web.Request) -> web.Response:
    """GET /: what this hub does, and the ways into it."""

    def work(db: sqlite_utils.Database) -> dict[str, Any]:
        names = HubNames(db)
        found = search_resources(db, ResourceQuery(sort="newest", limit=NEWEST, labels=VISIBLE))
        experts = search_experts(db, ExpertQuery(limit=1, labels=VISIBLE))
        vocabulary = Vocabulary.load()
        wide = [
            each
            for each in found.facets.get("topic", ())
            if each.value in vocabulary and vocabulary.concept(each.value).broader is None
        ]
        return {
            "total": found.total,
            "exact": found.total_is_exact,
            "experts": experts.total,
            "newest": tuple(resource_card(each, names) for each in found.items),
            "topics": tuple(
                Choice(
                    said_here(words.concept(each.value)),
                    f"/resources?topic={each.value}",
                    words.at_least(each.count, found.total_is_exact),
                )
                for each in wide[:TOPICS]
            ),
            "others": tuple(each for each in HubDirectory(db).list() if each.kind != "self"),
        }

    context = await request.app[NODE].database.read_public(work)
    return render(request, "home.html", {"section": "home", **context})


async def accessibility_page(request: web.Request) -> web.Response:
    """GET /accessibility: what to expect, and whom to tell about barriers."""
    return render(request, "accessibility.html", {})
