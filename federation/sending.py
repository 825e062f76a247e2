"""
From an activity to rows in the outbox: ids, proofs, and who gets what.

Peers that are suspended, blocked or ended get nothing, not even as followers of the public feed.
"""

from collections.abc import Iterable
from datetime import datetime

import sqlite_utils

from content.ids import new_id
from federation.followers import Followers
from federation.hub import Hub
from federation.outbox import Destination, Outbox
from federation.peers import Peer, PeerStore
from federation.policy import CLEAR, GREEN, NONE, Door, leaves
from protocol.canonical import canonicalize
from protocol.ids import activity_id
from protocol.json import JsonObject
from protocol.proofs import add_proof


def new_activity_id(hub: Hub, at: datetime) -> str:
    """Return the id of a new activity of ours."""
    return activity_id(hub.identity.origin, new_id(at, hub.chance))


def signed(hub: Hub, document: JsonObject, at: datetime) -> JsonObject:
    """Return the document with our proof."""
    return add_proof(document, hub.keys.signing, at)


def send(
    db: sqlite_utils.Database,
    identity: str,
    body: bytes,
    to: Iterable[Destination],
    at: datetime,
) -> None:
    """Queue an activity. body: canonical JSON, so that one document is always the same bytes."""
    Outbox(db).enqueue(identity, body, to, at)


def send_to_peer(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, activity: JsonObject, at: datetime
) -> None:
    """Sign an activity that is for one peer only, and queue it."""
    activity = signed(hub, activity, at)
    send(db, str(activity["id"]), canonicalize(activity), [destination_of(peer)], at)


def destination_of(peer: Peer) -> Destination:
    """Return where a peer is reached."""
    return Destination(peer.inbox, is_hub=peer.is_hub)


def public_destinations(db: sqlite_utils.Database) -> list[Destination]:
    """Return where a public activity goes: our followers, and all active hubs and coalitions."""
    peers = {peer.inbox: peer for peer in PeerStore(db).list()}
    places = {inbox: Destination(inbox, is_hub=False) for inbox in Followers(db).inboxes()}
    for inbox, peer in peers.items():
        if peer.is_hub and _gets(peer, CLEAR):
            places[inbox] = destination_of(peer)
        elif peer.state in ("suspended", "blocked"):
            places.pop(inbox, None)
    return list(places.values())


def public_followers(db: sqlite_utils.Database) -> list[Destination]:
    """Return where our followers are reached who are no peers."""
    peers = {peer.inbox for peer in PeerStore(db).list()}
    inboxes = Followers(db).inboxes()
    return [Destination(inbox, is_hub=False) for inbox in inboxes if inbox not in peers]


def network_destinations(db: sqlite_utils.Database) -> list[Destination]:
    """Return where a TLP:GREEN activity goes: active hubs, never coalitions or followers."""
    peers = PeerStore(db).active("hub", "coalition")
    return [destination_of(peer) for peer in peers if _gets(peer, GREEN)]


def network_readers(db: sqlite_utils.Database) -> tuple[str, ...]:
    """Return the actors that a TLP:GREEN activity is addressed to."""
    peers = PeerStore(db).active("hub", "coalition")
    return tuple(peer.actor for peer in peers if _gets(peer, GREEN))


def _gets(peer: Peer, label: str) -> bool:
    return peer.active and leaves(label, NONE, Door.PEERS, peer.audience)
