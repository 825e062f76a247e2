"""
Real hubs in one process: real aiohttp on loopback ports, real SQLite, real signatures.

Time stands still (FixedClock) and chance is seeded; nothing else is set up. `settle` does what the
workers of running nodes do, until nobody has anything left to do.
"""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import aiohttp
import sqlite_utils
from aiohttp import web

from content.changes import Act
from content.database import connect
from content.executors import ThreadedDatabase
from content.resources.record import ResourceRecord, read_record
from federation.addresses import parse_authorities
from federation.adopting import begin_pause
from federation.bell import Bell
from federation.catching_up import CatchUp, catch_up
from federation.delivery import deliver_due
from federation.discovery import discover
from federation.endpoints import ENDPOINTS
from federation.high_water import HighWater
from federation.hub import Hub, HubKind, Node
from federation.inbox import accept
from federation.inbox_worker import finish_beside, work_inbox
from federation.peering import add_peer, approve_peer
from federation.peers import Peer, PeerStore
from federation.sweeping import sweep
from federation.transport import GuardedTransport
from node.app_keys import LIMITER, NODE
from node.limits import Limiter
from node.mark_file import HighWaterFile
from node.middleware import surrounding
from node.shell import from_plain, served_by, to_plain
from protocol.http import HttpRequest
from protocol.json import JsonObject
from protocol.manifest import fingerprint
from protocol.message_signatures import sign_for_hub
from tests.nodes_at_work import Place, found_hub
from tests.seams import FixedClock, SeededChance

T = TypeVar("T")
AS2 = {"Accept": "application/activity+json"}
CITIES = {
    "Amsterdam": ("NL", "nl", "Europe/Amsterdam"),
    "Barcelona": ("ES", "ca", "Europe/Madrid"),
    "New York": ("US", "en", "America/New_York"),
    "Helsinki": ("FI", "fi", "Europe/Helsinki"),
    "São Paulo": ("BR", "pt-BR", "America/Sao_Paulo"),
    "Newcomer": ("PT", "pt", "Europe/Lisbon"),
    "Coalition": ("BE", "en", "Europe/Brussels"),
}


