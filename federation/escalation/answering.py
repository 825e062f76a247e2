"""
What the receiver of an offer does: accept, decline, assign, ask, answer.

Before acceptance its text waits encrypted in `offers`. Accepting makes a case of our own, linked to
the escalation; declining destroys the text.
"""

from dataclasses import replace
from datetime import date

import sqlite_utils

from content.cases.case import Case
from content.cases.dates import day_of
from content.cases.message import MessageKind
from content.cases.status import CaseVerb
from content.cases.store import CaseStore
from content.cases.work import CaseWork
from content.changes import Act
from content.ids import new_id
from federation.escalation import letters
from federation.escalation.channel import new_note_id
from federation.escalation.escalation import Escalation, NoSuchEscalation
from federation.escalation.exits import check_return
from federation.escalation.files import chosen_files, offer_files
from federation.escalation.letters import LetterInvalid
from federation.escalation.moves import act_on, say_in_case
from federation.escalation.offer_text import OfferText
from federation.escalation.promises import check_answer_day, keep_answer_day
from federation.escalation.reading import get_escalation
from federation.escalation.states import next_state
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from federation.peers import PeerStore
from protocol.documents.inner_parts import SentBlob, SentFile
from protocol.ids import actor_id, is_url


def accept_offer(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation_id: str,
    act: Act,
    *,
    assigned_to: tuple[str, ...] = (),
    answer_by: date | None = None,
) -> Escalation:
    """
    Take responsibility for answering: make a case of our own out of the offer, and tell the origin.

    assigned_to: users of this hub who work on it; their names stay here. answer_by: the day by
    which we promise the answer. Raises NoSuchEscalation, MoveRefused, UserNotFound, AnswerDayWrong.
    """
    store = EscalationStore(db, hub.vault)
    escalation = store.get(escalation_id, "in")
    next_state(escalation.state_at(act.at), "receiver", "accept")
    offer = store.offer(escalation_id)
    if offer is None:
        raise NoSuchEscalation(escalation_id)
    check_answer_day(hub, answer_by, act)
    case = _case_of(offer, escalation, hub, act)
    cases = CaseStore(db, hub.vault)
    cases.add(case, act)
    if assigned_to:
        _work(db, hub, act).assign(case.id, assigned_to)
    else:
        cases.move(case.id, CaseVerb.TRIAGE, act)
    store.destroy_offer(escalation_id)
    linked = replace(escalation, case_id=case.id, answer_by=answer_by)
    store.replace(linked)
    keep_answer_day(db, hub, linked, act)
    case_url = f"{hub.identity.origin}/cases/{case.id}"
    letter = letters.accept_letter(linked.offer_id, case_url, answer_by)
    act_on(db, hub, linked, "accept", letter, act)
    return get_escalation(db, hub, escalation_id)


def decline_offer(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation_id: str,
    act: Act,
    *,
    reason: str,
    refer: tuple[str, ...] = (),
) -> Escalation:
    """
    Refuse, or give back until it is answered: our copy of the text is destroyed.

    reason: for the people of the origin; must not be empty. refer: hosts to ask instead.
    Raises NoSuchEscalation, MoveRefused, LetterInvalid.
    """
    escalation = _incoming(db, hub, escalation_id)
    reason = letters.checked_text(reason)
    if len(refer) > letters.MOST_LINKS:
        raise LetterInvalid(f"more than {letters.MOST_LINKS} hubs are suggested")
    letter = letters.decline_letter(
        escalation.offer_id, reason, tuple(actor_of(db, host) for host in refer)
    )
    act_on(db, hub, escalation, "decline", letter, act)
    return get_escalation(db, hub, escalation_id)


def assign_offer(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation_id: str,
    act: Act,
    *,
    to: tuple[str, ...] = (),
    answer_by: date | None = None,
) -> Escalation:
    """
    Say that work has begun. to: users of this hub; the origin learns that, but no names.

    answer_by: the day by which we promise the answer now, in place of the one before.
    Raises NoSuchEscalation, MoveRefused, UserNotFound, CaseMoveNotAllowed, AnswerDayWrong.
    """
    escalation = _incoming(db, hub, escalation_id)
    next_state(escalation.state, "receiver", "assign")
    if to and escalation.case_id is not None:
        _work(db, hub, act).assign(escalation.case_id, to)
    if check_answer_day(hub, answer_by, act) is not None:
        escalation = replace(escalation, answer_by=answer_by)
        keep_answer_day(db, hub, escalation, act)
    act_on(db, hub, escalation, "assign", letters.assign_letter(answer_by), act)
    return get_escalation(db, hub, escalation_id)


