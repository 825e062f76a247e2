"""
Receipts for copies of cases that do not come: asked for again, and given again.

A backup that was restored, at either hub, may have lost the receipt or even the request. So these
messages have no number: the count of the pair may be lost as well
(docs/adr/0045-copies-of-cases.md).
"""

from contextlib import suppress

import sqlite_utils

from content.cases.holds import held_until
from content.cases.store import CaseNotFound, CaseStore
from content.changes import Act, ChangeStore
from federation.erasing import take_copy_receipt
from federation.erasures import Asked, ErasureStore
from federation.errors import FederationError
from federation.escalation.channel import NoSealingKey, ask_for_receipt
from federation.escalation.copy_store import CopyStore
from federation.escalation.destroying import owe
from federation.escalation.erasing import erase_onward
from federation.escalation.escalation import Escalation
from federation.escalation.file_store import FileStore
from federation.escalation.letters import Letter
from federation.escalation.sealed_store import SealedStore
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from federation.owed import OwedStore
from federation.peers import Peer, PeerStore
from federation.policy import Audience
from protocol.ids import same_origin


def ask_for_lost(db: sqlite_utils.Database, hub: Hub, act: Act) -> int:
    """
    Ask hubs again for receipts that are missing though they have, or refused, our request.

    After a day, then ever more seldom, once a week at last. What is still under way the channel
    sends by itself. Return how many were asked.
    """
    store, asked = ErasureStore(db), 0
    for each in store.due(act.at, cases=True):
        was_asked = _ask(db, hub, each, act)
        store.put_off(each, act.at, was_asked=was_asked)
        asked += int(was_asked)
    return asked


def _ask(db: sqlite_utils.Database, hub: Hub, each: Asked, act: Act) -> bool:
    peer = PeerStore(db).by_actor(each.actor)
    offer_id = ErasureStore(db).subject_of(each.request)
    if peer is None or peer.audience is not Audience.PEER or offer_id is None:
        return False
    sent = SealedStore(db, hub.vault).sent_as(peer.host, each.request)
    if sent is not None and sent.acked_at is None and sent.refused is None:
        return False
    try:
        ask_for_receipt(db, hub, peer, each.request, offer_id, act)
    except NoSealingKey:
        return False
    return True


def give_receipt_again(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, letter: Letter, act: Act
) -> None:
    """
    Owe a receipt anew that the origin misses, and destroy what a restored backup brought back.

    Only the origin of an offer can ask for it; what a hold keeps stays, and no receipt is owed.
    """
    request, offer_id = letter.about, letter.offer_id
    if not (same_origin(peer.actor, request) and same_origin(peer.actor, offer_id)):
        return
    found = EscalationStore(db, hub.vault).by_offer(peer.host, "in", offer_id)
    back = found is not None and found.title is not None
    if found is not None and back and not _destroy(db, hub, found, act):
        return
    if not OwedStore(db).give_again(request, peer.actor, act.at):
        owe(db, peer, request, offer_id, "" if found is None else found.id, act, held=back)
        OwedStore(db).give_again(request, peer.actor, act.at)


def take_late_receipt(db: sqlite_utils.Database, peer: Peer, letter: Letter, act: Act) -> None:
    """Keep a receipt that was given again; what proves nothing is passed over."""
    with suppress(FederationError):
        subject = take_copy_receipt(db, peer, letter.about, letter.receipt or {}, act)
        ChangeStore(db).record(act, "erasure.confirm", subject, peer.host)


def _destroy(db: sqlite_utils.Database, hub: Hub, escalation: Escalation, act: Act) -> bool:
    """Destroy a copy that should be gone already; False where a hold keeps it."""
    if escalation.case_id is not None:
        if held_until(db, escalation.case_id, act.at) is not None:
            return False
        erase_onward(db, hub, escalation.case_id, act)
        with suppress(CaseNotFound):
            CaseStore(db, hub.vault).erase(escalation.case_id, act)
    FileStore(db, hub.vault).forget(escalation.id)
    EscalationStore(db, hub.vault).destroy_text(escalation.id)
    CopyStore(db).set_erased(escalation.id, act.at)
    ErasureStore(db).dropped(act.at)
    ChangeStore(db).record(act, "escalation.erase", escalation.id, f"by {escalation.peer}"[:500])
    return True
