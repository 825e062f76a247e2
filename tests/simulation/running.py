"""One seed, one run: a world is made, lives through its story, and is asked whether all is well."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from structlog.testing import capture_logs

from tests.simulation.network import CALM, Weather
from tests.simulation.oracle import broken_promises, unfinished
from tests.simulation.stories import (
    WAYS,
    Subject,
    Verb,
    Verbs,
    Way,
    escalating,
    keys,
    made_up,
    publishing,
    tell,
    trouble,
)
from tests.simulation.virtual_time import live
from tests.simulation.world import World

SUBJECTS: Final[dict[str, Subject]] = {
    "publishing": publishing.SUBJECT,
    "keys": keys.SUBJECT,
    "escalating": escalating.SUBJECT,
}
"""What stories can be about."""
RECORDS: Final = ("publishing", "keys")
CASES: Final = ("escalating",)
USUAL: Final = (*RECORDS, *CASES)
LOOK_EVERY: Final = 60.0
"""Seconds after which it is asked again whether all is equal."""
LOOKS_OF_A_MINUTE: Final = 20
A_WHILE: Final = 0.25
"""Days. After months it is asked after minutes first, then after so many hours."""
_CLOSED: Final[dict[Way, tuple[str, ...]]] = {"push": ("/hub/",), "pull": (), "both": ()}
_IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - the files of a run, where that is a disk in memory


@dataclass(frozen=True)
class Plan:
    """
    What a run is like.

    hubs: 2 to 8. coalition: the last of them is one. strangers: they become peers while the story
    goes on, and not before. months: it goes on for months, and hubs are out for weeks. steps: how
    much happens in the story. subjects: what it is about. lasts: seconds in which things happen
    and go wrong. patience: seconds after the last fault in which all must have become equal; as
    many days as hours after months, since who was away for long is tried twice a day, and by logs
    alone, since who lost a page with what was erased meanwhile is asked after a day.
    """

    seed: int
    hubs: int
    way: Way
    coalition: bool = False
    strangers: bool = False
    months: bool = False
    steps: int = 60
    subjects: tuple[str, ...] = USUAL
    lasts: float = 1200.0
    patience: float = 8 * 3600.0

    @property
    def in_days(self) -> bool:
        """Return whether it takes days until all has become equal."""
        return self.months or self.way == "pull"

    @classmethod
    def of(cls, seed: int, hubs: int | None = None, subjects: tuple[str, ...] = USUAL) -> "Plan":
        """
        Return the plan of a seed: 3 to 5 hubs unless told, by all ways in turn.

        A subject whose verbs cannot come to an end in that way is left out of the story.
        """
        way = WAYS[seed % 4]
        if not any(way in SUBJECTS[subject].ways for subject in subjects):
            way = "both"
        told = tuple(subject for subject in subjects if way in SUBJECTS[subject].ways)
        strangers = way == "both" and seed % 8 >= 4
        return cls(
            seed,
            hubs or 3 + seed % 3,
            way,
            coalition=seed % 5 == 0,
            strangers=strangers,
            months=seed % 3 == 1 and way != "push" and bool(set(told) & set(CASES)),
            subjects=told,
        )


@dataclass(frozen=True)
class Outcome:
    """What became of a run. digest: of its trace. problems: in words; none when all is well."""

    plan: Plan
    digest: str
    lines: list[str]
    problems: list[str]


Plant = Callable[[World], None]
"""Plants a fault into a world once it is founded, to see whether it is found."""


def run(plan: Plan, plant: Plant | None = None) -> Outcome:
    """Run a plan in virtual time."""
    with (
        TemporaryDirectory(dir=_IN_MEMORY if _IN_MEMORY.is_dir() else None) as folder,
        capture_logs() as logs,
    ):
        world = World(Path(folder), plan.seed, plan.lasts)
        problems = live(_live(world, plan, plant))
        problems += [f"{each}" for each in logs if each["log_level"] == "error"]
    return Outcome(plan, world.trace.digest, world.trace.lines, world.trace.problems + problems)


async def _live(world: World, plan: Plan, plant: Plant | None) -> list[str]:
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, context: world.trace.blame(context.get("exception") or context["message"])
    )
    world.found(plan.hubs, coalition=plan.coalition)
    if plant is not None:
        plant(world)
    if not plan.strangers:
        await world.become_peers()
    dice = world.dice("story")
    world.network.weather = replace(
        Weather.drawn(dice), closed=_CLOSED[plan.way], no_news=plan.way == "pull"
    )
    verbs = _verbs(plan)
    story = made_up(dice, verbs, steps=plan.steps, machines=plan.hubs, lasts=plan.lasts)
    tell(world, verbs, story)
    peering = asyncio.create_task(world.become_peers()) if plan.strangers else None
    await world.calm_down()
    problems: list[str] = []
    if peering is not None:
        await _wait_for(world, plan, peering.done)
        if not peering.done():
            problems.append("not all hubs became peers")
    subjects = [SUBJECTS[name] for name in plan.subjects]
    if plan.way == "push":
        world.network.weather = replace(CALM, closed=_CLOSED["push"])
        problems += await _settled(world, plan, [subject.by_push for subject in subjects])
        world.network.clear_up()
    problems += await _settled(world, plan, [subject.differences for subject in subjects])
    problems += broken_promises(world)
    await world.end()
    return problems


def _verbs(plan: Plan) -> Verbs:
    """Return what can happen: who gets deliveries only must not be suspended, or it misses them."""
    verbs: dict[str, tuple[Verb, int]] = dict(trouble.VERBS)
    if plan.way != "push":
        verbs |= trouble.FALLING_OUT
    if plan.months:
        verbs |= trouble.MONTHS
    for subject in plan.subjects:
        verbs |= SUBJECTS[subject].verbs
    return verbs


async def _settled(
    world: World, plan: Plan, checks: Sequence[Callable[[World], list[str]]]
) -> list[str]:
    """Give everybody time until all is equal; return what still is not in the end."""
    every = (unfinished, *checks)
    await _wait_for(world, plan, lambda: not any(check(world) for check in every))
    found = [each for check in every for each in check(world)]
    world.trace.note("settled" if not found else "not settled")
    return found


async def _wait_for(world: World, plan: Plan, fact: Callable[[], bool]) -> None:
    """Wait until something is so, or for as long as the plan has patience."""
    looks = 0.0
    while not fact() and looks < plan.patience / LOOK_EVERY:
        looks += 1
        if plan.in_days and looks > LOOKS_OF_A_MINUTE:
            await world.days_pass(A_WHILE)
            looks += A_WHILE * 3600 / LOOK_EVERY
        await asyncio.sleep(LOOK_EVERY)
