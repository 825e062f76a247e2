"""
Following deletions of a source: what an import keeps under it and the source has no longer.

Asked for by a person, who sees first what it would be. Records that somebody here wrote under no
source are never touched.
"""

from collections.abc import Collection, Iterable

import sqlite_utils

from content.changes import Act
from content.resources.record import ResourceRecord
from content.resources.resource import Resource, ResourceState
from content.resources.store import ResourceGone, ResourceStore
from federation.hub import Hub
from federation.publishing import retract_resource

_KEPT = (ResourceState.DRAFT, ResourceState.PUBLISHED)


def no_longer_there(
    db: sqlite_utils.Database, source: str, records: Iterable[ResourceRecord]
) -> tuple[Resource, ...]:
    """Return what is kept under a source and not among its records any more, by id."""
    if not source:
        raise ValueError("What no import brought has no source that could be mirrored.")
    there = {record.import_key for record in records}
    store = ResourceStore(db)
    kept = [each for state in _KEPT for each in store.of_source(source, state)]
    gone = [each for each in kept if each.record.import_key not in there]
    return tuple(sorted(gone, key=lambda each: each.id))


def retract_all(
    db: sqlite_utils.Database, hub: Hub, resource_ids: Collection[str], act: Act
) -> int:
    """
    Take back these resources, here and at everybody who has them; return how many it were.

    What somebody took back meanwhile is left alone.
    """
    done = 0
    for resource_id in resource_ids:
        try:
            retract_resource(db, hub, resource_id, act)
        except ResourceGone:
            continue
        done += 1
    return done
