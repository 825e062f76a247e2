"""Every page that the table of routes has, with ids of things that are there, and error pages."""

from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web

from node.web.routes import web_routes
from node.web.staff import is_staff_page
from tests.browser.contents import NOBODY, Contents

NO_PAGES = (
    "/static/{name}",
    "/resources/{ulid}/citation.{ending}",
    "/hubs/{host}/resources/{ulid}/citation.{ending}",
    "/ask/sent/{handle}/{file}",
    "/desk/cases/{id}/files/{attachment}",
    "/desk/catalogue/{ulid}/files/{sha256}",
    "/desk/framework/documents/{format}",
    "/sign-in/city/back",
)
"""Files, which are saved, and where a city's sign-in comes back to."""
REFUSED = {
    "/sign-in/city": 404,  # the hubs of the demo have no sign-in of a city
    "/welcome/{token}/city": 404,
}
ERRORS = (
    ("/there-is-no-such-page", 404),
    (f"/resources/{NOBODY}", 404),
    (f"/experts/{NOBODY}", 404),
    (f"/listing/{NOBODY}", 404),
    (f"/welcome/{NOBODY}", 404),
    (f"/ask/sent/{NOBODY}", 404),
    (f"/mail/{NOBODY}", 404),
    ("/resources?cursor=nonsense", 400),
    ("/resources?q=zzzz", 200),
    ("/resources?topic=no-such-topic", 400),
)
STAFF_ERRORS = (
    (f"/desk/cases/{NOBODY}", 404),
    ("/desk/cases?who=nobody&due=overdue", 200),
    ("/desk/catalogue/duplicates/pair", 400),  # which two is asked after the question mark
    ("/desk/there-is-no-such-page", 404),
)


@dataclass(frozen=True)
class Visited:
    """One page to be looked at. status: what it answers."""

    path: str
    staff: bool
    status: int


def pages_of(there: Contents) -> Iterator[Visited]:
    """Yield each page that is read by GET, where there is something; then pages that refuse."""
    for route in web_routes():
        assert isinstance(route, web.RouteDef)
        if route.method != "GET" or route.path in NO_PAGES:
            continue
        status = REFUSED.get(route.path, 200)
        for path in there.paths(route.path):
            yield Visited(path, is_staff_page(route.handler), status)
    yield Visited(there.gone, False, 410)
    for path, status in ERRORS:
        yield Visited(path, False, status)
    for path, status in STAFF_ERRORS:
        yield Visited(path, True, status)
