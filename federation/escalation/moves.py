"""
One escalation after one act: the state anew from the moves of both sides, and what follows from it.

Whoever acts, here or there, the way is the same: check, remember the move, compute the state,
and let the case follow. Source: docs/adr/0017-escalation-states.md.
"""

from dataclasses import replace

import sqlite_utils

from content.cases.case import Case
from content.cases.holds import held_until
from content.cases.message import CaseMessage, MessageKind, read_message
from content.cases.status import CaseMoveNotAllowed, CaseVerb
from content.cases.store import CaseErased, CaseNotFound, CaseStore
from content.changes import Act, ChangeStore
from content.ids import new_id
from federation.erasures import ErasureStore
from federation.escalation.channel import send_inner
from federation.escalation.erasing import await_receipt, erase_onward
from federation.escalation.escalation import Escalation
from federation.escalation.file_store import FileStore
from federation.escalation.letters import Write
from federation.escalation.sealed_store import SealedStore
from federation.escalation.sent_copies import SentCopyStore
from federation.escalation.states import ENDED, OPEN, State, Verb, next_state, replay
from federation.escalation.store import EscalationStore
from federation.escalation.telling import tell_of_change, tell_others_open
from federation.hub import Hub
from federation.notices import NoticeStore
from federation.peers import PeerStore

_ORIGIN_CASE: dict[State, CaseVerb] = {
    "esc-info-needed": CaseVerb.ASK_REQUESTER,
    "esc-answered": CaseVerb.ANSWER,
}
_RECEIVER_CASE: dict[State, CaseVerb] = {
    "esc-info-needed": CaseVerb.ASK_REQUESTER,
    "esc-answered": CaseVerb.ANSWER,
    "esc-confirmed": CaseVerb.CLOSE,
}


def act_on(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation: Escalation,
    verb: Verb,
    letter: Write,
    act: Act,
) -> Escalation:
    """
    Do what verb says on our side and tell the other hub.

    Raises MoveRefused if the state does not allow it; then nothing is stored or sent.
    """
    next_state(escalation.state_at(act.at), escalation.role, verb)
    peer = PeerStore(db).get(escalation.peer)
    sent = send_inner(db, hub, peer, letter, act, escalation=escalation, verb=verb)
    if verb == "withdraw":
        await_receipt(db, peer.host, escalation.offer_id, sent, act)
    ChangeStore(db).record(act, f"escalation.{verb}", escalation.id)
    return follow(db, hub, escalation, act)


def state_of(db: sqlite_utils.Database, hub: Hub, escalation: Escalation) -> State:
    """Return the state that follows from all moves we know of, and from our clock."""
    sealed = SealedStore(db, hub.vault)
    state = replay(sealed.moves(escalation.id, escalation.role))
    if state != "esc-offered":
        return state
    if sealed.refused_offer(escalation.id):
        return "esc-declined"
    expired = EscalationStore(db, hub.vault).is_marked_expired(escalation.id)
    return "esc-expired" if expired else state


def follow(db: sqlite_utils.Database, hub: Hub, escalation: Escalation, act: Act) -> Escalation:
    """Compute the state anew, store it, and let case and texts follow; return what is stored."""
    store = EscalationStore(db, hub.vault)
    before = escalation.state
    after = replace(escalation, state=state_of(db, hub, escalation), updated_at=act.at)
    store.replace(after)
    if after.state == before:
        return after
    if after.state in ENDED and (after.role, after.state) != ("origin", "esc-expired"):
        # At the origin, an acceptance under way may still bring an expired one back.
        FileStore(db, hub.vault).forget(after.id)
        SentCopyStore(db, hub.vault).forget(after.id)
    tell_of_change(db, after, before, act)
    if after.role == "origin":
        if before == "esc-offered" and after.state == "esc-accepted":
            _tell_of_others(db, hub, after, act)
        _case_follows_origin(db, hub, after, before, act)
    else:
        after = _case_follows_receiver(db, hub, after, before, act)
    return after


