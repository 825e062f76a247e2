"""What the staff of hubs do with resources and experts, and what it reads from others."""

import random
from functools import partial
from typing import Final

import sqlite_utils

from content.changes import Act
from content.experts.record import ExpertRecord, read_expert
from content.experts.store import ExpertStore
from content.resources.record import ResourceRecord, read_record
from content.resources.resource import ResourceState
from content.resources.store import ResourceStore
from federation.catching_up import catch_up
from federation.hub import Hub
from federation.peers import PeerStore
from federation.publishing import (
    add_resource,
    import_resources,
    retract_resource,
    update_resource,
)
from federation.publishing_experts import (
    add_expert,
    confirm_expert,
    pause_expert,
    remove_expert,
    update_expert,
)
from tests.simulation import oracle
from tests.simulation.erasure_oracle import erasures_undone
from tests.simulation.machine import Machine
from tests.simulation.stories import Subject, Verbs
from tests.simulation.world import World

NOTHING = "nothing there"


def nine_digits(dice: random.Random) -> int:
    """Return a number by which a text is found again, wherever traces of it are left."""
    return dice.randrange(10**8, 10**9)


def _resource(dice: random.Random, label: str | None = None) -> ResourceRecord:
    number = nine_digits(dice)
    return read_record(
        {
            "title": f"Guide {number}",
            "summary": f"How a city lists the algorithms that it uses, {dice.randrange(100)}.",
            "url": f"https://city.example/guides/{number}",
            "publisher": "City of Example",
            "year": 2024,
            "language": "en",
            "country": "NL",
            "kind": "guide",
            "topics": ["algorithm-registers"],
            "label": label or dice.choice(("tlp-clear", "tlp-clear", "tlp-clear", "tlp-green")),
        }
    )


def _expert(dice: random.Random) -> ExpertRecord:
    return read_expert(
        {
            "name": f"Example Person {nine_digits(dice)}",
            "bio": "Reviews algorithm registers.",
            "topics": ["algorithm-registers"],
            "languages": ["en"],
            "scope": dice.choice(("hub", "network", "public")),
            "example": True,
        }
    )


async def publish(_world: World, machine: Machine, dice: random.Random) -> str:
    """Publish a new resource."""
    record = _resource(dice)
    return (await machine.do(lambda db, hub, act: add_resource(db, hub, record, act))).id


async def publish_many(_world: World, machine: Machine, dice: random.Random) -> str:
    """Import some resources at once; some of them again."""
    records = [_resource(random.Random(dice.randrange(50))) for _ in range(dice.randint(2, 12))]
    once = {record.import_key: record for record in records}.values()
    report = await machine.do(lambda db, hub, act: import_resources(db, hub, once, act))
    return f"{report.added} added, {report.updated} updated"


def _one_of_ours(db: sqlite_utils.Database, dice: random.Random) -> str | None:
    ids = [each.id for each in ResourceStore(db).all(ResourceState.PUBLISHED)]
    return dice.choice(ids) if ids else None


async def change(_world: World, machine: Machine, dice: random.Random) -> str:
    """Change what a resource says, and now and then who may read it."""

    def work(db: sqlite_utils.Database, hub: Hub, act: Act) -> str:
        number = _one_of_ours(db, dice)
        if number is None:
            return NOTHING
        known = ResourceStore(db).get(number).record
        label = None if dice.random() < 0.15 else known.label.value
        update = {"summary": _resource(dice).summary, "label": _resource(dice, label).label}
        return update_resource(db, hub, number, known.model_copy(update=update), act).id

    return await machine.do(work)


async def retract(_world: World, machine: Machine, dice: random.Random) -> str:
    """Take a resource back for ever."""

    def work(db: sqlite_utils.Database, hub: Hub, act: Act) -> str:
        number = _one_of_ours(db, dice)
        return NOTHING if number is None else retract_resource(db, hub, number, act).id

    return await machine.do(work)


async def list_expert(_world: World, machine: Machine, dice: random.Random) -> str:
    """List a new expert."""
    record = _expert(dice)
    return (await machine.do(lambda db, hub, act: add_expert(db, hub, record, act))).id


async def _with_an_expert(move: str, _world: World, machine: Machine, dice: random.Random) -> str:
    def work(db: sqlite_utils.Database, hub: Hub, act: Act) -> str:
        listed = [each.id for each in ExpertStore(db).active()]
        if not listed:
            return NOTHING
        number = dice.choice(listed)
        if move == "correct":
            return update_expert(db, hub, number, _expert(dice), act).id
        return _MOVES[move](db, hub, number, act).id

    return await machine.do(work)


_MOVES = {"confirm": confirm_expert, "pause": pause_expert, "remove": remove_expert}


async def sync(world: World, machine: Machine, dice: random.Random) -> str:
    """Read the logs of another hub right now, as `hub sync` does."""
    other = dice.choice([each for each in world.machines if each is not machine])
    peer = machine.look(lambda db: PeerStore(db).get(other.host))
    done = await machine.run(lambda node: catch_up(node, peer))
    return f"{other.host} {done.entries} entries, at {done.seq}. {done.problem}"


def differences(world: World) -> list[str]:
    """Return where hubs hold something else than was published, or something that was erased."""
    return oracle.differences(world) or erasures_undone(world)


VERBS: Final[Verbs] = {
    "publish": (publish, 8),
    "publish many": (publish_many, 3),
    "change": (change, 10),
    "retract": (retract, 5),
    "list expert": (list_expert, 3),
    "correct expert": (partial(_with_an_expert, "correct"), 2),
    "confirm expert": (partial(_with_an_expert, "confirm"), 2),
    "pause expert": (partial(_with_an_expert, "pause"), 1),
    "remove expert": (partial(_with_an_expert, "remove"), 2),
    "sync": (sync, 3),
}

SUBJECT: Final = Subject(VERBS, differences, partial(oracle.differences, logs=False))
