"""
What the two hubs of an offer do with it, act by act, each as it sees it at that moment.

After an offer one of both acts after a while, then one of both again, for some time: so most
stories of a case come to an answer, and acts of both cross on their way.
"""

import asyncio
import random
import string
from collections.abc import Callable
from typing import Final

import sqlite_utils

from content.changes import Act
from federation.escalation.answering import (
    accept_offer,
    answer_origin,
    ask_origin,
    assign_offer,
    decline_offer,
)
from federation.escalation.correcting import Words, correct_copy
from federation.escalation.escalation import Escalation
from federation.escalation.handing_on import hand_on, propose_hub
from federation.escalation.offering import confirm, give_info, reopen, withdraw
from federation.escalation.revealing import Part, reveal
from federation.escalation.several import withdraw_others
from federation.escalation.states import TABLE, Role
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from federation.peers import PeerStore
from tests.simulation.escalation_oracle import Done
from tests.simulation.machine import Machine
from tests.simulation.stories import attempt
from tests.simulation.stories.publishing import NOTHING
from tests.simulation.world import World

FITTING: Final = 0.85
"""How often staff does what fits the state that it sees."""
WAITS: Final = 8
"""How often who could act does nothing, beside the numbers of OFTEN."""
MOST_ACTS: Final = 9
MOST_TURNS: Final = 14
"""A turn is no act where both are without power, or have nothing to do, or want nothing."""
PAUSE: Final = (1.0, 150.0)
"""Seconds between two acts of a conversation."""

OFTEN: Final[dict[str, int]] = {
    "accept": 14,
    "decline": 2,
    "assign": 4,
    "ask": 5,
    "propose": 2,
    "info": 6,
    "answer": 8,
    "confirm": 5,
    "reopen": 2,
    "withdraw": 1,
    "withdraw others": 1,
    "hand on": 1,
    "reveal": 2,
    "correct": 2,
}
"""Verbs of the table and what the origin makes of `withdraw`, and how often they are done."""
_IS_A: Final = {"withdraw others": "withdraw", "hand on": "withdraw"}


def mark(dice: random.Random) -> str:
    """Return nine letters: a number would look like one of a person, and stop what leaves."""
    return "".join(dice.choices(string.ascii_lowercase, k=9))


def text_about(dice: random.Random, what: str) -> str:
    """Return a text that is found again in any file in which it is readable."""
    return f"{what} canary-{mark(dice)}"


def go_on(world: World, origin: Machine, host: str, offer_id: str, seed: int) -> None:
    """Let the two hubs of an offer go on with it. host: of the receiver."""
    dice = random.Random(seed)
    receiver = next(each for each in world.machines if each.host == host)
    world.later(dice.uniform(*PAUSE), _converse(world, (origin, receiver), offer_id, dice))


async def _converse(
    world: World, hubs: tuple[Machine, Machine], offer_id: str, dice: random.Random
) -> None:
    acts = dice.randint(1, MOST_ACTS)
    for _ in range(MOST_TURNS):
        for machine in dice.sample(hubs, 2):
            doing = _act_once(world, machine, offer_id, dice)
            if (await attempt(world, machine, "goes on:", doing)).startswith("https:"):
                acts -= 1
                break
        if acts <= 0:
            return
        await asyncio.sleep(dice.uniform(*PAUSE))


async def _act_once(world: World, machine: Machine, offer_id: str, dice: random.Random) -> str:
    def work(db: sqlite_utils.Database, hub: Hub, act: Act) -> list[Done]:
        row = db.execute(
            "select id, state, direction from escalations where offer_id = ?", [offer_id]
        ).fetchone()
        if row is None:
            return []
        escalation_id, state, direction = row
        verbs = [verb for verb in OFTEN if _fits(verb, state, direction)]
        weights = [OFTEN[verb] for verb in verbs]
        (verb,) = dice.choices([*verbs, ""], [*weights, WAITS])
        return _do(db, hub, escalation_id, verb, act, dice) if verb else []

    return _told(world, await machine.do(work))


