"""
What must be true in the end of the copies that hubs have of cases of other hubs.

They read as their origin has put them last, and of every one that was taken back a receipt came.
"""

from collections.abc import Iterator
from functools import partial
from itertools import permutations

import sqlite_utils

from content.cases.store import CaseErased, CaseStore
from federation.escalation.sent_copies import SentCopyStore
from federation.escalation.states import ENDED
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from tests.simulation.machine import Machine
from tests.simulation.oracle import rows
from tests.simulation.world import World

Texts = tuple[str, str]
"""Title and question."""


def copies_astray(world: World) -> list[str]:
    """Return in words which copies read otherwise than they should, and which receipts lack."""
    found: list[str] = []
    for origin, receiver in permutations(world.machines, 2):
        found += _read_otherwise(origin, receiver)
    for machine in world.machines:
        found += _receipts(machine)
    return found


def _read_otherwise(origin: Machine, receiver: Machine) -> Iterator[str]:
    question = "select id, offer_id, state from escalations where direction = 'out' and peer = ?"
    for escalation_id, offer_id, state in rows(origin, question, receiver.host):
        if state in ENDED:
            continue
        sent = origin.look(partial(_sent, origin.hub, escalation_id))
        held = receiver.look(partial(_held, receiver.hub, origin.host, offer_id))
        if sent is None:
            yield f"{origin.host} does not know what {receiver.host} has of {offer_id}: {state}"
        elif held is not None and held != sent:
            yield f"{receiver.host} has an older copy of {offer_id}, or another, than was sent"


def _sent(hub: Hub, escalation_id: str, db: sqlite_utils.Database) -> Texts | None:
    sent = SentCopyStore(db, hub.vault).get(escalation_id)
    return None if sent is None else (sent.wire["name"], sent.wire["content"])


def _held(hub: Hub, origin: str, offer_id: str, db: sqlite_utils.Database) -> Texts | None:
    """Return what a copy says; None where it has not come, or is no longer kept."""
    store = EscalationStore(db, hub.vault)
    escalation = store.by_offer(origin, "in", offer_id)
    if escalation is None:
        return None
    if escalation.case_id is None:
        offer = store.offer(escalation.id)
        return None if offer is None else (offer.title, offer.question)
    try:
        case = CaseStore(db, hub.vault).get(escalation.case_id)
    except CaseErased:
        return None
    return case.title, case.question


def _receipts(machine: Machine) -> Iterator[str]:
    """Of every copy that was taken back or erased its origin holds a receipt, and the last word."""
    question = (
        "select e.offer_id, e.peer, e.state, a.request,"
        " a.receipt is not null, a.settled_at is not null"
        " from escalations e left join erasures x on x.subject = e.offer_id"
        " left join erasures_asked a on a.request = x.request and a.host = e.peer"
        " where e.direction = 'out' and e.state in ('esc-withdrawn', 'esc-erased')"
    )
    confirmed: dict[tuple[str, str, str], bool] = {}
    for offer_id, peer, state, request, receipt, settled in rows(machine, question):
        copy = (offer_id, peer, state)
        confirmed[copy] = confirmed.get(copy, False) or bool(receipt)
        if request is None:
            yield f"{machine.host} did not ask {peer} to destroy {offer_id}, which is {state}"
        elif not receipt and not settled:
            yield f"{machine.host} has no receipt of {peer} for {offer_id}, which is {state}"
    for (offer_id, peer, state), has_one in confirmed.items():
        if not has_one:
            yield f"{machine.host} holds no receipt at all of {peer} for {offer_id}: {state}"
