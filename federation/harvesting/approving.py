"""What a source with review gave and a person has to decide about: new, changed, gone."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar, Literal

import sqlite_utils

from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.harvest.items import Item, ItemStore
from content.harvest.merging import digests_of, merged
from content.harvest.source import HarvestSource
from content.resources.record import ResourceRecord
from content.resources.resource import Resource, ResourceState
from content.resources.store import ResourceStore
from federation.hub import Hub
from federation.publishing import Publisher

Change = Literal["new", "change", "gone"]


class NothingWaits(ContentError):
    """What was named does not wait for a decision, or no longer."""

    code: ClassVar[str] = "harvest-nothing-waits"

    def __init__(self, name: str) -> None:
        super().__init__(f"Nothing of that waits. What does: hub harvest waiting '{name}'")


@dataclass(frozen=True, slots=True)
class Waiting:
    """
    One decision. change: new (a draft), change, or gone at the source. resource: as it is here.

    wanted: the record as it would become; None of one that is gone. fields: what would change.
    """

    change: Change
    source_id: str
    resource: Resource
    wanted: ResourceRecord | None
    fields: tuple[str, ...] = ()


def list_waiting(db: sqlite_utils.Database, source: HarvestSource) -> list[Waiting]:
    """Return all that waits for a decision: new ones first, then changes and what is gone."""
    store = ResourceStore(db)
    found = [
        Waiting("new", str(draft.record.source_id), draft, draft.record)
        for draft in store.of_source(source.url, ResourceState.DRAFT)
    ]
    for item in ItemStore(db).offers(source.id):
        known = store.by_source(source.url, item.source_id)
        if known is None:
            continue
        if item.offered is None:
            found.append(Waiting("gone", item.source_id, known, None))
            continue
        offered = ResourceRecord.model_validate_json(item.offered)
        wanted = merged(item.digests, known.record, offered)
        fields = tuple(
            name
            for name in ResourceRecord.model_fields
            if getattr(wanted, name) != getattr(known.record, name)
        )
        found.append(Waiting("change", item.source_id, known, wanted, fields))
    return found


def decide(
    db: sqlite_utils.Database,
    hub: Hub,
    source: HarvestSource,
    ids: Collection[str],
    act: Act,
    *,
    approve: bool,
) -> int:
    """
    Approve or dismiss what waits; return how many that were. One transaction's worth.

    ids: ULIDs of the resources. What is dismissed is not offered again unless the source changes
    it once more. Raises NothingWaits if one of them does not wait.
    """
    waiting = {each.resource.id: each for each in list_waiting(db, source)}
    if not ids or not set(ids) <= waiting.keys():
        raise NothingWaits(source.name)
    desk = _Desk(db, hub, source, act)
    for each in dict.fromkeys(ids):
        (desk.approve if approve else desk.dismiss)(waiting[each])
    return len(set(ids))


class _Desk:
    """Where one batch of decisions is carried out."""

    def __init__(
        self, db: sqlite_utils.Database, hub: Hub, source: HarvestSource, act: Act
    ) -> None:
        self._source = source
        self._items = ItemStore(db)
        self._publisher = Publisher(db, hub, act)
        self._changes = ChangeStore(db)
        self._act = act

    def approve(self, waiting: Waiting) -> None:
        """Do what the source did."""
        if waiting.change == "new":
            self._publisher.publish(waiting.resource.id)
        elif waiting.wanted is None:
            self._publisher.retract(waiting.resource)
            self._put(Item(waiting.source_id, "gone", {}))
        else:
            self._publisher.update(waiting.resource, waiting.wanted)
            self._put(self._seen(waiting))
        self._changes.record(self._act, "harvest.approve", waiting.resource.id)

    def dismiss(self, waiting: Waiting) -> None:
        """Leave what is here as it is, and a draft out."""
        if waiting.change == "new":
            self._publisher.retract(waiting.resource)
            self._put(Item(waiting.source_id, "left-out", {}))
        elif waiting.wanted is None:
            self._put(Item(waiting.source_id, "gone", {}))
        else:
            self._put(self._seen(waiting))
        self._changes.record(self._act, "harvest.dismiss", waiting.resource.id)

    def _seen(self, waiting: Waiting) -> Item:
        """Return the item with what was offered as what the source gave last."""
        item = self._items.find(self._source.id, waiting.source_id)
        offered = ResourceRecord.model_validate_json(str(item and item.offered))
        return Item(waiting.source_id, "held", digests_of(offered))

    def _put(self, item: Item) -> None:
        self._items.put(self._source.id, item)
