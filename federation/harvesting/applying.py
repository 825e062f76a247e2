"""
From what a source gave to our own resources: added, changed, taken back, or offered to a person.

Each function is one transaction's worth, and each may be done twice: what is there already is
unchanged. A record is known by (source, id there) for ever, also after it is gone.
"""

from collections.abc import Iterable
from typing import Any

import sqlite_utils

from content.changes import Act
from content.harvest.items import Item, ItemStore, Offer
from content.harvest.merging import digests_of, merged
from content.harvest.report import HarvestReport
from content.harvest.source import HarvestSource
from content.resources.formats.shapes import Found, record_of
from content.resources.record import MOST_IDS, RecordInvalid, ResourceRecord
from content.resources.resource import Resource, ResourceState
from content.resources.store import ResourceStore, record_json
from federation.hub import Hub
from federation.publishing import Publisher


def record_from(source: HarvestSource, found: Found) -> ResourceRecord:
    """
    Return the record of what a source gave, as the hub wants the records of this source.

    Kind, language and country are those of the source where the record names none; its topics are
    added; label and sensitivity are the hub's choice alone. Raises RecordInvalid.
    """
    fields: dict[str, Any] = {
        **found.fields,
        "label": source.label,
        "sensitivity": source.sensitivity,
    }
    fields.pop("statistics", None)
    topics = fields.get("topics")
    if isinstance(topics, list | tuple):
        fields["topics"] = tuple(dict.fromkeys((*topics, *source.topics)))[:MOST_IDS]
    defaults = {
        "kind": source.resource_kind,
        "topics": source.topics,
        "language": source.language,
        "country": source.country,
    }
    return record_of(
        Found(source_id=found.source_id, fields=fields), source=source.url, defaults=defaults
    )


class Application:
    """
    Applies one batch of what a source gave; counts in report. Raises nothing that a source causes.

    With `review`, new records stay drafts, and what would change or end a published one is kept as
    an offer.
    """

    def __init__(
        self,
        db: sqlite_utils.Database,
        hub: Hub,
        source: HarvestSource,
        act: Act,
        report: HarvestReport,
    ) -> None:
        self._source = source
        self._report = report
        self._items = ItemStore(db)
        self._store = ResourceStore(db)
        self._publisher = Publisher(db, hub, act)

    def take_all(self, found: Iterable[Found]) -> None:
        """Take records as the source has them now."""
        for each in found:
            try:
                record = record_from(self._source, each)
            except RecordInvalid as error:
                self._report.note_bad(each.where or each.source_id, str(error))
                continue
            self._take(each.source_id, record)

    def take_back_all(self, gone: Iterable[str]) -> None:
        """Follow the source in what it no longer has. gone: ids there."""
        for source_id in gone:
            self._take_back(source_id)

    def _take(self, source_id: str, record: ResourceRecord) -> None:
        item = self._items.find(self._source.id, source_id)
        known = self._store.by_source(self._source.url, source_id)
        given = digests_of(record)
        if known is None:
            if item is not None and item.state != "gone":
                self._report.left_out += 1
                if item.state == "held":
                    self._items.put(self._source.id, Item(source_id, "left-out", {}))
                return
            self._publisher.add(record, publish=not self._source.review)
            self._items.put(self._source.id, Item(source_id, "held", given))
            self._report.added += 1
        elif item is not None and item.state == "held" and item.digests == given:
            self._unchanged(item)
        else:
            self._change(known, item or Item(source_id, "held", {}), given, record)

    def _unchanged(self, item: Item) -> None:
        """Nothing new; an offer made before is void, as the source went back to what we have."""
        if item.offer is not None:
            self._items.put(self._source.id, Item(item.source_id, "held", item.digests))
        self._report.unchanged += 1

    def _change(
        self, known: Resource, item: Item, given: dict[str, str], record: ResourceRecord
    ) -> None:
        wanted = merged(item.digests, known.record, record)
        if wanted == known.record:
            self._items.put(self._source.id, Item(item.source_id, "held", given))
            self._report.unchanged += 1
        elif self._source.review and known.state is ResourceState.PUBLISHED:
            self._offer(item, "change", record_json(record))
        else:
            self._publisher.update(known, wanted)
            self._items.put(self._source.id, Item(item.source_id, "held", given))
            self._report.changed += 1

    def _take_back(self, source_id: str) -> None:
        item = self._items.find(self._source.id, source_id)
        known = self._store.by_source(self._source.url, source_id)
        if known is None:
            if item is not None and item.state == "held":
                self._items.put(self._source.id, Item(source_id, "gone", {}))
            return
        if self._source.review and known.state is ResourceState.PUBLISHED:
            self._offer(item or Item(source_id, "held", {}), "gone", None)
            return
        self._publisher.retract(known)
        self._items.put(self._source.id, Item(source_id, "gone", {}))
        self._report.retracted += 1

    def _offer(self, item: Item, offer: Offer, offered: str | None) -> None:
        """Keep a change for a person; one that waits already is not counted again."""
        if (item.offer, item.offered) == (offer, offered):
            self._report.unchanged += 1
            return
        self._items.put(self._source.id, Item(item.source_id, "held", item.digests, offer, offered))
        self._report.waiting += 1
