"""The duty room itself: is the hub well, what wants a person, and the first steps of a new hub."""

from typing import Any, Final

import sqlite_utils
from aiohttp import web

from content.people.permissions import Right
from content.people.store import UserStore
from content.resources.resource import ResourceState
from content.resources.store import ResourceStore
from federation.peers import PeerStore
from node.api.operating import dismiss_notice_of, list_notices
from node.app_keys import HOME
from node.findings.hub import Finding
from node.findings.running import of_running
from node.web.forms import PageForm
from node.web.speaking import gettext as _
from node.web.staff import Visit, staff_page

PATH: Final = "/duty"


class NoticeForm(PageForm):
    """Which notice is ticked off."""

    kind: str
    subject: str


@staff_page(Right.OPERATE)
async def room_page(visit: Visit) -> web.Response:
    """GET /duty."""
    home = visit.request.app[HOME]

    def look(db: sqlite_utils.Database) -> tuple[list[Finding], dict[str, Any]]:
        found = of_running(db, visit.node, visit.settings, home)
        # Notices have a list of their own on this page.
        return [each for each in found if each.what != "notice"], _steps(db)

    findings, steps = await visit.read(look)
    notices = await visit.ask(list_notices)
    return visit.page(
        "duty/room.html",
        section="duty",
        findings=[each for each in findings if each.state == "ok"],
        wanting=[each for each in findings if each.state != "ok"],
        notices=notices.items,
        steps=steps,
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


def _steps(db: sqlite_utils.Database) -> dict[str, bool]:
    """Return the first steps of a hub, and which are done."""
    return {
        "people": len(UserStore(db).list()) > 1,
        "catalogue": ResourceStore(db).count(ResourceState.PUBLISHED) > 0,
        "peers": bool(PeerStore(db).active("hub")),
    }


ROUTES = [web.get(PATH, room_page), web.post("/duty/notices/dismiss", dismiss)]