@dataclass
class RunningHub:
    """One hub at work. get and rows look from outside and inside."""

    node: Node
    clock: FixedClock
    session: aiohttp.ClientSession
    is_up: bool = True
    received: list[bytes] = field(default_factory=list)
    """Bodies that were posted to the inbox, as they travelled."""

    @property
    def hub(self) -> Hub:
        return self.node.hub

    @property
    def origin(self) -> str:
        return self.node.hub.identity.origin

    @property
    def host(self) -> str:
        return self.node.hub.identity.host

    def act(self, by: str = "olga") -> Act:
        """Return an act now; the clock moves on, so that no two acts have one moment."""
        return Act(by, self.clock.advance(seconds=1))

    async def do(self, work: Callable[[sqlite_utils.Database], T]) -> T:
        """Run work in a transaction, as a page or command does."""
        return await self.node.database.write(work)

    async def read(self, work: Callable[[sqlite_utils.Database], T]) -> T:
        return await self.node.database.read(work)

    async def rows(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        return await self.read(lambda db: [tuple(row) for row in db.execute(question, values)])

    async def get(self, path: str, **headers: str) -> tuple[int, JsonObject]:
        """Return status and JSON of an address of this hub, asked for as other servers do."""
        url = path if "://" in path else self.origin + path
        async with self.session.get(url, headers={**AS2, **headers}) as answer:
            return answer.status, await answer.json(content_type=None)

    async def knows(self, other: "RunningHub") -> Peer:
        """Let an operator here look at another hub and note it as a possible peer."""
        found = await discover(self.node, other.origin)
        return await self.do(lambda db: add_peer(db, self.hub, found, self.act()))

    async def approves(self, other: "RunningHub") -> Peer:
        """Let an operator here approve another hub by the fingerprint read over the phone."""
        typed = fingerprint(other.hub.identity.g).upper()
        return await self.do(
            lambda db: approve_peer(
                db, self.hub, other.host, self.act(), fingerprint=typed, agreement="Letter"
            )
        )

    async def peer(self, other: "RunningHub") -> Peer:
        return await self.read(lambda db: PeerStore(db).get(other.host))

    async def catches_up(self, other: "RunningHub") -> CatchUp:
        return await catch_up(self.node, await self.peer(other))


@asynccontextmanager
async def running_hub(
    path: Path,
    name: str,
    *,
    trusted: Iterable[str],
    port: int,
    clock: FixedClock,
    kind: HubKind = "hub",
) -> AsyncIterator[RunningHub]:
    """Run a new hub on a loopback port. trusted: the authorities of all hubs of the test."""
    country, language, timezone = CITIES[name]
    origin = f"http://127.0.0.1:{port}"
    place = Place(origin, name, country, language, timezone, kind)
    hub = found_hub(path, place, SeededChance(name), clock.now())
    async with open_hub(path, hub, trusted=trusted, clock=clock) as running:
        yield running


@asynccontextmanager
async def open_hub(
    path: Path, hub: Hub, *, trusted: Iterable[str], clock: FixedClock
) -> AsyncIterator[RunningHub]:
    """Run a hub on the database that is there, and on its own port."""
    database = ThreadedDatabase(path)
    transport = GuardedTransport(parse_authorities(trusted), "RightsHub/test")
    high_water = HighWater(HighWaterFile(path.with_suffix(".shown")))
    node = Node(hub, clock, database, transport, Bell(), high_water)
    port = int(hub.identity.host.rpartition(":")[2])
    async with aiohttp.ClientSession() as session:
        running = RunningHub(node, clock, session)
        runner = web.AppRunner(_app(running))
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
            yield running
        finally:
            await runner.cleanup()
            await transport.close()
            await database.close()


def _app(running: RunningHub) -> web.Application:
    """Return the server-to-server endpoints of a node, with refusals as problem documents."""

    async def inbox(request: web.Request) -> web.Response:
        plain = await to_plain(request, running.node)
        running.received.append(plain.body)
        return from_plain(await accept(running.node, plain))

    @web.middleware
    async def switched_off(request: web.Request, handler: Any) -> web.StreamResponse:
        return await handler(request) if running.is_up else web.Response(status=503)

    app = web.Application(middlewares=[switched_off, surrounding(https=False)])
    app[NODE] = running.node
    app[LIMITER] = Limiter(())
    for each in ENDPOINTS:
        handler = inbox if each.path == "/inbox" else served_by(each.function)
        app.add_routes([web.route(each.method, each.path, handler)])
    return app


class Network:
    """Some hubs that can reach each other."""

    def __init__(self, folder: Path, free_port: Callable[[], int]) -> None:
        self._folder = folder
        self._ports = [free_port() for _ in range(6)]
        self._trusted = [f"127.0.0.1:{port}" for port in self._ports]
        self._stack = AsyncExitStack()
        self._stacks: list[AsyncExitStack] = []
        self.hubs: list[RunningHub] = []
        self.clock = FixedClock()
        """One for all: hubs refuse requests whose clock is far from theirs."""

    async def __aenter__(self) -> "Network":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    def trust(self, authority: str) -> None:
        """Let the hubs that are started from now on reach one more server on loopback."""
        self._trusted.append(authority)

    async def hub(self, name: str, *, kind: HubKind = "hub") -> RunningHub:
        """Start one more hub."""
        number = len(self.hubs)
        stack = await self._stack.enter_async_context(AsyncExitStack())
        self._stacks.append(stack)
        hub = await stack.enter_async_context(
            running_hub(
                self._folder / f"hub{number}.db",
                name,
                trusted=self._trusted,
                port=self._ports[number],
                clock=self.clock,
                kind=kind,
            )
        )
        self.hubs.append(hub)
        return hub

    async def lose(self, hub: RunningHub) -> None:
        """Stop a hub for ever and delete it from the disk."""
        number = self.hubs.index(hub)
        hub.is_up = False
        await self._stacks[number].aclose()
        for file in self._folder.glob(f"hub{number}.db*"):
            file.unlink()

    def backup(self, hub: RunningHub) -> Path:
        """Return a copy of the database of a hub as it is now."""
        source = connect(self._file(hub), writes=False)
        copy = self._file(hub).with_suffix(f".backup{self.clock.now().timestamp()}")
        target = connect(copy, writes=True)
        source.conn.backup(target.conn)
        source.close()
        target.close()
        return copy

    async def start_again(
        self, hub: RunningHub, backup: Path | None = None, *, forget_mark: bool = False
    ) -> RunningHub:
        """Stop a hub and start it, on a backup or as it was; forget_mark: on a new disk."""
        number, file = self.hubs.index(hub), self._file(hub)
        await self._stacks[number].aclose()
        if backup is not None:
            for each in self._folder.glob(f"{file.name}*"):
                each.unlink()
            backup.rename(file)  # noqa: ASYNC240 - a test may wait for its disk
        if forget_mark:
            file.with_suffix(".shown").unlink(missing_ok=True)
        stack = await self._stack.enter_async_context(AsyncExitStack())
        fresh = await stack.enter_async_context(
            open_hub(file, hub.hub, trusted=self._trusted, clock=self.clock)
        )
        self._stacks[number], self.hubs[number] = stack, fresh
        await begin_pause(fresh.node)
        return fresh

    def _file(self, hub: RunningHub) -> Path:
        return self._folder / f"hub{self.hubs.index(hub)}.db"

    async def signed_get(
        self, hub: RunningHub, url: str, *fields: tuple[str, str]
    ) -> tuple[int, bytes]:
        """Return status and body of an address, asked for with the signature of a hub."""
        request = sign_for_hub(
            HttpRequest("GET", url, fields), hub.hub.keys.signing, self.clock.now()
        )
        answer = await hub.node.transport.send(request)
        return answer.status, answer.body

    async def peers(self, one: RunningHub, other: RunningHub) -> None:
        """Let the operators of two hubs approve each other."""
        await one.knows(other)
        await one.approves(other)
        await self.settle()
        await other.approves(one)
        await self.settle()

    def traces(self, hub: RunningHub, word: str) -> list[str]:
        """Return the files of a hub in which a word stands, however it is written."""
        wanted = word.lower().encode()
        found = self._folder.glob(f"{self._file(hub).name}*")
        return [file.name for file in found if wanted in file.read_bytes().lower()]

    def files_with(self, hub: RunningHub, wanted: bytes) -> list[str]:
        """Return the files of a hub, its backups among them, in which these very bytes stand."""
        found = self._folder.glob(f"{self._file(hub).stem}.*")
        return sorted(file.name for file in found if wanted in file.read_bytes())

    async def sweep(self) -> None:
        """Let every hub make its files clean, and deliver the receipts."""
        for hub in self.hubs:
            if hub.is_up:
                assert (await sweep(hub.node)).done
        await self.settle()

    async def settle(self) -> None:
        """Deliver and handle until nothing is left that is due now."""
        for _ in range(50):
            done = 0
            for hub in self.hubs:
                if hub.is_up:
                    round_ = await deliver_due(hub.node)
                    done += round_.delivered + round_.failed
            for hub in self.hubs:
                if hub.is_up:
                    done += await work_inbox(hub.node)
                    await finish_beside(hub.node)
            if done == 0:
                return
        raise AssertionError("The hubs keep each other busy for ever.")


def a_record(
    title: str = "Guide to municipal algorithm registers", **fields: Any
) -> ResourceRecord:
    """Return a valid record; fields replace or add."""
    return read_record(
        {
            "title": title,
            "summary": "How a city lists the algorithms that it uses.",
            "url": f"https://city.example/{title.replace(' ', '-').lower()}",
            "publisher": "City of Example",
            "year": 2024,
            "language": "en",
            "country": "NL",
            "kind": "guide",
            "topics": ["algorithm-registers"],
            **fields,
        }
    )


def path_of(url: str) -> str:
    """Return the path of a URL."""
    return urlsplit(url).path
