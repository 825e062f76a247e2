"""
A machine that runs a hub: real code on a real file, with power that can fail at any moment.

What runs is what `hub serve` runs, workers included, but for the web server and its threads. When
the power fails, nothing of the program goes on: each of its tasks stands still at its next look at
the database or the network, and the file is all that is left.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import orjson
import sqlite_utils

from content.chance import Chance
from content.changes import Act
from content.executors import InlineDatabase
from federation import endpoints
from federation.bell import Bell
from federation.hub import Hub, HubKeys, Node
from federation.own_keys import newest_manifest
from federation.transport import TransportFailed, Unreachable
from node.home import HubHome, write_private
from node.key_renewal import KeyKeeper, rotate, settle_files, signing_key_in
from node.keyfiles import APPLICATION, RSA, SIGNING, changing_keys, load_keys
from node.problems import MEDIA_TYPE, OUR_ERRORS, problem_of
from node.sealing_files import create_sealing_keys
from node.workers import Workers
from protocol.http import HttpRequest, HttpResponse
from protocol.keys import VerifyKey
from tests.simulation.network import Network, SimulatedTransport
from tests.simulation.trace import Trace
from tests.simulation.virtual_time import LoopClock, never

T = TypeVar("T")
MOMENT = 0.004
"""Longest time, in seconds, that one use of the database takes."""


class Line(Protocol):
    """What a machine is connected by: the network, or something in between."""

    async def exchange(self, sender: str, request: HttpRequest) -> HttpResponse:
        """Return the answer, or raise a TransportFailed; or never return."""
        ...


class PowerLost(Exception):
    """The machine is off, or went off while it worked."""


def lay_down_keys(home: HubHome, keys: HubKeys, now: datetime, chance: Chance) -> HubKeys:
    """Write keys into the files of a new hub; return them, with sealing keys of its own."""
    files = {SIGNING: keys.signing, RSA: keys.rsa, APPLICATION: keys.application}
    for name, key in files.items():
        write_private(home.keys / name, key.to_pem())
    origin = keys.signing.id.partition("/actor")[0]
    return replace(keys, sealing=create_sealing_keys(home, origin, now, chance))


class Machine:
    """One hub on one computer."""

    def __init__(
        self,
        hub: Hub,
        home: HubHome,
        clock: LoopClock,
        network: Network,
        trace: Trace,
        dice: random.Random,
    ) -> None:
        self._hub = hub
        self.home = home
        self.path = home.database
        self.clock = clock
        self.line: Line = network
        """The way to all other machines."""
        self.trace = trace
        self.dice = dice
        self.promised: dict[str, datetime] = {}
        """Activities that were answered 202, and when: they must be on disk ever after."""
        self._changing_keys = asyncio.Lock()
        self._program: Program | None = None
        network.connect(self.host, self.answer)

    @property
    def hub(self) -> Hub:
        """Return the hub as it is now, or was when the power failed."""
        if self._program is not None:
            self._hub = self._program.node.hub
        return self._hub

    @property
    def host(self) -> str:
        """Return how people and other machines call it."""
        return self._hub.identity.host

    @property
    def node(self) -> Node:
        """Return the node that runs. Raises PowerLost."""
        return self._running().node

    def start(self) -> None:
        """Switch on: a new program on the file as it is."""
        if self._program is None:
            self._program = Program(self)
            self._program.start()
            self.trace.note(self.host, "on")

    async def lose_power(self) -> None:
        """Switch off, from one instruction to the next."""
        if self._program is not None:
            self._hub = self._program.node.hub
            program, self._program = self._program, None
            self.trace.note(self.host, "off")
            await program.sweep_up()

    def wake(self) -> None:
        """Let the workers look at the clock, if there is power."""
        if self._program is not None:
            self._program.node.bell.ring()

    def lose_power_soon(self, uses: int) -> None:
        """Switch off after some more uses of the database, before or after one of them."""
        if self._program is not None:
            self._program.uses_left = uses

    async def run(self, work: Callable[[Node], Coroutine[Any, Any, T]]) -> T:
        """Do something waiting on the node. Raises PowerLost."""
        program = self._running()
        return await program.run(work(program.node))

    async def do(self, work: Callable[[sqlite_utils.Database, Hub, Act], T], by: str = "olga") -> T:
        """Do something in one transaction, as a page or command does. Raises PowerLost."""

        async def act(node: Node) -> T:
            done = await node.database.write(
                lambda db: work(db, node.hub, Act(by, node.clock.now()))
            )
            node.bell.ring()
            return done

        return await self.run(act)

    async def insist(self, work: Callable[[sqlite_utils.Database, Hub, Act], T]) -> T:
        """Do something as soon as there is power, and again if the power failed meanwhile."""
        while True:
            try:
                return await self.do(work)
            except PowerLost:
                await asyncio.sleep(1.0)

    async def rotate_keys(self, *, sealing: bool) -> str:
        """Change keys as `hub keys rotate` does; return the id of the new one. PowerLost."""

        def work(db: sqlite_utils.Database, hub: Hub, act: Act) -> Hub:
            with changing_keys(self.home):
                settle_files(self.home, signing_key_in(newest_manifest(db, hub)))
                return rotate(db, self.home, hub, act, signing=not sealing, sealing=sealing)

        async with self._changing_keys:
            hub = await self.do(work)
            self._settle_key_files(self._running().database)
            await self.run(lambda _node: self._running().keeper.look())
            return (hub.keys.sealing[0] if sealing else hub.keys.signing).id

    def take_up_keys(self, database: InlineDatabase) -> Hub:
        """Return the hub with the keys that its files and its newest manifest say."""
        in_force = self._settle_key_files(database)
        keys = load_keys(self.home, self._hub.identity.origin, self.clock.now(), in_force)
        return replace(self._hub, keys=keys)

    def _settle_key_files(self, database: InlineDatabase) -> VerifyKey:
        in_force = signing_key_in(database.read_now(lambda db: newest_manifest(db, self._hub)))
        with changing_keys(self.home):
            settle_files(self.home, in_force)
        return in_force

    def look(self, work: Callable[[sqlite_utils.Database], T]) -> T:
        """Look at the database from outside; no time passes. Raises PowerLost."""
        return self._running().database.read_now(work)

    async def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer another machine. Raises Unreachable when the power is off, or goes off."""
        try:
            return await self.run(lambda node: self._answer(node, request))
        except PowerLost:
            raise Unreachable(f"The connection to {self.host} broke.") from None

    async def _answer(self, node: Node, request: HttpRequest) -> HttpResponse:
        """Answer as the shell of the web server does: refusals are problem documents."""
        try:
            answer = await endpoints.answer(node, request)
        except Exception as error:
            if not isinstance(error, OUR_ERRORS) or isinstance(error, TransportFailed):
                self.trace.blame(self.host, "failed on", request.url, repr(error))
            problem = problem_of(error)
            code = getattr(error, "code", type(error).__name__)
            self.trace.note(self.host, "refuses", request.method, code)
            headers = (("content-type", MEDIA_TYPE), *problem.headers.items())
            return HttpResponse(problem.status, headers, orjson.dumps(problem.as_json()))
        if answer.status == 202:
            self.promised.setdefault(orjson.loads(request.body)["id"], self.clock.now())
        return answer

    def _running(self) -> "Program":
        if self._program is None:
            raise PowerLost
        return self._program


