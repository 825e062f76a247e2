"""Every address has somebody who may call it, written down by hand; no route opens by oversight."""

import re
from itertools import pairwise
from pathlib import Path

from aiohttp import web

from content.people.permissions import RIGHTS, Right, Role
from node.api.routes import PREFIX
from node.api.table import ROUTES
from node.web import pages
from node.web.routes import web_routes
from tests.route_rights import (
    ANYONE,
    CODE,
    LEAST,
    ROLES,
    SIGNED,
    STAFF_PAGES,
    routes,
    staff_pages,
)


def least_with(right: Right | None) -> str:
    return ANYONE if right is None else next(r for r in ROLES if right in RIGHTS[Role(r)])


def test_every_route_is_in_the_list_and_no_other() -> None:
    known = set(routes())

    assert known - LEAST.keys() == set(), "say in tests/route_rights.py who may call these"
    assert LEAST.keys() - known == set(), "take these out of tests/route_rights.py"


def test_the_rights_in_the_table_of_the_api_are_those_in_the_list() -> None:
    found = {
        f"{each.method} {PREFIX}{each.path}": CODE if each.by_code else least_with(each.right)
        for each in ROUTES
    }

    assert found == {name: LEAST.get(name) for name in found}


def test_the_rights_of_the_pages_of_the_staff_are_those_in_the_list() -> None:
    found = {
        name: ROLES[0] if right is None else least_with(right) for name, right in staff_pages()
    }

    assert found == {name: LEAST.get(name) for name in found}


def test_a_page_that_needs_a_role_is_a_page_of_the_staff() -> None:
    found = {
        f"{route.method} {route.path}" for route in web_routes() if isinstance(route, web.RouteDef)
    }

    assert {name for name in found if LEAST.get(name) in ROLES} == STAFF_PAGES


def test_every_form_of_the_staff_holds_the_token_of_its_session() -> None:
    folder = Path(pages.__file__).parent / "templates"
    forms = 0
    for path in folder.rglob("*.html"):
        text = path.read_text("utf-8")
        if "staff.html" not in text and path.name != "staff.html":
            continue
        for form in re.findall(r'<form method="post".*?</form>', text, re.DOTALL):
            forms += 1
            assert "token()" in form or "person.form_token" in form, (path.name, form)
    assert forms > 1


def test_what_belongs_to_a_case_is_hidden_from_all_who_may_not_see_it() -> None:
    for each in ROUTES:
        named = each.path.startswith(("/cases/{", "/escalations/{"))
        assert (each.hidden is not None) == named, f"{each.method} {each.path}"


def test_roles_are_a_ladder() -> None:
    for lower, higher in pairwise(ROLES):
        assert RIGHTS[Role(lower)] < RIGHTS[Role(higher)]
    assert set(ROLES) == {role.value for role in Role}
    assert {ANYONE, SIGNED, CODE}.isdisjoint(ROLES)
