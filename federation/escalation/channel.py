"""
The numbered, sealed channel to each peer: the only way in which anything of a case leaves.

Every message has the next number of the pair (`hub:n`) and tells the highest number of the other
direction that was dealt with without a gap (`hub:ack`). It is kept, encrypted, until the peer has
acknowledged it; if the peer shows that it lacks it, or cannot open it, it is sealed and sent again,
with the same inner id and number. Acknowledgements and refusals carry `hub:n` 0: they are not
numbered, may be lost or doubled, and are never answered by another (docs/adr/0017).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal, Protocol

import sqlite_utils

from content.changes import Act
from content.ids import new_id
from federation.errors import FederationError
from federation.escalation.escalation import DeliveryStatus
from federation.escalation.letters import (
    Head,
    Write,
    ack_letter,
    receipt_letter,
    receipt_wanted_letter,
    refusal_letter,
)
from federation.escalation.sealed_store import SealedStore, Sent
from federation.escalation.states import Verb
from federation.hub import Hub
from federation.outbox import Destination, Outbox
from federation.peers import Peer, PeerStore
from federation.policy import Audience
from protocol.canonical import canonicalize
from protocol.documents.inner import write_inner
from protocol.documents.sealed import SealedEnvelope, sealed_create
from protocol.errors import ProtocolError
from protocol.ids import activity_id
from protocol.intake import parse_document
from protocol.json import JsonObject
from protocol.keys import SEALING_SUITES, SealingPublicKey
from protocol.moments import stamp
from protocol.proofs import add_proof, verification_method_of
from protocol.sealing import SealInfo, choose_key, seal

RESEND_AFTER = timedelta(hours=6)
"""How long a message that was delivered may stay unacknowledged before it is sent again."""
COMPLAIN_AGAIN_AFTER = timedelta(hours=1)
"""How long we do not repeat to a peer that we cannot open what is sealed to one key."""


class AboutOffer(Protocol):
    """What a message is about. id: of our escalation; None for an offer that we do not know."""

    @property
    def id(self) -> str | None: ...

    @property
    def offer_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class AboutCopy:
    """An offer of which perhaps nothing is here but its id."""

    id: str | None
    offer_id: str


class PeerNotActive(FederationError):
    """Sealed messages go to active peers of kind hub only."""

    code: ClassVar[str] = "peer-not-active"

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} is no active peer hub, so nothing of a case goes there.")


class NoSealingKey(FederationError):
    """The peer has published no key to seal to."""

    code: ClassVar[str] = "no-sealing-key"

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} has published no key to seal to. Nothing was sent.")


def send_inner(
    db: sqlite_utils.Database,
    hub: Hub,
    peer: Peer,
    letter: Write,
    act: Act,
    *,
    escalation: AboutOffer,
    verb: Verb | Literal["offer"] | None = None,
    letter_id: str | None = None,
) -> str:
    """
    Number, sign and seal a letter to an active peer hub, and queue it; return its inner id.

    verb: the move that it makes in escalation, None if it makes none. letter_id: where the caller
    needs to know it before (an Offer). Raises PeerNotActive, NoSealingKey.
    """
    check_active_hub(peer)
    sealed = SealedStore(db, hub.vault)
    inner_id = letter_id or new_letter_id(hub, act)
    n, seen = sealed.last_sent(peer.host) + 1, sealed.last_applied(peer.host)
    head = _head(hub, inner_id, peer.actor, escalation.offer_id, act, n, seen)
    inner = signed_letter(hub, letter, head, act)
    outer_id, object_id, kid = _post(db, hub, peer, inner, act.at)
    sent = Sent(
        peer=peer.host,
        n=n,
        inner_id=inner_id,
        escalation_id=escalation.id,
        verb=verb,
        outer_id=outer_id,
        object_id=object_id,
        kid=kid,
        at=act.at,
        sent_at=act.at,
        acked_at=None,
        refused=None,
        inner=inner,
    )
    sealed.keep_sent(sent, seen)
    return inner_id


def send_ack(db: sqlite_utils.Database, hub: Hub, peer: Peer, received: str, act: Act) -> None:
    """Tell a peer what of its messages has been dealt with. received: id of what caused it."""
    _send_notice(db, hub, peer, ack_letter(received), received, act)


def send_refusal(
    db: sqlite_utils.Database,
    hub: Hub,
    peer: Peer,
    refused: str,
    code: str,
    reason: str,
    act: Act,
    *,
    with_keys: bool = False,
) -> None:
    """
    Tell a peer, sealed, that a message of its could not be taken, and why.

    with_keys: add the keys that we open now, for what was sealed to another.
    """
    ours = tuple(key.public for key in hub.keys.sealing if key.expires > act.at)
    _send_notice(
        db, hub, peer, refusal_letter(refused, code, reason, ours * with_keys), refused, act
    )


def send_receipt_again(
    db: sqlite_utils.Database,
    hub: Hub,
    peer: Peer,
    request: str,
    offer_id: str,
    receipt: JsonObject,
    act: Act,
) -> None:
    """
    Give a receipt again that a peer misses; not numbered, as a restored backup may have lost count.
    """
    _send_notice(db, hub, peer, receipt_letter(request, receipt), offer_id, act)


def ask_for_receipt(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, request: str, offer_id: str, act: Act
) -> None:
    """Ask a peer again for the receipt that it owes us. request: id of our Delete or Undo."""
    _send_notice(db, hub, peer, receipt_wanted_letter(request), offer_id, act)


def complain(
    db: sqlite_utils.Database,
    hub: Hub,
    peer: Peer,
    envelope: SealInfo,
    error: FederationError | ProtocolError,
    act: Act,
) -> None:
    """Tell a peer that its envelope could not be opened; not again and again for the same key."""
    reason = f"{error.code} {envelope.kid}"
    if SealedStore(db, hub.vault).may_complain(peer.host, reason, act.at, COMPLAIN_AGAIN_AFTER):
        send_refusal(db, hub, peer, envelope.id, error.code, str(error), act, with_keys=True)


def signed_letter(hub: Hub, letter: Write, head: Head, act: Act) -> bytes:
    """Return the bytes of an inner message, signed by our key of now."""
    document = write_inner(letter(head))
    return canonicalize(add_proof(document, hub.keys.signing, act.at))


def new_letter_id(hub: Hub, act: Act) -> str:
    """Return a new id for an inner message."""
    return activity_id(hub.identity.origin, new_id(act.at, hub.chance))


def new_note_id(hub: Hub, act: Act) -> str:
    """Return a new id for what is said in a letter."""
    return f"{hub.identity.origin}/notes/{new_id(act.at, hub.chance)}"


def check_active_hub(peer: Peer) -> None:
    """Raise PeerNotActive unless the peer is active and of kind hub."""
    if peer.audience is not Audience.PEER:
        raise PeerNotActive(peer.host)


def take_ack(db: sqlite_utils.Database, hub: Hub, peer: Peer, ack: int, act: Act) -> None:
    """
    Use what a peer says it has: forget our copies up to there, and send again what it lacks.

    What was sent a moment ago may simply be on its way, and what was delivered a moment ago may
    just be read, so only what was delivered or has failed more than `RESEND_AFTER` ago goes again.
    """
    sealed = SealedStore(db, hub.vault)
    sealed.acknowledged(peer.host, min(ack, sealed.last_sent(peer.host)), act.at)
    for sent in sealed.unacknowledged(peer.host):
        if _is_lost(db, sent, act.at, failed_too=True):
            seal_again(db, hub, peer, sent, act)


def resend_unacknowledged(db: sqlite_utils.Database, hub: Hub, act: Act) -> int:
    """Send again what peers took but never acknowledged; return how many. For the clock."""
    count = 0
    sealed, peers = SealedStore(db, hub.vault), PeerStore(db)
    for host in sealed.unacknowledged_peers(act.at - RESEND_AFTER):
        peer = peers.find(host)
        if peer is None or peer.audience is not Audience.PEER:
            continue
        for sent in sealed.unacknowledged(host):
            if _is_lost(db, sent, act.at, failed_too=False):
                seal_again(db, hub, peer, sent, act)
                count += 1
    return count


def seal_again(db: sqlite_utils.Database, hub: Hub, peer: Peer, sent: Sent, act: Act) -> None:
    """
    Put a kept message into a new envelope: what it says, its id and its number stay.

    Our key may have changed since, perhaps so long ago that it counts no more: it is signed anew.
    """
    if sent.inner is None:
        return
    inner = sent.inner
    if signed_before(hub, sent):
        inner = canonicalize(add_proof(parse_document(inner), hub.keys.signing, act.at))
    outer_id, object_id, kid = _post(db, hub, peer, inner, act.at)
    SealedStore(db, hub.vault).sent_again(
        sent, outer_id=outer_id, object_id=object_id, kid=kid, at=act.at
    )


def signed_before(hub: Hub, sent: Sent) -> bool:
    """Return whether a kept message was signed by a key of ours that does not sign any more."""
    if sent.inner is None:
        return False
    return verification_method_of(parse_document(sent.inner)) != hub.keys.signing.id


def sealing_key_of(hub: Hub, peer: Peer, now: datetime) -> SealingPublicKey:
    """
    Return the peer's key to seal with: of a suite that we publish too, if there is one.

    An expired key is better than none: its private half lives 30 days longer, and if it is gone
    the peer says so. Raises NoSealingKey.
    """
    ours = frozenset(key.suite for key in hub.keys.sealing)
    valid = tuple(key for key in peer.sealing_keys if key.expires > now)
    every = frozenset(SEALING_SUITES)
    key = (
        choose_key(valid, ours) or choose_key(valid, every) or choose_key(peer.sealing_keys, every)
    )
    if key is None:
        raise NoSealingKey(peer.host)
    return key


def delivery_of(db: sqlite_utils.Database, hub: Hub, escalation_id: str) -> DeliveryStatus | None:
    """Return how our newest message about an escalation is doing, in one word; None before any."""
    sent = SealedStore(db, hub.vault).last_about(escalation_id)
    if sent is None:
        return None
    if sent.refused is not None:
        return DeliveryStatus("failed", sent.sent_at, f"The other hub refused it: {sent.refused}.")
    if sent.acked_at is not None:
        return DeliveryStatus("read", sent.acked_at)
    deliveries = Outbox(db).state_of(sent.outer_id)
    if not deliveries:
        return DeliveryStatus("sent", sent.sent_at)
    delivery = deliveries[0]
    if delivery.state == "delivered":
        return DeliveryStatus("received", delivery.done_at or sent.sent_at)
    if delivery.state != "waiting":
        return DeliveryStatus("failed", delivery.done_at or delivery.at, delivery.reason)
    if delivery.attempts == 0:
        return DeliveryStatus("sent", delivery.at)
    return DeliveryStatus("retrying", delivery.at, delivery.reason)


def _is_lost(db: sqlite_utils.Database, sent: Sent, now: datetime, *, failed_too: bool) -> bool:
    """Return whether a message ended its way long ago, and nothing more happens by itself."""
    ended = {"delivered", "failed", "dropped"} if failed_too else {"delivered"}
    return sent.sent_at + RESEND_AFTER <= now and all(
        each.state in ended and (each.done_at or sent.sent_at) + RESEND_AFTER <= now
        for each in Outbox(db).state_of(sent.outer_id)
    )


def _send_notice(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, letter: Write, about: str, act: Act
) -> None:
    letter_id = new_letter_id(hub, act)
    seen = SealedStore(db, hub.vault).last_applied(peer.host)
    head = _head(hub, letter_id, peer.actor, about, act, 0, seen)
    _post(db, hub, peer, signed_letter(hub, letter, head, act), act.at)


def _head(hub: Hub, letter_id: str, to: str, about: str, act: Act, n: int, seen: int) -> Head:
    return {
        "id": letter_id,
        "actor": hub.identity.actor,
        "to": to,
        "published": stamp(act.at),
        "n": n,
        "ack": seen,
        "offer": about,
    }


def _post(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, inner: bytes, at: datetime
) -> tuple[str, str, str]:
    """Seal signed bytes, wrap them into a Create and queue it; return its id, object's id, kid."""
    key = sealing_key_of(hub, peer, at)
    origin = hub.identity.origin
    outer_id = activity_id(origin, new_id(at, hub.chance))
    object_id = f"{origin}/sealed/{new_id(at, hub.chance)}"
    info = SealInfo(
        id=object_id, from_=hub.identity.actor, to=peer.actor, kid=key.id, suite=key.suite
    )
    envelope = SealedEnvelope(info, seal(inner, to=key, info=info))
    create = sealed_create(envelope, activity=outer_id, at=stamp(at))
    outer = add_proof(create, hub.keys.signing, at)
    to = [Destination(peer.inbox, is_hub=True)]
    Outbox(db).enqueue(outer_id, canonicalize(outer), to, at, sealed=True)
    return outer_id, object_id, key.id
