"""
What other hubs send about peering: Offer, Accept, Reject, and Undo of an Offer (docs/adr/0016).

An Offer is the one thing more that a stranger may send, if it is a hub. It changes nothing but a
list that people look at.
"""

from dataclasses import replace
from typing import Final

import sqlite_utils

from content.changes import Act, ChangeStore
from federation.discovery import Discovered
from federation.hub import Hub
from federation.introductions import introduce
from federation.notices import NoticeStore
from federation.peering_steps import accept_offer, activate, end, record_hub
from federation.peers import Peer, PeerStore
from protocol.activity import Activity
from protocol.authority import Verified

MOST_ASKING: Final = 200
"""Hubs that may wait for a decision after asking by themselves: nobody fills our disk."""


def offer_received(
    db: sqlite_utils.Database,
    hub: Hub,
    activity: Verified[Activity],
    act: Act,
    prepared: Discovered | None,
) -> None:
    """
    Keep a hub's Offer to be peers; accept it at once if a person here approved that hub before.

    prepared: what was discovered about a hub that is not among the peers.
    """
    said = activity.value
    peer = PeerStore(db).by_actor(said.actor)
    if peer is None or peer.state == "ended":
        if prepared is not None and _is_signed_by(prepared, activity):
            _asks(db, prepared, said.id, act)
        elif peer is not None and activity.owner.key_id in {key.id for key in peer.pinned_keys}:
            PeerStore(db).replace(replace(peer, state="new", their_offer=said.id))
        return
    if not peer.is_hub:
        return
    peer = replace(peer, their_offer=said.id)
    PeerStore(db).replace(peer)
    if peer.state in ("offered", "active"):
        accept_offer(db, hub, peer, act)


def _asks(db: sqlite_utils.Database, found: Discovered, offer: str, act: Act) -> None:
    """Put a hub that nobody here knows on the list of those who ask, if there is room."""
    if found.kind == "source":
        return
    asking = sum(1 for peer in PeerStore(db).list() if peer.state == "new" and peer.their_offer)
    namesake = PeerStore(db).find(str(found.g))
    if namesake is not None and namesake.actor != found.actor:
        text = f"A hub at {found.host} shows the permanent name of {namesake.host}."
        NoticeStore(db).note("key-changed", namesake.host, text, act.at)
        return
    if asking >= MOST_ASKING:
        text = f"{asking} hubs wait for a decision; no more are noted until some are removed."
        NoticeStore(db).note("refused", "peers", text, act.at)
        return
    record_hub(db, found, act, their_offer=offer)
    ChangeStore(db).record(act, "peer.ask", found.host)


def _is_signed_by(found: Discovered, activity: Verified[Activity]) -> bool:
    """Return whether the Offer was signed by a key of the manifest that was discovered."""
    return activity.owner.key_id in {key.id for key in found.pinned_keys}


def accept_received(
    db: sqlite_utils.Database, hub: Hub, activity: Verified[Activity], act: Act
) -> None:
    """
    Note that the other hub accepted our Offer, or a source our Follow: the peer is active.

    Any other Accept changes nothing here. While a peer is suspended its answer is kept for later.
    """
    peer = _asked(db, activity.value)
    if peer is None or peer.they_approved_at is not None:
        return
    if peer.state != "offered":
        PeerStore(db).replace(replace(peer, they_approved_at=act.at))
    elif peer.is_hub:
        activate(db, hub, peer, act)
    else:
        PeerStore(db).replace(replace(peer, state="active", they_approved_at=act.at))
        introduce(db, peer)
        ChangeStore(db).record(act, "peer.activate", peer.host)


def reject_received(
    db: sqlite_utils.Database, hub: Hub, activity: Verified[Activity], act: Act
) -> None:
    """Note that the other side refused, or ended what it had accepted; ours ends with it."""
    peer = _asked(db, activity.value)
    if peer is not None and peer.state != "blocked":
        # A source that rejects has dropped us; there is nothing left there to undo.
        end(db, hub, peer, act, tell=False)
        ChangeStore(db).record(act, "peer.end", peer.host, "by the other side")


def offer_undone(
    db: sqlite_utils.Database, hub: Hub, activity: Verified[Activity], act: Act
) -> None:
    """Note that the other hub took its Offer back: it no longer asks, or no longer is a peer."""
    peer = PeerStore(db).by_actor(activity.value.actor)
    if peer is None or peer.their_offer is None or peer.their_offer != activity.value.object_id:
        return
    if peer.state in ("new", "active", "suspended"):
        end(db, hub, peer, act, tell=False)
        ChangeStore(db).record(act, "peer.end", peer.host, "by the other side")
    else:
        PeerStore(db).replace(replace(peer, their_offer=None))


def _asked(db: sqlite_utils.Database, answer: Activity) -> Peer | None:
    """Return the peer whose answer this is to what we asked it last."""
    peer = PeerStore(db).by_actor(answer.actor)
    return peer if peer is not None and peer.our_offer == answer.object_id else None
