"""Every address has somebody who may call it, written down by hand; no route opens by oversight."""

from itertools import pairwise

from content.people.permissions import RIGHTS, Right, Role
from node.api.routes import PREFIX
from node.api.table import ROUTES
from tests.route_rights import ANYONE, CODE, LEAST, ROLES, SIGNED, routes


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


def test_what_belongs_to_a_case_is_hidden_from_all_who_may_not_see_it() -> None:
    for each in ROUTES:
        named = each.path.startswith(("/cases/{", "/escalations/{"))
        assert (each.hidden is not None) == named, f"{each.method} {each.path}"


def test_roles_are_a_ladder() -> None:
    for lower, higher in pairwise(ROLES):
        assert RIGHTS[Role(lower)] < RIGHTS[Role(higher)]
    assert set(ROLES) == {role.value for role in Role}
    assert {ANYONE, SIGNED, CODE}.isdisjoint(ROLES)
