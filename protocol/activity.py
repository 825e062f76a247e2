"""
A read-only view on an activity, whatever of the allowed shapes its fields have (S26).

ActivityStreams lets most properties be absent, a string, an object or a list of these. Here they
become plain values; what is none of the shapes is refused. The document itself stays as it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from protocol.context import PUBLIC_ALIASES
from protocol.errors import InvalidActivity
from protocol.foreign import types_of
from protocol.ids import ID_LIMIT, is_url
from protocol.json import JsonObject

TAKEN_TYPES: Final = frozenset(
    {
        "Accept",
        "Announce",
        "Create",
        "Delete",
        "Flag",
        "Follow",
        "Like",
        "Offer",
        "Reject",
        "Undo",
        "Update",
    }
)
"""The activity types that somebody may send us; authority.py says who."""
OTHER_TYPES: Final = frozenset(
    {
        "Add",
        "Arrive",
        "Block",
        "Dislike",
        "Ignore",
        "Invite",
        "Join",
        "Leave",
        "Listen",
        "Move",
        "Question",
        "Read",
        "Remove",
        "TentativeAccept",
        "TentativeReject",
        "Travel",
        "View",
    }
)
"""The other activity types of ActivityStreams: understood, and taken from nobody."""

_RECIPIENTS_LIMIT = 256


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity as its sender wrote it. Who may say it is for authority.py to decide."""

    id: str
    type: str
    actor: str
    """The first actor; there should be no other."""
    actors: tuple[str, ...]
    object_id: str | None
    """Id of the (first) object, None where an embedded object has none."""
    object_ids: tuple[str, ...]
    object: JsonObject | None
    """The object where it is embedded and the only one, else None."""
    to: tuple[str, ...]
    cc: tuple[str, ...]
    target_id: str | None
    raw: JsonObject = field(repr=False)
    """The document as it was parsed, blind copies included."""

    @property
    def object_types(self) -> tuple[str, ...]:
        """Return the types of the embedded object, empty without one."""
        return types_of(self.object) if self.object is not None else ()

    @property
    def is_public(self) -> bool:
        """Tell whether it is addressed to everybody, in to or cc."""
        return bool(PUBLIC_ALIASES & {*self.to, *self.cc})


def read_activity(document: JsonObject) -> Activity:
    """
    Return the view on a parsed document.

    Raises InvalidActivity (422, S26) if a field has the wrong type, an id is no absolute http(s)
    URL, actor or object is missing, or the type is no activity type of ActivityStreams.
    """
    kind = _type_of(document)
    actors = _ids(document, "actor", required=True)
    objects = _members(document.get("object"))
    if not objects:
        raise InvalidActivity("The activity has no object.")
    embedded = objects[0] if len(objects) == 1 and isinstance(objects[0], dict) else None
    object_ids = tuple(found for found in map(_id_or_none, objects) if found is not None)
    targets = _ids(document, "target")
    return Activity(
        id=_url(document.get("id"), "id"),
        type=kind,
        actor=actors[0],
        actors=actors,
        object_id=_id_or_none(objects[0]),
        object_ids=object_ids,
        object=embedded,
        to=_recipients(document, "to"),
        cc=_recipients(document, "cc"),
        target_id=targets[0] if targets else None,
        raw=document,
    )


def without_blind_copies(document: JsonObject) -> JsonObject:
    """Return a copy without bto and bcc, of the activity and of its embedded object (S34)."""
    stripped = {key: value for key, value in document.items() if key not in ("bto", "bcc")}
    if isinstance(stripped.get("object"), dict):
        stripped["object"] = without_blind_copies(stripped["object"])
    return stripped


def _type_of(document: Mapping[str, Any]) -> str:
    kinds = document.get("type")
    names = [kinds] if isinstance(kinds, str) else kinds
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InvalidActivity("The type of an activity must be text, or a list of texts.")
    known: list[str] = [name for name in names if name in TAKEN_TYPES or name in OTHER_TYPES]
    if len(known) != 1:
        raise InvalidActivity("The activity must have exactly one known type.")
    return known[0]


def _members(value: object) -> list[Any]:
    if value is None:
        return []
    members = value if isinstance(value, list) else [value]
    if not all(isinstance(member, str | dict) for member in members):
        raise InvalidActivity("An object must be an id or a JSON object.")
    return members


def _id_or_none(member: str | JsonObject) -> str | None:
    text = member.get("id") if isinstance(member, dict) else member
    if text is None:
        return None
    return _url(text, "object")


def _ids(document: Mapping[str, Any], name: str, *, required: bool = False) -> tuple[str, ...]:
    ids = []
    for member in _members(document.get(name)):
        text = member.get("id") if isinstance(member, dict) else member
        ids.append(_url(text, name))
    if required and not ids:
        raise InvalidActivity(f"The activity has no {name}.")
    return tuple(ids)


def _recipients(document: Mapping[str, Any], name: str) -> tuple[str, ...]:
    members = _members(document.get(name))
    if len(members) > _RECIPIENTS_LIMIT:
        raise InvalidActivity(f"{name} names too many.")
    found = []
    for member in members:
        text = member.get("id") if isinstance(member, dict) else member
        if not isinstance(text, str) or not 0 < len(text) <= ID_LIMIT:
            raise InvalidActivity(f"{name} must hold ids.")
        found.append(text)
    return tuple(found)


def _url(text: object, name: str) -> str:
    if not isinstance(text, str) or not is_url(text):
        raise InvalidActivity(f"{name} must be an absolute http or https URL.")
    return text
