"""A catalogue and a directory for tests, filled in the words of the domain."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlite_utils

from content.catalogue import Catalogue
from content.changes import Act
from content.database import connect, transaction
from content.directory import Directory
from content.experts.expert import Expert
from content.experts.record import read_expert
from content.experts.store import ExpertStore
from content.held import Held
from content.ids import new_id
from content.labels import Label
from content.migrations import apply_migrations
from content.resources.held import HeldRecord, HeldResource, HeldResourceStore
from content.resources.record import ResourceRecord, read_record
from content.resources.resource import Resource
from content.resources.store import ResourceStore
from content.search import ResourceQuery, SearchPage, search_resources
from tests.seams import START, SeededChance

ORIGIN = "https://amsterdam.example"
HOST = "amsterdam.example"
PEER = "barcelona.example:8443"
RECORD: dict[str, Any] = {
    "title": "A guide",
    "summary": "What it says.",
    "language": "en",
    "kind": "guide",
    "topics": ["privacy"],
}
EXPERT: dict[str, Any] = {
    "name": "Example: Noor",
    "bio": {"en": "Writes clauses."},
    "topics": ["contract-clauses"],
    "languages": ["nl", "pt-BR"],
    "jurisdictions": ["NL"],
    "scope": "public",
}


class Shelf:
    """A database of a hub in Amsterdam; every record comes one second after the one before."""

    def __init__(self, path: Path) -> None:
        self.db = connect(path, writes=True)
        self.public = sqlite_utils.Database(memory=True)
        self._path = path
        self._chance = SeededChance("shelf")
        self._now = START

    def open(self) -> None:
        """Make the tables; connect as public code does."""
        apply_migrations(self.db)
        self.public.close()
        self.public = connect(self._path, writes=False, public=True)

    def close(self) -> None:
        self.public.close()
        self.db.close()

    def act(self) -> Act:
        """Return the next act, one second later."""
        self._now += timedelta(seconds=1)
        return Act("ana", self._now)

    def new_id(self) -> str:
        return new_id(self._now, self._chance)

    def publish(self, **fields: Any) -> Resource:
        """Publish a resource of this hub that differs from the usual one in these fields."""
        return self.publish_record(read_record({**RECORD, **_unlike(fields, self.new_id())}))

    def publish_record(self, record: ResourceRecord) -> Resource:
        act = self.act()
        resource = Resource.new(record, act, resource_id=self.new_id()).publish(act.at)
        with transaction(self.db):
            ResourceStore(self.db).add(resource, act)
            Catalogue(self.db).index_own(resource, ORIGIN)
        return resource

    def publish_all(self, records: Iterable[ResourceRecord]) -> None:
        with transaction(self.db):
            for record in records:
                act = self.act()
                resource = Resource.new(record, act, resource_id=self.new_id()).publish(act.at)
                ResourceStore(self.db).add(resource, act)
                Catalogue(self.db).index_own(resource, ORIGIN)

    def change(self, resource: Resource, **fields: Any) -> Resource:
        act = self.act()
        record = read_record({**resource.record.model_dump(mode="json"), **fields})
        with transaction(self.db):
            changed = ResourceStore(self.db).replace(resource.change(record, act.at), act)
            Catalogue(self.db).index_own(changed, ORIGIN)
        return changed

    def retract(self, resource: Resource) -> Resource:
        act = self.act()
        with transaction(self.db):
            changed = ResourceStore(self.db).replace(resource.retract(act.at), act, "retract")
            Catalogue(self.db).index_own(changed, ORIGIN)
        return changed

    def hold(self, *, hub: str = PEER, label: Label = Label.CLEAR, **fields: Any) -> HeldResource:
        """Take in a resource of another hub."""
        record = read_record({**RECORD, **_unlike(fields, self.new_id())})
        return self.hold_record(record, hub=hub, label=label)

    def hold_record(
        self,
        record: HeldRecord,
        *,
        hub: str = PEER,
        label: Label = Label.CLEAR,
        published_at: datetime | None = None,
    ) -> HeldResource:
        at, ref = self.act().at, self.new_id()
        held: HeldResource = Held(
            hub=hub,
            ref=ref,
            url=f"https://{hub}/resources/{ref}",
            record=record,
            document='{"proof": "as received"}',
            label=label,
            received_at=at,
            published_at=published_at or at,
            updated_at=at,
            origin_kind="hub" if isinstance(record, ResourceRecord) else "source",
        )
        with transaction(self.db):
            HeldResourceStore(self.db).put(held)
            Catalogue(self.db).index_held(held)
        return held

    def list_expert(self, **fields: Any) -> Expert:
        """List an expert of this hub."""
        act = self.act()
        expert = Expert.new(read_expert({**EXPERT, **fields}), act, expert_id=self.new_id())
        with transaction(self.db):
            ExpertStore(self.db).add(expert, act)
            Directory(self.db).index_own(expert, ORIGIN)
        return expert

    def search(self, q: str = "", **fields: Any) -> SearchPage:
        """Search as the public does."""
        return search_resources(self.public, ResourceQuery(q=q, **fields))

    def titles(self, q: str = "", **fields: Any) -> list[str]:
        """Return the titles of what a search finds, in order."""
        return [next(iter(found.title.values())) for found in self.search(q, **fields).items]


@contextmanager
def open_shelf(folder: Path) -> Iterator[Shelf]:
    """Return a shelf in a folder; closed afterwards."""
    shelf = Shelf(folder / "hub.db")
    try:
        shelf.open()
        yield shelf
    finally:
        shelf.close()


def _unlike(fields: dict[str, Any], name: str) -> dict[str, Any]:
    """Return fields with an address of its own, so that no two are the same for an import."""
    return {"url": f"https://documents.example/{name}", **fields}
