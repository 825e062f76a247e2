"""
The coverage matrix: how many resources and experts there are by topic, language and region.

Counted from the indexes of catalogue and directory alone, so a hundred thousand records take less
than a second. A topic counts what is on its narrower topics too; an expert counts once in each
language and region they work in, and once in every total.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import sqlite_utils

from content.coverage.regions import ANYWHERE, REGION_NAMES, region_of
from content.coverage.reported import HAS_STATISTICS
from content.search.facets import COUNTRY, HUB, LANGUAGE, TOPIC, split_facets
from content.search.index import IndexName
from content.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """How much there is on a topic in a language for a region. Empty cells are left out."""

    topic: str
    language: str
    region: str
    resources: int
    experts: int


@dataclass(frozen=True, slots=True, order=True)
class Tally:
    """How much there is with one value of topic, language or region."""

    value: str
    resources: int
    experts: int


@dataclass(frozen=True, slots=True, order=True)
class HubCell:
    """How much one hub published on a topic. hub: its host. Empty cells are left out."""

    hub: str
    topic: str
    resources: int
    experts: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """
    The whole matrix and its margins. language: the first part of a tag, such as pt.

    topics: in the order of the vocabulary, all of them, so that what has nothing is seen. hubs: by
    host; by_hub: what each of them has on each topic.
    """

    resources: int
    experts: int
    cells: tuple[Cell, ...]
    topics: tuple[Tally, ...]
    languages: tuple[Tally, ...]
    regions: tuple[Tally, ...]
    hubs: tuple[Tally, ...]
    by_hub: tuple[HubCell, ...]

    def on(self, topic: str) -> Tally:
        """Return how much there is on a topic; one that nobody knows has nothing."""
        return next((each for each in self.topics if each.value == topic), Tally(topic, 0, 0))

    def languages_of(self, topic: str) -> frozenset[str]:
        """Return the languages in which there is a resource on a topic."""
        return frozenset(
            cell.language for cell in self.cells if cell.topic == topic and cell.resources
        )

    def only(
        self, *, topic: str | None = None, language: str | None = None, region: str | None = None
    ) -> tuple[Cell, ...]:
        """Return the cells with these values; None stands for any."""
        return tuple(
            cell
            for cell in self.cells
            if topic in (None, cell.topic)
            and language in (None, cell.language)
            and region in (None, cell.region)
        )


def cover(
    db: sqlite_utils.Database, labels: Collection[str], *, host: str, without: Collection[str] = ()
) -> Coverage:
    """
    Count what catalogue and directory hold. Reads only.

    labels: what may be counted, from policy.visible_labels. host: of this hub. without: hosts that
    are not counted, such as sources, which are no hubs.
    """
    return counted(
        _facets(db, "catalogue", labels),
        _facets(db, "directory", labels),
        without=without,
        less=_statistics(db, labels, host),
    )


def counted(
    resources: Iterable[str],
    experts: Iterable[str],
    *,
    without: Collection[str] = (),
    less: Iterable[str] = (),
) -> Coverage:
    """
    Return the matrix of records, each given by its facets as the index keeps them.

    less: those of resources that are not counted although they are among them.
    """
    left = _count(_without(resources, Counter(less)), without)
    right = _count(experts, without)
    return Coverage(
        left.total,
        right.total,
        tuple(
            sorted(
                Cell(*place, left.cells[place], right.cells[place])
                for place in left.cells | right.cells
            )
        ),
        _tallies(left.topics, right.topics, Vocabulary.load().ids("topics")),
        _tallies(left.languages, right.languages),
        _tallies(
            left.regions,
            right.regions,
            [each for each in REGION_NAMES if each in left.regions | right.regions],
        ),
        _tallies(left.hubs, right.hubs),
        tuple(
            sorted(
                HubCell(*place, left.by_hub[place], right.by_hub[place])
                for place in left.by_hub | right.by_hub
            )
        ),
    )


@dataclass(slots=True)
class _Count:
    total: int = 0
    cells: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    topics: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    regions: Counter[str] = field(default_factory=Counter)
    hubs: Counter[str] = field(default_factory=Counter)
    by_hub: Counter[tuple[str, str]] = field(default_factory=Counter)


def _count(texts: Iterable[str], without: Collection[str]) -> _Count:
    """Count records. Topics are gathered place by place and counted at the end, which is quick."""
    found, topics, spoken, around = _Count(), list[str](), list[str](), list[str]()
    places: dict[tuple[str, str], list[str]] = {}
    heads: dict[str, tuple[list[str], str, bool]] = {}
    of_hubs: dict[str, list[str]] = {}
    for text in texts:
        head, *rest = text.split()
        if head not in heads:
            facets = split_facets(head)
            hub = min(facets.get(HUB, ()), default="")
            heads[head] = sorted(facets.get(LANGUAGE, ())), hub, hub in without
        languages, hub, left_out = heads[head]
        if left_out:
            continue
        about = [each for each in rest if each[0] == TOPIC]
        if len(about) < len(rest):
            regions = {region_of(each[1:]) for each in rest if each[0] == COUNTRY} or _SOMEWHERE
            languages = languages or [each[1:] for each in rest if each[0] == LANGUAGE]
        else:
            regions = _SOMEWHERE
        found.total += 1
        found.hubs[hub] += 1
        of_hubs.setdefault(hub, []).extend(about)
        topics += about
        spoken += languages
        around += regions
        for language in languages:
            for region in regions:
                places.setdefault((language, region), []).extend(about)
    found.topics.update({topic[1:]: times for topic, times in Counter(topics).items()})
    found.languages.update(spoken)
    found.regions.update(around)
    for (language, region), about in places.items():
        for topic, times in Counter(about).items():
            found.cells[topic[1:], language, region] = times
    for hub, about in of_hubs.items():
        for topic, times in Counter(about).items():
            found.by_hub[hub, topic[1:]] = times
    return found


_SOMEWHERE = frozenset({ANYWHERE})


def _tallies(
    resources: Counter[str], experts: Counter[str], order: Iterable[str] = ()
) -> tuple[Tally, ...]:
    values = list(dict.fromkeys([*order, *sorted(resources | experts)]))
    return tuple(Tally(value, resources[value], experts[value]) for value in values)


def _without(texts: Iterable[str], less: Counter[str]) -> Iterable[str]:
    for text in texts:
        if less[text]:
            less[text] -= 1
        else:
            yield text


def _statistics(db: sqlite_utils.Database, labels: Collection[str], host: str) -> list[str]:
    """Return the facets of the statistics of hubs: they tell of needs, and help nobody."""
    marks, allowed = ", ".join("?" * len(labels)), sorted(labels)
    theirs = db.execute(
        "select c.facets from held_resources h cross join catalogue c"  # noqa: S608 - our own words
        f" on c.hub = h.hub and c.ref = h.ref where {HAS_STATISTICS} and c.label in ({marks})",
        allowed,
    )
    ours = db.execute(
        "select c.facets from resources r indexed by resources_with_statistics"  # noqa: S608
        " cross join catalogue c on c.hub = ? and c.ref = r.id"
        f" where r.state = 'published' and {HAS_STATISTICS} and c.label in ({marks})",
        (host, *allowed),
    )
    return [row[0] for rows in (theirs, ours) for row in rows.fetchall()]


def _facets(db: sqlite_utils.Database, name: IndexName, labels: Collection[str]) -> Iterable[str]:
    marks = ", ".join("?" * len(labels))
    rows = db.execute(
        f"select facets from {name} where label in ({marks})",  # noqa: S608 - our own words
        tuple(sorted(labels)),
    )
    return (row[0] for row in rows)
