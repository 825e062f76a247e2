"""My listing, corrected by who it is about, and their hours that are on no case."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar

import sqlite_utils
from aiohttp import web
from pydantic import Field

from content.cases.dates import day_of
from content.database import Work
from content.experts.hours import ExpertHoursStore
from content.experts.record import read_expert
from content.people.permissions import Right
from content.times import to_text
from federation.publishing_experts import update_expert
from node.web.forms import PageForm
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page
from node.web.views.desk.experts import ExpertForm, choices_of, form_of, values_of
from node.web.views.desk.listing import PATH, listing_there


class WorkedForm(PageForm):
    """How long they worked on a day."""

    missing: ClassVar[Mapping[str, str]] = {"hours": N_("Write how many hours.")}
    hours: Annotated[float, Field(gt=0, le=24)]
    day: date | None = None


@staff_page(Right.CASES_ASSIGNED)
async def change(visit: Visit) -> web.Response:
    """GET and POST /desk/listing/change: it is right as of today, in their own words."""
    mine, act = await listing_there(visit), visit.act()
    form = visit.form(ExpertForm) if visit.sent else form_of(mine.expert.record)
    if visit.sent and not form.mistakes:
        try:
            before = mine.expert.record
            values = values_of(form.value, before, visit.hub.identity.language)
            record = read_expert({**values, "confirmed_at": to_text(act.at)})
            await visit.write(lambda db: update_expert(db, visit.hub, mine.expert.id, record, act))
        except Exception as error:
            refuse(form, error, at="name")
        else:
            return visit.go(PATH, _("Your listing is corrected, at all hubs too."))
    return visit.page("desk/listing_change.html", section="desk", form=form, **choices_of(visit))


@staff_page(Right.CASES_ASSIGNED)
async def note_hours(visit: Visit) -> web.Response:
    """POST /desk/listing/hours: a call or a workshop, say; hours on cases are noted on the case."""
    mine = await listing_there(visit)
    form = visit.form(WorkedForm)
    if not form.mistakes:
        today = day_of(visit.now(), visit.hub.identity.timezone)
        on = form.value.day or today
        if on > today:
            form.refuse(N_("That day has not come yet."), "day")
        else:
            try:
                await visit.write(_logging(mine.expert.id, form.value.hours, on, visit))
            except Exception as error:
                refuse(form, error, at="hours")
    if form.mistakes:
        visit.flash(" ".join(each.text for each in form.mistakes), "note")
        return visit.go(PATH)
    return visit.go(PATH, _("Your hours are noted."))


def _logging(expert_id: str, hours: float, day: date, visit: Visit) -> Work[None]:
    act = visit.act()

    def work(db: sqlite_utils.Database) -> None:
        ExpertHoursStore(db).log(expert_id, hours, day, act)

    return work


ROUTES = [
    web.get("/desk/listing/change", change),
    web.post("/desk/listing/change", change),
    web.post("/desk/listing/hours", note_hours),
]
