"""
Erasing copies of our cases at other hubs: who is told, and whose signed receipt is waited for.

The origin's side; destroying.py is the other. A message that the other hub has not confirmed yet is
emptied: it keeps its id and its number, and nothing of what it said stays here or arrives there
(docs/adr/0045-copies-of-cases.md).
"""

from typing import Final

import sqlite_utils

from content.changes import Act, ChangeStore
from federation.erasures import ErasureStore, Recipient, Request
from federation.escalation.channel import (
    NoSealingKey,
    PeerNotActive,
    check_active_hub,
    new_letter_id,
    seal_again,
    send_inner,
    signed_letter,
)
from federation.escalation.copy_store import Copy, CopyStore
from federation.escalation.file_store import FileStore
from federation.escalation.letters import emptied_letter, erase_letter
from federation.escalation.sealed_store import SealedStore, Sent
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from federation.notices import NoticeStore
from federation.outbox import Outbox
from federation.peers import PeerStore
from protocol.ids import actor_id
from protocol.intake import parse_document
from protocol.moments import stamp

_ASKED_AGAIN: Final = "Asked again, with the erasing of the case."


def erase_at_other(db: sqlite_utils.Database, hub: Hub, copy: Copy, act: Act) -> bool:
    """
    Tell a hub to destroy its copy, and wait for its receipt; return whether it could be told.

    Whatever the escalation came to: also who declined says so in a receipt. Our own texts of the
    escalation go now. Again changes nothing, and returns True.
    """
    if copy.state == "esc-erased":
        return True
    empty_under_way(db, hub, copy.id, act)
    Outbox(db).forget(SealedStore(db, hub.vault).envelopes_about(copy.id), act.at)
    request = new_letter_id(hub, act)
    # A withdrawal that was still under way says nothing any more, and nobody will confirm it.
    ErasureStore(db).settle_earlier(copy.offer_id, copy.peer, _ASKED_AGAIN, act.at)
    await_receipt(db, copy.peer, copy.offer_id, request, act)
    told = _tell(db, hub, copy, request, act)
    post_emptied(db, hub, copy, act)
    ChangeStore(db).record(act, "escalation.erase", copy.id, f"at {copy.peer}"[:500])
    CopyStore(db).set_erased(copy.id, act.at)
    FileStore(db, hub.vault).forget(copy.id)
    EscalationStore(db, hub.vault).destroy_text(copy.id)
    return told


def tell_untold(db: sqlite_utils.Database, hub: Hub, act: Act) -> int:
    """
    Tell the hubs to destroy their copies that could not be told when the case was erased.

    So it is where a hub was suspended then and is a peer again now. Return how many were told.
    """
    told = 0
    for copy, request in CopyStore(db).untold():
        if _tell(db, hub, copy, request, act):
            post_emptied(db, hub, copy, act)
            NoticeStore(db).dismiss("tell-erasure", copy.id)
            told += 1
    return told


def erase_onward(db: sqlite_utils.Database, hub: Hub, case_id: str, act: Act) -> None:
    """Tell the hubs that got a copy of our copy: who erases tells those it passed it on to."""
    for copy in CopyStore(db).at_others(case_id):
        erase_at_other(db, hub, copy, act)


def await_receipt(
    db: sqlite_utils.Database, host: str, offer_id: str, request: str, act: Act
) -> None:
    """
    Note that a hub was asked to destroy its copy, so that its receipt is waited for.

    request: inner id of the Delete or Undo. Where nobody can be asked the receipt counts as missing
    all the same: a person has to ask.
    """
    peer = PeerStore(db).find(host)
    actor = actor_id(f"https://{host}") if peer is None else peer.actor
    inbox = "" if peer is None else peer.inbox
    ref = request.rpartition("/")[2]
    asked = Request(request, offer_id, "case", ref, None, None, act.at)
    ErasureStore(db).open(asked, [Recipient(actor, host, inbox, "delivery")])


def empty_under_way(db: sqlite_utils.Database, hub: Hub, escalation_id: str, act: Act) -> int:
    """
    Destroy what our messages say that the other hub has not confirmed; return how many there are.

    Their place is taken by messages of the same id and number that say nothing.
    """
    sealed = SealedStore(db, hub.vault)
    under_way = sealed.unacknowledged_about(escalation_id)
    for sent in under_way:
        if sent.inner is not None:
            sealed.replace_inner(sent, _emptied(hub, sent, sent.inner, act))
            Outbox(db).forget([sent.outer_id], act.at)
    return len(under_way)


def post_emptied(db: sqlite_utils.Database, hub: Hub, copy: Copy, act: Act) -> None:
    """Seal anew what was emptied and what stands after it; where that is not possible, later."""
    sealed, peer = SealedStore(db, hub.vault), PeerStore(db).find(copy.peer)
    for sent in sealed.unacknowledged_about(copy.id):
        waits = any(each.state == "waiting" for each in Outbox(db).state_of(sent.outer_id))
        if peer is None or waits:
            continue
        try:
            check_active_hub(peer)
            seal_again(db, hub, peer, sent, act)
        except (PeerNotActive, NoSealingKey):
            return


def _tell(db: sqlite_utils.Database, hub: Hub, copy: Copy, request: str, act: Act) -> bool:
    peer = PeerStore(db).find(copy.peer)
    if peer is None:
        return False
    letter = erase_letter(copy.offer_id)
    try:
        send_inner(db, hub, peer, letter, act, escalation=copy, verb="erase", letter_id=request)
    except (PeerNotActive, NoSealingKey):
        return False
    return True


def _emptied(hub: Hub, sent: Sent, inner: bytes, act: Act) -> bytes:
    before = parse_document(inner)
    head = {
        "id": sent.inner_id,
        "actor": hub.identity.actor,
        "to": before["to"],
        "published": stamp(act.at),
        "n": sent.n,
        "ack": before["hub:ack"],
        "offer": before["context"],
    }
    return signed_letter(hub, emptied_letter(), head, act)