def _case_follows_origin(
    db: sqlite_utils.Database, hub: Hub, escalation: Escalation, before: State, act: Act
) -> None:
    if before == "esc-confirmed":
        _move_case(db, hub, escalation, CaseVerb.REOPEN, act)
    if escalation.state in OPEN and before not in OPEN:
        # Reopened, or an acceptance that was on its way when our clock had given up.
        _move_case(db, hub, escalation, CaseVerb.ESCALATE, act)
    verb = _ORIGIN_CASE.get(escalation.state)
    if verb is not None:
        _move_case(db, hub, escalation, verb, act)
    elif before == "esc-info-needed" and escalation.state in OPEN:
        _move_case(db, hub, escalation, CaseVerb.REQUESTER_REPLIED, act)
    elif escalation.state not in OPEN and not _others_open(db, hub, escalation):
        _move_case(db, hub, escalation, CaseVerb.ESCALATION_ENDED, act)


def _case_follows_receiver(
    db: sqlite_utils.Database, hub: Hub, escalation: Escalation, before: State, act: Act
) -> Escalation:
    store = EscalationStore(db, hub.vault)
    if escalation.state in ENDED:
        if escalation.case_id is not None:
            until = held_until(db, escalation.case_id, act.at)
            if until is not None:
                # It goes when the hold ends: federation/law/retention.py finds it then.
                text = f"Another hub ended this, but a hold keeps our copy until {until}."
                NoticeStore(db).note("hold", escalation.case_id, text, act.at)
                return escalation
            erase_onward(db, hub, escalation.case_id, act)
            CaseStore(db, hub.vault).erase(escalation.case_id, act)
        store.destroy_text(escalation.id)
        ErasureStore(db).dropped(act.at)
        return store.get(escalation.id)
    if before == "esc-confirmed":
        _move_case(db, hub, escalation, CaseVerb.REOPEN, act)
    verb = _RECEIVER_CASE.get(escalation.state)
    if verb is not None:
        _move_case(db, hub, escalation, verb, act)
    elif before == "esc-info-needed":
        _move_case(db, hub, escalation, CaseVerb.REQUESTER_REPLIED, act)
    return escalation


def _others_open(
    db: sqlite_utils.Database, hub: Hub, escalation: Escalation
) -> tuple[Escalation, ...]:
    if escalation.case_id is None:
        return ()
    return tuple(
        other
        for other in EscalationStore(db, hub.vault).of_case(escalation.case_id)
        if other.state in OPEN and other.id != escalation.id and other.direction == "out"
    )


def _tell_of_others(db: sqlite_utils.Database, hub: Hub, escalation: Escalation, act: Act) -> None:
    """Note in our case which other hubs are still asked, now that one has accepted."""
    others = ", ".join(other.peer for other in _others_open(db, hub, escalation))
    if not others:
        return
    text = (
        f"{escalation.peer} accepted. Still asked: {others}. If they are not needed any more, take"
        " their offers back."
    )
    values = {
        "case_id": escalation.case_id,
        "kind": MessageKind.NOTE,
        "author": "system",
        "text": text,
    }
    message = read_message(values, act, message_id=new_id(act.at, hub.chance))
    try:
        CaseStore(db, hub.vault).add_message(message, act)
    except (CaseErased, CaseNotFound):
        return
    tell_others_open(db, escalation, act)


def _move_case(
    db: sqlite_utils.Database, hub: Hub, escalation: Escalation, verb: CaseVerb, act: Act
) -> Case | None:
    """Let our case follow. Where its own people have moved it on meanwhile, it stays there."""
    if escalation.case_id is None:
        return None
    try:
        return CaseStore(db, hub.vault).move(escalation.case_id, verb, act)
    except (CaseMoveNotAllowed, CaseErased, CaseNotFound):
        return None


def say_in_case(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation: Escalation,
    kind: MessageKind,
    text: str,
    act: Act,
    *,
    author: str | None = None,
) -> CaseMessage | None:
    """Add a message of the escalation to our case; None if the case is not there any more."""
    if escalation.case_id is None or not text.strip():
        return None
    values = {
        "case_id": escalation.case_id,
        "kind": kind,
        "author": author or act.by,
        "text": text,
        "escalation_id": escalation.id,
    }
    message = read_message(values, act, message_id=new_id(act.at, hub.chance))
    try:
        CaseStore(db, hub.vault).add_message(message, act)
    except (CaseErased, CaseNotFound):
        return None
    return message
