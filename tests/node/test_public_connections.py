"""
What strangers may call reads through connections that cannot see confidential tables.

Every route of the tables is called as a stranger would, on the real database; the test notes by
which of its methods it was asked. A public route that used a connection of the staff would fail.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from content.database import Database, Work
from tests.node.conftest import ServedHub
from tests.node.test_route_role_matrix import PREFIX, World, world
from tests.route_rights import ANYONE, CODE, LEAST, SIGNED

__all__ = ["world"]
T = TypeVar("T")


class WatchedDatabase:
    """The database of a node as it is, which also remembers by which method it was asked."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.asked: list[str] = []

    async def write(self, work: Work[T]) -> T:
        self.asked.append("write")
        return await self._database.write(work)

    async def read(self, work: Work[T]) -> T:
        self.asked.append("read")
        return await self._database.read(work)

    async def read_public(self, work: Work[T]) -> T:
        self.asked.append("read_public")
        return await self._database.read_public(work)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


@contextmanager
def watched(served: ServedHub) -> Iterator[WatchedDatabase]:
    database = served.node.database
    served.node.database = watch = WatchedDatabase(database)
    try:
        yield watch
    finally:
        served.node.database = database


SEARCHES = (
    "?resource=acct:hub@127.0.0.2:9802",
    "?q=guide&topic=privacy",
    "?q=%22guide%22&sort=newest",
    "?limit=1",
    "?verb=ListRecords&metadataPrefix=hub",
)
STATIC = {
    "GET /ask",
    "GET /ask/status",
    "GET /accessibility",
    "GET /api",
    "GET /sign-in",
    "POST /sign-in",
    "POST /sign-in/passkey",
    "GET /sign-in/city",
    "GET /sign-in/city/back",
    "GET /sign-in/code",
    "POST /sign-in/code",
    "GET /static/{name}",
    "GET /oai/resource.xsd",
    "POST /oai",
    "GET /healthz",
    "GET /actor",
    "GET /application",
    "GET /.well-known/nodeinfo",
    "GET /.well-known/webfinger",
    f"GET {PREFIX}/openapi.json",
    f"POST {PREFIX}/requests",
}
"""What is answered, or can be, without asking the database."""


async def test_every_public_route_reads_through_a_public_connection(world: World) -> None:
    found = {}
    with watched(world.served) as watch:
        for route in sorted(name for name in LEAST if LEAST[name] == ANYONE):
            method, path = world.address(route)
            for accept in ("text/html", "application/json", "application/activity+json"):
                for query in ("", "?page=1", *SEARCHES):
                    await world.served.call(method, path + query, headers={"Accept": accept})
            for missing in (True, False):
                await world.call(route, "stranger", missing=missing)
            found[route] = set(watch.asked)
            watch.asked.clear()

    assert {route: doors for route, doors in found.items() if doors - {"read_public"}} == {}
    assert {route for route, doors in found.items() if not doors} <= STATIC


async def test_a_route_that_needs_a_signature_reads_nothing_before_it_has_one(
    world: World,
) -> None:
    signed = [name for name in LEAST if LEAST[name] == SIGNED]
    with watched(world.served) as watch:
        for route in signed:
            assert (await world.call(route, "stranger")).status == 401
            # The inbox counts what waits in it, to refuse before the body is read when it is full.
            allowed = {"read"} if route == "POST /inbox" else set()
            assert set(watch.asked) - allowed == set(), route
            watch.asked.clear()

    assert len(signed) == 3


IN_MEMORY = {"GET /ask/sent/{handle}", "GET /ask/sent/{handle}/{file}"}
"""Receipts that were just handed out: what is not there is not looked for anywhere else."""


async def test_a_wrong_receipt_code_costs_one_look_and_nothing_more(world: World) -> None:
    with watched(world.served) as watch:
        for number, route in enumerate(name for name in LEAST if LEAST[name] == CODE):
            address = {"X-Forwarded-For": f"192.0.2.{number}"}
            for who in ("stranger", "operator"):
                assert (await world.call(route, who, headers=address)).status == 404
                assert watch.asked == ([] if route in IN_MEMORY else ["read"]), route
                watch.asked.clear()


async def test_a_route_of_the_staff_reads_nothing_for_strangers(world: World) -> None:
    closed = [name for name in LEAST if LEAST[name] not in (ANYONE, SIGNED, CODE)]
    with watched(world.served) as watch:
        for route in closed:
            await world.call(route, "stranger")
            assert watch.asked == [], route

        await world.call(f"GET {PREFIX}/cases", "caseworker")
        assert "read" in watch.asked, "the watch must see what it is for"
