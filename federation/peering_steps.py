"""The steps that peering consists of, whichever side takes them (docs/adr/0016-peering.md)."""

from dataclasses import replace

import sqlite_utils

from content.changes import Act, ChangeStore
from federation.discovery import Discovered
from federation.followers import Followers, Following
from federation.holdings import Holdings
from federation.hub import Hub
from federation.introductions import introduce
from federation.peers import Peer, PeerStore
from federation.sending import new_activity_id, send_to_peer
from protocol.documents import activities
from protocol.json import JsonObject
from protocol.moments import stamp


def record_hub(
    db: sqlite_utils.Database, discovered: Discovered, act: Act, *, their_offer: str | None = None
) -> Peer:
    """Store a discovered hub as new, over what was left of it when it had been ended."""
    peer = _peer(discovered, act, their_offer=their_offer)
    _store(db, peer)
    return peer


def follow_source(db: sqlite_utils.Database, hub: Hub, discovered: Discovered, act: Act) -> Peer:
    """Store a discovered source and ask to follow it."""
    follow = new_activity_id(hub, act.at)
    peer = replace(
        _peer(discovered, act),
        state="offered",
        our_offer=follow,
        we_approved_at=act.at,
        we_approved_by=act.by,
    )
    _store(db, peer)
    _follow(db, hub, peer, follow, act)
    return peer


def _peer(discovered: Discovered, act: Act, *, their_offer: str | None = None) -> Peer:
    return Peer(
        actor=discovered.actor,
        host=discovered.host,
        g=discovered.g,
        kind=discovered.kind,
        name=discovered.name,
        city=discovered.city,
        country=discovered.country,
        language=discovered.language,
        inbox=discovered.inbox,
        state="new",
        document=discovered.document,
        manifest=discovered.manifest,
        pinned_keys=discovered.pinned_keys,
        sealing_keys=discovered.sealing_keys,
        fingerprint=discovered.fingerprint,
        their_offer=their_offer,
        added_by=act.by,
        added_at=act.at,
    )


def _store(db: sqlite_utils.Database, peer: Peer) -> None:
    peers = PeerStore(db)
    if peers.by_actor(peer.actor) is None:
        peers.add(peer)
    else:
        peers.replace(peer)


def accept_offer(db: sqlite_utils.Database, hub: Hub, peer: Peer, act: Act) -> None:
    """Send our Accept of the Offer that we hold of a hub that a person here approved."""
    if peer.their_offer is None:
        return
    identity = new_activity_id(hub, act.at)
    activity = activities.accept(identity, hub.identity.actor, peer.their_offer, asker=peer.actor)
    send_to_peer(db, hub, peer, activity, act.at)


def activate(db: sqlite_utils.Database, hub: Hub, peer: Peer, act: Act) -> Peer:
    """
    Make a hub an active peer, and follow it.

    What each published before is read from the other's logs (catching_up.py), so nothing of it is
    sent: it could arrive before the other side knows that the peering is complete.
    """
    peer = replace(peer, state="active", they_approved_at=act.at, caught_up_at=None)
    PeerStore(db).replace(peer)
    Holdings(db, peer).begin_anew()
    ChangeStore(db).record(act, "peer.activate", peer.host)
    introduce(db, peer)
    if Following(db).get(peer.actor) is None:
        _follow(db, hub, peer, new_activity_id(hub, act.at), act)
    return peer


def _follow(db: sqlite_utils.Database, hub: Hub, peer: Peer, follow: str, act: Act) -> None:
    Following(db).ask(peer.actor, follow, act.at)
    send_to_peer(db, hub, peer, activities.follow(follow, hub.identity.actor, peer.actor), act.at)


def end(db: sqlite_utils.Database, hub: Hub, peer: Peer, act: Act, *, tell: bool) -> Peer:
    """
    End a peering here. tell: also send the other side what undoes it there.

    The Follow is undone, our Offer too, and its Offer rejected, each only if there was one.
    """
    if tell:
        for activity in _farewell(db, hub, peer, act):
            send_to_peer(db, hub, peer, activity, act.at)
    Following(db).remove(peer.actor)
    Followers(db).remove(peer.actor)
    peer = replace(
        peer,
        state="ended",
        our_offer=None,
        their_offer=None,
        we_approved_at=None,
        we_approved_by=None,
        they_approved_at=None,
    )
    PeerStore(db).replace(peer)
    return peer


def _farewell(db: sqlite_utils.Database, hub: Hub, peer: Peer, act: Act) -> list[JsonObject]:
    us, to = hub.identity.actor, (peer.actor,)
    said: list[JsonObject] = []
    followed = Following(db).get(peer.actor)
    if followed is not None:
        follow = activities.follow(followed.follow_id, us, peer.actor)
        said.append(activities.undo(new_activity_id(hub, act.at), us, follow, to=to))
    if peer.is_hub and peer.their_offer is not None:
        identity = new_activity_id(hub, act.at)
        said.append(activities.reject(identity, us, peer.their_offer, asker=peer.actor))
    if peer.is_hub and peer.our_offer is not None and peer.we_approved_at is not None:
        at = stamp(peer.we_approved_at)
        offer = activities.offer_peering(peer.our_offer, us, peer.actor, at=at)
        said.append(activities.undo(new_activity_id(hub, act.at), us, offer, to=to))
    return said
