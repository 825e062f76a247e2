"""
The catalogue: all resources that can be found here, our own and those of others.

An index and nothing more: publishing and the handlers of what arrives keep it up to date in the
transaction of the change itself, and `rebuild` makes it anew from the stores.
"""

from dataclasses import replace
from urllib.parse import urlsplit

import sqlite_utils

from content.held import Held
from content.resources.held import ForeignRecord, HeldRecord, HeldResourceStore
from content.resources.identities import identities_of
from content.resources.identity_store import IdentityStore
from content.resources.resource import Resource, ResourceState
from content.resources.same import OPENNESS, SameStore
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
        self._identities = IdentityStore(db)
        self._same = SameStore(db)

    def index_own(self, resource: Resource, origin: str) -> None:
        """
        Index a resource of this hub as it stands; one that is not published is taken out.

        origin: scheme, host and port of this hub, such as https://hub.amsterdam.example.
        """
        if resource.state is not ResourceState.PUBLISHED:
            self.drop(own_url(origin, resource.id))
            return
        self._put(_own_entry(resource, origin), resource.record)

    def index_held(self, held: Held[HeldRecord]) -> None:
        """Index a resource of another hub, or what a source said."""
        if self._same.is_used():
            self._same.show(held.url)
        self._put(IndexEntry.of_held(held), held.record)

    def index_again(self, url: str) -> None:
        """Index a record as it is stored, as when it joins or leaves a group."""
        if (found := self._stored(url)) is not None:
            self._put(*found)

    def drop(self, url: str) -> None:
        """
        Take out what was retracted or is gone; url: its id, at its origin.

        Of records that were joined with it the next one stands for the others.
        """
        self._index.drop(url)
        self._identities.drop(url)
        leader = self._same.leader_of(url)
        if leader is not None:
            self._same.leave(url)
            self._refresh(leader)
        for member in self._same.dissolve(url):
            if not self._same.is_hidden(member):
                self.index_again(member)

    def drop_hub(self, host: str) -> None:
        """Take out all records of a hub, as when it is no longer a peer."""
        leaders = self._same.led_by(host)
        self._index.drop_hub(host)
        for leader in self._same.hide(host):
            self._refresh(leader)
        for leader in leaders:
            for member in self._same.members_of(leader):
                if not self._same.is_hidden(member):
                    self.index_again(member)

    def identify(self, limit: int) -> int:
        """Note by what some more records are known, for finding duplicates; return how many."""
        urls = self._identities.missing(limit)
        for url in urls:
            found = self._stored(url)
            self._identities.put(url, () if found is None else identities_of(found[1]))
        return len(urls)

    def _put(self, entry: IndexEntry, record: HeldRecord) -> None:
        """Index a record, or let the leader of its group be found in its place."""
        self._identities.drop(entry.url)
        if not self._same.is_used():
            # So it is while many records arrive; each look-up would count there.
            self._index.put(entry, _found_by(record, entry.hub))
            return
        leader = self._same.leader_of(entry.url)
        if leader is not None and self._stands_for(leader, entry.label):
            self._index.drop(entry.url)
            self._refresh(leader)
            return
        self._put_leader(entry, record)

    def _put_leader(self, entry: IndexEntry, record: HeldRecord) -> None:
        """Index a record with the words and hubs of those behind it, and take these out."""
        found_by = _found_by(record, entry.hub)
        behind = self._same.behind([entry.url]).get(entry.url, ())
        for other in behind:
            stored = self._stored(other.url)
            if stored is None:
                continue
            if OPENNESS[entry.label] > OPENNESS[other.label]:
                self._index.put(stored[0], _found_by(stored[1], stored[0].hub))
                continue
            self._index.drop(other.url)
            # What not everybody may see who sees the leader, must not be found by it.
            if other.label == entry.label:
                found_by = _joined(found_by, _found_by(stored[1], other.hub))
        self._index.put(entry, found_by)

    def _refresh(self, url: str) -> None:
        """Index a record anew that is in; one that is not, such as of a blocked hub, stays out."""
        if self._index.label_of(url) is not None and (found := self._stored(url)) is not None:
            self._put_leader(*found)

    def _stands_for(self, leader: str, label: str) -> bool:
        """Return whether everybody who may see a record with this label finds the leader."""
        shown = self._index.label_of(leader)
        return shown is not None and OPENNESS[shown] <= OPENNESS[label]

    def _stored(self, url: str) -> tuple[IndexEntry, HeldRecord] | None:
        held = HeldResourceStore(self._db).by_url(url)
        if held is not None:
            return IndexEntry.of_held(held), held.record
        origin, _, ref = url.rpartition("/resources/")
        own = ResourceStore(self._db).find(ref) if origin else None
        if own is None or own.state is not ResourceState.PUBLISHED:
            return None
        return _own_entry(own, origin), own.record

    def purge(self) -> None:
        """Make dropped words vanish from the file; seconds for a large catalogue."""
        self._index.purge()

    def purge_a_step(self, *, first: bool) -> bool:
        """Do a part of purging; return whether there is more. first: whether this begins it."""
        return self._index.purge_a_step(first=first)

    def rebuild(self, origin: str) -> int:
        """Make the index anew from the stores; return how many records are in it."""
        self._index.clear()
        self._identities.clear()
        count = 0
        for resource in ResourceStore(self._db).all(ResourceState.PUBLISHED):
            self.index_own(resource, origin)
            count += 1
        for held in HeldResourceStore(self._db).all():
            self.index_held(held)
            count += 1
        # Behind a leader that came later they were still found by themselves.
        for member in self._same.all_members():
            self.index_again(member)
        return count


def _own_entry(resource: Resource, origin: str) -> IndexEntry:
    return IndexEntry(
        url=own_url(origin, resource.id),
        hub=host_of(origin),
        ref=resource.id,
        own=True,
        label=resource.record.label.value,
        published_at=resource.published_at or resource.updated_at,
    )


def _joined(one: Findable, other: Findable) -> Findable:
    """Return what finds one record, so that the words of another and its hub find it as well."""
    hubs = tuple(facet for facet in other.facets if facet[0] == HUB and facet not in one.facets)
    return replace(
        one,
        titles=(*one.titles, *other.titles),
        summaries=(*one.summaries, *other.summaries),
        names=(*one.names, *other.names),
        facets=(*one.facets, *hubs),
    )


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
