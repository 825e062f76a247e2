"""
Publishing resources: the one way from this hub to the world (docs/architecture.md).

Each function is one transaction's worth: the record, the activity with its proofs, the log entry,
the catalogue and the deliveries commit together or not at all. The label decides the way:
tlp-clear goes to the public log, to followers and peers; tlp-green to the network log and active
hubs; everything else stays here. `policy.may_leave` has the last word.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlite_utils

from content.catalogue import Catalogue
from content.changes import Act, ChangeStore
from content.harvest.items import ItemStore
from content.ids import new_id
from content.resources.merged import MergedStore
from content.resources.record import ResourceRecord
from content.resources.resource import Resource, ResourceState
from content.resources.store import ResourceStore, Verb
from federation.belongings import BelongingsStore
from federation.erasures import ErasureStore
from federation.hub import Hub
from federation.releasing import Release, way_out
from federation.translate.resource import resource_as_document
from protocol.log_entries import LogKind


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. ids: of all records in it, in their order."""

    added: int
    updated: int
    unchanged: int
    ids: tuple[str, ...]


def add_resource(
    db: sqlite_utils.Database, hub: Hub, record: ResourceRecord, act: Act, *, publish: bool = True
) -> Resource:
    """
    Store a new resource; publish it at once unless it is to stay a draft.

    A record whose label keeps it here is published for the people of this hub only.
    Raises ResourceExists if its import key is taken.
    """
    return Publisher(db, hub, act).add(record, publish=publish)


def publish_resource(db: sqlite_utils.Database, hub: Hub, resource_id: str, act: Act) -> Resource:
    """
    Publish a draft. resource_id: its ULID.

    Raises ResourceNotFound, ResourceMoveNotAllowed.
    """
    return Publisher(db, hub, act).publish(resource_id)


def update_resource(
    db: sqlite_utils.Database, hub: Hub, resource_id: str, record: ResourceRecord, act: Act
) -> Resource:
    """
    Change a resource and tell everybody who has it; an unchanged record tells nobody.

    When the handling label moves it to other readers, the old id is retracted and the record gets
    a new one, since an Update would leave the old text in the logs of those who may not read on:
    use the id of the resource that is returned.
    Raises ResourceNotFound, ResourceMoveNotAllowed, ResourceExists, ResourceChangedMeanwhile.
    """
    resource = ResourceStore(db).get(resource_id)
    return Publisher(db, hub, act).update(resource, record)


def retract_resource(db: sqlite_utils.Database, hub: Hub, resource_id: str, act: Act) -> Resource:
    """
    Take a resource back: a Delete to everybody who got it, and a tombstone for ever.

    One that was harvested does not come again from its source.
    Raises ResourceNotFound, ResourceMoveNotAllowed.
    """
    resource = ResourceStore(db).get(resource_id)
    ItemStore(db).leave_out(*resource.record.import_key)
    MergedStore(db).forget(resource.id)
    return Publisher(db, hub, act).retract(resource)


def tell_anew(
    db: sqlite_utils.Database, hub: Hub, resource: Resource, act: Act, verb: Verb
) -> Resource:
    """
    Tell everybody who has a resource that what belongs to it changed, such as its files.

    Return it as the newer version that it is. Raises ResourceChangedMeanwhile.
    """
    return Publisher(db, hub, act).tell_anew(resource, verb)


def import_resources(
    db: sqlite_utils.Database, hub: Hub, records: Iterable[ResourceRecord], act: Act
) -> ImportReport:
    """
    Add or update many records, known by their import key; unchanged ones publish nothing.

    One call is one transaction: the caller cuts a long import into batches. A record that was
    retracted before is added anew; one that was merged into another stays merged.
    Raises what `update_resource` raises.
    """
    publisher, store = Publisher(db, hub, act), ResourceStore(db)
    merges = MergedStore(db)
    added = updated = 0
    ids: list[str] = []
    for record in records:
        known = store.by_source(*record.import_key)
        merged = None if known else merges.target_of_key(*record.import_key)
        if merged is not None:
            ids.append(merged)
        elif known is None:
            ids.append(publisher.add(record, publish=True).id)
            added += 1
        elif known.record == record and known.state is ResourceState.PUBLISHED:
            ids.append(known.id)
        else:
            changed = publisher.update(known, record)
            if changed.state is ResourceState.DRAFT:
                changed = publisher.publish(changed.id)
            ids.append(changed.id)
            updated += 1
    return ImportReport(added, updated, len(ids) - added - updated, tuple(ids))


