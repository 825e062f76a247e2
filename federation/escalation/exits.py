"""
May a case go to this hub? The one exit rule is asked, and what the requester agreed to.

Everything of an escalation that leaves passes here: the copy, information given later, identity,
and what the receiver sends back.
"""

import sqlite_utils

from content.cases.case import Case
from content.cases.store import CaseStore
from federation.escalation.copying import Edits
from federation.escalation.grounds import ground_of
from federation.escalation.offer_text import OfferTerms
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from federation.law.agreements import may_transfer, transfer_ground
from federation.peers import Peer
from federation.policy import PERSONAL, Audience, Door, may_leave


def check_exit(db: sqlite_utils.Database, hub: Hub, case: Case, peer: Peer) -> None:
    """Raise StaysHere unless the exit rule lets the case go to this hub, in its country."""
    came_on = terms_of_origin(db, hub, case) or OfferTerms()
    may_leave(
        case.label,
        case.sensitivity,
        Door.ESCALATION,
        Audience.ADDRESSEE,
        onward=case.escalated_from is not None,
        onward_use=came_on.onward,
        grounded=may_transfer(hub.identity.country, peer),
    )


def check_identity_exit(hub: Hub, case: Case, peer: Peer) -> None:
    """Raise StaysHere unless who asks may be told there: it is personal, whatever the case is."""
    grounded = may_transfer(hub.identity.country, peer)
    may_leave(case.label, PERSONAL, Door.ESCALATION, Audience.ADDRESSEE, grounded=grounded)


def check_return(db: sqlite_utils.Database, hub: Hub, case_id: str | None) -> None:
    """
    Raise StaysHere unless a question or answer about a copy here may go back to its origin.

    Our copy may be stricter by now than what we were given; then nothing of it leaves, also not to
    its origin. The ground of the transfer is not asked (docs/adr/0042).
    """
    if case_id is None:
        return
    case = CaseStore(db, hub.vault).get(case_id)
    label, sensitivity = case.label, case.sensitivity
    may_leave(label, sensitivity, Door.ESCALATION, Audience.ADDRESSEE, grounded=True)


def terms_of_origin(db: sqlite_utils.Database, hub: Hub, case: Case) -> OfferTerms | None:
    """Return the terms on which another hub gave us this case; None if it is our own."""
    if case.escalated_from is None:
        return None
    return EscalationStore(db, hub.vault).get(case.escalated_from).terms


def terms_for(
    db: sqlite_utils.Database, hub: Hub, case: Case, peer: Peer, edits: Edits
) -> OfferTerms:
    """
    Return what is known of the terms on which a case goes to this hub, for its copy to say.

    Raises ConsentMissing and GroundUnfit where nothing carries it.
    """
    came_on = terms_of_origin(db, hub, case)
    ground, words = ground_of(case, peer.host, edits.ground, edits.ground_reason)
    return OfferTerms(
        consent=words,
        ground=ground,
        transfer=transfer_ground(hub.identity.country, peer, case.sensitivity),
        delete_by=None if came_on is None else came_on.delete_by,
    )
