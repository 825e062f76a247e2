"""
The catalogue: all resources that can be found here, our own and those of others.

An index and nothing more: publishing and the handlers of what arrives keep it up to date in the
transaction of the change itself, and `rebuild` makes it anew from the stores.
"""

from urllib.parse import urlsplit

import sqlite_utils

from content.held import Held
from content.resources.held import ForeignRecord, HeldRecord, HeldResourceStore
from content.resources.resource import Resource, ResourceState
from content.resources.store import ResourceStore
from content.search.facets import (
    COUNTRY,
    HUB,
    KIND,
    LANGUAGE,
    PRINCIPLE,
    TOPIC,
    language_ranges,
    with_broader,
)
from content.search.index import Findable, IndexEntry, SearchIndex, best_title


class Catalogue:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db
        self._index = SearchIndex(db, "catalogue")

    def index_own(self, resource: Resource, origin: str) -> None:
        """
        Index a resource of this hub as it stands; one that is not published is taken out.

        origin: scheme, host and port of this hub, such as https://hub.amsterdam.example.
        """
        url = own_url(origin, resource.id)
        if resource.state is not ResourceState.PUBLISHED:
            self._index.drop(url)
            return
        self._index.put(
            IndexEntry(
                url=url,
                hub=host_of(origin),
                ref=resource.id,
                own=True,
                label=resource.record.label.value,
                published_at=resource.published_at or resource.updated_at,
            ),
            _found_by(resource.record, host_of(origin)),
        )

    def index_held(self, held: Held[HeldRecord]) -> None:
        """Index a resource of another hub, or what a source said."""
        self._index.put(IndexEntry.of_held(held), _found_by(held.record, held.hub))

    def drop(self, url: str) -> None:
        """Take out what was retracted or is gone; url: its id, at its origin."""
        self._index.drop(url)

    def drop_hub(self, host: str) -> None:
        """Take out all records of a hub, as when it is no longer a peer."""
        self._index.drop_hub(host)

    def purge(self) -> None:
        """Make dropped words vanish from the file; seconds for a large catalogue."""
        self._index.purge()

    def purge_a_step(self, *, first: bool) -> bool:
        """Do a part of purging; return whether there is more. first: whether this begins it."""
        return self._index.purge_a_step(first=first)

    def rebuild(self, origin: str) -> int:
        """Make the index anew from the stores; return how many records are in it."""
        self._index.clear()
        count = 0
        for resource in ResourceStore(self._db).all(ResourceState.PUBLISHED):
            self.index_own(resource, origin)
            count += 1
        for held in HeldResourceStore(self._db).all():
            self.index_held(held)
            count += 1
        return count


def own_url(origin: str, resource_id: str) -> str:
    """Return the id in the world of a resource of this hub."""
    return f"{origin}/resources/{resource_id}"


def host_of(origin: str) -> str:
    """Return host and, where there is one, port of an origin."""
    return urlsplit(origin).netloc


def _found_by(record: HeldRecord, hub: str) -> Findable:
    first, *longer = language_ranges(record.language)
    facets = [(KIND, record.kind), (LANGUAGE, first), (HUB, hub)]
    only_found = [(LANGUAGE, each) for each in longer]
    if isinstance(record, ForeignRecord):
        summaries = (record.summary or {}).values()
        names = (record.publisher or "", *record.tags)
    else:
        summaries = record.summary.values()
        names = (record.publisher or "", record.city or "", record.licence or "")
        facets.extend((TOPIC, topic) for topic in with_broader(record.topics))
        if record.country is not None:
            facets.append((COUNTRY, record.country))
        only_found.extend((PRINCIPLE, principle) for principle in record.principles)
    return Findable(
        sort_title=best_title(record.title),
        titles=record.title.values(),
        summaries=summaries,
        names=names,
        facets=tuple(facets),
        only_found=tuple(only_found),
    )
