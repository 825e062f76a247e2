"""
What must be true of escalations when the faults have ended and everybody had time.

Both hubs see one state; every message was dealt with once, or refused and its sender knows;
no text is left where it may not be. Reads the tables by itself, as the other oracles do.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Final

from content.cases.rows import owner_of
from tests.simulation.copies_oracle import copies_astray
from tests.simulation.machine import Machine
from tests.simulation.oracle import rows
from tests.simulation.world import World

_ENDED: Final = ("esc-declined", "esc-withdrawn", "esc-expired", "esc-erased")
_AT_WORK: Final = ("esc-offered", "esc-accepted", "esc-info-needed", "esc-in-progress")
_CANARY: Final = re.compile(rb"anary-[0-9]{9}")


@dataclass(frozen=True)
class Done:
    """An act of which a person at a hub was told that it is done. offer_id: of the escalation."""

    host: str
    offer_id: str
    verb: str


def differences(world: World) -> list[str]:
    """Return in words where hubs do not agree about escalations, or keep what they may not."""
    found: list[str] = []
    for one, other in permutations(world.machines, 2):
        found += _messages(one, other)
        found += _states(one, other)
    for machine in world.machines:
        found += _texts_of_ended(machine)
        found += _unread(machine)
        found += _cases(machine)
        found += _in_clear(machine)
    found += _forgotten(world)
    return found + copies_astray(world)


def _messages(sender: Machine, taker: Machine) -> Iterator[str]:
    """Every numbered message: dealt with once, under its number, and its sender knows how."""
    question = "select n, inner_id, refused is not null from sealed_out where peer = ? order by n"
    sent = rows(sender, question, taker.host)
    question = "select n, inner_id, state = 'refused' from sealed_in where peer = ? order by n"
    taken = rows(taker, question, sender.host)
    if sent != taken:
        lacking, strange = set(sent) - set(taken), set(taken) - set(sent)
        yield (
            f"{taker.host} took {len(taken)} of {len(sent)} messages of {sender.host}, or others:"
            f" not {sorted(lacking)[:2]}, but {sorted(strange)[:2]}"
        )
    if [n for n, *_ in sent] != list(range(1, len(sent) + 1)):
        yield f"{sender.host} has not numbered what it sent to {taker.host} from 1 on"
    question = "select count(*) from sealed_out where peer = ? and acked_at is null"
    for (count,) in rows(sender, question, taker.host):
        if count:
            yield f"{sender.host} has no acknowledgement of {taker.host} for {count} messages"
    question = (
        "select reason from deliveries join outgoing on outgoing.id = outgoing_id"
        " where state = 'failed' and sealed and destination = ?"
    )
    for (reason,) in rows(sender, question, taker.hub.identity.inbox):
        yield f"{sender.host} could not deliver to {taker.host}: {reason}"


def _states(origin: Machine, receiver: Machine) -> Iterator[str]:
    question = "select offer_id, state from escalations where direction = 'out' and peer = ?"
    here = dict(rows(origin, question, receiver.host))
    question = "select offer_id, state from escalations where direction = 'in' and peer = ?"
    there = dict(rows(receiver, question, origin.host))
    question = "select inner_id from sealed_out where verb = 'offer' and refused is not null"
    never = {inner_id for (inner_id,) in rows(origin, question)}
    for offer_id in sorted(here.keys() | there.keys()):
        if offer_id in never and here.get(offer_id) in _ENDED and offer_id not in there:
            continue
        if here.get(offer_id) == "esc-erased" and offer_id not in there:
            continue  # erased before the offer arrived: what came says nothing any more
        if here.get(offer_id) != there.get(offer_id):
            yield (
                f"{offer_id} is {here.get(offer_id)} at {origin.host}"
                f" and {there.get(offer_id)} at {receiver.host}"
            )
        elif here[offer_id] not in _ENDED:
            yield from _said(offer_id, origin, receiver)


def _said(offer_id: str, origin: Machine, receiver: Machine) -> Iterator[str]:
    """What was said in an escalation that is not over: the same texts, each once, on both sides."""
    here, there = _texts(origin, offer_id), _texts(receiver, offer_id)
    if here is not None and there is not None and here != there:
        yield (
            f"{origin.host} and {receiver.host} read other messages of {offer_id}:"
            f" {sum((here - there).values())} and {sum((there - here).values())} more"
        )


def _texts(machine: Machine, offer_id: str) -> "Counter[tuple[str, str]] | None":
    """Return kind and text of what was said; None where there is no case any more, or not yet."""
    vault = machine.hub.vault
    question = (
        "select e.id, c.id, c.wrapped_key from escalations e join cases c on c.id = e.case_id"
        " where e.offer_id = ? and c.wrapped_key is not null"
    )
    for escalation_id, case_id, wrapped in rows(machine, question, offer_id):
        key = vault.open_key(owner_of(case_id), bytes(wrapped))
        # An event is told by each hub to its own people, in words of its own.
        question = (
            "select id, kind, text from case_messages where escalation_id = ? and kind <> 'event'"
        )
        return Counter(
            (kind, key.decrypt(f"message/{id_}", bytes(text)))
            for id_, kind, text in rows(machine, question, escalation_id)
        )
    return None


def _texts_of_ended(machine: Machine) -> Iterator[str]:
    """A receiver keeps no text of what is over, and an offer only until it is decided."""
    question = (
        "select e.offer_id, e.state, e.wrapped_key is not null, o.wrapped_key is not null,"
        " c.wrapped_key is not null, c.id"
        " from escalations e left join offers o on o.escalation_id = e.id"
        " left join cases c on c.id = e.case_id or c.escalated_from = e.id"
        " where e.direction = 'in'"
    )
    kept_no_longer = _kept_no_longer(machine)
    for offer_id, state, itself, offer, case, case_id in rows(machine, question):
        kept = [name for name, is_there in (("title", itself), ("case", case)) if is_there]
        if state in _ENDED and (kept or offer):
            yield f"{machine.host} keeps {' and '.join(kept) or 'the offer'} of {offer_id}: {state}"
        elif offer and state != "esc-offered":
            yield f"{machine.host} keeps the offer {offer_id}, which is {state}"
        elif state not in _ENDED and not itself and case_id not in kept_no_longer:
            yield f"{machine.host} has lost what {offer_id} says, which is {state}"


def _kept_no_longer(machine: Machine) -> set[str]:
    """Return the copies that a hub erased since it keeps none for longer, not before that day."""
    question = (
        "select subject from changes where what = 'retention.erase'"
        " and (note not like '%gone by %' or substr(note, -10) <= substr(at, 1, 10))"
    )
    return {case_id for (case_id,) in rows(machine, question)}


def _unread(machine: Machine) -> Iterator[str]:
    """Nobody keeps the text of a message that the other hub has, nor one that was held back."""
    for table in ("sealed_out", "sealed_in"):
        question = f"select count(*) from {table} where wrapped_key is not null"  # noqa: S608
        question += " or inner is not null"
        for (count,) in rows(machine, question):
            if count:
                yield f"{machine.host} keeps {count} texts in its {table}"


def _cases(machine: Machine) -> Iterator[str]:
    """The status of a case fits the escalations of it."""
    question = (
        "select c.id, c.status, c.wrapped_key is not null, c.escalated_from,"
        " group_concat(e.state) from cases c"
        " left join escalations e on e.case_id = c.id group by c.id"
    )
    kept_no_longer = _kept_no_longer(machine)
    for case_id, status, has_text, came_from, joined in rows(machine, question):
        states = set((joined or "").split(",")) - {""}
        if (status == "case-erased") == bool(has_text):
            yield f"{machine.host} calls case {case_id} {status}, and its text is there: {has_text}"
        fits = _fits_receiver if came_from else _fits_origin
        if status == "case-erased" and case_id in kept_no_longer:
            continue
        if not fits(status, states):
            yield f"{machine.host} calls case {case_id} {status}, which is {sorted(states)}"


def _fits_origin(status: str, states: set[str]) -> bool:
    """Return whether a case may have this status, if people did nothing but escalate it."""
    if status == "case-erased":
        return states <= {*_ENDED, "esc-confirmed"}
    if states & {"esc-answered", "esc-confirmed"}:
        return status in ("case-answered", "case-escalated")
    if states & set(_AT_WORK):
        return status in ("case-escalated", "case-answered")
    return status in ("case-received", "case-open", "case-answered")


def _fits_receiver(status: str, states: set[str]) -> bool:
    """Return whether the case of a receiver may have this status; it has one escalation."""
    (state,) = states
    if state in _ENDED:
        return status == "case-erased"
    if state == "esc-confirmed":
        return status == "case-closed"
    if state == "esc-answered":
        return status == "case-answered"
    return status in ("case-triage", "case-open", "case-waiting")


def _in_clear(machine: Machine) -> Iterator[str]:
    """Nothing of a case is readable in any file."""
    for file in sorted(machine.path.parent.glob(f"{machine.path.name}*")):
        found = _CANARY.search(file.read_bytes())
        if found:
            yield f"{machine.host} has {found[0].decode()} readable in {file.name}"


def _forgotten(world: World) -> Iterator[str]:
    """What a person was told is done, is among the messages that were sent."""
    sent: dict[str, Counter[tuple[Any, ...]]] = {}
    erased: set[tuple[str, str]] = set()
    question = (
        "select e.offer_id, s.verb from sealed_out s join escalations e on e.id = s.escalation_id"
    )
    gone = "select offer_id from escalations where state = 'esc-erased'"
    for machine in world.machines:
        sent[machine.host] = Counter(rows(machine, question))
        erased |= {(machine.host, offer_id) for (offer_id,) in rows(machine, gone)}
    told = Counter((done.host, done.offer_id, done.verb) for done in world.done)
    for (host, offer_id, verb), times in sorted(told.items()):
        # What had not arrived when its case was erased is emptied: it says nothing any more.
        if (host, offer_id) not in erased and sent[host][offer_id, verb] < times:
            yield f"{host} was told that it did {verb} {offer_id}, and knows nothing of it"
