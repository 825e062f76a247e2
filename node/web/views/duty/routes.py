"""Which page of the duty room answers at which address."""

from aiohttp import web

from node.web.views.duty import (
    holds,
    incidents,
    keys,
    law,
    mails,
    peers,
    people,
    person,
    queues,
    redress,
    register,
    room,
    start,
    statistics,
    subjects,
)


def duty_routes() -> list[web.AbstractRouteDef]:
    """Return all pages of the duty room."""
    return [
        *room.ROUTES,
        *start.ROUTES,
        *keys.ROUTES,
        *peers.routes(),
        *queues.ROUTES,
        *law.ROUTES,
        *holds.ROUTES,
        *subjects.ROUTES,
        *incidents.ROUTES,
        *register.ROUTES,
        *redress.ROUTES,
        *statistics.ROUTES,
        *mails.ROUTES,
        *people.ROUTES,
        *person.ROUTES,
    ]
