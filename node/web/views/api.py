"""What programs can do here, explained for the people who write them."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from content.people.permissions import RIGHTS, Role
from node.api.routes import PREFIX, ApiRoute
from node.api.table import ROUTES
from node.web.pages import render
from node.web.speaking import N_
from node.web.speaking import gettext as _

_ROLES: Final = {
    Role.READER: N_("Reader"),
    Role.EXPERT: N_("Expert"),
    Role.CASEWORKER: N_("Caseworker"),
    Role.OPERATOR: N_("Operator"),
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint. role: the least that its caller must be; None: anybody."""

    method: str
    path: str
    summary: str
    role: str | None


@dataclass(frozen=True, slots=True)
class Group:
    """The endpoints of one subject."""

    subject: str
    endpoints: tuple[Endpoint, ...]


async def api_page(request: web.Request) -> web.Response:
    """GET /api: the endpoints, made of the same table as the router and OpenAPI."""
    return render(
        request, "api.html", {"open": groups(open_to_all=True), "staff": groups(open_to_all=False)}
    )


def groups(*, open_to_all: bool) -> tuple[Group, ...]:
    """Return the endpoints by subject: those open to all, or those that need a token."""
    found: dict[str, list[Endpoint]] = {}
    for route in ROUTES:
        if (route.right is None) == open_to_all:
            found.setdefault(route.subject, []).append(
                Endpoint(route.method, PREFIX + route.path, route.summary, _least_role(route))
            )
    return tuple(Group(subject, tuple(endpoints)) for subject, endpoints in found.items())


def _least_role(route: ApiRoute) -> str | None:
    if route.right is None:
        return None
    return next(_(_ROLES[role]) for role, rights in RIGHTS.items() if route.right in rights)
