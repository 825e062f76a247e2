"""Offer: a hub wants to be a peer (docs/adr/0016), or proposes a correction (0062)."""

import sqlite_utils

from content.changes import Act
from federation import peering, proposals_received
from federation.discovery import Discovered, discover
from federation.hub import Hub, Node
from federation.peers import PeerStore
from protocol.activity import Activity
from protocol.authority import Verified
from protocol.documents.proposal import is_proposal


async def discover_actor(node: Node, activity: Verified[Activity]) -> Discovered | None:
    """Find out who asks, with manifest and fingerprint; None for hubs that we know already."""
    actor = activity.value.actor
    known = await node.database.read(lambda db: PeerStore(db).by_actor(actor) is not None)
    return None if known else await discover(node, actor)


def offer(
    db: sqlite_utils.Database,
    hub: Hub,
    activity: Verified[Activity],
    act: Act,
    prepared: Discovered | None,
) -> None:
    """Note the offer, for people to decide; accept it at once where they did before."""
    undone = db.execute(
        "select 1 from undone where activity_id = ?", (activity.value.id,)
    ).fetchone()
    if undone is not None:
        return
    if is_proposal(activity.value.object):
        proposals_received.proposal_received(db, hub, activity, act)
    else:
        peering.offer_received(db, hub, activity, act, prepared)
