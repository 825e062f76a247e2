"""What is on its way, and what could not be taken in: in words, with what can be done."""

from typing import Final

from aiohttp import web

from content.people.permissions import Right
from node.api import operating
from node.web.forms import filled
from node.web.speaking import gettext as _
from node.web.staff import Visit, staff_page
from node.web.step_forms import SureForm

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
    """GET and POST /duty/deliveries/{number}/drop."""
    if _is_sure(visit):
        await visit.ask_here(operating.drop_delivery)
        return visit.go(
            DELIVERIES, _("Given up. The other hub reads it in the log when it comes back.")
        )
    return _asking(
        visit,
        back=DELIVERIES,
        title=_("Give up a delivery"),
        says=_(
            "It is not sent again. What is public the other server can still read in our log;"
            " anything else it never gets. Try first to send it again, or call its people."
        ),
        sure=_("Yes, it need not arrive"),
        button=_("Give it up"),
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
    """GET and POST /duty/quarantine/{number}/drop."""
    if _is_sure(visit):
        await visit.ask_here(operating.drop_quarantined)
        return visit.go(QUARANTINE, _("It is thrown away."))
    return _asking(
        visit,
        back=QUARANTINE,
        title=_("Throw away what came in"),
        says=_(
            "It is gone for good, and whoever sent it is not told. If an update of this hub may"
            " understand it, leave it here: it does no harm."
        ),
        sure=_("Yes, this hub does not need it"),
        button=_("Throw it away"),
    )


def _is_sure(visit: Visit) -> bool:
    return visit.sent and not visit.form(SureForm).mistakes


def _asking(visit: Visit, **words: str) -> web.Response:
    """Return the page that asks before something cannot be undone."""
    form = visit.form(SureForm) if visit.sent else filled()
    return visit.page("duty/sure.html", section="duty", form=form, **words)


ROUTES = [
    web.get(DELIVERIES, deliveries_page),
    web.post("/duty/deliveries/{number}/retry", retry_delivery),
    web.get("/duty/deliveries/{number}/drop", drop_delivery),
    web.post("/duty/deliveries/{number}/drop", drop_delivery),
    web.get(QUARANTINE, quarantine_page),
    web.post("/duty/quarantine/{number}/retry", retry_quarantined),
    web.get("/duty/quarantine/{number}/drop", drop_quarantined),
    web.post("/duty/quarantine/{number}/drop", drop_quarantined),
]
