"""
Becoming peers, and no longer being peers: what people decide, and what it sends (docs/adr/0016).

Approval is by people, on both sides. Each side sends an Offer of a Relationship when it approves,
and an Accept of the other's Offer; a hub is active when it approved and holds the other's Accept.
What the other side sends is in peering_answers.py.
"""

import hmac
from dataclasses import replace
from datetime import date
from typing import ClassVar

import sqlite_utils

from content.changes import Act, ChangeStore
from federation.discovery import Discovered
from federation.erasures import ErasureStore
from federation.errors import FederationError
from federation.followers import Followers, Following
from federation.holdings import Holdings
from federation.hub import Hub
from federation.inbox_store import InboxStore
from federation.notices import NoticeStore
from federation.outbox import Outbox
from federation.peering_answers import (
    accept_received,
    offer_received,
    offer_undone,
    reject_received,
)
from federation.peering_steps import accept_offer, activate, end, follow_source, record_hub
from federation.peers import Peer, PeerExists, PeerState, PeerStore, TransferBasis
from federation.sending import new_activity_id, send_to_peer
from protocol.documents import activities
from protocol.moments import stamp

__all__ = [
    "FingerprintDiffers",
    "ManifestChanged",
    "OwnAddress",
    "PeerMoveRefused",
    "accept_received",
    "add_peer",
    "approve_peer",
    "block_peer",
    "offer_received",
    "offer_undone",
    "reject_received",
    "remove_peer",
    "resume_peer",
    "suspend_peer",
]


class FingerprintDiffers(FederationError):
    """What the person typed is not the fingerprint of the hub we found."""

    code: ClassVar[str] = "fingerprint-differs"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"That is not the fingerprint of {host}. Ask its people again, over the phone; if it"
            " still differs, somebody else may be answering in its place. Nothing was approved."
        )


class ManifestChanged(FederationError):
    """A known hub now shows another manifest than the one we hold (SECURITY.md S36)."""

    code: ClassVar[str] = "manifest-changed"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} shows other keys than the ones we know. Nothing was changed here. Ask its"
            " people over another channel what happened; to trust the new keys, remove the peer,"
            " add it again, and compare the new fingerprint."
        )


class PeerMoveRefused(FederationError):
    """What somebody wants to do does not fit the state of the peer."""

    code: ClassVar[str] = "peer-move-refused"


class OwnAddress(FederationError):
    """The address is that of this hub itself."""

    code: ClassVar[str] = "own-address"

    def __init__(self) -> None:
        super().__init__("That is this hub itself.")


def add_peer(db: sqlite_utils.Database, hub: Hub, discovered: Discovered, act: Act) -> Peer:
    """
    Remember a hub so that it can be compared and approved; nothing is sent yet.

    For a source adding is the approval: our Follow goes out. A peer that is known is returned as
    it is; one that was ended is taken up again from the beginning, under the keys it shows now.
    Raises OwnAddress, ManifestChanged, PeerExists.
    """
    if discovered.actor == hub.identity.actor or discovered.g == hub.identity.g:
        raise OwnAddress
    peers = PeerStore(db)
    known = peers.by_actor(discovered.actor)
    if known is not None and known.state != "ended":
        if known.kind != discovered.kind or known.g != discovered.g:
            raise ManifestChanged(known.host)
        return known
    if known is None and discovered.g is not None:
        namesake = peers.find(discovered.g)
        if namesake is not None:
            raise PeerExists(namesake.host)
    ChangeStore(db).record(act, "peer.add", discovered.host, discovered.kind)
    if discovered.kind == "source":
        return follow_source(db, hub, discovered, act)
    NoticeStore(db).dismiss("key-changed", discovered.host)
    return record_hub(db, discovered, act)