class Program:
    """One run of a machine's program, from power to no power."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._tasks: dict[asyncio.Task[Any], None] = {}
        self.powered = True
        self.uses_left: int | None = None
        self.database = UnhurriedDatabase(machine.path, self._moment)
        hub = machine.take_up_keys(self.database)
        transport = SimulatedTransport(machine.host, self._exchange)
        self.node = Node(hub, machine.clock, self.database, transport, Bell())
        self.keeper = KeyKeeper(machine.home, self.node)
        self._workers = Workers(self.node, alone=True, keeper=self.keeper)

    def start(self) -> None:
        """Start the workers."""
        self._workers.start()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Return the result of work, which ends with the power. Raises PowerLost."""
        task = asyncio.create_task(work)
        self._tasks[task] = None
        task.add_done_callback(lambda done: self._tasks.pop(done, None))
        try:
            return await task
        except asyncio.CancelledError:
            if self.powered:
                raise
            raise PowerLost from None

    async def sweep_up(self) -> None:
        """End what stands still since the power is gone, and close the file."""
        self.powered = False
        for task in list(self._tasks):
            task.cancel()
        await self._workers.stop()
        self.database.close_now()

    async def _moment(self) -> None:
        """Take a moment, or for ever."""
        if self.uses_left is not None:
            self.uses_left -= 1
            if self.uses_left == 0:
                self.powered = False
                self._sweeping = asyncio.create_task(self._machine.lose_power())
        if self.powered:
            await asyncio.sleep(self._machine.dice.random() * MOMENT)
        if not self.powered:
            await never()

    async def _exchange(self, sender: str, request: HttpRequest) -> HttpResponse:
        if not self.powered:
            await never()
        answer = await self._machine.line.exchange(sender, request)
        if not self.powered:
            await never()
        return answer


class UnhurriedDatabase(InlineDatabase):
    """A database that takes a moment for everything, in which others get their turn."""

    def __init__(self, path: Path, moment: Callable[[], Awaitable[None]]) -> None:
        super().__init__(path)
        self._moment = moment

    async def write(self, work: Callable[[sqlite_utils.Database], T]) -> T:
        """See `Database.write`."""
        await self._moment()
        result = self.write_now(work)
        await self._moment()
        return result

    async def read(self, work: Callable[[sqlite_utils.Database], T]) -> T:
        """See `Database.read`."""
        await self._moment()
        return self.read_now(work)

    async def read_public(self, work: Callable[[sqlite_utils.Database], T]) -> T:
        """See `Database.read_public`."""
        await self._moment()
        return await super().read_public(work)
