"""The privacy notice (GDPR Art. 13 and 14), made of the settings and of who this hub works with."""

from typing import Any

import sqlite_utils
from aiohttp import web

from content.hubs import HubDirectory
from content.redress import BodyKind, RedressStore
from node.app_keys import NODE, SETTINGS
from node.web.contact import contact_of
from node.web.pages import render
from node.web.times import times_of


async def privacy_page(request: web.Request) -> web.Response:
    """GET /privacy: who answers for the data, what is used and why, how long, and one's rights."""
    settings, identity = request.app[SETTINGS], request.app[NODE].hub.identity

    def work(db: sqlite_utils.Database) -> dict[str, Any]:
        bodies = RedressStore(db).find(identity.country)
        return {
            "hubs": [each for each in HubDirectory(db).list() if each.kind == "hub"],
            "authorities": [each for each in bodies if each.kind is BodyKind.DATA_PROTECTION],
        }

    context = await request.app[NODE].database.read_public(work)
    return render(
        request,
        "privacy.html",
        {
            "controller": settings.controller or settings.name,
            "officer": contact_of(settings.dpo),
            "basis": settings.legal_basis,
            "mail_server": settings.smtp_host,
            "statistics": settings.publish_statistics,
            "times": times_of(request),
            **context,
        },
    )
