"""
What the staff of hubs do with cases: offer them to other hubs, answer what others offer, erase.

Every text holds a mark, so that it is known again wherever it must not be. Most acts fit the state
that is seen at this hub; some do not, and are refused without a trace.
"""

import random
import string
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

import sqlite_utils

from content.cases.case import Case, read_case_content
from content.cases.dates import day_of
from content.cases.store import CaseStore
from content.changes import Act
from content.ids import new_id
from federation.escalation.answering import (
    accept_offer,
    answer_origin,
    ask_origin,
    assign_offer,
    decline_offer,
)
from federation.escalation.copying import Edits
from federation.escalation.correcting import Words, correct_copy
from federation.escalation.offering import confirm, give_info, offer_case, reopen, withdraw
from federation.escalation.revealing import Part, reveal
from federation.escalation.states import TABLE, Verb
from federation.hub import Hub
from federation.law.erasing import erase_case
from tests.simulation.escalation_oracle import Done, differences
from tests.simulation.machine import Machine
from tests.simulation.stories import Subject, Verbs
from tests.simulation.stories.publishing import NOTHING
from tests.simulation.world import World

FITTING: Final = 0.85
"""How often staff does what fits the state that it sees."""
STILL_OPEN: Final = 0.6
"""How often a case that is offered is one that exists already."""


def _mark(dice: random.Random) -> str:
    """Return nine letters: a number would look like one of a person, and stop what leaves."""
    return "".join(dice.choices(string.ascii_lowercase, k=9))


def _text(dice: random.Random, what: str) -> str:
    return f"{what} canary-{_mark(dice)}"


def _file(db: sqlite_utils.Database, hub: Hub, act: Act, dice: random.Random) -> Case:
    content = read_case_content(
        {
            "title": _text(dice, "Clauses"),
            "question": _text(dice, "Which clauses do we need?"),
            "topics": ["procurement"],
            "language": "en",
            "country": hub.identity.country,
            "requester": {
                "role": "who-city-official",
                "name": f"Nomen osprey-{_mark(dice)}",
                "contact": f"osprey-{_mark(dice)}@city.example",
            },
            "consents": {"escalate": "yes", "share_name": True},
            "sensitivity": "data-personal" if dice.random() < 0.1 else "data-none",
        }
    )
    case = Case.received(content, act, case_id=new_id(act.at, hub.chance))
    CaseStore(db, hub.vault).add(case, act)
    return case


def _own_case(db: sqlite_utils.Database, dice: random.Random) -> str | None:
    """Return one of the newest cases that were filed here and not erased."""
    rows = db.execute(
        "select id from cases where escalated_from is null and wrapped_key is not null"
        " order by id desc limit 4"
    ).fetchall()
    return str(dice.choice(rows)[0]) if rows else None


async def offer(world: World, machine: Machine, dice: random.Random) -> str:
    """Offer a case to another hub, for a while that may be as short as today."""
    others = [each.host for each in world.machines if each is not machine]

    def work(db: sqlite_utils.Database, hub: Hub, act: Act) -> Done:
        known = _own_case(db, dice) if dice.random() < STILL_OPEN else None
        case_id = known or _file(db, hub, act, dice).id
        days = dice.choice((None, 0, 1, 3, 20))
        today = day_of(act.at, hub.identity.timezone)
        due = None if days is None else today + timedelta(days=days)
        made = offer_case(db, hub, case_id, dice.choice(others), act, Edits(due=due))
        return Done(machine.host, made.offer_id, "offer")

    return _told(world, await machine.do(work))


async def act_on(verb: Verb, world: World, machine: Machine, dice: random.Random) -> str:
    """Do something with an escalation that this hub has part in."""

    def work(db: sqlite_utils.Database, hub: Hub, act: Act) -> Done | None:
        chosen = _escalation(db, verb, dice)
        if chosen is None:
            return None
        escalation_id, offer_id = chosen
        _ACTS[verb](db, hub, escalation_id, act, dice)
        return Done(machine.host, offer_id, verb)

    done = await machine.do(work)
    return NOTHING if done is None else _told(world, done)


def _escalation(
    db: sqlite_utils.Database, verb: Verb, dice: random.Random
) -> tuple[str, str] | None:
    """Return one of the newest escalations to which the verb fits, or now and then any."""
    direction = "in" if any((state, "receiver", verb) in TABLE for state, *_ in TABLE) else "out"
    rows = db.execute(
        "select id, offer_id, state from escalations where direction = ? order by id desc limit 8",
        [direction],
    ).fetchall()
    if dice.random() < FITTING:
        role = "receiver" if direction == "in" else "origin"
        rows = [row for row in rows if (row[2], role, verb) in TABLE]
    return dice.choice(rows)[:2] if rows else None


def _told(world: World, done: Done) -> str:
    """Remember what a person was told is done."""
    world.done.append(done)
    return f"{done.offer_id} {done.verb}"


_Do = Callable[[sqlite_utils.Database, Hub, str, Act, random.Random], object]
_ACTS: Final[dict[str, _Do]] = {
    "accept": lambda db, hub, it, act, _: accept_offer(db, hub, it, act),
    "decline": lambda db, hub, it, act, dice: decline_offer(
        db, hub, it, act, reason=_text(dice, "Not our field.")
    ),
    "assign": lambda db, hub, it, act, _: assign_offer(db, hub, it, act),
    "ask": lambda db, hub, it, act, dice: ask_origin(db, hub, it, _text(dice, "Which one?"), act),
    "info": lambda db, hub, it, act, dice: give_info(db, hub, it, _text(dice, "This one."), act),
    "answer": lambda db, hub, it, act, dice: answer_origin(
        db, hub, it, _text(dice, "These clauses."), act
    ),
    "confirm": lambda db, hub, it, act, _: confirm(db, hub, it, act),
    "reopen": lambda db, hub, it, act, _: reopen(db, hub, it, act),
    "withdraw": lambda db, hub, it, act, _: withdraw(db, hub, it, act),
    "reveal": lambda db, hub, it, act, _: reveal(db, hub, it, [Part.NAME], act),
    "correct": lambda db, hub, it, act, dice: correct_copy(
        db, hub, it, act, Words(question=_text(dice, "Or which of these?"))
    ),
}


async def erase(_world: World, machine: Machine, dice: random.Random) -> str:
    """Erase a case that was filed here, as its requester asks."""

    def work(db: sqlite_utils.Database, hub: Hub, act: Act) -> str:
        case_id = _own_case(db, dice)
        if case_id is None:
            return NOTHING
        done = erase_case(db, hub, case_id, act, asked=True)
        return f"{case_id} taken back {len(done.taken_back)} to tell {len(done.to_tell)}"

    return await machine.do(work)


_OFTEN: Final[dict[Verb, int]] = {
    "accept": 9,
    "decline": 2,
    "assign": 4,
    "ask": 5,
    "info": 5,
    "answer": 6,
    "confirm": 4,
    "reopen": 2,
    "withdraw": 3,
    "reveal": 2,
    "correct": 2,
}
VERBS: Final[Verbs] = {
    "offer": (offer, 12),
    **{verb: (partial(act_on, verb), often) for verb, often in _OFTEN.items()},
    "erase case": (erase, 1),
}
SUBJECT: Final = Subject(VERBS, differences, differences, ways=("both", "push"))
"""Sealed messages are in no log, so nothing of it happens where the inboxes are closed."""
