"""Accept and Reject: the answer to a Follow, an Offer or a Delete of ours."""

from typing import Any

import sqlite_utils

from content.changes import Act
from federation import peering, proposals_received
from federation.erasing import is_receipt, take_receipt
from federation.followers import Following
from federation.hub import Hub
from federation.peers import PeerStore
from protocol.activity import Activity
from protocol.authority import Verified


def accept(
    db: sqlite_utils.Database,
    hub: Hub,
    activity: Verified[Activity],
    act: Act,
    _prepared: Any,
) -> None:
    """Note that the other side agreed, or that it has erased what we asked it to erase."""
    if take_receipt(db, activity, act) or is_receipt(activity):
        return
    if proposals_received.answer_received(db, activity, act, accepted=True):
        return
    _answer_follow(db, activity.value, act, accepted=True)
    if PeerStore(db).by_actor(activity.value.actor) is not None:
        peering.accept_received(db, hub, activity, act)


def reject(
    db: sqlite_utils.Database,
    hub: Hub,
    activity: Verified[Activity],
    act: Act,
    _prepared: Any,
) -> None:
    """Note that the other side refused, or ended what it had accepted."""
    if proposals_received.answer_received(db, activity, act, accepted=False):
        return
    _answer_follow(db, activity.value, act, accepted=False)
    if PeerStore(db).by_actor(activity.value.actor) is not None:
        peering.reject_received(db, hub, activity, act)


def _answer_follow(
    db: sqlite_utils.Database, answer: Activity, act: Act, *, accepted: bool
) -> None:
    Following(db).answer(answer.actor, answer.object_id or "", accepted=accepted, at=act.at)
