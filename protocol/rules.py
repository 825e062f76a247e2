"""
The rules behind `authority.authorize`: for each standing and type of activity, what must hold.

In one sentence each. Create, Update, Delete: the object is on the actor's origin and the actor's
own. Undo: the undone activity is the actor's own. Accept, Reject: the object is ours and was
addressed to that actor. Offer: a Relationship with us, or of an Update of a record of ours. Follow,
Like, Announce, Flag: the object is a free reference. The tables
at the end say who may send what (DESIGN.md 6). A rule returns nothing, or raises.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from protocol.activity import Activity
from protocol.context import PEER_OF
from protocol.documents.proposal import is_proposal
from protocol.errors import InvalidActivity, NoSuchRequest, NotAPeer, NotOwner, OriginMismatch
from protocol.foreign import ids_of, types_of
from protocol.ids import actor_id, is_url, same_origin

SEALED_TYPE: Final = "hub:Sealed"


class Standing(Enum):
    """What an actor is to us. Approval is by people (DESIGN.md 4, part 3)."""

    BLOCKED = "blocked"
    STRANGER = "stranger"
    SOURCE = "source"
    """A plain ActivityPub actor whose public posts an operator added to ours."""
    PEER = "peer"
    """An approved, active hub or coalition."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What this hub knows and the decision needs. Looked up in the transaction that stores."""

    standing: Standing
    own_origin: str
    answers_our_request: bool = False
    """Accept and Reject: the object is an open request of ours to exactly this actor."""
    object_owner: str | None = None
    """
    Actor id that owns the object by our records: of the stored object, of the activity that is
    undone, or the object itself where it is an actor. None if we know nothing about it.
    """


Rule: TypeAlias = Callable[[Activity, Facts], None]


def _free(activity: Activity, _facts: Facts) -> None:
    """Follow, Like, Announce, Flag: the object is a reference to anything."""
    if not activity.object_ids:
        raise InvalidActivity("The object has no id.")


def _on_own_origin(activity: Activity, facts: Facts) -> str:
    """Return the object's id if it is on the actor's origin and, by our records, the actor's."""
    if len(activity.object_ids) != 1 or activity.object_id is None:
        raise InvalidActivity(f"{activity.type} needs exactly one object with an id.")
    if not same_origin(activity.object_id, activity.actor):
        raise OriginMismatch("The object is not on its actor's origin.")
    if facts.object_owner not in (None, activity.actor):
        raise NotOwner("The object belongs to somebody else.")
    return activity.object_id


def _attributed(activity: Activity) -> None:
    """Check the embedded object's owner; a reference is fetched again before it is used (S13)."""
    if activity.object is None:
        return
    owners = ids_of(activity.object.get("attributedTo"))
    if owners != (activity.actor,):
        raise NotOwner("The object is not attributed to the actor, and to nobody else.")


def _create(activity: Activity, facts: Facts) -> None:
    _on_own_origin(activity, facts)
    _attributed(activity)
    if SEALED_TYPE in activity.object_types:
        _sealed(activity, facts)


def _sealed(activity: Activity, facts: Facts) -> None:
    """A sealed message: from an approved hub, to us and nobody else (S36, S37)."""
    if facts.standing is not Standing.PEER:
        raise NotAPeer("Sealed messages are taken from approved hubs only.")
    reader = (actor_id(facts.own_origin),)
    inner = ids_of(activity.object.get("to")) if activity.object is not None else ()
    if activity.to != reader or inner != reader or activity.cc:
        raise InvalidActivity("A sealed message must be addressed to this hub only.")


def _public_create(activity: Activity, facts: Facts) -> None:
    """A source's Create: anything of its own but a sealed message."""
    if SEALED_TYPE in activity.object_types:
        raise NotAPeer("Sealed messages are taken from approved hubs only.")
    _create(activity, facts)


def _reply(activity: Activity, facts: Facts) -> None:
    """A stranger's Create: a reply, embedded, to something of ours."""
    replied = ids_of(activity.object.get("inReplyTo")) if activity.object is not None else ()
    sealed = SEALED_TYPE in activity.object_types
    if sealed or not any(same_origin(ours, facts.own_origin) for ours in replied):
        raise NotAPeer("Create is taken from approved peers, and as a reply to this hub.")
    _create(activity, facts)


def _update(activity: Activity, facts: Facts) -> None:
    if _on_own_origin(activity, facts) == activity.actor:
        return  # the actor's own profile
    _attributed(activity)


