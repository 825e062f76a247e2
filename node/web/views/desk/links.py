"""The report on links: documents of our resources that are gone, unreachable or moved."""

from typing import Final

from aiohttp import web

from content.people.permissions import Right
from content.resources.link_checks import BROKEN
from content.resources.store import ResourceStore
from node.api import links
from node.api.models.links import LinkAnswer, LinkListing, LinksQuery
from node.web.parameters import read_query
from node.web.said import Said, said_best
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Visit, staff_page

PATH: Final = "/desk/links"
STATES: Final = {
    "gone": N_("Gone"),
    "unreachable": N_("Not reached"),
    "moved": N_("Moved"),
    "refused": N_("Nobody knows"),
    "disallowed": N_("Not to be checked"),
    "ok": N_("There"),
    "unchecked": N_("Not looked at yet"),
}
MEANINGS: Final = {
    "gone": N_("The server says that the document is not there."),
    "unreachable": N_("The server cannot be reached, or has an error."),
    "moved": N_("The server says that it is at another address for good."),
    "refused": N_("The server does not let programs look, so open it yourself."),
    "disallowed": N_("Not checked: the site asks programs to stay away, so open it yourself."),
    "ok": N_("The document was there."),
}
AT_MOST: Final = 100


@staff_page(Right.CATALOGUE_EDIT)
async def links_page(visit: Visit) -> web.Response:
    """GET /desk/links: what is to be mended, the longest first; with status, only these."""
    asked = read_query(visit.request, LinksQuery)
    query = {} if asked.status is None else {"status": asked.status}
    found: LinkListing = await visit.ask(links.list_links, query=query)
    shown = found.items[:AT_MOST]
    titles = await _titles(visit, shown)
    return visit.page(
        "desk/links.html",
        section="catalogue",
        links=[(each, [(ulid, titles[ulid]) for ulid in each.ulids]) for each in shown],
        more=len(found.items) - len(shown),
        chosen=asked.status,
        states=[(state, _(name), found.counts.get(state, 0)) for state, name in STATES.items()],
        names={state: _(name) for state, name in STATES.items()},
        meanings={state: _(text) for state, text in MEANINGS.items()},
        broken=sum(found.counts.get(state, 0) for state in BROKEN),
        total=sum(found.counts.values()),
        looks=visit.settings.check_links,
    )


async def _titles(visit: Visit, found: list[LinkAnswer]) -> dict[str, Said | None]:
    ulids = {ulid for each in found for ulid in each.ulids}
    records = await visit.read(
        lambda db: {ulid: ResourceStore(db).get(ulid).record for ulid in ulids}
    )
    return {ulid: said_best(record.title, record.language) for ulid, record in records.items()}


ROUTES = [web.get(PATH, links_page)]
