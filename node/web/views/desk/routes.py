"""Which page of the desk answers at which address."""

from aiohttp import web

from node.web.views.desk import (
    catalogue,
    correcting,
    drafts,
    ending,
    escalating,
    experts,
    files,
    framework,
    harvest,
    links,
    listing,
    listing_work,
    offers,
    resource_files,
    steps,
    study,
)
from node.web.views.desk.case import case_page, history_page, take_on, take_over
from node.web.views.desk.day import day_page, see_notices
from node.web.views.desk.new_case import new_case_page
from node.web.views.desk.queue import queue_page


def desk_routes() -> list[web.AbstractRouteDef]:
    """Return all pages of the desk about cases and escalations."""
    return [
        web.get("/desk", day_page),
        web.post("/desk/seen", see_notices),
        web.get("/desk/cases", queue_page),
        web.get("/desk/new-case", new_case_page),
        web.post("/desk/new-case", new_case_page),
        web.get("/desk/cases/{id}", case_page),
        web.get("/desk/cases/{id}/history", history_page),
        web.post("/desk/cases/{id}/take", take_over),
        web.post("/desk/cases/{id}/accept", take_on),
        *files.ROUTES,
        *steps.routes(),
        *drafts.ROUTES,
        *ending.ROUTES,
        *correcting.ROUTES,
        *study.ROUTES,
        *escalating.ROUTES,
        *offers.routes(),
        *catalogue.ROUTES,
        *harvest.ROUTES,
        *links.ROUTES,
        *resource_files.ROUTES,
        *experts.ROUTES,
        *framework.ROUTES,
        *listing.ROUTES,
        *listing_work.ROUTES,
    ]
