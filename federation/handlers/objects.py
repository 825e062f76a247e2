"""Create, Update and Delete: what peers and sources publish, and what strangers reply."""

from typing import Any

import sqlite_utils

from content.changes import Act
from federation import receiving
from federation.actors import ActorStore, read_actor
from federation.escalation.receiving import take_sealed
from federation.fetching import Fetched, fetch_document
from federation.followers import Followers
from federation.forks import refuse_frozen_hub
from federation.hub import Hub, Node
from federation.inbox_store import Tombstones
from federation.remarks import Remark, RemarkStore
from protocol.activity import Activity
from protocol.authority import Standing, Verified, authorize_fetched
from protocol.errors import NotOwner
from protocol.foreign import ids_of, text_of
from protocol.ids import same_origin
from protocol.rules import SEALED_TYPE


async def fetch_object(node: Node, activity: Verified[Activity]) -> Fetched | None:
    """
    Fetch the object when the activity only names it, from its own origin (S13), else None.

    So the actor too, when it says that its profile changed: what counts is what its server shows.
    """
    said = activity.value
    own_profile = said.object_id == said.actor and activity.standing is Standing.SOURCE
    if said.object_id is None or (said.object is not None and not own_profile):
        return None
    return await fetch_document(node, said.object_id)


def create(
    db: sqlite_utils.Database,
    hub: Hub,
    activity: Verified[Activity],
    act: Act,
    prepared: Fetched | None,
) -> None:
    """Take in what is new: a sealed message, a record of a peer or source, or a reply."""
    if SEALED_TYPE in activity.value.object_types:
        take_sealed(db, hub, activity, act)
    elif activity.standing is Standing.STRANGER:
        _reply(db, hub, activity.value, act)
    else:
        _take(db, hub, activity, act, prepared)


def update(
    db: sqlite_utils.Database,
    hub: Hub,
    activity: Verified[Activity],
    act: Act,
    prepared: Fetched | None,
) -> None:
    """Take in what changed. The keys of a hub never change this way (SECURITY.md S36)."""
    said = activity.value
    if said.object_id == said.actor and prepared is not None:
        if prepared.url == said.actor and activity.standing is Standing.SOURCE:
            ActorStore(db).put(read_actor(prepared.document), act.at)
        return
    _take(db, hub, activity, act, prepared)


def delete(
    db: sqlite_utils.Database,
    hub: Hub,
    activity: Verified[Activity],
    act: Act,
    _prepared: Any,
) -> None:
    """Forget what was deleted, for good: its id never comes back (S19)."""
    said = activity.value
    reference = said.object_id or ""
    remarks = RemarkStore(db)
    if reference == said.actor and activity.standing is not Standing.PEER:
        Followers(db).remove(said.actor)
        remarks.forget_actor(said.actor)
        ActorStore(db).mark_gone(said.actor, act.at)
        return
    remarks.take_back(said.actor, reference)
    if activity.standing is Standing.STRANGER:
        receiving.erase_for_former(db, activity, act)
    else:
        Tombstones(db).add(reference, said.actor, act.at)
        receiving.take_in(db, hub, activity, act)


def _take(
    db: sqlite_utils.Database,
    hub: Hub,
    activity: Verified[Activity],
    act: Act,
    prepared: Fetched | None,
) -> None:
    said = activity.value
    if activity.standing is Standing.PEER:
        refuse_frozen_hub(db, said.actor)
    if said.object_id is not None and Tombstones(db).has(said.object_id):
        return  # the Delete was faster (R4)
    if prepared is not None:
        fetched = authorize_fetched(
            prepared.document, final_url=prepared.url, standing=activity.standing
        )
        if fetched.owner.actor != said.actor:
            raise NotOwner("The object belongs to another actor than the one who named it.")
        receiving.take_object(db, hub, said.actor, prepared.document, act)
    else:
        receiving.take_in(db, hub, activity, act)
    if activity.standing is Standing.SOURCE and said.object_id is not None:
        db.execute(
            "insert or ignore into owners (object, actor) values (?, ?)",
            (said.object_id, said.actor),
        )


def _reply(db: sqlite_utils.Database, hub: Hub, said: Activity, act: Act) -> None:
    """Keep a stranger's reply for a person to look at; nothing is shown before."""
    if said.object is None or said.object_id is None:
        return
    ours = [
        reference
        for reference in ids_of(said.object.get("inReplyTo"))
        if same_origin(reference, hub.identity.origin)
    ]
    if not ours:
        return
    text = text_of(said.object, "content") or ""
    RemarkStore(db).add(Remark(said.id, said.actor, "reply", ours[0], said.object_id, text, act.at))