async def act_on(verb: str, world: World, machine: Machine, dice: random.Random) -> str:
    """Do something with one of the newest escalations that this hub has part in."""

    def work(db: sqlite_utils.Database, hub: Hub, act: Act) -> list[Done]:
        direction = "in" if _role_of(verb) == "receiver" else "out"
        rows = db.execute(
            "select id, state from escalations where direction = ? order by id desc limit 8",
            [direction],
        ).fetchall()
        if dice.random() < FITTING:
            rows = [row for row in rows if _fits(verb, row[1], direction)]
        return _do(db, hub, dice.choice(rows)[0], verb, act, dice) if rows else []

    return _told(world, await machine.do(work))


def _role_of(verb: str) -> Role:
    return next(role for _, role, move in TABLE if move == _IS_A.get(verb, verb))


def _fits(verb: str, state: str, direction: str) -> bool:
    """Return whether a verb is for this side of an escalation, and for its state."""
    role = "receiver" if direction == "in" else "origin"
    return (state, role, _IS_A.get(verb, verb)) in TABLE


def _do(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation_id: str,
    verb: str,
    act: Act,
    dice: random.Random,
) -> list[Done]:
    escalation = EscalationStore(db, hub.vault).get(escalation_id)
    if verb == "withdraw others":
        others = withdraw_others(db, hub, escalation_id, act)
        return [_done(hub, other, "withdraw") for other in others]
    if verb == "hand on":
        host = _third(db, hub, escalation, dice)
        if escalation.case_id is None:
            return []
        handed = hand_on(db, hub, escalation_id, host, act, case_id=escalation.case_id)
        return [_done(hub, escalation, "withdraw"), _done(hub, handed, "offer")]
    if verb == "propose":
        host = _third(db, hub, escalation, dice)
        propose_hub(db, hub, escalation_id, host, text_about(dice, "They know."), act)
    else:
        _ACTS[verb](db, hub, escalation_id, act, dice)
    return [_done(hub, escalation, verb)]


def _third(db: sqlite_utils.Database, hub: Hub, escalation: Escalation, dice: random.Random) -> str:
    """Return another hub than these two; where no other is known, this one, which is refused."""
    known = [peer.host for peer in PeerStore(db).active("hub") if peer.host != escalation.peer]
    return dice.choice(known or [hub.identity.host])


def _done(hub: Hub, escalation: Escalation, verb: str) -> Done:
    return Done(hub.identity.host, escalation.offer_id, verb)


def _told(world: World, done: list[Done]) -> str:
    """Remember what a person was told is done."""
    world.done += done
    return " ".join(f"{each.offer_id} {each.verb}" for each in done) or NOTHING


_Do = Callable[[sqlite_utils.Database, Hub, str, Act, random.Random], object]
_ACTS: Final[dict[str, _Do]] = {
    "accept": lambda db, hub, it, act, _: accept_offer(db, hub, it, act),
    "decline": lambda db, hub, it, act, dice: decline_offer(
        db, hub, it, act, reason=text_about(dice, "Not our field.")
    ),
    "assign": lambda db, hub, it, act, _: assign_offer(db, hub, it, act),
    "ask": lambda db, hub, it, act, dice: ask_origin(
        db, hub, it, text_about(dice, "Which one?"), act
    ),
    "info": lambda db, hub, it, act, dice: give_info(
        db, hub, it, text_about(dice, "This one."), act
    ),
    "answer": lambda db, hub, it, act, dice: answer_origin(
        db, hub, it, text_about(dice, "These clauses."), act
    ),
    "confirm": lambda db, hub, it, act, _: confirm(db, hub, it, act),
    "reopen": lambda db, hub, it, act, _: reopen(db, hub, it, act),
    "withdraw": lambda db, hub, it, act, _: withdraw(db, hub, it, act),
    "reveal": lambda db, hub, it, act, _: reveal(db, hub, it, [Part.NAME], act),
    "correct": lambda db, hub, it, act, dice: correct_copy(
        db, hub, it, act, Words(question=text_about(dice, "Or which of these?"))
    ),
}