def ask_origin(
    db: sqlite_utils.Database, hub: Hub, escalation_id: str, text: str, act: Act
) -> Escalation:
    """Ask the origin, which asks the requester. Raises MoveRefused, LetterInvalid."""
    escalation = _incoming(db, hub, escalation_id)
    text = letters.checked_text(text)
    check_return(db, hub, escalation.case_id)
    letter = letters.note_letter("ask", new_note_id(hub, act), text)
    act_on(db, hub, escalation, "ask", letter, act)
    say_in_case(db, hub, escalation, MessageKind.ASK, text, act)
    return get_escalation(db, hub, escalation_id)


def answer_origin(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation_id: str,
    text: str,
    act: Act,
    *,
    citations: tuple[str, ...] = (),
    attach: tuple[str, ...] = (),
    attach_named: tuple[str, ...] = (),
) -> Escalation:
    """
    Send the answer; another may follow until the origin has confirmed.

    citations: URLs of resources it rests on, at most 20. attach: ids of files of our case that go
    with it, sealed for the origin alone, at most 20; attach_named: those that keep their names.
    Raises MoveRefused, LetterInvalid, AttachmentNotFound.
    """
    escalation = _incoming(db, hub, escalation_id)
    text = letters.checked_text(text)
    if len(citations) > letters.MOST_LINKS or not all(is_url(url) for url in citations):
        raise LetterInvalid(f"sources must be at most {letters.MOST_LINKS} URLs")
    whole = letters.checked_text(letters.with_sources(text, citations))
    check_return(db, hub, escalation.case_id)
    next_state(escalation.state_at(act.at), "receiver", "answer")
    files, blobs = _files(db, hub, escalation, attach, attach_named, act)
    letter = letters.answer_letter(new_note_id(hub, act), text, citations, files, blobs)
    act_on(db, hub, escalation, "answer", letter, act)
    say_in_case(db, hub, escalation, MessageKind.ANSWER, whole, act)
    return get_escalation(db, hub, escalation_id)


def _files(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation: Escalation,
    attach: tuple[str, ...],
    named: tuple[str, ...],
    act: Act,
) -> tuple[tuple[SentFile, ...], tuple[SentBlob, ...]]:
    """Let the origin fetch files of our case; return what they are, and where."""
    if not (attach or named) or escalation.case_id is None:
        return (), ()
    case_id = escalation.case_id
    chosen = chosen_files(db, hub, case_id, attach, named)
    if len(chosen) > letters.MOST_LINKS:
        raise LetterInvalid(f"more than {letters.MOST_LINKS} files go with it")
    peer = PeerStore(db).get(escalation.peer)
    blobs = offer_files(db, hub, case_id, escalation.id, peer, chosen, act)
    return tuple(sent for _, sent in chosen), blobs


def _work(db: sqlite_utils.Database, hub: Hub, act: Act) -> CaseWork:
    return CaseWork(db, hub.vault, hub.chance, act, day_of(act.at, hub.identity.timezone))


def _incoming(db: sqlite_utils.Database, hub: Hub, escalation_id: str) -> Escalation:
    return EscalationStore(db, hub.vault).get(escalation_id, "in")


def actor_of(db: sqlite_utils.Database, host: str) -> str:
    """Return the actor of a hub that we suggest; it need not be a peer of ours."""
    peer = PeerStore(db).find(host)
    actor = actor_id(f"https://{host}") if peer is None else peer.actor
    if not is_url(actor):
        raise LetterInvalid("a suggested hub is no host such as hub.example")
    return actor


def _case_of(offer: OfferText, escalation: Escalation, hub: Hub, act: Act) -> Case:
    case_id = new_id(act.at, hub.chance)
    return Case.received(offer.content(), act, case_id=case_id, escalated_from=escalation.id)
