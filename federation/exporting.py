"""
The catalogue on its way out, piece by piece; each record is asked whether it may leave.

For files that somebody takes away and for the public catalogue documents (docs/catalogue.md).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import sqlite_utils

from content.database import Work
from content.resources.formats.shapes import Entry
from content.resources.held import ForeignRecord, HeldResourceStore
from content.resources.store import ResourceStore
from federation.hub import Hub, Identity
from federation.policy import Audience, Door, leaves
from protocol.ids import resource_id

READERS: Final[Mapping[str, Audience]] = {
    "public": Audience.EVERYONE,
    "network": Audience.PEER,
    "hub": Audience.STAFF,
}
"""For whom a file is."""
PIECE: Final = 200
"""Records that are read at once, so that nobody else waits long."""
ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    What is asked for, by which door and for whom.

    hub: None for our own records, `ALL` for these and those of all other hubs, or the host of one.
    """

    door: Door
    audience: Audience
    hub: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece ended: among our own or those held, at which hub and id."""

    own: bool
    hub: str
    ref: str


Piece = tuple[list[Entry], Place | None]
"""Records, and where to go on."""
_Seen = list[tuple[Entry | None, Place]]


def first_place(wanted: Wanted, identity: Identity) -> Place:
    """Return where to begin."""
    if wanted.hub in (None, ALL, identity.host):
        return Place(True, identity.host, "")
    return Place(False, wanted.hub or "", "")


def next_piece(db: sqlite_utils.Database, hub: Hub, wanted: Wanted, place: Place) -> Piece:
    """Return the records after a place that may leave, and where to go on; None at the end."""
    found = _own(db, hub, wanted, place) if place.own else _held(db, wanted, place)
    entries = [entry for entry, _ in found if entry is not None]
    if len(found) == PIECE:
        return entries, found[-1][1]
    return entries, Place(False, "", "") if place.own and wanted.hub == ALL else None


def all_entries(read: Callable[[Work[Piece]], Piece], hub: Hub, wanted: Wanted) -> Iterator[Entry]:
    """Yield all that may leave. read: runs work on the database, such as that of a command."""
    place: Place | None = first_place(wanted, hub.identity)
    while place is not None:
        here = place

        def work(db: sqlite_utils.Database, here: Place = here) -> Piece:
            return next_piece(db, hub, wanted, here)

        entries, place = read(work)
        yield from entries


def _own(db: sqlite_utils.Database, hub: Hub, wanted: Wanted, place: Place) -> _Seen:
    identity = hub.identity
    found: _Seen = []
    for each in ResourceStore(db).published_after(place.ref, PIECE):
        record, entry = each.record, None
        if leaves(record.label, record.sensitivity, wanted.door, wanted.audience):
            entry = Entry(
                id=resource_id(identity.origin, each.id),
                record=record,
                modified=each.updated_at,
                published=each.published_at,
                hub=identity.host,
            )
        found.append((entry, Place(True, identity.host, each.id)))
    return found


def _held(db: sqlite_utils.Database, wanted: Wanted, place: Place) -> _Seen:
    """Return what other hubs published. What sources said has no vocabulary and is no record."""
    only = wanted.hub != ALL
    found: _Seen = []
    for each in HeldResourceStore(db).of_hubs_after(place.hub, place.ref, PIECE, only=only):
        record, entry = each.record, None
        if not isinstance(record, ForeignRecord) and leaves(
            each.label, record.sensitivity, wanted.door, wanted.audience
        ):
            entry = Entry(
                id=each.url,
                record=record,
                modified=each.updated_at or each.received_at,
                published=each.published_at,
                hub=each.hub,
            )
        found.append((entry, Place(False, each.hub, each.ref)))
    return found
