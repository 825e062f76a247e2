"""Next steps: for the lowest items, what to do first, and resources and experts that can help."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlite_utils

from content.framework.item import Framework, FrameworkItem
from content.framework.scores import Score
from content.framework.titles import titles_of
from content.language import best_text
from content.search import ExpertQuery, ResourceQuery, search_experts, search_resources

MOST_HELPS = 3
ESTABLISHED = 3
"""Items with this level need no next step."""


@dataclass(frozen=True, slots=True)
class Help:
    """A resource or an expert. url: the id, at its origin. hub: whose it is."""

    url: str
    name: str
    hub: str


@dataclass(frozen=True, slots=True)
class NextStep:
    """
    What to do about one item. first: what the guidance says to do first, "" if it says nothing.

    resources: those that were attached come first, then those of the catalogue on its topics.
    """

    item: str
    title: str
    level: int
    first: str
    resources: tuple[Help, ...]
    experts: tuple[Help, ...]


def next_steps(
    db: sqlite_utils.Database,
    framework: Framework,
    scores: Mapping[str, Score],
    *,
    origin: str,
    labels: frozenset[str],
    language: str = "en",
    limit: int = 5,
) -> tuple[NextStep, ...]:
    """
    Return steps for the items that score lowest, in the order of the framework among equals.

    origin: of this hub. labels: of what may be shown, from policy.visible_labels. Items without a
    score are left out: the first thing to do about them is to look.
    """
    low = [
        (scores[item.id].level, item)
        for item in framework.items
        if item.id in scores and scores[item.id].level < ESTABLISHED and not item.is_pillar
    ]
    low.sort(key=lambda each: each[0])
    return tuple(
        NextStep(
            item.id,
            best_text(item.title, language, "en")[1],
            level,
            best_text(item.first, language, "en")[1] if item.first else "",
            resources_for(db, item, origin=origin, labels=labels, language=language),
            experts_for(db, item, labels=labels),
        )
        for level, item in low[:limit]
    )


def resources_for(
    db: sqlite_utils.Database,
    item: FrameworkItem,
    *,
    origin: str,
    labels: frozenset[str],
    language: str,
) -> tuple[Help, ...]:
    """Return resources that help with an item, each once."""
    known = titles_of(db, origin, item.resources, language)
    found = {url: Help(url, known.get(url, url), "") for url in item.resources}
    for topic in item.topics:
        page = search_resources(db, ResourceQuery(topic=topic, labels=labels, limit=20))
        for each in page.items:
            if {each.link, each.place.url} & set(found) or len(found) >= MOST_HELPS + len(
                item.resources
            ):
                continue
            title = best_text(each.title, language, each.language)[1]
            found[each.place.url] = Help(each.place.url, title, each.place.hub)
    return tuple(found.values())


def experts_for(
    db: sqlite_utils.Database, item: FrameworkItem, *, labels: frozenset[str]
) -> tuple[Help, ...]:
    """Return experts on the topics of an item, each once."""
    found: dict[str, Help] = {}
    for topic in item.topics:
        page = search_experts(db, ExpertQuery(topic=topic, labels=labels, limit=MOST_HELPS))
        for each in page.items:
            if len(found) < MOST_HELPS:
                place = each.place
                found.setdefault(place.url, Help(place.url, each.record.name, place.hub))
    return tuple(found.values())
