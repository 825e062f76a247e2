"""Where the staff can go: only what their role may, and only what is there."""

from dataclasses import dataclass
from typing import Final

from aiohttp import web

from content.people.authentication import Principal
from content.people.permissions import Right
from node.web.speaking import N_


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the menu. section: what a page names itself. label: marked with N_."""

    section: str
    label: str
    path: str
    right: Right


PLACES: Final = (
    Place("desk", N_("Desk"), "/desk", Right.CASES_ASSIGNED),
    Place("cases", N_("Cases"), "/desk/cases", Right.CASES_ASSIGNED),
    Place("offers", N_("Offers"), "/desk/offers", Right.ESCALATE),
    Place("desk-experts", N_("Experts"), "/desk/experts", Right.EXPERTS_EDIT),
    Place("catalogue", N_("Catalogue"), "/desk/catalogue", Right.CATALOGUE_EDIT),
    Place("desk-framework", N_("Framework"), "/desk/framework", Right.FRAMEWORK_EDIT),
    Place("duty", N_("Duty room"), "/duty", Right.OPERATE),
)
ACCOUNT: Final = "/account"


def places_for(principal: Principal, app: web.Application) -> tuple[Place, ...]:
    """Return the menu of somebody. An entry whose page is not served is left out."""
    served = {resource.canonical for resource in app.router.resources()}
    return tuple(place for place in PLACES if place.path in served and principal.may(place.right))


def first_place(principal: Principal, app: web.Application) -> str:
    """Return where somebody begins who just signed in."""
    places = places_for(principal, app)
    return places[0].path if places else ACCOUNT
