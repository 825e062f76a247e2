"""
Stories: what people do and what breaks, and when. All of it follows from the seed.

A verb is an async function of the world, the machine it happens at, and dice of its own; it returns
words for the trace. A subject is what some verbs are about, and what must be true of it in the end.

To add one, say `escalating`:

1. Write `stories/escalating.py` with its verbs. They call what pages and commands call, by
   `machine.do` (one transaction) or `machine.run` (what waits), take all chance from their dice,
   and return words in which nothing differs between two runs of one seed: ids and outcomes, never
   ciphertext. What may be refused just raises; the trace says so, and the story goes on.
2. Write what must be true after quiet time as a function of the world that returns sentences, none
   when all is well (oracle.py, erasure_oracle.py). It is asked again and again until it returns
   none or `Plan.patience` is over, so it may say what is only not done yet. Read tables with
   `oracle.rows`, not by the stores whose work it judges.
3. Put both into a `Subject` named SUBJECT, and that into SUBJECTS in running.py, and its name into
   USUAL once it is green. What cannot come to an end where the inbox or the logs are closed leaves
   "pull" or "push" out of its ways, and then is no part of such stories.
4. `make simulate ARGS="--seeds 1-50 --subjects escalating,publishing"`; in a plan of your own,
   `lasts` says how long trouble goes on (a month of outage is `lasts=60 * 86400`).
5. Plant a fault in it (tests/simulation/test_planted_faults.py), to see that it would be found.

What goes wrong around the hubs is in trouble.py and belongs to every story.
"""

import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from node.problems import OUR_ERRORS
from tests.simulation.machine import Machine, PowerLost
from tests.simulation.world import World

Verb = Callable[[World, Machine, random.Random], Awaitable[str]]
Verbs = Mapping[str, tuple[Verb, int]]
"""Name -> what is done, and how often it is, relative to the others."""
Way = Literal["push", "pull", "both"]
"""How records travel: as deliveries only, by reading logs only, or as in life."""
WAYS: Final[tuple[Way, ...]] = ("both", "both", "push", "pull")


def nothing(_world: World) -> list[str]:
    """Return that nothing is wrong."""
    return []


@dataclass(frozen=True)
class Subject:
    """
    What a story can be about.

    differences: what in the end is not as it must be, in words. by_push: the same for a time when
    no log can be read. ways: in which its verbs can come to an end.
    """

    verbs: Verbs
    differences: Callable[[World], list[str]]
    by_push: Callable[[World], list[str]] = nothing
    ways: tuple[Way, ...] = WAYS


@dataclass(frozen=True)
class Step:
    """One verb at one time. at: seconds from the beginning of the story."""

    at: float
    verb: str
    machine: int
    dice: int


def made_up(
    dice: random.Random, verbs: Verbs, *, steps: int, machines: int, lasts: float
) -> list[Step]:
    """Make up a story of so many steps; some come in bursts, as life does."""
    names, weights = list(verbs), [weight for _, weight in verbs.values()]
    moments: list[float] = []
    while len(moments) < steps:
        start = dice.uniform(0, lasts)
        moments += [start + dice.random() * 3 for _ in range(dice.choice((1, 1, 2, 4)))]
    return [
        Step(at, dice.choices(names, weights)[0], dice.randrange(machines), dice.getrandbits(32))
        for at in sorted(moments)[:steps]
    ]


def tell(world: World, verbs: Verbs, story: Iterable[Step]) -> None:
    """Let a story happen from now on, while the world goes on."""
    for step in story:
        world.later(step.at, _happen(world, verbs, step))


async def _happen(world: World, verbs: Verbs, step: Step) -> None:
    machine = world.machines[step.machine]
    verb, _ = verbs[step.verb]
    doing = verb(world, machine, random.Random(step.dice))
    await attempt(world, machine, step.verb, doing)


async def attempt(world: World, machine: Machine, name: str, doing: Awaitable[str]) -> str:
    """Let something be done at a machine; note and return what came of it: it may be refused."""
    try:
        outcome = await doing
    except PowerLost:
        outcome = "without power"
    except OUR_ERRORS as error:
        outcome = f"refused: {getattr(error, 'code', error)}"
    world.trace.note(machine.host, name, outcome)
    return outcome
