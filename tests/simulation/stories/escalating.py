"""
What the staff of hubs do with cases: offer them to other hubs, answer what others offer, erase.

Every text holds a mark, so that it is known again wherever it must not be. Most acts fit the state
that is seen at this hub; some do not, and are refused without a trace. Of what was offered its two
hubs go on to speak, each when it likes (stories/conversing.py).
"""

import random
from datetime import timedelta
from functools import partial
from typing import Final

import sqlite_utils

from content.cases.case import Case, read_case_content
from content.cases.dates import day_of
from content.cases.store import CaseStore
from content.changes import Act
from content.ids import new_id
from federation.escalation.copying import Edits
from federation.escalation.offering import offer_case
from federation.escalation.several import Asking, offer_to_several
from federation.hub import Hub
from federation.law.erasing import erase_case
from federation.peers import PeerStore
from tests.simulation.escalation_oracle import Done, differences
from tests.simulation.machine import Machine
from tests.simulation.stories import Subject, Verbs
from tests.simulation.stories.conversing import OFTEN, act_on, go_on, mark, text_about
from tests.simulation.stories.publishing import NOTHING
from tests.simulation.world import World

STILL_OPEN: Final = 0.6
"""How often a case that is offered is one that exists already."""
SEVERAL: Final = 0.2
"""How often it is offered to all other hubs at once."""


def _file(db: sqlite_utils.Database, hub: Hub, act: Act, dice: random.Random) -> Case:
    content = read_case_content(
        {
            "title": text_about(dice, "Clauses"),
            "question": text_about(dice, "Which clauses do we need?"),
            "topics": ["procurement"],
            "language": "en",
            "country": hub.identity.country,
            "requester": {
                "role": "who-city-official",
                "name": f"Nomen osprey-{mark(dice)}",
                "contact": f"osprey-{mark(dice)}@city.example",
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
    """Offer a case to another hub or to all, for a while that may be as short as today."""
    others = [each.host for each in world.machines if each is not machine]

    def work(db: sqlite_utils.Database, hub: Hub, act: Act) -> list[tuple[str, str]]:
        known = _own_case(db, dice) if dice.random() < STILL_OPEN else None
        case_id = known or _file(db, hub, act, dice).id
        days = dice.choice((None, 0, 1, 3, 20))
        today = day_of(act.at, hub.identity.timezone)
        edits = Edits(due=None if days is None else today + timedelta(days=days))
        peers = [peer.host for peer in PeerStore(db).active("hub")]
        if len(peers) > 1 and dice.random() < SEVERAL:
            asked = [Asking(host) for host in peers]
            made = offer_to_several(db, hub, case_id, asked, act, edits)
        else:
            made = (offer_case(db, hub, case_id, dice.choice(others), act, edits),)
        return [(each.offer_id, each.peer) for each in made]

    made = await machine.do(work)
    for offer_id, host in made:
        world.done.append(Done(machine.host, offer_id, "offer"))
        go_on(world, machine, host, offer_id, dice.getrandbits(32))
    return " ".join(f"{offer_id} offer" for offer_id, _ in made)


async def erase(_world: World, machine: Machine, dice: random.Random) -> str:
    """Erase a case that was filed here, as its requester asks."""

    def work(db: sqlite_utils.Database, hub: Hub, act: Act) -> str:
        case_id = _own_case(db, dice)
        if case_id is None:
            return NOTHING
        done = erase_case(db, hub, case_id, act, asked=True)
        return f"{case_id} taken back {len(done.taken_back)} to tell {len(done.to_tell)}"

    return await machine.do(work)


VERBS: Final[Verbs] = {
    "offer": (offer, 16),
    **{verb: (partial(act_on, verb), max(often // 2, 1)) for verb, often in OFTEN.items()},
    "erase case": (erase, 4),
}
SUBJECT: Final = Subject(VERBS, differences, differences)
"""Where the logs alone bring news, sealed messages travel all the same: they are in no log."""
