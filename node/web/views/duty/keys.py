"""Keys and backups: what there is, how old it is, and with which command it is renewed, and why."""

from typing import Final

from aiohttp import web

from content.people.permissions import Right
from node.api import keeping
from node.web.staff import Visit, staff_page

PATH: Final = "/duty/keys"


@staff_page(Right.OPERATE)
async def keys_page(visit: Visit) -> web.Response:
    """GET /duty/keys. Nothing is changed here: see the page for why."""
    keys = await visit.ask(keeping.show_keys)
    backups = (await visit.ask(keeping.list_backups)).items
    saved = {
        what: next((each for each in backups if each.what == what), None)
        for what in ("data", "keys", "restored")
    }
    now, last = visit.now(), saved["keys"]
    return visit.page(
        "duty/keys.html",
        section="duty",
        keys=keys,
        saved=saved,
        keys_unsaved=last is None or last.at < keys.changed_at,
        ages={what: (now - each.at).days for what, each in saved.items() if each is not None},
        key_ages={each.id: (now - each.since).days for each in keys.signing},
    )


ROUTES = [web.get(PATH, keys_page)]
