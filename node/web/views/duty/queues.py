"""What is on its way, and what could not be taken in: in words, with what can be done."""

from typing import Final

from aiohttp import web

from content.people.permissions import Right
from node.api import operating
from node.web.speaking import gettext as _
from node.web.staff import Visit, staff_page

DELIVERIES: Final = "/duty/deliveries"
QUARANTINE: Final = "/duty/quarantine"


@staff_page(Right.OPERATE)
async def deliveries_page(visit: Visit) -> web.Response:
    """GET /duty/deliveries: what failed first, then what waits."""
    query = {"limit": 100}
    failed = await visit.ask(operating.list_deliveries, query={**query, "state": "failed"})
    waiting = await visit.ask(operating.list_deliveries, query={**query, "state": "waiting"})
    return visit.page(
        "duty/deliveries.html", section="duty", failed=failed.items, waiting=waiting.items
    )


@staff_page(Right.OPERATE)
async def retry_delivery(visit: Visit) -> web.Response:
    """POST /duty/deliveries/{number}/retry."""
    await visit.ask_here(operating.retry_delivery)
    return visit.go(DELIVERIES, _("It is sent again now."))


@staff_page(Right.OPERATE)
async def drop_delivery(visit: Visit) -> web.Response:
    """POST /duty/deliveries/{number}/drop."""
    await visit.ask_here(operating.drop_delivery)
    return visit.go(
        DELIVERIES, _("Given up. The other hub reads it in the log when it comes back.")
    )


@staff_page(Right.OPERATE)
async def quarantine_page(visit: Visit) -> web.Response:
    """GET /duty/quarantine."""
    found = await visit.ask(operating.list_quarantine, query={"limit": 100})
    return visit.page("duty/quarantine.html", section="duty", items=found.items)


@staff_page(Right.OPERATE)
async def retry_quarantined(visit: Visit) -> web.Response:
    """POST /duty/quarantine/{number}/retry."""
    await visit.ask_here(operating.retry_quarantined)
    return visit.go(QUARANTINE, _("It is taken in again. If it fails, it comes back here."))


@staff_page(Right.OPERATE)
async def drop_quarantined(visit: Visit) -> web.Response:
    """POST /duty/quarantine/{number}/drop."""
    await visit.ask_here(operating.drop_quarantined)
    return visit.go(QUARANTINE, _("It is thrown away."))


ROUTES = [
    web.get(DELIVERIES, deliveries_page),
    web.post("/duty/deliveries/{number}/retry", retry_delivery),
    web.post("/duty/deliveries/{number}/drop", drop_delivery),
    web.get(QUARANTINE, quarantine_page),
    web.post("/duty/quarantine/{number}/retry", retry_quarantined),
    web.post("/duty/quarantine/{number}/drop", drop_quarantined),
]
