"""Undo: an actor takes back its own Follow, Like, Announce, Flag or Offer."""

from typing import Any

import sqlite_utils

from content.changes import Act
from content.times import to_text
from federation import peering, proposals_received
from federation.followers import Followers
from federation.hub import Hub
from federation.peers import PeerStore
from federation.remarks import RemarkStore
from protocol.activity import Activity
from protocol.authority import Verified


def undo(
    db: sqlite_utils.Database,
    hub: Hub,
    activity: Verified[Activity],
    act: Act,
    _prepared: Any,
) -> None:
    """
    Take back what the undone activity did, in whichever order the two came.

    What is undone before it arrived is remembered by its id, so that it has no effect later.
    """
    undone, actor = activity.value, activity.value.actor
    reference = undone.object_id or ""
    followers = Followers(db)
    follower = followers.get(actor)
    names_follow = "Follow" in undone.object_types and follower is not None
    if follower is not None and (follower.follow_id == reference or names_follow):
        followers.remove(actor)
    RemarkStore(db).take_back(actor, reference)
    peer = PeerStore(db).by_actor(actor)
    if peer is not None and reference in (peer.their_offer, peer.our_offer):
        peering.offer_undone(db, hub, activity, act)
    proposals_received.proposal_undone(db, activity, act)
    if reference:
        db.execute(
            "insert or ignore into undone (activity_id, actor, at) values (?, ?, ?)",
            (reference, actor, to_text(act.at)),
        )
