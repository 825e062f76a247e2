"""My listing: what the hub says of an expert who has an account, their hours, pauses, leaving."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlite_utils
from aiohttp import web

from content.cases.dates import day_of
from content.experts.accounts import ExpertAccountStore
from content.experts.expert import Expert, ExpertState
from content.experts.hours import ExpertHoursStore
from content.experts.pauses import ExpertPause, ExpertPauseStore
from content.experts.store import ExpertStore
from content.people.permissions import Right
from federation.publishing_experts import (
    confirm_expert,
    pause_expert,
    remove_expert,
    resume_expert,
)
from node.web import words
from node.web.forms import PageForm, filled
from node.web.said import said_best
from node.web.speaking import gettext as _
from node.web.staff import PageHidden, Visit, refuse, staff_page
from node.web.step_forms import SureForm

PATH: Final = "/desk/listing"


@dataclass(frozen=True, slots=True)
class MyListing:
    """The listing of who is signed in. days: on which they worked, newest first, with minutes."""

    expert: Expert
    pause: ExpertPause | None
    minutes: int
    days: tuple[tuple[date, int], ...]


class PauseForm(PageForm):
    """From when until when; empty for from now, and for without an end."""

    starts: date | None = None
    until: date | None = None


@staff_page(Right.CASES_ASSIGNED)
async def listing_page(visit: Visit) -> web.Response:
    """GET /desk/listing."""
    mine = await _mine(visit)
    if mine is None:
        return visit.page("desk/listing_none.html", section="desk")
    record = mine.expert.record
    return visit.page(
        "desk/listing.html",
        section="desk",
        mine=mine,
        record=record,
        bio=said_best(record.bio, record.languages[0]),
        topics=[words.concept(topic) for topic in record.topics],
        languages=[words.own_name(tag) for tag in record.languages],
        paused=mine.expert.state is ExpertState.PAUSED,
        form=filled(),
    )


@staff_page(Right.CASES_ASSIGNED)
async def confirm(visit: Visit) -> web.Response:
    """POST /desk/listing/confirm: it is right today."""
    mine, act = await listing_there(visit), visit.act()
    await visit.write(lambda db: confirm_expert(db, visit.hub, mine.expert.id, act))
    return visit.go(PATH, _("Thank you. The listing is right as of today."))


@staff_page(Right.CASES_ASSIGNED)
async def pause(visit: Visit) -> web.Response:
    """POST /desk/listing/pause: off the lists, from a day until a day."""
    mine, act = await listing_there(visit), visit.act()
    form = visit.form(PauseForm)
    if not form.mistakes:
        starts, until = form.value.starts, form.value.until
        try:
            await visit.write(
                lambda db: pause_expert(
                    db, visit.hub, mine.expert.id, act, starts=starts, until=until
                )
            )
        except Exception as error:
            refuse(form, error, at="starts")
    if form.mistakes:
        visit.flash(" ".join(each.text for each in form.mistakes), "note")
        return visit.go(PATH)
    return visit.go(PATH, _("Noted. While you pause, nobody is led to you."))


@staff_page(Right.CASES_ASSIGNED)
async def resume(visit: Visit) -> web.Response:
    """POST /desk/listing/resume: on the lists again."""
    mine, act = await listing_there(visit), visit.act()

    def work(db: sqlite_utils.Database) -> None:
        if mine.expert.state is ExpertState.PAUSED:
            resume_expert(db, visit.hub, mine.expert.id, act)
        else:  # a pause that has not begun
            ExpertPauseStore(db).drop(mine.expert.id)

    await visit.write(work)
    return visit.go(PATH, _("You are on the lists again."))


@staff_page(Right.CASES_ASSIGNED)
async def leave(visit: Visit) -> web.Response:
    """GET and POST /desk/listing/leave: removed for ever, here and at all hubs."""
    mine, act = await listing_there(visit), visit.act()
    form = visit.form(SureForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        await visit.write(lambda db: remove_expert(db, visit.hub, mine.expert.id, act))
        return visit.go(PATH, _("You left. All hubs are told to remove the listing."))
    return visit.page("desk/listing_leave.html", section="desk", form=form)


async def _mine(visit: Visit) -> MyListing | None:
    name, today = visit.person.name, day_of(visit.now(), visit.hub.identity.timezone)

    def read(db: sqlite_utils.Database) -> MyListing | None:
        number = ExpertAccountStore(db).listing_of(name)
        expert = None if number is None else ExpertStore(db).find(number)
        if expert is None or expert.state is ExpertState.LEFT:
            return None
        hours = ExpertHoursStore(db)
        return MyListing(
            expert,
            ExpertPauseStore(db).find(expert.id),
            hours.of_month(today).get(expert.id, 0),
            hours.of(expert.id, 30),
        )

    return await visit.read(read)


async def listing_there(visit: Visit) -> MyListing:
    """Return the listing of who is signed in; the page is hidden from who has none."""
    mine = await _mine(visit)
    if mine is None:
        raise PageHidden
    return mine


ROUTES = [
    web.get(PATH, listing_page),
    web.post("/desk/listing/confirm", confirm),
    web.post("/desk/listing/pause", pause),
    web.post("/desk/listing/resume", resume),
    web.get("/desk/listing/leave", leave),
    web.post("/desk/listing/leave", leave),
]
