"""
What arrives sealed: opened, checked, put in order, applied once, acknowledged.

The order of checks: the envelope is for us and its key known; the inner message is signed by a
pinned key of the same peer and addressed to us alone (a message cannot be passed on to a third
hub); its number is the next one. What cannot be taken is answered by a sealed refusal and leaves
no other trace. Nothing of a text is ever in an error (docs/adr/0017-escalation-states.md).
"""

import hmac
from dataclasses import dataclass, field
from typing import ClassVar

import sqlite_utils

from content.changes import Act
from content.errors import ContentError
from federation.errors import FederationError
from federation.escalation.arrivals import apply_letter, take_refusal
from federation.escalation.channel import (
    check_active_hub,
    complain,
    send_ack,
    send_refusal,
    take_ack,
)
from federation.escalation.letter_reading import read_letter
from federation.escalation.letters import LetterInvalid
from federation.escalation.lost_receipts import give_receipt_again, take_late_receipt
from federation.escalation.sealed_store import SealedStore
from federation.hub import Hub
from federation.peers import Peer, PeerStore
from protocol.activity import Activity
from protocol.authority import Verified
from protocol.documents.sealed import SealedEnvelope, read_sealed
from protocol.errors import ProtocolError
from protocol.intake import parse_document
from protocol.json import JsonObject
from protocol.proofs import verification_method_of, verify_proof
from protocol.sealing import open_sealed

MOST_HELD = 1_000
"""How many messages of one peer wait for an earlier one; beyond, the peer has to send again."""


class NotForUs(FederationError):
    """The envelope or the message in it is not from the peer to us alone."""

    code: ClassVar[str] = "not-for-us"

    def __init__(self) -> None:
        super().__init__("The sealed message is not from the sender to this hub alone.")


class KeyGone(FederationError):
    """The key that a message was sealed to is not here (any more)."""

    code: ClassVar[str] = "key-gone"

    def __init__(self) -> None:
        super().__init__("The key it was sealed to is gone. Seal it to a current key.")


class NumberTaken(FederationError):
    """Another message came under that number before, or the same under another."""

    code: ClassVar[str] = "number-taken"

    def __init__(self) -> None:
        super().__init__("Its id or its number was used before. Nothing of it was taken.")


@dataclass(frozen=True, slots=True)
class _Opened:
    """An inner message whose author is proven. n: 0 for acknowledgements and refusals."""

    inner_id: str
    n: int
    ack: int
    document: JsonObject = field(repr=False)
    bytes: "bytes" = field(repr=False)


def take_sealed(
    db: sqlite_utils.Database, hub: Hub, activity: Verified[Activity], act: Act
) -> None:
    """
    Take one Create of a hub:Sealed from a peer. May run twice: a double has no second effect.

    Raises PeerNotActive when the peer is not active any more, InvalidDocument for what is no
    envelope; all other refusals are sealed replies, since only the peer may learn what was in it.
    """
    create = activity.value
    peer = PeerStore(db).get(create.actor)
    check_active_hub(peer)
    # What is no envelope at all cannot be answered; it goes to quarantine, where a person sees it.
    envelope = read_sealed(create.object or {})
    try:
        opened = _opened(hub, peer, envelope, act)
    except (FederationError, ProtocolError) as error:
        complain(db, hub, peer, envelope.info, error, act)
        return
    PeerStore(db).heard_from(peer.actor, act.at)
    take_ack(db, hub, peer, opened.ack, act)
    if opened.n == 0:
        _take_notice(db, hub, peer, opened, act)
    else:
        _take_numbered(db, hub, peer, opened, act)


def _opened(hub: Hub, peer: Peer, envelope: SealedEnvelope, act: Act) -> _Opened:
    """Open the envelope and prove who wrote what is in it, and for whom."""
    us, info = hub.identity.actor, envelope.info
    if (info.from_, info.to) != (peer.actor, us):
        raise NotForUs
    key = next((key for key in hub.keys.sealing if key.id == info.kid), None)
    if key is None:
        raise KeyGone
    plaintext = open_sealed(envelope.content, key=key, info=info)
    return _proven(parse_document(plaintext), plaintext, peer, us, act)