class Publisher:
    """The work behind the functions above, with what a batch looks up once; one transaction."""

    def __init__(self, db: sqlite_utils.Database, hub: Hub, act: Act) -> None:
        self._db = db
        self._hub = hub
        self._act = act
        self._store = ResourceStore(db)
        self._belongings = BelongingsStore(db, hub.identity)
        self._catalogue = Catalogue(db)
        self._release = Release(db, hub, act)

    def add(
        self, record: ResourceRecord, *, publish: bool, resource_id: str | None = None
    ) -> Resource:
        resource = Resource.new(record, self._act, resource_id=resource_id or self._new_id())
        if publish:
            resource = resource.publish(self._act.at)
        self._store.add(resource, self._act)
        if publish:
            ChangeStore(self._db).record(self._act, "resource.publish", resource.id)
            self._create(resource)
        return resource

    def publish(self, resource_id: str) -> Resource:
        """See `publish_resource`."""
        resource = self._store.get(resource_id)
        moment = self._moment_after(resource.updated_at)
        resource = self._store.replace(resource.publish(moment), self._act, "publish")
        self._create(resource)
        return resource

    def update(self, resource: Resource, record: ResourceRecord) -> Resource:
        """See `update_resource`."""
        changed = resource.change(record, self._moment_after(resource.updated_at))
        if record == resource.record:
            return resource
        if resource.state is ResourceState.DRAFT:
            return self._store.replace(changed, self._act)
        before, after = self._way(resource), self._way(changed)
        if before is not None and before != after:
            taking_its_place = self._new_id()
            self._belongings.move(resource.id, taking_its_place)
            self.retract(resource)
            MergedStore(self._db).moved(resource.id, taking_its_place)
            return self.add(record, publish=True, resource_id=taking_its_place)
        changed = self._store.replace(changed, self._act)
        if before is None:
            self._create(changed)
        else:
            self._update(changed)
        return changed

    def tell_anew(self, resource: Resource, verb: Verb) -> Resource:
        changed = resource.touch(self._moment_after(resource.updated_at))
        changed = self._store.replace(changed, self._act, verb)
        if changed.state is ResourceState.PUBLISHED and self._way(changed) is not None:
            self._update(changed)
        return changed

    def retract(self, resource: Resource) -> Resource:
        """See `retract_resource`."""
        was_out = resource.state is ResourceState.PUBLISHED
        moment = self._moment_after(resource.updated_at)
        retracted = self._store.replace(resource.retract(moment), self._act, "retract")
        self._belongings.drop(resource.id, self._act.at)
        if was_out:
            self._release.delete("resource", resource.id)
            self._index(retracted)
        ErasureStore(self._db).dropped(self._act.at)
        return retracted

    def _create(self, resource: Resource) -> None:
        record = resource.record
        self._release.create(
            "resource",
            resource.id,
            record.label.value,
            record.sensitivity.value,
            resource_as_document(self._hub, resource, self._belongings.of(resource.id)),
        )
        self._index(resource)

    def _update(self, resource: Resource) -> None:
        record = resource.record
        self._release.update(
            "resource",
            resource.id,
            record.label.value,
            record.sensitivity.value,
            resource_as_document(self._hub, resource, self._belongings.of(resource.id)),
        )
        self._index(resource)

    def _new_id(self) -> str:
        return new_id(self._act.at, self._hub.chance)

    def _index(self, resource: Resource) -> None:
        self._catalogue.index_own(resource, self._hub.identity.origin)

    def _moment_after(self, before: datetime) -> datetime:
        """Return the time of this act, but later than before: versions are ordered by it."""
        return max(self._act.at, before + timedelta(milliseconds=1))

    def _way(self, resource: Resource) -> LogKind | None:
        record = resource.record
        return way_out(self._hub, record.label.value, record.sensitivity.value)
