"""
Handing a case on to a third hub: the receiver proposes, the requester agrees, the origin offers.

Copies never chain: what another hub needs it gets from the origin, sealed for it alone, while the
first hub destroys its copy. So the origin always knows who has what
(docs/adr/0043-handing-on.md).
"""

from collections.abc import Iterable
from dataclasses import replace

import sqlite_utils

from content.cases.message import MessageKind
from content.cases.request import MayEscalate
from content.cases.store import CaseStore
from content.changes import Act, ChangeStore
from federation.escalation import letters
from federation.escalation.answering import actor_of
from federation.escalation.copying import AS_IT_STANDS, Edits
from federation.escalation.escalation import Escalation, NoSuchEscalation
from federation.escalation.grounds import ASKED, ConsentMissing
from federation.escalation.letters import LetterInvalid
from federation.escalation.moves import act_on, say_in_case
from federation.escalation.offering import offer_case
from federation.escalation.reading import get_escalation
from federation.escalation.scanning import Kept
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from federation.peers import PeerStore


def propose_hub(
    db: sqlite_utils.Database, hub: Hub, escalation_id: str, host: str, reason: str, act: Act
) -> Escalation:
    """
    Propose to the origin that another hub takes on what was offered to us; nothing goes there.

    The escalation waits for the origin, which asks the requester, and either hands the case on
    itself or tells us to go on. Raises NoSuchEscalation, MoveRefused, LetterInvalid.
    """
    escalation = EscalationStore(db, hub.vault).get(escalation_id, "in")
    reason = letters.checked_text(reason)
    if host in (hub.identity.host, escalation.peer):
        raise LetterInvalid("a third hub is to be proposed, not one of these two")
    letter = letters.propose_letter(escalation.offer_id, actor_of(db, host), reason)
    act_on(db, hub, replace(escalation, refer=(host,)), "propose", letter, act)
    text = letters.proposal_in_words(host, reason)
    say_in_case(db, hub, escalation, MessageKind.ASK, text, act)
    return get_escalation(db, hub, escalation_id)


def hand_on(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation_id: str,
    host: str,
    act: Act,
    edits: Edits = AS_IT_STANDS,
    *,
    case_id: str,
    expect: str | None = None,
    kept: Iterable[Kept] = (),
) -> Escalation:
    """
    Take a case of ours back from one hub and offer it to another; return the new escalation.

    The first hub destroys its copy, and learns to whom it went if it had proposed that. Only where
    the requester has agreed in so many words. Raises as `check_may_hand_on` and `offer_case`, and
    MoveRefused.
    """
    peer = PeerStore(db).get(host)
    escalation = check_may_hand_on(db, hub, escalation_id, peer.host, edits)
    if escalation.case_id != case_id:
        raise NoSuchEscalation(escalation_id)
    if peer.host == escalation.peer:
        raise LetterInvalid("the case is at that hub already")
    proposed = escalation.state == "esc-info-needed" and peer.host in escalation.refer
    letter = letters.withdraw_letter(escalation.offer_id, peer.actor if proposed else None)
    act_on(db, hub, replace(escalation, handed_to=peer.host), "withdraw", letter, act)
    ChangeStore(db).record(act, "escalation.hand-on", escalation.id, f"to {peer.host}"[:500])
    return offer_case(db, hub, case_id, peer.host, act, edits, expect=expect, kept=kept)


def check_may_hand_on(
    db: sqlite_utils.Database, hub: Hub, escalation_id: str, host: str, edits: Edits
) -> Escalation:
    """
    Return the escalation if its requester agreed that the case goes to that hub.

    In what is recorded, or as the ground of this copy says; a public task is not enough.

    Raises NoSuchEscalation, ConsentMissing.
    """
    escalation = EscalationStore(db, hub.vault).get(escalation_id, "out")
    if escalation.case_id is None:
        raise NoSuchEscalation(escalation_id)
    case = CaseStore(db, hub.vault).get(escalation.case_id)
    agreed = case.consents
    to_it = not agreed.escalate_to or host in agreed.escalate_to
    told_us = edits.ground in ASKED
    if not told_us and (agreed.escalate is not MayEscalate.YES or not to_it):
        raise ConsentMissing(case.id, f"The requester has not agreed to hand this on to {host}.")
    return escalation
