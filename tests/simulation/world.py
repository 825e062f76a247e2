"""Several hubs, the network between them, and time: everything of one run, from one seed."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any

import sqlite_utils

from content.changes import Act
from federation.discovery import Discovered, DiscoveryFailed, ManifestWrong, discover
from federation.hub import Hub, HubKind
from federation.peering import add_peer, approve_peer
from federation.peers import PeerStore
from node.home import HubHome
from protocol.manifest import fingerprint
from tests.nodes_at_work import Place, found_hub, keys_for
from tests.seams import START, SeededChance
from tests.simulation.machine import Machine, PowerLost, lay_down_keys
from tests.simulation.network import Network
from tests.simulation.trace import Trace
from tests.simulation.virtual_time import Calendar, LoopClock

PLACES = (
    ("amsterdam", "NL", "nl", "Europe/Amsterdam"),
    ("barcelona", "ES", "ca", "Europe/Madrid"),
    ("capetown", "ZA", "en", "Africa/Johannesburg"),
    ("dublin", "IE", "en", "Europe/Dublin"),
    ("eindhoven", "NL", "nl", "Europe/Amsterdam"),
    ("fortaleza", "BR", "pt", "America/Fortaleza"),
    ("genova", "IT", "it", "Europe/Rome"),
    ("helsinki", "FI", "fi", "Europe/Helsinki"),
)
LONGEST_HOP = 8.0
"""Days that are skipped at a time; workers see what became due in them only in the end."""
HOP_TAKES = 12.0
"""Seconds that everybody has after a hop."""
MOST_WRONG = 30.0
"""Seconds by which the clock of a hub is fast or slow."""


class World:
    """Belongs to one VirtualLoop."""

    def __init__(self, folder: Path, seed: int, lasts: float) -> None:
        self.seed = seed
        self.lasts = lasts
        """Seconds in which things happen and go wrong."""
        self.trace = Trace()
        self.calendar = Calendar()
        self.network = Network(self.trace, self.dice("network"))
        self.machines: list[Machine] = []
        self.done: list[Any] = []
        """What verbs were told is done, as they note it: it must be found again in the end."""
        self._folder = folder
        self._going: set[asyncio.Task[None]] = set()

    def dice(self, what_for: str) -> random.Random:
        """Return a source of chance of its own, so that one thing does not disturb another."""
        return random.Random(f"{self.seed}/{what_for}")

    def found(self, count: int, *, coalition: bool = False) -> None:
        """Found that many hubs and switch them on; the last one as a coalition, if asked."""
        wrong = self.dice("clocks")
        for number in range(count):
            city, country, language, timezone = PLACES[number]
            kind: HubKind = "coalition" if coalition and number == count - 1 else "hub"
            origin = f"https://{city}.example"
            place = Place(origin, city.title(), country, language, timezone, kind)
            home, chance = HubHome(self._folder / city), SeededChance(f"{self.seed}/{city}")
            home.create()
            keys = lay_down_keys(home, keys_for(origin, chance), START, chance)
            hub = found_hub(home.database, place, chance, START, keys)
            clock = LoopClock(self.calendar, wrong.uniform(-MOST_WRONG, MOST_WRONG))
            machine = Machine(hub, home, clock, self.network, self.trace, self.dice(city))
            machine.start()
            self.machines.append(machine)

    async def become_peers(self) -> None:
        """Let all hubs become peers of one another; each operator tries again until it is done."""
        pairs = list(permutations(self.machines, 2))
        await asyncio.gather(*(_approve(one, other) for one, other in pairs))
        for one, other in pairs:
            await until(partial(_are_peers, one, other))

    def later(self, seconds: float, what: Coroutine[Any, Any, None]) -> None:
        """Let something happen after a while, whatever happens in between."""

        async def wait() -> None:
            await asyncio.sleep(seconds)
            await what

        task = asyncio.create_task(wait())
        self._going.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._going.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self.trace.blame("the story failed:", repr(task.exception()))

    async def days_pass(self, days: float) -> None:
        """Let days pass in hops, each with a few moments in which everybody does what is due."""
        while days > 0:
            hop = min(days, LONGEST_HOP)
            days -= hop
            self.network.break_off()
            self.calendar.skip(hop * 86400)
            self.trace.note(f"{hop:.2f} days later")
            for machine in self.machines:
                machine.wake()
            await asyncio.sleep(HOP_TAKES)

    async def calm_down(self) -> None:
        """Let what is going on end, then end all faults and switch everything on."""
        while self._going:
            await asyncio.wait(self._going)
        self.network.clear_up()
        for machine in self.machines:
            machine.start()
        self.trace.note("calm")

    async def end(self) -> None:
        """Switch everything off."""
        for machine in self.machines:
            await machine.lose_power()


async def _approve(one: Machine, other: Machine) -> None:
    """Let the operator of one look at the other and approve it, however often that fails."""

    def work(found: Discovered, db: sqlite_utils.Database, hub: Hub, act: Act) -> None:
        if add_peer(db, hub, found, act).state == "new":
            typed = fingerprint(other.hub.identity.g)
            approve_peer(db, hub, other.host, act, fingerprint=typed)

    while True:
        try:
            found = await one.run(lambda node: discover(node, other.hub.identity.origin))
            await one.do(partial(work, found))
        except (PowerLost, DiscoveryFailed, ManifestWrong):
            await asyncio.sleep(20.0)
        else:
            return


def _are_peers(one: Machine, other: Machine) -> bool:
    try:
        return one.look(lambda db: PeerStore(db).get(other.host)).active
    except PowerLost:
        return False


async def until(fact: Callable[[], bool]) -> None:
    """Look every second whether something is so, and return when it is."""
    while not fact():  # noqa: ASYNC110 - there is nobody who could tell
        await asyncio.sleep(1.0)
