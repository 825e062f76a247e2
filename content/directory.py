"""The directory: all experts that can be found here. Like `content.catalogue`, an index only."""

import sqlite_utils

from content.catalogue import host_of
from content.experts.expert import Expert, ExpertState
from content.experts.held import HeldExpertStore
from content.experts.record import ExpertRecord
from content.experts.store import ExpertStore
from content.held import Held
from content.search.facets import (
    COUNTRY,
    HUB,
    LANGUAGE,
    TOPIC,
    language_ranges,
    with_broader,
)
from content.search.index import Findable, IndexEntry, SearchIndex


class Directory:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db
        self._index = SearchIndex(db, "directory")

    def index_own(self, expert: Expert, origin: str) -> None:
        """Index an expert of this hub as the listing stands; only an active one is found."""
        url = own_expert_url(origin, expert.id)
        if expert.state is not ExpertState.ACTIVE:
            self.drop(url)
            return
        self._index.put(
            IndexEntry(
                url=url,
                hub=host_of(origin),
                ref=expert.id,
                own=True,
                label=expert.label.value,
                published_at=expert.created_at,
            ),
            _found_by(expert.record, host_of(origin)),
        )

    def index_held(self, held: Held[ExpertRecord]) -> None:
        """Index an expert of another hub."""
        self._index.put(IndexEntry.of_held(held), _found_by(held.record, held.hub))

    def drop(self, url: str) -> None:
        """
        Take out an expert who left, or whose listing is gone; url: its id, at its origin.

        Also the words of the listing vanish from the file at once: it is about a person.
        """
        self._index.drop(url)
        self._index.purge()

    def drop_hub(self, host: str) -> None:
        """Take out all experts of a hub, as when it is no longer a peer."""
        self._index.drop_hub(host)
        self._index.purge()

    def purge_a_step(self, *, first: bool) -> bool:
        """Do a part of purging; return whether there is more. first: whether this begins it."""
        return self._index.purge_a_step(first=first)

    def rebuild(self, origin: str) -> int:
        """Make the index anew from the stores; return how many experts are in it."""
        self._index.clear()
        count = 0
        for expert in ExpertStore(self._db).active():
            self.index_own(expert, origin)
            count += 1
        for held in HeldExpertStore(self._db).all():
            self.index_held(held)
            count += 1
        return count


def own_expert_url(origin: str, expert_id: str) -> str:
    """Return the id in the world of an expert of this hub."""
    return f"{origin}/experts/{expert_id}"


def _found_by(record: ExpertRecord, hub: str) -> Findable:
    ranges = [language_ranges(tag) for tag in record.languages]
    first = dict.fromkeys(each[0] for each in ranges)
    longer = dict.fromkeys(tag for each in ranges for tag in each[1:])
    return Findable(
        sort_title=record.name,
        titles=(record.name,),
        summaries=record.bio.values(),
        names=(record.organisation or "", *record.offers),
        facets=(
            (HUB, hub),
            *((LANGUAGE, tag) for tag in first),
            *((COUNTRY, country) for country in record.jurisdictions),
            *((TOPIC, topic) for topic in with_broader(record.topics)),
        ),
        only_found=tuple((LANGUAGE, tag) for tag in longer),
    )
