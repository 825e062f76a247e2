"""
Erasure between hubs: who is asked to erase a record of ours, and who confirmed it (docs/adr/0033).

The origin's side. What a hub does that is asked is in receipts.py; sweeping.py makes files clean.
"""

from typing import ClassVar

import sqlite_utils

from content.changes import Act, ChangeStore
from federation.acknowledgements import Acknowledgements
from federation.actors import ActorStore
from federation.erasures import (
    ErasureKind,
    ErasureStore,
    NoSuchErasure,
    Recipient,
    Request,
)
from federation.errors import FederationError
from federation.log import Log
from federation.outbox import Destination, Outbox
from federation.peers import Peer, PeerStore
from protocol.activity import Activity
from protocol.authority import Verified
from protocol.canonical import canonicalize
from protocol.documents.erasure import is_erasure_receipt, read_erasure_receipt
from protocol.errors import ProtocolError
from protocol.ids import host_of
from protocol.json import JsonObject
from protocol.keyrings import ring_of_manifests
from protocol.keys import PublicKey
from protocol.log_entries import LogHeader
from protocol.moments import read_stamp
from protocol.proofs import verification_method_of, verify_proof


class ReceiptUnproven(FederationError):
    """A receipt for an erasure proves nothing: its proof is missing, wrong, or by no known key."""

    code: ClassVar[str] = "receipt-unproven"


def recipients_of(
    db: sqlite_utils.Database, log: str, ref: str, also: list[Destination]
) -> list[Recipient]:
    """
    Return all hubs that are asked to erase a record: who acknowledged it, whatever they are to us
    now, and who else gets the Delete.

    also: where the Delete goes in any case.
    """
    got = Acknowledgements(db).holders(log, Log(db).numbers_about(log, ref))
    inboxes = {place.inbox for place in also if place.is_hub}
    return [
        Recipient(peer.actor, peer.host, peer.inbox, got.get(peer.actor))
        for peer in PeerStore(db).list()
        if peer.is_hub and (peer.actor in got or peer.inbox in inboxes)
    ]


def open_erasure(
    db: sqlite_utils.Database,
    kind: ErasureKind,
    subject: str,
    request: str,
    header: LogHeader,
    recipients: list[Recipient],
    act: Act,
) -> list[Destination]:
    """
    Note who is asked, and drop every copy of the content that waited or was sent.

    header: of the entry with the Delete. Return where those are reached who are to be told and
    may be: whoever is blocked is not written to; that its receipt is missing is shown all the same.
    """
    told = Request(request, subject, kind, header.ref, header.log, header.seq, act.at)
    ErasureStore(db).open(told, recipients)
    Outbox(db).forget(Log(db).activities_about(header.log, header.ref, before=header.seq), act.at)
    return [
        Destination(each.inbox, is_hub=True)
        for each in recipients
        if (peer := PeerStore(db).by_actor(each.actor)) is not None and peer.state != "blocked"
    ]


def take_receipt(db: sqlite_utils.Database, activity: Verified[Activity], act: Act) -> bool:
    """
    Take in the Accept of a Delete of ours; return whether it was news.

    The sender was asked: protocol.authority has seen to that. The first receipt that proves itself
    is kept; any later one changes nothing. Raises InvalidDocument, or ReceiptUnproven.
    """
    said = activity.value
    store = ErasureStore(db)
    subject = store.subject_of(said.object_id or "")
    if subject is None:
        return False
    receipt = read_erasure_receipt(dict(said.raw))
    if (receipt.actor, receipt.erasure.subject) != (said.actor, subject):
        raise ReceiptUnproven("The receipt is for something else than the request.")
    _check_proof(db, said.actor, dict(said.raw))
    erased_at = read_stamp(receipt.erasure.erased_at)
    if not store.receive(receipt, dict(said.raw), erased_at, act.at):
        return False
    ChangeStore(db).record(act, "erasure.confirm", subject, host_of(said.actor))
    return True


def take_copy_receipt(
    db: sqlite_utils.Database, peer: Peer, request: str, document: JsonObject, act: Act
) -> str:
    """
    Keep the receipt for a copy of a case, which came sealed; return the id of its Offer.

    request: inner id of the Delete or Undo. The first receipt counts. Raises NoSuchErasure,
    ReceiptUnproven.
    """
    store = ErasureStore(db)
    subject = store.subject_of(request)
    if subject is None or not store.was_asked(peer.actor, request):
        raise NoSuchErasure(request)
    try:
        receipt = read_erasure_receipt(document)
    except ProtocolError as error:
        raise ReceiptUnproven(f"The receipt proves nothing. {error}") from None
    said = (receipt.actor, receipt.request, receipt.erasure.subject)
    if said != (peer.actor, request, subject):
        raise ReceiptUnproven("The receipt is for something else than the request.")
    _check_proof(db, peer.actor, document)
    store.receive(receipt, document, read_stamp(receipt.erasure.erased_at), act.at)
    return subject


def is_receipt(activity: Verified[Activity]) -> bool:
    """Return whether an Accept is meant as a receipt for an erasure."""
    return is_erasure_receipt(dict(activity.value.raw))


def remind(db: sqlite_utils.Database, act: Act) -> int:
    """
    Ask hubs again whose receipt is missing and that our last request reached; return how many.

    Whom nothing reaches is left to the delivery, which tries by itself. The request is the very
    same bytes again, so it is no second Delete to anybody.
    """
    store, asked = ErasureStore(db), 0
    for each in store.due(act.at):
        peer = PeerStore(db).by_actor(each.actor)
        document = _request(db, each.request)
        again = peer is not None and peer.state != "blocked" and document is not None
        if again and document is not None:
            place = Destination(each.inbox if peer is None else peer.inbox, is_hub=True)
            again = Outbox(db).send_again(each.request, canonicalize(document), place, act.at)
        store.put_off(each, act.at, was_asked=again)
        asked += int(again)
    return asked


def settle_erasure(db: sqlite_utils.Database, what: str, host: str, act: Act, *, note: str) -> None:
    """
    Wait no longer for a receipt: a person knows by other means, or the hub is lost for ever.

    what: ULID or id of the record. note: how it is known, in words. Raises NoSuchErasure.
    """
    request = ErasureStore(db).get(what).request
    ErasureStore(db).settle(request.request, host, act.by, note[:400], act.at)
    ChangeStore(db).record(act, "erasure.settle", request.subject, f"{host}: {note}"[:400])


def _request(db: sqlite_utils.Database, request: str) -> JsonObject | None:
    told = ErasureStore(db).get(request).request
    return None if told.log is None or told.seq is None else Log(db).document(told.log, told.seq)


def _check_proof(db: sqlite_utils.Database, actor: str, document: JsonObject) -> None:
    try:
        key = _key_of(db, actor, verification_method_of(document))
        if key is None:
            raise ReceiptUnproven("The receipt is signed with a key that is not known here.")
        verify_proof(document, key, None)
    except ProtocolError as error:
        raise ReceiptUnproven(f"The receipt proves nothing. {error}") from error


def _key_of(db: sqlite_utils.Database, actor: str, key_id: str) -> PublicKey | None:
    """Return a key of a hub, of today or of before: a receipt may have waited long."""
    peer = PeerStore(db).by_actor(actor)
    if peer is None or not peer.is_hub:
        found = ActorStore(db).key(key_id)
        return found[1] if found is not None and found[0] == actor else None
    for pinned in peer.pinned_keys:
        if pinned.id == key_id:
            return pinned
    manifests = Log(db).manifests(str(peer.g))
    found_key = ring_of_manifests(manifests).find(key_id) if manifests else None
    return None if found_key is None else found_key.key
