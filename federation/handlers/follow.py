"""Follow: anyone may follow the hub; it is answered with Accept, or Reject for anything else."""

from typing import Any, ClassVar

import sqlite_utils

from content.changes import Act
from federation.actors import ActorStore
from federation.errors import FederationError
from federation.followers import Follower, Followers
from federation.hub import Hub
from federation.outbox import Destination, Outbox
from federation.peers import PeerStore
from protocol.activity import Activity
from protocol.authority import Verified
from protocol.canonical import canonicalize
from protocol.documents import activities
from protocol.ids import activity_id, ulid_from
from protocol.proofs import add_proof


class NoInbox(FederationError):
    """The actor names no inbox on its own server, so nothing can be sent to it."""

    code: ClassVar[str] = "no-inbox"

    def __init__(self) -> None:
        super().__init__("The actor has no inbox on its own server.")


def follow(
    db: sqlite_utils.Database,
    hub: Hub,
    activity: Verified[Activity],
    act: Act,
    _prepared: Any,
) -> None:
    """Note the follower and answer. A Follow that was undone before it came stays undone."""
    asked = activity.value
    undone = db.execute("select 1 from undone where activity_id = ?", (asked.id,)).fetchone()
    if undone is not None:
        return
    inbox, shared_inbox, is_hub = _inboxes(db, asked.actor)
    wanted = asked.object_id == hub.identity.actor
    if wanted:
        Followers(db).add(Follower(asked.actor, inbox, shared_inbox, asked.id, act.at))
    build = activities.accept if wanted else activities.reject
    ulid = ulid_from(act.at, hub.chance.bytes(10))
    answer = build(
        activity_id(hub.identity.origin, ulid),
        hub.identity.actor,
        _quoted(asked),
        asker=asked.actor,
    )
    signed = add_proof(answer, hub.keys.signing, act.at)
    Outbox(db).enqueue(signed["id"], canonicalize(signed), [Destination(inbox, is_hub)], act.at)


def _quoted(asked: Activity) -> dict[str, Any]:
    """Return the Follow as servers want to find it in the answer, and nothing else of it."""
    return {
        "id": asked.id,
        "type": "Follow",
        "actor": asked.actor,
        "object": asked.object_id,
    }


def _inboxes(db: sqlite_utils.Database, actor: str) -> tuple[str, str | None, bool]:
    peer = PeerStore(db).by_actor(actor)
    if peer is not None and peer.is_hub:
        return peer.inbox, None, True
    known = ActorStore(db).get(actor)
    if known is None or known.inbox is None:
        raise NoInbox
    return known.inbox, known.shared_inbox, False
