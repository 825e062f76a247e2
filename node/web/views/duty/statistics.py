"""Statistics of a quarter in bands: exactly what would be published, and publishing it once."""

from typing import Final

from aiohttp import web

from content.cases.dates import day_of
from content.people.permissions import Right
from content.resources.statistics import period_before
from node.api import learning
from node.web.forms import filled
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page
from node.web.step_forms import SureForm

PATH: Final = "/duty/statistics"


@staff_page(Right.OPERATE)
async def statistics_page(visit: Visit) -> web.Response:
    """GET and POST /duty/statistics: of the last quarter that ended."""
    period = period_before(day_of(visit.now(), visit.hub.identity.timezone))
    form = visit.form(SureForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        try:
            made = await visit.ask(learning.send_statistics, body={"period": period})
        except Exception as error:
            refuse(form, error)
        else:
            return visit.go(f"/resources/{made.published}", _("Published."))
    found = await visit.ask(learning.show_statistics, query={"period": period})
    return visit.page(
        "duty/statistics.html",
        section="duty",
        form=form,
        period=period,
        record=found.record,
        chosen=visit.settings.publish_statistics,
    )


ROUTES = [web.get(PATH, statistics_page), web.post(PATH, statistics_page)]