def _delete(activity: Activity, facts: Facts) -> None:
    """A Tombstone need not say whose it was; what it does say must be right."""
    _on_own_origin(activity, facts)
    if activity.object is not None and "attributedTo" in activity.object:
        _attributed(activity)


def _undo(activity: Activity, facts: Facts) -> None:
    _on_own_origin(activity, facts)
    if activity.object is None:
        return
    if ids_of(activity.object.get("actor")) != (activity.actor,):
        raise NotOwner("Only the actor's own activities can be undone.")


def _answer(activity: Activity, facts: Facts) -> None:
    """Accept, Reject: of something we asked exactly this actor, and that is still open."""
    if activity.object_id is None:
        raise InvalidActivity("The answer does not name the request.")
    if not same_origin(activity.object_id, facts.own_origin):
        raise OriginMismatch("The request that is answered is not ours.")
    if not facts.answers_our_request:
        raise NoSuchRequest("There is no open request of ours to this actor.")


def _peering_offer(activity: Activity, facts: Facts) -> None:
    """Offer of a Relationship: the actor offers to be a peer of ours (docs/adr/0016)."""
    offered = activity.object
    if offered is None or "Relationship" not in types_of(offered):
        raise InvalidActivity("Only a Relationship can be offered in the open.")
    if offered.get("relationship") != PEER_OF:
        raise InvalidActivity("The relationship is not one we know.")
    if ids_of(offered.get("subject")) != (activity.actor,):
        raise NotOwner("An actor can only offer its own relationship.")
    if ids_of(offered.get("object")) != (actor_id(facts.own_origin),):
        raise OriginMismatch("The offer is not made to this hub.")


def _proposal(activity: Activity, facts: Facts) -> None:
    """Offer of an Update: a correction of one record of ours, for us alone (docs/adr/0062)."""
    offered = activity.object
    if offered is None:
        raise InvalidActivity("The offered Update is not embedded.")
    if "id" in offered and not same_origin(*ids_of(offered["id"]), activity.actor):
        raise OriginMismatch("The offered Update is not on its actor's origin.")
    targets = ids_of(offered.get("object"))
    if len(targets) != 1 or not is_url(targets[0]):
        raise InvalidActivity("A correction is of exactly one record.")
    if not same_origin(targets[0], facts.own_origin):
        raise OriginMismatch("Only records of this hub can be corrected here.")
    if activity.to != (actor_id(facts.own_origin),) or activity.cc:
        raise InvalidActivity("A correction must be addressed to this hub only.")


def _peer_offer(activity: Activity, facts: Facts) -> None:
    """An approved hub's Offer: to be peers, or a correction of a record of ours."""
    if is_proposal(activity.object):
        _proposal(activity, facts)
    else:
        _peering_offer(activity, facts)


def _stranger_offer(activity: Activity, facts: Facts) -> None:
    """A stranger's Offer: to be peers, and nothing else."""
    if is_proposal(activity.object):
        raise NotAPeer("Corrections are taken from approved hubs only.")
    _peering_offer(activity, facts)


def _not_ours_to_move(activity: Activity, facts: Facts) -> None:
    """Add, Remove, Move: whoever does not own the object is told so; the rest is not taken."""
    _on_own_origin(activity, facts)
    raise InvalidActivity(f"{activity.type} is not taken here.")


_STRANGER: Final[dict[str, Rule]] = {
    "Accept": _answer,
    "Announce": _free,
    "Create": _reply,
    "Delete": _delete,
    "Flag": _free,
    "Follow": _free,
    "Like": _free,
    "Offer": _stranger_offer,
    "Reject": _answer,
    "Undo": _undo,
}
_SOURCE: Final[dict[str, Rule]] = {
    "Accept": _answer,
    "Announce": _free,  # taken, and ignored by the handler: a source speaks only for itself
    "Create": _public_create,
    "Delete": _delete,
    "Reject": _answer,
    "Update": _update,
}
_PEER: Final[dict[str, Rule]] = {
    **_STRANGER,
    "Create": _create,
    "Offer": _peer_offer,
    "Update": _update,
    "Add": _not_ours_to_move,
    "Remove": _not_ours_to_move,
    "Move": _not_ours_to_move,
}
RULES: Final = {
    Standing.STRANGER: _STRANGER,
    Standing.SOURCE: _SOURCE,
    Standing.PEER: _PEER,
}
"""Who may send what, in the open. A blocked actor may send nothing."""
LOGGED: Final[dict[str, Rule]] = {
    "Announce": _free,
    "Create": _public_create,
    "Delete": _delete,
    "Update": _update,
}
"""What may stand in a hub's log."""