def _proven(inner: JsonObject, plaintext: bytes, peer: Peer, us: str, act: Act) -> _Opened:
    method = verification_method_of(inner)
    key = next((key for key in peer.pinned_keys if hmac.compare_digest(key.id, method)), None)
    if key is None or inner.get("actor") != peer.actor or inner.get("to") not in (us, [us]):
        raise NotForUs
    verify_proof(inner, key, act.at)
    n, ack, inner_id = inner.get("hub:n"), inner.get("hub:ack"), inner.get("id")
    if not (_is_count(n) and _is_count(ack) and isinstance(inner_id, str)):
        raise LetterInvalid("it has no number or acknowledgement")
    return _Opened(inner_id, int(n), int(ack), inner, plaintext)  # type: ignore[arg-type]


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _take_notice(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, opened: _Opened, act: Act
) -> None:
    """
    What has no number: used if it makes sense. Nothing of it is answered but a wanted receipt.

    A receipt is answered by nothing, and given again at most once an hour, so there is no loop.
    """
    try:
        letter = read_letter(opened.document)
    except (FederationError, ContentError):
        return
    if letter.kind == "refusal":
        take_refusal(db, hub, peer, letter, act)
    elif letter.kind == "receipt-wanted":
        give_receipt_again(db, hub, peer, letter, act)
    elif letter.kind == "receipt":
        take_late_receipt(db, peer, letter, act)


def _take_numbered(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, opened: _Opened, act: Act
) -> None:
    sealed = SealedStore(db, hub.vault)
    last, sent_before = sealed.last_applied(peer.host), sealed.last_sent(peer.host)
    if opened.n <= last:
        _take_double(db, hub, peer, opened, act)
        return
    if opened.n > last + 1:
        if opened.n <= last + MOST_HELD:
            sealed.hold(peer.host, opened.n, opened.inner_id, opened.bytes, act.at)
        send_ack(db, hub, peer, opened.inner_id, act)
        return
    taken = _apply(db, hub, peer, opened, act)
    while (waiting := sealed.held(peer.host, sealed.last_applied(peer.host) + 1)) is not None:
        taken = _apply(db, hub, peer, _again(waiting), act)
    # A refusal acknowledges too, and so does whatever else we have just written.
    if taken and sealed.last_sent(peer.host) == sent_before:
        send_ack(db, hub, peer, opened.inner_id, act)


def _take_double(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, opened: _Opened, act: Act
) -> None:
    """Say again that we have it; but not if it is another message under a number we know."""
    if SealedStore(db, hub.vault).id_of(peer.host, opened.n) == opened.inner_id:
        send_ack(db, hub, peer, opened.inner_id, act)
    else:
        error = NumberTaken()
        send_refusal(db, hub, peer, opened.inner_id, error.code, str(error), act)


def _apply(db: sqlite_utils.Database, hub: Hub, peer: Peer, opened: _Opened, act: Act) -> bool:
    """Apply the next message in the order of the pair, or refuse it without a trace: False."""
    db.execute("savepoint letter")
    try:
        if SealedStore(db, hub.vault).knows(peer.host, opened.inner_id):
            raise NumberTaken
        letter = read_letter(opened.document)
        apply_letter(db, hub, peer, letter, opened.n, opened.ack, act)
    except (FederationError, ContentError) as error:
        db.execute("rollback to letter")
        SealedStore(db, hub.vault).heard(
            peer.host, opened.n, opened.inner_id, seen=opened.ack, at=act.at, state="refused"
        )
        send_refusal(db, hub, peer, opened.inner_id, error.code, _safe(error), act)
        return False
    else:
        return True
    finally:
        db.execute("release letter")


def _again(held: bytes) -> _Opened:
    """Return a message that was held back; it was proven when it arrived."""
    inner = parse_document(held)
    return _Opened(inner["id"], inner["hub:n"], inner["hub:ack"], inner, held)


def _safe(error: Exception) -> str:
    return str(error)[:500]
