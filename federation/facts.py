"""
What this hub knows about an activity, for the one function that decides who may say what.

One question to the database answers all of it: the door asks it for every activity that arrives.
"""

from dataclasses import dataclass
from typing import Final

import sqlite_utils

from content.proposals.store import ProposalStore
from federation.erasures import ErasureStore
from federation.followers import Following
from federation.peers import PeerStore
from protocol.activity import Activity
from protocol.authority import Facts, Standing
from protocol.ids import host_of


@dataclass(frozen=True, slots=True)
class Record:
    """
    What our records say about an activity.

    digest: SHA-256 under which it was accepted before, None if it is new. buried: its object was
    deleted for good. awaited: something waits for its host, which failed before.
    """

    facts: Facts
    digest: bytes | None
    buried: bool
    awaited: bool


def gather_facts(db: sqlite_utils.Database, own_origin: str, activity: Activity) -> Facts:
    """Look up the standing of the actor, and whose the object is by our records."""
    return look_up(db, own_origin, activity).facts


def look_up(db: sqlite_utils.Database, own_origin: str, activity: Activity) -> Record:
    """Return all that our records say about an activity."""
    kind, reference = activity.type, activity.object_id
    own_profile = reference == activity.actor
    digest, peer, posts, known, follow, undone, buried, awaited = db.conn.execute(
        _QUESTION,
        (
            activity.id,
            activity.actor,
            reference if kind in _ABOUT_OBJECTS and not own_profile else None,
            reference if kind == "Undo" else None,
            host_of(activity.actor),
        ),
    ).fetchone()
    owner = (follow or undone) if kind == "Undo" else (known or posts)
    facts = Facts(
        standing_in(peer),
        own_origin,
        answers_our_request=kind in ("Accept", "Reject") and _was_asked(db, activity),
        object_owner=owner,
    )
    return Record(facts, None if digest is None else bytes(digest), bool(buried), bool(awaited))


def standing_in(peer: str | None) -> Standing:
    """Return the standing of a peer given as state and kind; `peers.standing_of` says the same."""
    if peer is None:
        return Standing.STRANGER
    state, _, kind = peer.partition(" ")
    if state == "blocked":
        return Standing.BLOCKED
    if state != "active":
        return Standing.STRANGER
    return Standing.SOURCE if kind == "source" else Standing.PEER


def _was_asked(db: sqlite_utils.Database, activity: Activity) -> bool:
    """Return whether the object is an Offer, Follow or Delete of ours to exactly this actor."""
    if activity.object_id is None:
        return False
    if activity.type == "Accept" and ErasureStore(db).was_asked(activity.actor, activity.object_id):
        return True
    proposal = ProposalStore(db).by_offer(activity.object_id, activity.actor)
    if proposal is not None:
        return proposal.direction == "out"
    followed = Following(db).by_follow(activity.object_id)
    if followed is not None:
        return followed.actor == activity.actor
    return PeerStore(db).asked(activity.actor, activity.object_id)


_ABOUT_OBJECTS: Final = frozenset({"Create", "Update", "Delete", "Announce"})

_QUESTION: Final = """
    select
        (select digest from inbox where activity_id = ?1),
        (select state || ' ' || kind from peers where actor = ?2),
        coalesce(
            (select actor from owners where object = ?3),
            (select actor from tombstones where object = ?3),
            (select actor from remarks where about = ?3 and kind = 'reply')
        ),
        (select id from actors where id = ?3),
        (select actor from followers where follow_id = ?4),
        (select actor from inbox where activity_id = ?4),
        exists (select 1 from tombstones where object = ?3),
        exists (select 1 from destinations where host = ?5 and failures > 0)
"""
