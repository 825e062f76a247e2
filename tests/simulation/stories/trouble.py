"""What goes wrong around the hubs: power cuts, cut lines, and operators who fall out for a time."""

import random
from typing import Final

import sqlite_utils

from content.changes import Act
from federation.hub import Hub
from federation.peering import resume_peer, suspend_peer
from federation.peers import PeerStore
from tests.simulation.machine import Machine
from tests.simulation.stories import Verbs
from tests.simulation.world import World

LONGEST = 0.5
"""How long any trouble lasts at most, as a share of the story."""


async def power_cut(world: World, machine: Machine, dice: random.Random) -> str:
    """Cut the power after a few more uses of the database, and bring it back later."""
    uses = dice.randint(1, 30)
    machine.lose_power_soon(uses)
    world.later(dice.uniform(1, LONGEST * world.lasts), _switch_on(machine))
    return f"after {uses} uses"


async def _switch_on(machine: Machine) -> None:
    await machine.lose_power()
    machine.start()


async def cut_line(world: World, machine: Machine, dice: random.Random) -> str:
    """Cut the line to another hub for a while, or to all of them."""
    others = [each for each in world.machines if each is not machine]
    cut = others if dice.random() < 0.3 else [dice.choice(others)]
    for other in cut:
        world.network.cut(machine.host, other.host)
    world.later(dice.uniform(5, LONGEST * world.lasts), _mend(world, machine, cut))
    return " ".join(other.host for other in cut)


async def _mend(world: World, machine: Machine, cut: list[Machine]) -> None:
    for other in cut:
        world.network.mend(machine.host, other.host)


async def fall_out(world: World, machine: Machine, dice: random.Random) -> str:
    """Suspend a peer, and resume it later."""
    other = dice.choice([each for each in world.machines if each is not machine])
    world.later(dice.uniform(5, LONGEST * world.lasts), _make_up(machine, other))
    await machine.do(lambda db, hub, act: suspend_peer(db, hub, other.host, act))
    return other.host


async def _make_up(machine: Machine, other: Machine) -> None:
    def work(db: sqlite_utils.Database, hub: Hub, act: Act) -> None:
        peer = PeerStore(db).by_actor(other.hub.identity.actor)
        if peer is not None and peer.state == "suspended":
            resume_peer(db, hub, other.host, act)

    await machine.insist(work)


async def days_pass(world: World, _machine: Machine, dice: random.Random) -> str:
    """Let some days pass for everybody."""
    days = dice.uniform(0.2, 12)
    await world.days_pass(days)
    return f"{days:.1f} days"


async def long_outage(world: World, machine: Machine, dice: random.Random) -> str:
    """Let a machine be without power for weeks or months, while the others go on."""
    days = dice.choice((dice.uniform(2, 20), dice.uniform(25, 45), dice.uniform(60, 110)))
    await machine.lose_power()
    await world.days_pass(days)
    machine.start()
    return f"{days:.1f} days"


VERBS: Final[Verbs] = {
    "power cut": (power_cut, 4),
    "cut line": (cut_line, 4),
}
FALLING_OUT: Final[Verbs] = {"fall out": (fall_out, 2)}
"""For worlds that read logs: who is suspended misses what was sent meanwhile."""
MONTHS: Final[Verbs] = {"days pass": (days_pass, 2), "long outage": (long_outage, 3)}
"""For stories that go on for months."""
