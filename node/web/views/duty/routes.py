"""Which page of the duty room answers at which address."""

from aiohttp import web

from node.web.views.duty import holds, law, peers, people, queues, room


def duty_routes() -> list[web.AbstractRouteDef]:
    """Return all pages of the duty room."""
    return [
        *room.ROUTES,
        *peers.routes(),
        *queues.ROUTES,
        *law.ROUTES,
        *holds.ROUTES,
        *people.ROUTES,
    ]
