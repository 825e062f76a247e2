"""
Builders of the activities we send. Each returns a new document with @context, without proof.

at: when, as `moments.stamp` writes it. to, cc: ids of the addressees. identity: the activity's own
id, `ids.activity_id`. Objects are embedded without a second @context unless they carry a proof,
whose signature covers theirs.
"""

from typing import Any, Final

from protocol.context import AS_PUBLIC, CONTEXT, PEER_OF
from protocol.json import JsonObject

EVERYBODY: Final = (AS_PUBLIC,)


def _activity(
    kind: str,
    identity: str,
    actor: str,
    obj: Any,
    *,
    to: tuple[str, ...],
    cc: tuple[str, ...] = (),
    at: str | None = None,
) -> JsonObject:
    document: JsonObject = {
        "@context": CONTEXT,
        "id": identity,
        "type": kind,
        "actor": actor,
        "to": list(to),
        "object": _embedded(obj),
    }
    if cc:
        document["cc"] = list(cc)
    if at is not None:
        document["published"] = at
    return document


def _embedded(obj: Any) -> Any:
    if not isinstance(obj, dict) or "proof" in obj:
        return obj
    return {name: value for name, value in obj.items() if name != "@context"}


def create(
    identity: str, actor: str, obj: JsonObject, *, to: tuple[str, ...], cc: tuple[str, ...], at: str
) -> JsonObject:
    """Return Create: a record was published. It is addressed as its object is."""
    return _activity("Create", identity, actor, obj, to=to, cc=cc, at=at)


def update(
    identity: str, actor: str, obj: JsonObject, *, to: tuple[str, ...], cc: tuple[str, ...], at: str
) -> JsonObject:
    """Return Update: a record, or the actor itself, is now as given, whole."""
    return _activity("Update", identity, actor, obj, to=to, cc=cc, at=at)


def tombstone(identity: str, *, former_type: str, deleted: str) -> JsonObject:
    """Return what is left of a record: its id, what it was, when it was deleted."""
    return {
        "@context": CONTEXT,
        "id": identity,
        "type": "Tombstone",
        "formerType": former_type,
        "deleted": deleted,
    }


def delete(
    identity: str,
    actor: str,
    object_id: str,
    *,
    former_type: str,
    to: tuple[str, ...],
    cc: tuple[str, ...] = (),
    at: str,
) -> JsonObject:
    """Return Delete with a Tombstone: the record is gone and its id is never used again."""
    obj = tombstone(object_id, former_type=former_type, deleted=at)
    return _activity("Delete", identity, actor, obj, to=to, cc=cc, at=at)


def announce(
    identity: str,
    actor: str,
    object_id: str,
    *,
    to: tuple[str, ...] = EVERYBODY,
    cc: tuple[str, ...] = (),
    at: str,
) -> JsonObject:
    """Return Announce of a reference: the coalition passes on what a hub published."""
    return _activity("Announce", identity, actor, object_id, to=to, cc=cc, at=at)


def follow(identity: str, actor: str, followed: str) -> JsonObject:
    """Return Follow of an actor."""
    return _activity("Follow", identity, actor, followed, to=(followed,))


def accept(identity: str, actor: str, request: JsonObject | str, *, asker: str) -> JsonObject:
    """Return Accept of somebody's Follow or Offer: the activity itself, or its id."""
    return _activity("Accept", identity, actor, request, to=(asker,))


def reject(identity: str, actor: str, request: JsonObject | str, *, asker: str) -> JsonObject:
    """Return Reject of somebody's Follow or Offer: the activity itself, or its id."""
    return _activity("Reject", identity, actor, request, to=(asker,))


def undo(identity: str, actor: str, undone: JsonObject, *, to: tuple[str, ...]) -> JsonObject:
    """Return Undo of an activity of our own, embedded whole: not every server keeps it."""
    return _activity("Undo", identity, actor, undone, to=to)


def peer_relationship(subject: str, obj: str) -> JsonObject:
    """Return the Relationship that hubs offer: subject is a peer of object."""
    return {
        "type": "Relationship",
        "subject": subject,
        "relationship": PEER_OF,
        "object": obj,
    }


def offer_peering(identity: str, actor: str, hub: str, *, at: str) -> JsonObject:
    """Return Offer of a Relationship from us to another hub (docs/adr/0016)."""
    relation = {"id": f"{identity}#relationship", **peer_relationship(actor, hub)}
    return _activity("Offer", identity, actor, relation, to=(hub,), at=at)
