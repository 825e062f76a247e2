"""Frameworks as people name them: ours, adopted, upstream, the number of a snapshot, or a hub."""

from typing import ClassVar, Final

import sqlite_utils

from content.framework.customizing import overlay
from content.framework.files import FrameworkFile, shipped
from content.framework.item import Framework, FrameworkItem
from content.framework.merge_work import file_of_shown
from content.framework.snapshots import SnapshotStore
from content.framework.store import UPSTREAM, FrameworkNotAdopted, FrameworkStore
from federation.errors import FederationError
from federation.peers import PeerNotFound, PeerStore
from federation.policy import Audience, Door, visible_labels
from federation.shared_frameworks import items_of

OURS: Final = "ours"
ADOPTED: Final = "adopted"
"""What was last taken from upstream."""
_STAFF = visible_labels(Door.API, Audience.STAFF)


class NoSuchFramework(FederationError):
    """Nobody here knows a framework of that name."""

    code: ClassVar[str] = "framework-unknown"


def framework_named(db: sqlite_utils.Database, name: str, beside: Framework) -> Framework:
    """
    Return a framework to be compared.

    beside: where a hub shows some items only, all others are as here. Raises NoSuchFramework,
    SnapshotNotFound, FrameworkNotAdopted.
    """
    store = FrameworkStore(db)
    if name == OURS:
        return store.get().framework
    if name == UPSTREAM:
        return shipped().framework
    if name == ADOPTED:
        base = store.base(UPSTREAM)
        if base is None:
            raise FrameworkNotAdopted
        return base.framework
    if name.isascii() and name.isdigit() and len(name) < 10:
        return SnapshotStore(db).get(int(name)).framework
    return overlay(beside, _shown_by(db, name)[1])


def file_named(db: sqlite_utils.Database, name: str) -> FrameworkFile:
    """Return upstream, or what a hub published, to be merged. Raises NoSuchFramework."""
    if name == UPSTREAM:
        return shipped()
    host, items = _shown_by(db, name)
    return file_of_shown(db, host, items)


def _shown_by(db: sqlite_utils.Database, name: str) -> tuple[str, list[FrameworkItem]]:
    """Return host and items of a hub, as the staff of this hub may see them."""
    try:
        host = PeerStore(db).get(name).host
    except PeerNotFound:
        raise NoSuchFramework(
            "That is none of: ours, adopted, upstream, the number of a snapshot, a hub, a file."
        ) from None
    found = [each.record.item for each in items_of(db, host, _STAFF)]
    if not found:
        raise NoSuchFramework(f"{host} shows nothing of its framework here.")
    return host, found
