"""What was published last, day by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlite_utils
from aiohttp import web

from content.search import ResourceQuery, search_resources
from node.api.records import HubNames
from node.app_keys import NODE
from node.web.addresses import next_path, search_path
from node.web.pages import VISIBLE, identity_of, render
from node.web.parameters import FeedParameters, chosen_of, read_parameters
from node.web.shapes import ResourceCard, resource_card

PATH = "/feed"


@dataclass(frozen=True, slots=True)
class Day:
    """What was published on one day in the hub's time zone. at: a moment of that day."""

    at: datetime
    cards: tuple[ResourceCard, ...]


async def feed_page(request: web.Request) -> web.Response:
    """GET /feed: the newest publications of this hub and of the others."""
    asked = read_parameters(request, FeedParameters)
    chosen = chosen_of(asked, "hub")
    query = ResourceQuery(**asked.model_dump(exclude={"first"}), sort="newest", labels=VISIBLE)
    zone = ZoneInfo(identity_of(request).timezone)

    def work(db: sqlite_utils.Database) -> dict[str, Any]:
        names = HubNames(db)
        found = search_resources(db, query)
        cards = [resource_card(each, names) for each in found.items]
        first = asked.first if asked.cursor else 1
        following = None
        if found.next_cursor is not None:
            following = next_path(PATH, chosen, found.next_cursor, first + len(cards))
        return {
            "days": days_of(cards, zone),
            "hub_name": names.of(asked.hub).name if asked.hub else None,
            "first": first,
            "next": following,
            "first_page": search_path(PATH, chosen) if asked.cursor else None,
        }

    context = await request.app[NODE].database.read_public(work)
    return render(request, "feed.html", {"section": "feed", **context})


def days_of(cards: Iterable[ResourceCard], zone: ZoneInfo) -> tuple[Day, ...]:
    """Return cards by day, in the order given."""
    found: dict[object, list[ResourceCard]] = {}
    for card in cards:
        found.setdefault(card.published_at.astimezone(zone).date(), []).append(card)
    return tuple(Day(group[0].published_at, tuple(group)) for group in found.values())
