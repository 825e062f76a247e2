"""A hub that harvests: founded and real, on loopback, at a clock that stands still."""

from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from content.changes import Act
from content.executors import ThreadedDatabase
from content.harvest.report import HarvestReport, HarvestRun
from content.harvest.source import HarvestSource
from content.harvest.source_store import SourceStore
from content.ids import new_id
from content.resources.resource import Resource, ResourceState
from content.resources.store import ResourceStore
from federation.addresses import parse_authorities
from federation.bell import Bell
from federation.harvesting.running import How, run_source
from federation.hub import Node
from federation.transport import GuardedTransport
from tests.harvest_source import LoopbackServer
from tests.nodes_at_work import Place, found_hub
from tests.seams import FixedClock, SeededChance

AMSTERDAM = Place("https://hub.amsterdam.example", "Amsterdam", "NL", "nl", "Europe/Amsterdam")

NOW = How()


@cache
def every_port() -> frozenset[str]:
    """Return the authorities of all servers that a test may start."""
    return parse_authorities(f"127.0.0.1:{port}" for port in range(1024, 65536))


class Harvester:
    """A hub, and what its people do about its sources."""

    def __init__(self, node: Node, clock: FixedClock) -> None:
        self.node = node
        self.clock = clock

    def act(self) -> Act:
        return Act("olga", self.clock.advance(seconds=1))

    async def add(self, server: LoopbackServer, path: str, kind: str, **more: Any) -> HarvestSource:
        act = self.act()
        source = HarvestSource.checked(
            id=new_id(act.at, self.node.hub.chance),
            name=more.pop("name", kind),
            url=server.origin + path,
            kind=kind,
            added_by=act.by,
            added_at=act.at,
            **more,
        )
        await self.node.database.write(lambda db: SourceStore(db).add(source, act))
        return source

    async def run(self, source: HarvestSource, how: How = NOW) -> HarvestRun:
        return await run_source(self.node, source, self.act(), how)

    async def report(self, source: HarvestSource, how: How = NOW) -> HarvestReport:
        run = await self.run(source, how)
        assert run.outcome in ("done", "not-modified"), run.report.problem
        return run.report

    async def resources(self, state: ResourceState = ResourceState.PUBLISHED) -> list[Resource]:
        return await self.node.database.read(lambda db: list(ResourceStore(db).all(state)))

    async def titles(self) -> list[str]:
        return sorted(next(iter(r.record.title.values())) for r in await self.resources())

    async def count(self, table: str) -> int:
        return await self.node.database.read(
            lambda db: int(db.execute(f"select count(*) from {table}").fetchone()[0])  # noqa: S608
        )


@pytest.fixture
async def harvester(tmp_path: Path) -> AsyncIterator[Harvester]:
    clock = FixedClock()
    path = tmp_path / "hub.db"
    hub = found_hub(path, AMSTERDAM, SeededChance(7), clock.now())
    database = ThreadedDatabase(path)
    trusted = [f"127.0.0.1:{port}" for port in range(1, 65536)]
    transport = GuardedTransport(
        parse_authorities(trusted), "RightsHub/test (+https://hub.example)"
    )
    yield Harvester(Node(hub, clock, database, transport, Bell()), clock)
    await transport.close()
    await database.close()
