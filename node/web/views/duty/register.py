"""A paper for the authority and the data protection officer: the register, and how duties stand."""

from typing import Final

import sqlite_utils
from aiohttp import web

from content.people.permissions import Right
from node.api import register
from node.app_keys import HOME
from node.findings.hub import Finding
from node.findings.running import of_running
from node.web.duty_words import duty_told, shown
from node.web.staff import Visit, staff_page

PATH: Final = "/duty/register"
DUTIES: Final = frozenset(
    ("audit", "backup", "backup of keys", "erasures", "experts", "incidents", "recovery key")
)
"""What of the health of the hub a data protection officer asks for."""


@staff_page(Right.OPERATE)
async def register_page(visit: Visit) -> web.Response:
    """GET /duty/register: to be read, printed, and signed."""
    home = visit.request.app[HOME]

    def look(db: sqlite_utils.Database) -> list[Finding]:
        found = of_running(db, visit.node, visit.settings, home)
        return [each for each in found if each.what in DUTIES]

    return visit.page(
        "duty/register.html",
        section="duty",
        register=await visit.ask(register.show_register),
        duties=[shown(each) for each in await visit.read(look)],
        say=duty_told,
    )


ROUTES = [web.get(PATH, register_page)]
