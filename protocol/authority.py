"""
Who may say what: the ONE function that decides it (DESIGN.md 6; FEP-fe34; S11 to S16, S37).

`authorize` stands between the proven signature and everything else. rules.py has the tables of who
may send what. Handlers take `Verified[...]`, which only this module makes: there is no way round.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Generic, TypeVar

from protocol.activity import Activity, read_activity
from protocol.errors import (
    ActorMismatch,
    InvalidActivity,
    NotAPeer,
    NotOwner,
    ObjectUnverified,
    OriginMismatch,
)
from protocol.foreign import ids_of
from protocol.ids import actor_id, is_url, origin_of, same_origin
from protocol.json import JsonObject
from protocol.keys import PublicKey
from protocol.log_entries import CheckedPage, LogEntry
from protocol.proofs import verify_proof
from protocol.rules import LOGGED, RULES, SEALED_TYPE, Facts, Standing

__all__ = [
    "SEALED_TYPE",
    "Facts",
    "KeyOwner",
    "Standing",
    "Verified",
    "authorize",
    "authorize_fetched",
    "authorize_logged",
    "authorize_proven",
]

T_co = TypeVar("T_co", covariant=True)
_TOKEN: Final = object()


@dataclass(frozen=True, slots=True)
class KeyOwner:
    """Who stands behind a key that verified a request or a proof."""

    actor: str
    """Actor id of the owner, proven by a link back (S9) or pinned."""
    key_id: str
    origin: str
    """Origin of the actor and the key: they are the same."""


class Verified(Generic[T_co]):
    """
    A value whose sender is proven and may say it. Only this module makes one.

    value: what was said. owner: who said it. standing: what the sender is to us.
    """

    __slots__ = ("owner", "standing", "value")

    def __init__(self, value: T_co, owner: KeyOwner, standing: Standing, *, token: object) -> None:
        if token is not _TOKEN:
            raise TypeError("Only protocol.authority makes a Verified value.")
        self.value = value
        self.owner = owner
        self.standing = standing


def authorize(activity: Activity, signer: KeyOwner, facts: Facts) -> Verified[Activity]:
    """
    Return the activity as Verified if its sender may send it, else raise.

    signer: owner of the key that verified the request (or the activity's proof).
    facts: what we know about the sender and the object.

    Raises ActorMismatch (S11), NotAPeer (S14, S37), OriginMismatch (S12), NotOwner (S15),
    NoSuchRequest (S16), and InvalidActivity (S26) for what nobody may send us.
    """
    if any(actor != signer.actor for actor in activity.actors):
        raise ActorMismatch("The actor is not the owner of the key that signed.")
    if facts.standing is Standing.BLOCKED:
        raise NotAPeer("This hub takes nothing from this actor.")
    if not same_origin(activity.id, activity.actor, signer.actor):
        raise OriginMismatch("The activity's id is not on its actor's origin.")
    rule = RULES[facts.standing].get(activity.type)
    if rule is None:
        if facts.standing is Standing.PEER:
            raise InvalidActivity(f"{activity.type} is not taken here.")
        raise NotAPeer(f"{activity.type} is taken from approved peers only.")
    rule(activity, facts)
    return Verified(activity, signer, facts.standing, token=_TOKEN)


def authorize_proven(
    document: JsonObject, owner: KeyOwner, key: PublicKey, *, standing: Standing, now: datetime
) -> Verified[JsonObject]:
    """
    Return an object as Verified because its owner's own proof is on it, whoever passed it on.

    owner: proven owner of the key. Raises ProofMissing or ProofInvalid, OriginMismatch if its id
    is elsewhere, NotOwner if it is attributed to somebody else, NotAPeer if the owner is blocked.
    """
    verify_proof(document, key, now)
    if key.id != owner.key_id:
        raise ObjectUnverified("The proof was made with another key.")
    return _owned(document, owner, standing)


def authorize_fetched(
    document: JsonObject, *, final_url: str, standing: Standing
) -> Verified[JsonObject]:
    """
    Return an object as Verified because it was fetched from its own id, on its owner's origin.

    final_url: where the answer came from, after redirects; the media type was checked (S13).
    Raises ObjectUnverified if the id is not that URL, else as `authorize_proven`.
    """
    if document.get("id") != final_url:
        raise ObjectUnverified("The object's id is not the address it was fetched from.")
    owners = ids_of(document.get("attributedTo", document.get("actor")))
    if len(owners) != 1 or not same_origin(owners[0], final_url):
        raise OriginMismatch("The object is attributed to an actor elsewhere.")
    owner = KeyOwner(owners[0], "", origin_of(final_url))
    return _owned(document, owner, standing)


def authorize_logged(
    page: CheckedPage, entry: LogEntry, *, standing: Standing
) -> Verified[Activity]:
    """
    Return the activity of a log entry as Verified, because its hub's log proves it.

    page: from `log_entries.check_page`. entry: one of its entries, with content, no Manifest.
    Raises ObjectUnverified if it is not, NotAPeer if the hub is blocked, InvalidActivity,
    OriginMismatch or NotOwner if the activity is not the hub's own or names what is not its own.
    """
    if entry not in page or entry.a is None:
        raise ObjectUnverified("The entry is not part of the verified page, or was erased.")
    if standing is Standing.BLOCKED:
        raise NotAPeer("This hub takes nothing from this hub.")
    hub = page.hub
    activity = read_activity(entry.a)
    actors = {actor_id(origin) for origin in hub.origins}
    if not actors.issuperset(activity.actors):
        raise ActorMismatch("The activity is not by the hub whose log it is in.")
    if not same_origin(activity.id, activity.actor):
        raise OriginMismatch("The activity's id is not on its actor's origin.")
    rule = LOGGED.get(activity.type)
    if rule is None:
        raise InvalidActivity(f"{activity.type} does not belong in a log.")
    rule(activity, Facts(standing, hub.origin))
    owner = KeyOwner(activity.actor, entry.h.key, hub.origin)
    return Verified(activity, owner, standing, token=_TOKEN)


def _owned(document: JsonObject, owner: KeyOwner, standing: Standing) -> Verified[JsonObject]:
    if standing is Standing.BLOCKED:
        raise NotAPeer("This hub takes nothing from this actor.")
    identity = document.get("id")
    if not is_url(identity) or not same_origin(str(identity), owner.actor):
        raise OriginMismatch("The object's id is not on its owner's origin.")
    if ids_of(document.get("attributedTo", document.get("actor"))) != (owner.actor,):
        raise NotOwner("The object is attributed to somebody else.")
    return Verified(document, owner, standing, token=_TOKEN)
