"""
Every address, called by everybody: who may is answered, who may not is refused and changes nothing.

For cases and escalations, those who may not see them get the same for one that is there and for
one that is not (SECURITY.md S35, S44). Who may do what is in tests/route_rights.py.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
import sqlite_utils

from content.audit import head_of
from content.changes import Act
from content.database import Work
from content.people.permissions import Role
from content.people.store import UserStore
from content.people.tokens import TokenStore
from content.people.user import User
from federation.publishing import add_resource
from federation.publishing_experts import add_expert
from node.api.routes import PREFIX
from node.api.table import ROUTES
from node.web.same_site import FIELD, form_token
from tests.hubs.running import a_record
from tests.hubs.test_experts import an_expert
from tests.node.browsing import Browser, signed_in
from tests.node.conftest import Answered, ServedHub
from tests.node.test_api_access import CASE, UNKNOWN, code
from tests.route_rights import ANYONE, CODE, LEAST, ROLES, SIGNED, STAFF_PAGES, routes

HIDDEN = {f"{each.method} {PREFIX}{each.path}" for each in ROUTES if each.hidden is not None}
OTHER_BODIES = {
    f"POST {PREFIX}/cases/{{id}}/people/accept": {"no_conflict": True},
    f"POST {PREFIX}/cases/{{id}}/people/decline": {"reason": "x"},
    f"POST {PREFIX}/cases/{{id}}/people/hours": {"hours": 1},
}
"""What those take that take no text."""
BODIES = {f"{each.method} {PREFIX}{each.path}" for each in ROUTES if each.body is not None}
UPLOADS = {
    f"{each.method} {PREFIX}{each.path}" for each in ROUTES if each.files and each.body is None
}
"""They take a form with files, and look at no case before they have one."""
USELESS = ("expired", "revoked", "disabled", "invented")
"""Tokens that are none any more, or never were."""
PROXIED = {"X-Forwarded-For": "192.0.2.7"}


@dataclass(frozen=True, slots=True)
class World:
    """
    A hub with one of everything.

    tokens: by who shows them. ids: by the place in the path. browsers: signed in, by role.
    """

    served: ServedHub
    tokens: dict[str, str]
    ids: dict[str, str]
    browsers: dict[str, Browser]

    def address(self, route: str, *, missing: bool = False) -> tuple[str, str]:
        """Return method and path, with ids of things that are there, or that are not."""
        method, path = route.split(" ", 1)
        section = f"{re.sub(r'^/(api/v1|desk|duty)', '', path)}/".split("/")[1]

        def real(found: re.Match[str]) -> str:
            name = found[1]
            if missing:
                return UNKNOWN
            last = path.rpartition("/")[2]
            keys = (f"{section}/{name}/{last}", f"{section}/{name}", name)
            return next((self.ids[key] for key in keys if key in self.ids), UNKNOWN)

        return method, re.sub(r"\{(\w+)\}", real, path)

    async def call(
        self,
        route: str,
        who: str,
        *,
        missing: bool = False,
        headers: Mapping[str, str] = PROXIED,
    ) -> Answered:
        method, path = self.address(route, missing=missing)
        headers = dict(headers)
        if route in STAFF_PAGES:
            browser = self.browsers.get(who)
            fields = {"text": "x"} if method == "POST" else None
            if browser is None:
                return await Browser(self.served).call(method, path, fields, headers)
            if fields is not None:
                fields[FIELD] = form_token(browser.secret)
            return await browser.call(method, path, fields, headers)
        if who != "stranger":
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        body: dict[str, Any] | None = {"text": "x"} if route in BODIES else None
        if route in OTHER_BODIES:
            body = dict(OTHER_BODIES[route])
        if body is not None and "{draft}" in route:
            body["revision"] = 1
        if LEAST[route] == SIGNED:
            headers["Content-Type"] = "application/activity+json"
            body = {} if method == "POST" else None
        return await self.served.call(method, path, body=body, headers=headers)

    async def recorded(self) -> int:
        """Return how many changes and readings there are."""
        return (await self.served.node.database.read(head_of)).seq


@pytest.fixture
async def world(served: ServedHub) -> World:
    node = served.node
    now = node.clock.now()
    act = Act("operator", now)

    async def do(work: Work[Any]) -> Any:
        return await node.database.write(work)

    def issue(db: sqlite_utils.Database, by: Act, user: str, **more: Any) -> Any:
        return TokenStore(db).issue(user, by, chance=node.hub.chance, label="x", **more)

    resource = await do(lambda db: add_resource(db, node.hub, a_record("Guide"), act))
    expert = await do(lambda db: add_expert(db, node.hub, an_expert(scope="public"), act))
    case = (await served.post("/api/v1/cases", CASE)).json["id"]
    escalation = "01KAT3Q8T6W3Y6M0S0V4N8Z2XJ"
    offered = "01KAT3Q8T6W3Y6M0S0V4N8Z2XK"
    await do(lambda db: db.execute(_ESCALATION, (escalation, "out", case)) and None)
    await do(lambda db: db.execute(_ESCALATION, (offered, "in", None)) and None)

    def tokens(db: sqlite_utils.Database) -> dict[str, str]:
        UserStore(db).add(User.new("gone", "Gone", Role.OPERATOR, act), act)
        UserStore(db).add(User.new("another", "Another", Role.READER, act), act)
        before = Act("operator", now - timedelta(days=3))
        end = now - timedelta(days=1)
        expired = issue(db, before, "operator", expires_at=end)
        revoked, disabled = issue(db, act, "operator"), issue(db, act, "gone")
        lower = issue(db, act, "operator", role=Role.READER)
        TokenStore(db).revoke(revoked.token.id, act)
        UserStore(db).deactivate("gone", act)
        return {
            "lower": lower.secret,
            "expired": expired.secret,
            "revoked": revoked.secret,
            "disabled": disabled.secret,
            "invented": "hub_" + "A" * 43,
        }

    more = await do(tokens)
    ids = {
        "resources/ulid": resource.id,
        "experts/ulid": expert.id,
        "cases/id": case,
        "escalations/id": escalation,
        "escalations/id/ask": offered,
        "escalations/id/answer": offered,
        "name": "reader",
        "number": "1",
        "host": node.hub.identity.host,
        "g": node.hub.identity.g,
        "version": "1",
        "ending": "bib",
        "nodeinfo/version": "2.1",
    }
    browsers = {role: await signed_in(served, role) for role in ROLES}
    browsers["lower"] = await signed_in(served, "another")
    return World(served, {**served.tokens, **more}, ids, browsers)


_ESCALATION = (
    "insert into escalations (id, direction, peer, offer_id, case_id, state, label, sensitivity,"
    " due, due_by, created_at, updated_at) values (?, ?, 'peer.example', 'x', ?, 'esc-offered',"
    " 'tlp-amber', 'data-none', '2026-12-24', '2026-12-24T23:00:00.000Z',"
    " '2026-11-24T09:00:00.000Z', '2026-11-24T09:00:00.000Z')"
)


def may(route: str, who: str) -> bool:
    """Return whether the list lets somebody in."""
    if LEAST[route] == ANYONE:
        return True
    if LEAST[route] in (SIGNED, CODE) or who == "stranger":
        return False
    role = "reader" if who == "lower" else who
    return ROLES.index(role) >= ROLES.index(LEAST[route])


_QUOTED = re.compile(rb'"[^"]*"')
_LENGTHS = ("Location", "Content-Length")


def seen(answer: Answered) -> tuple[int, bytes, dict[str, str]]:
    """Return all that somebody can see of an answer, but for the clock."""
    return answer.status, answer.body, {k: v for k, v in answer.headers.items() if k != "Date"}


def assert_page_is_closed(route: str, who: str, answer: Answered) -> None:
    """A stranger gets the sign-in page in its place (S41); to others there is no page."""
    if who != "stranger":
        assert answer.status == 404, (who, answer.body)
    else:
        assert answer.status == 401, answer.body
        if route.startswith("GET "):
            assert b'action="/sign-in"' in answer.body
            assert answer.headers["Cache-Control"] == "no-store"


def without_address(answer: Answered) -> tuple[int, bytes, dict[str, str]]:
    """Return what somebody can see, but for the address to come back to, and what is drawn anew."""
    status, body, headers = seen(answer)
    return status, _QUOTED.sub(b"", body), {k: v for k, v in headers.items() if k not in _LENGTHS}


@pytest.mark.parametrize("route", sorted(LEAST))
async def test_who_may_is_answered_and_who_may_not_is_refused(world: World, route: str) -> None:
    before = await world.recorded()

    for who in ("stranger", "lower", *ROLES):
        if may(route, who):
            continue
        answer = await world.call(route, who)
        if route in STAFF_PAGES:
            assert_page_is_closed(route, who, answer)
            absent = await world.call(route, who, missing=True)
            assert without_address(answer) == without_address(absent), who
        elif route in HIDDEN or LEAST[route] == CODE:
            assert answer.status == 404, (who, answer.body)
        else:
            signed = LEAST[route] == SIGNED
            assert answer.status == (401 if signed or who == "stranger" else 403), who
        if route in HIDDEN:
            absent = await world.call(route, who, missing=True)
            assert seen(answer) == seen(absent), who
    assert await world.recorded() == before, "somebody who may not has changed something"

    for number, who in enumerate(w for w in ("stranger", "lower", *ROLES) if may(route, w)):
        noted = await world.recorded()
        answer = await world.call(route, who)
        assert answer.status not in (401, 403), (who, answer.body)
        assert answer.status < 500, (who, answer.body)
        if route in STAFF_PAGES and route != "POST /sign-out":
            assert not answer.headers.get("Location", "").startswith("/sign-in"), who
            assert answer.headers["Cache-Control"] == "no-store", who
        if route in HIDDEN and route.startswith("GET ") and answer.status == 200:
            assert await world.recorded() == noted + 1, "who reads this must be on record"
        unassigned = route in HIDDEN and who == "expert"
        if unassigned:
            absent = await world.call(route, who, missing=True)
            assert answer.status == (415 if route in UPLOADS else 404)
            assert seen(answer) == seen(absent)
        elif number == 0 and answer.status == 404 and route in HIDDEN:
            assert code(answer) not in ("case-not-found", "no-such-escalation"), who


def drawn_anew(page: bytes) -> bytes:
    """Return a page without what is drawn for each form: the key by which it is sent once only."""
    return re.sub(rb'name="key" value="[^"]*"', b"", page)


async def test_a_page_is_the_same_whoever_asks(world: World) -> None:
    """Only the API and the figures look at tokens; a page cannot show one more than another."""
    for route in sorted(name for name in LEAST if PREFIX not in name and LEAST[name] == ANYONE):
        stranger = await world.call(route, "stranger")
        for who in ("operator", "expired"):
            answer = await world.call(route, who)
            ours, theirs = drawn_anew(answer.body), drawn_anew(stranger.body)
            assert (answer.status, ours) == (stranger.status, theirs), (route, who)


@pytest.mark.parametrize("who", USELESS)
async def test_a_token_that_counts_no_more_is_refused_everywhere(world: World, who: str) -> None:
    before = await world.recorded()

    description = f"GET {PREFIX}/openapi.json"  # the same bytes for everybody
    asked = sorted(n for n in LEAST if PREFIX in n and n != description and LEAST[n] != CODE)
    for number, route in enumerate(asked):
        for missing in (False, True) if route in HIDDEN else (False,):
            # Wrong tokens count by address.
            address = {"X-Forwarded-For": f"198.51.{number // 250}.{number % 250 + 1}"}
            answer = await world.call(route, who, missing=missing, headers=address)
            assert (answer.status, code(answer)) == (401, "not-authenticated"), route
    assert await world.recorded() == before


@pytest.mark.parametrize("who", ["", "reader", "expert"])
async def test_no_method_media_type_or_language_tells_that_there_is_a_case(
    world: World, who: str
) -> None:
    case = world.ids["cases/id"]
    asked = product(
        ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
        ("application/json", "text/html", "application/activity+json"),
        ("en", "nl;q=0.9, *;q=0.1"),
        ("", "/answer", "/nothing", "/matches", "/"),
    )
    for method, accept, language, path in asked:
        headers = {"Accept": accept, "Accept-Language": language}
        real, absent = [
            await world.served.call(
                method, f"/api/v1/cases/{number}{path}", role=who, headers=headers
            )
            for number in (case, UNKNOWN)
        ]
        assert real.body == absent.body, (method, accept, path)
        assert (real.status, real.headers.keys()) == (absent.status, absent.headers.keys())
        assert real.status >= 400


async def test_the_application_answers_at_these_addresses_and_no_other(served: ServedHub) -> None:
    found = {
        f"{route.method} {route.resource.canonical}"
        for route in served.client.server.app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }

    assert found == set(routes())
