"""
The one exit rule: may a record of this hub leave by this door, to this audience?

Every way out asks here and nowhere else: pages, feeds, the log, the API, mail, exports, deliveries
to peers, escalations. What the table does not name is refused, and so is every label and every
sensitivity that the vocabulary does not know. Source: Traffic Light Protocol 2.0
(https://www.first.org/tlp/), as docs/adr/0017-escalation-states.md adapts it to hubs.
"""

from collections.abc import Mapping
from enum import Enum, StrEnum
from typing import ClassVar

from federation.errors import FederationError

CLEAR, GREEN, AMBER = "tlp-clear", "tlp-green", "tlp-amber"
STRICT, RED = "tlp-amber-strict", "tlp-red"
LABELS = (CLEAR, GREEN, AMBER, STRICT, RED)
"""The concepts of the scheme handling-labels, from open to closed."""

NONE, PSEUDONYMOUS = "data-none", "data-pseudonymous"
PERSONAL, SPECIAL = "data-personal", "data-special"
SENSITIVITIES = (NONE, PSEUDONYMOUS, PERSONAL, SPECIAL)
"""The concepts of the scheme data-sensitivity, from harmless to special."""


class Door(Enum):
    """A way out of the hub."""

    PAGE = "page"
    """HTML, and the ActivityStreams documents at the same addresses."""
    FEED = "feed"
    """Atom, JSON Feed, the ActivityPub outbox and what followers are sent."""
    LOG = "log"
    """The append-only log: public for EVERYONE, the network log for PEER."""
    API = "api"
    MAIL = "mail"
    EXPORT = "export"
    """A file that somebody takes away."""
    ESCALATION = "escalation"
    """A sealed message to one named hub."""
    PEERS = "peers"
    """Deliveries to approved hubs: the index they share."""


class Audience(Enum):
    """Who stands on the other side of the door."""

    EVERYONE = "everyone"
    """Strangers, followers, peers that are not active, sources: whoever asks."""
    COALITION = "coalition"
    """An active peer of kind coalition. It gets what everyone gets, never TLP:GREEN."""
    PEER = "peer"
    """An active peer of kind hub."""
    ADDRESSEE = "addressee"
    """The one active peer of kind hub that a sealed message is for."""
    STAFF = "staff"
    """People of this hub, who have shown who they are."""
    SUBJECT = "subject"
    """The person whom the record is about, who has a right to it (GDPR Art. 15 and 20): checked by
    somebody of this hub, or by the receipt code of their request."""


class OnwardUse(StrEnum):
    """May the hub that got a copy of a case hand it on? On the wire: `hub:onward`."""

    NONE = "onward-none"
    """No: it is for this hub alone."""
    ASK = "onward-ask"
    """Only with the origin's yes, each time."""
    PEERS = "onward-peers"
    """Yes, to hubs that it approved."""


