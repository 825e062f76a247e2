"""Mails: by which server they go, what failed, what waits."""

from typing import Final

from aiohttp import web

from content.people.permissions import Right
from node.api import mails
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Visit, staff_page

PATH: Final = "/duty/mails"
TO: Final = {
    "user": N_("Somebody of this hub"),
    "case": N_("Who asked, in case"),
    "mail": N_("Who wrote a mail"),
    "expert": N_("An expert, by a link"),
}


@staff_page(Right.OPERATE)
async def mails_page(visit: Visit) -> web.Response:
    """GET /duty/mails."""
    found = await visit.ask(mails.show_mails)
    return visit.page(
        "duty/mails.html",
        section="duty",
        found=found,
        to={what: _(label) for what, label in TO.items()},
    )


@staff_page(Right.OPERATE)
async def retry_mail(visit: Visit) -> web.Response:
    """POST /duty/mails/{number}/retry."""
    await visit.ask_here(mails.retry_mail)
    return visit.go(PATH, _("It is on its way again."))


@staff_page(Right.OPERATE)
async def drop_mail(visit: Visit) -> web.Response:
    """POST /duty/mails/{number}/drop: only the mail itself is lost; the news is on the desk."""
    await visit.ask_here(mails.drop_mail)
    return visit.go(PATH, _("The mail is given up. What it told of is on the desk all the same."))


ROUTES = [
    web.get(PATH, mails_page),
    web.post("/duty/mails/{number}/retry", retry_mail),
    web.post("/duty/mails/{number}/drop", drop_mail),
]