def approve_peer(
    db: sqlite_utils.Database,
    hub: Hub,
    host: str,
    act: Act,
    *,
    fingerprint: str,
    agreement: str = "",
    agreed_on: date | None = None,
    transfer_basis: TransferBasis = "",
) -> Peer:
    """
    Approve a hub: send our Offer, and accept its Offer if we hold one.

    host: host or permanent name. fingerprint: as a person typed it; blanks, colons and case do not
    count. agreement: the paper behind it, in words. What is not given stays as it was noted.
    Raises FingerprintDiffers, PeerNotFound, PeerMoveRefused.
    """
    peer = PeerStore(db).get(host)
    if not peer.is_hub:
        raise PeerMoveRefused(f"{peer.host} is a source: adding it was the approval.")
    if peer.state != "new":
        raise PeerMoveRefused(f"{peer.host} cannot be approved now. {peer.words}")
    if not hmac.compare_digest(_digits(fingerprint), _digits(peer.fingerprint)):
        raise FingerprintDiffers(peer.host)
    offer = new_activity_id(hub, act.at)
    peer = replace(
        peer,
        state="offered",
        our_offer=offer,
        we_approved_at=act.at,
        we_approved_by=act.by,
        they_approved_at=None,
        agreement=agreement.strip() or peer.agreement,
        agreed_on=agreed_on or peer.agreed_on,
        transfer_basis=transfer_basis or peer.transfer_basis,
    )
    PeerStore(db).replace(peer)
    at = stamp(act.at)
    activity = activities.offer_peering(offer, hub.identity.actor, peer.actor, at=at)
    send_to_peer(db, hub, peer, activity, act.at)
    if peer.their_offer is not None:
        accept_offer(db, hub, peer, act)
    # Its own Offer may be there: while it could not be looked at, nobody knew whose it was.
    InboxStore(db).retry_all_of(peer.actor, act.at)
    ChangeStore(db).record(act, "peer.approve", peer.host, agreement.strip()[:500])
    return peer


def _digits(fingerprint: str) -> bytes:
    return "".join(sign for sign in fingerprint.lower() if sign not in " :-\t\n").encode()


def suspend_peer(db: sqlite_utils.Database, _hub: Hub, host: str, act: Act) -> Peer:
    """Stop for a while: nothing new is taken or sent; what it published stays to be found."""
    peer = PeerStore(db).get(host)
    if peer.state not in ("active", "offered"):
        raise PeerMoveRefused(f"{peer.host} cannot be suspended now. {peer.words}")
    return _move(db, peer, "suspended", "peer.suspend", act)


def resume_peer(db: sqlite_utils.Database, hub: Hub, host: str, act: Act) -> Peer:
    """
    Go on after a suspension or a block. What was missed comes with the next `hub sync`.

    What came of the peering meanwhile is done now: our Accept of its Offer, our Follow after its
    Accept. Who had our Accept before gets it once more, which changes nothing there.
    """
    peer = PeerStore(db).get(host)
    if peer.state not in ("suspended", "blocked"):
        raise PeerMoveRefused(f"{peer.host} is not suspended or blocked. {peer.words}")
    if peer.state == "blocked":
        Holdings(db, peer).show()
    resumed = _move(db, peer, _state_before(peer), "peer.resume", act)
    if resumed.state in ("offered", "active") and resumed.is_hub:
        accept_offer(db, hub, resumed, act)
    if resumed.state == "active" and Following(db).get(resumed.actor) is None:
        resumed = activate(db, hub, resumed, act)
    return resumed


def _state_before(peer: Peer) -> PeerState:
    if peer.we_approved_at is None:
        return "new"
    return "offered" if peer.they_approved_at is None else "active"


def block_peer(db: sqlite_utils.Database, _hub: Hub, host: str, act: Act) -> Peer:
    """
    Take nothing from a peer any more, not even what a stranger may send, and send it nothing.

    What waits to be sent to it is dropped, except sealed messages, which concern people's cases;
    it is no follower any more, and its records leave the search until it is resumed.
    """
    peer = PeerStore(db).get(host)
    if peer.state == "blocked":
        return peer
    Followers(db).remove(peer.actor)
    Outbox(db).drop_waiting(peer.inbox, act.at)
    Holdings(db, peer).hide()
    return _move(db, peer, "blocked", "peer.block", act)


def _move(db: sqlite_utils.Database, peer: Peer, state: PeerState, what: str, act: Act) -> Peer:
    moved = replace(peer, state=state, caught_up_at=None)
    PeerStore(db).replace(moved)
    ChangeStore(db).record(act, what, peer.host)
    return moved


def remove_peer(
    db: sqlite_utils.Database, hub: Hub, host: str, act: Act, *, purge: bool = False
) -> Peer:
    """
    End the peering and tell the other side: our Follow and Offer are undone, its Offer rejected.

    Its records stay to be found unless purge is set; they are not renewed. A removed hub may be
    added and approved anew.
    """
    peer = PeerStore(db).get(host)
    if peer.state != "ended":
        peer = end(db, hub, peer, act, tell=peer.state != "blocked")
        ChangeStore(db).record(act, "peer.remove", peer.host)
    if purge:
        forgotten = Holdings(db, peer).forget()
        # The file still holds it in pages and in the text index: the next sweep writes it anew.
        ErasureStore(db).dropped(act.at)
        ChangeStore(db).record(act, "peer.purge", peer.host, f"{forgotten} records")
    return peer