class StaysHere(FederationError):
    """
    The record may not leave by this door.

    abroad: only since no ground is noted for a transfer to that country.
    """

    code: ClassVar[str] = "stays-here"

    def __init__(self, reason: str, door: Door | None = None, *, abroad: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.door = door
        self.abroad = abroad


_PUBLIC = frozenset({CLEAR})
_SHARED = frozenset({CLEAR, GREEN})
_ADDRESSED = frozenset({CLEAR, GREEN, AMBER, STRICT})
_ALL = frozenset(LABELS)

_WORLD = (Audience.EVERYONE, Audience.COALITION, Audience.PEER, Audience.ADDRESSEE)

_LABELS_THROUGH: Mapping[tuple[Door, Audience], frozenset[str]] = {
    # A page or feed cannot know who reads it, so hubs see there what everyone sees.
    **{(Door.PAGE, audience): _PUBLIC for audience in _WORLD},
    **{(Door.FEED, audience): _PUBLIC for audience in (*_WORLD, Audience.STAFF)},
    (Door.PAGE, Audience.STAFF): _ALL,
    (Door.LOG, Audience.EVERYONE): _PUBLIC,
    (Door.LOG, Audience.COALITION): _PUBLIC,
    (Door.LOG, Audience.PEER): _SHARED,
    (Door.API, Audience.EVERYONE): _PUBLIC,
    (Door.API, Audience.COALITION): _PUBLIC,
    (Door.API, Audience.PEER): _SHARED,
    (Door.API, Audience.STAFF): _ALL,
    (Door.MAIL, Audience.EVERYONE): _PUBLIC,
    (Door.MAIL, Audience.COALITION): _PUBLIC,
    (Door.MAIL, Audience.PEER): _SHARED,
    (Door.MAIL, Audience.STAFF): _SHARED,
    (Door.EXPORT, Audience.EVERYONE): _PUBLIC,
    (Door.EXPORT, Audience.COALITION): _PUBLIC,
    (Door.EXPORT, Audience.PEER): _SHARED,
    # A file has no lock: staff may take amber along, but nothing stricter.
    (Door.EXPORT, Audience.STAFF): frozenset({CLEAR, GREEN, AMBER}),
    # Their own data, whatever it is: for an export somebody checks who they are, by the API and
    # pages they show the receipt code of their request, and see what is meant for them.
    (Door.EXPORT, Audience.SUBJECT): _ALL,
    (Door.API, Audience.SUBJECT): _ALL,
    (Door.PAGE, Audience.SUBJECT): _ALL,
    (Door.ESCALATION, Audience.ADDRESSEE): _ADDRESSED,
    (Door.PEERS, Audience.COALITION): _PUBLIC,
    (Door.PEERS, Audience.PEER): _SHARED,
    (Door.PEERS, Audience.ADDRESSEE): _SHARED,
}

_HARMLESS = frozenset({NONE, PSEUDONYMOUS})
_SENSITIVITIES_THROUGH: Mapping[Door, frozenset[str]] = {
    **dict.fromkeys(Door, _HARMLESS),
    Door.ESCALATION: frozenset({NONE, PSEUDONYMOUS, PERSONAL}),
}
_WHATEVER_IT_IS = frozenset(
    {(door, Audience.STAFF) for door in (Door.PAGE, Door.API)}
    | {(door, Audience.SUBJECT) for door in (Door.PAGE, Door.API, Door.EXPORT)}
)
"""Every known label and sensitivity passes here: staff look at what their own hub holds, and a
person gets what is held about them."""

_LISTING = frozenset({Door.PAGE, Door.FEED, Door.LOG, Door.API, Door.EXPORT, Door.PEERS})
"""Doors by which an expert's listing may leave, because the expert agreed to it."""


def may_leave(
    label: str,
    sensitivity: str,
    door: Door,
    audience: Audience,
    *,
    consent: bool = False,
    onward: bool = False,
    onward_use: OnwardUse = OnwardUse.PEERS,
    grounded: bool = False,
) -> None:
    """
    Return if a record with this label and sensitivity may leave, else raise StaysHere.

    label, sensitivity: concept ids, such as "tlp-clear" and "data-none".
    consent: the person whom the record is about agreed to be listed (an expert's record): then
    data-personal passes the doors of a directory. It never opens a door to data-special.
    onward: the record came here by an escalation; what is amber then goes no further. onward_use:
    what the terms of that escalation say about handing it on; all but PEERS keeps it here.
    grounded: the law lets data about people go to the addressed hub's country, or it needs no
    ground there (federation/law/agreements.py). If not said, only data-none is escalated.
    """
    reason = _reason_to_stay(label, sensitivity, door, audience, consent)
    abroad = reason is None and door is Door.ESCALATION and sensitivity != NONE and not grounded
    if abroad:
        reason = (
            f"{sensitivity} does not go to another country without a ground for the transfer."
            " Note the ground, if there is one: hub peer agreement HOST --transfer-basis BASIS."
            " Else edit the case until it is data-none."
        )
    if reason is None and onward and door is Door.ESCALATION and label not in _SHARED:
        reason = f"This came from another hub as {label}; it is not passed on."
    if reason is None and onward and door is Door.ESCALATION and onward_use is not OnwardUse.PEERS:
        reason = f"This came from another hub on the terms {onward_use}; it is not passed on."
    if reason is not None:
        raise StaysHere(reason, door, abroad=abroad)


def may_tell(label: str, sensitivity: str, audience: Audience, *, consent: bool = False) -> None:
    """
    Return if a mail may say that there is news about a record, and not a word more.

    What such a mail says is the same for every record, so it passes the door of mail as tlp-clear.
    That there is news at all, the staff of this hub may know of every record; somebody else only
    of their own and with their consent. Raises StaysHere, also for what the vocabulary lacks.
    """
    may_leave(CLEAR, NONE, Door.MAIL, audience)
    if label not in _ALL or sensitivity not in SENSITIVITIES:
        raise StaysHere("The handling label or sensitivity is unknown here; nobody is told.")
    if audience is not Audience.STAFF and not consent:
        raise StaysHere("Who is not of this hub's staff is told with their consent only.")


def widest_onward_use(label: str) -> OnwardUse:
    """Return how freely a copy with this label may be handed on at most; unknown labels: not."""
    if label in _SHARED:
        return OnwardUse.PEERS
    return OnwardUse.ASK if label == AMBER else OnwardUse.NONE


def leaves(
    label: str, sensitivity: str, door: Door, audience: Audience, *, consent: bool = False
) -> bool:
    """Return whether `may_leave` lets the record go; for choosing among many."""
    return _reason_to_stay(label, sensitivity, door, audience, consent) is None


def visible_labels(door: Door, audience: Audience) -> frozenset[str]:
    """
    Return the labels that may pass, for searches; empty where the table names no such way.

    Sensitivity is checked record by record with `may_leave`; what is in the catalogue has passed.
    """
    return _LABELS_THROUGH.get((door, audience), frozenset())


def audience_of(kind: str, *, active: bool) -> Audience:
    """Return what a peer counts as. kind: "hub", "coalition" or "source"."""
    if active and kind == "hub":
        return Audience.PEER
    if active and kind == "coalition":
        return Audience.COALITION
    return Audience.EVERYONE


def _reason_to_stay(
    label: str, sensitivity: str, door: Door, audience: Audience, consent: bool
) -> str | None:
    # What is unknown is not repeated in the answer: it may be anything.
    if label not in _ALL:
        return "The handling label is unknown here, so this stays in the hub."
    if sensitivity not in SENSITIVITIES:
        return "The data sensitivity is unknown here, so this stays in the hub."
    if (door, audience) in _WHATEVER_IT_IS:
        return None
    if (door, audience) not in _LABELS_THROUGH:
        return f"Nothing leaves by the door {door.value} to {audience.value}."
    if label not in _LABELS_THROUGH[door, audience]:
        return f"{label} does not leave by the door {door.value} to {audience.value}."
    listed = consent and sensitivity == PERSONAL and door in _LISTING
    if sensitivity not in _SENSITIVITIES_THROUGH[door] and not listed:
        return f"{sensitivity} does not leave by the door {door.value}."
    return None
