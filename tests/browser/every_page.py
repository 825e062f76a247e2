"""Every page that the table of routes has, with ids of things that are there."""

import re
from collections.abc import Iterator

from aiohttp import web

from node.demo.cast import Cast
from node.demo.network import RunningHub
from node.demo.outside import get_json
from node.web.routes import web_routes
from node.web.staff import is_staff_page
from node.web.starting import TITLES
from tests.route_rights import ANYONE, CODE, LEAST

UNKNOWN = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
NO_PAGES = ("/static/{name}", "/desk/cases/{id}/files/{attachment}")


def things_of(cast: Cast, hub: RunningHub) -> dict[str, str]:
    """Return ids of what a hub has, by the part of the address before them."""
    origin, token = hub.origin, hub.token

    def first(path: str, key: str = "id", *, secret: bool = True) -> str:
        items = get_json(f"{origin}/api/v1/{path}", token=token if secret else None)["items"]
        return str(items[0][key]) if items else UNKNOWN

    here, other = hub.authority, cast.amsterdam.authority
    case = first("cases")
    return {
        "resources": first(f"resources?limit=1&hub={here}", "ulid"),
        "experts": first(f"experts?limit=1&hub={here}", "ulid"),
        "hubs/host": other,
        "hubs/resources": first(f"resources?limit=1&hub={other}", "ulid"),
        "hubs/experts": first(f"experts?limit=1&hub={other}", "ulid"),
        "cases": case,
        "offers": first("escalations"),
        "peers": other,
        "erasures": first("erasures"),
        "people": first("users", "name"),
    }


def pages_of(
    cast: Cast, hub: RunningHub, *, with_links: bool = False
) -> Iterator[tuple[str, bool]]:
    """
    Yield the path of each page that is read by GET, and whether it is one of the staff.

    with_links: those behind links that somebody was sent too. As theirs are not known here, each
    counts as a wrong code, and a hub answers few of these.
    """
    things = things_of(cast, hub)
    for route in web_routes():
        assert isinstance(route, web.RouteDef)
        if route.method != "GET" or route.path in NO_PAGES:
            continue
        least = LEAST.get(f"GET {route.path}")
        staff = is_staff_page(route.handler)
        if not staff and least != ANYONE and not (with_links and least == CODE):
            continue
        for slug in TITLES if "{step}" in route.path else ("",):
            yield _filled(route.path.replace("{step}", slug), things), staff


def _filled(path: str, things: dict[str, str]) -> str:
    parts = path.split("/")
    under_hub = len(parts) > 2 and parts[1] == "hubs"

    def real(found: re.Match[str]) -> str:
        before = path[: found.start()].rstrip("/").rpartition("/")[2]
        if under_hub and found[1] == "host":
            return things["hubs/host"]
        if under_hub:
            return things.get(f"hubs/{before}", UNKNOWN)
        return things.get(before, UNKNOWN)

    return re.sub(r"\{(\w+)\}", real, path)
