"""The duty room itself: is the hub well, what wants a person, and the first steps of a new hub."""

from typing import Final

import sqlite_utils
from aiohttp import web

from content.people.permissions import Right
from node.api.operating import dismiss_notice_of, list_notices
from node.app_keys import HOME
from node.findings.hub import Finding
from node.findings.running import of_running
from node.web.duty_words import duty_told, shown
from node.web.forms import PageForm
from node.web.speaking import gettext as _
from node.web.staff import Visit, staff_page
from node.web.starting import FirstStep, first_steps

PATH: Final = "/duty"


class NoticeForm(PageForm):
    """Which notice is ticked off."""

    kind: str
    subject: str


@staff_page(Right.OPERATE)
async def room_page(visit: Visit) -> web.Response:
    """GET /duty."""
    home = visit.request.app[HOME]

    def look(db: sqlite_utils.Database) -> tuple[list[Finding], tuple[FirstStep, ...]]:
        found = of_running(db, visit.node, visit.settings, home)
        # Notices have a list of their own on this page.
        return [each for each in found if each.what != "notice"], first_steps(db, visit.settings)

    findings, steps = await visit.read(look)
    notices = await visit.ask(list_notices)
    return visit.page(
        "duty/room.html",
        section="duty",
        findings=[shown(each) for each in findings if each.state == "ok"],
        wanting=[shown(each) for each in findings if each.state != "ok"],
        notices=notices.items,
        say=duty_told,
        steps=steps,
        next=next((each for each in steps if each.open), None),
        settled=sum(1 for each in steps if not each.open),
    )


@staff_page(Right.OPERATE)
async def dismiss(visit: Visit) -> web.Response:
    """POST /duty/notices/dismiss."""
    form = visit.form(NoticeForm)
    if form.mistakes:
        return visit.go(PATH)
    body = {"kind": form.value.kind, "subject": form.value.subject}
    await visit.ask(dismiss_notice_of, body=body)
    return visit.go(PATH, _("The notice is ticked off. If it goes on, it comes back."))


ROUTES = [web.get(PATH, room_page), web.post("/duty/notices/dismiss", dismiss)]
