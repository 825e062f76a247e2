"""Who this hub works with. On a coalition node this is the view of the network."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlite_utils
from aiohttp import web

from content.hubs import HubDirectory, HubEntry
from content.search import ExpertQuery, ResourceQuery, search_experts, search_resources
from federation.log import Log
from node.app_keys import NODE
from node.web import words
from node.web.addresses import search_path
from node.web.pages import VISIBLE, render
from node.web.said import Said
from node.web.shapes import language_said, place_of
from protocol.ids import origin_of
from protocol.log_entries import log_name
from protocol.manifest import fingerprint

QUIET_DAYS: Final = 7
"""After so many days without a word from a hub its card says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubCard:
    """
    One hub or source. resources, experts: how many of its public ones are here.

    site: its own pages, or its profile. log: our copy of its log, where we hold one. silent_days:
    for how many days nothing came from it, None for this hub and where nothing ever did. ask: where
    its people take requests, None for what is no other hub.
    """

    name: str
    host: str
    kind: str
    kind_label: str
    place: tuple[str, ...]
    language: Said | None
    site: str
    heard_at: datetime | None
    silent_days: int | None
    ask: str | None
    resources: int
    experts: int
    resources_path: str
    experts_path: str
    fingerprint: str | None
    log: str | None


async def hubs_page(request: web.Request) -> web.Response:
    """GET /hubs: everybody in the directory, this hub first."""

    now = request.app[NODE].clock.now()

    def work(db: sqlite_utils.Database) -> dict[str, Any]:
        resources = search_resources(db, ResourceQuery(limit=1, labels=VISIBLE))
        experts = search_experts(db, ExpertQuery(limit=1, labels=VISIBLE))
        by_resources = {each.value: each.count for each in resources.facets.get("hub", ())}
        by_experts = {each.value: each.count for each in experts.facets.get("hub", ())}
        log = Log(db)
        cards = [
            _card(
                entry,
                now,
                by_resources.get(entry.host, 0),
                by_experts.get(entry.host, 0),
                held=entry.g is not None and log.head(log_name(entry.g, "public")) is not None,
            )
            for entry in HubDirectory(db).list()
        ]
        return {
            "quiet_after": QUIET_DAYS,
            "own": [card for card in cards if card.kind == "self"],
            "groups": [
                (kind, group)
                for kind in ("hub", "coalition", "source")
                if (group := [card for card in cards if card.kind == kind])
            ],
        }

    context = await request.app[NODE].database.read_public(work)
    return render(request, "hubs.html", {"section": "hubs", **context})


def _card(entry: HubEntry, now: datetime, resources: int, experts: int, *, held: bool) -> HubCard:
    is_source = entry.kind == "source"
    heard = entry.last_heard_at
    return HubCard(
        name=entry.name,
        host=entry.host,
        kind=entry.kind,
        kind_label=words.hub_kind(entry.kind),
        place=place_of(entry.city, entry.country),
        language=language_said(entry.language) if entry.language else None,
        site=entry.actor if is_source else origin_of(entry.actor),
        heard_at=heard,
        silent_days=None if heard is None else max(0, (now - heard).days),
        ask=f"{origin_of(entry.actor)}/ask" if entry.kind == "hub" else None,
        resources=resources,
        experts=experts,
        resources_path=search_path("/resources", {}, hub=entry.host),
        experts_path=search_path("/experts", {}, hub=entry.host),
        fingerprint=None if entry.g is None else fingerprint(entry.g),
        log=f"/hub/log/{entry.g}" if held else None,
    )
