"""
How far hubs are with the policy framework, item by item and never hub by hub.

No league tables: no hub is named, and how scores are spread is told in bands, and only of items
that five hubs or more assessed (DOMAIN.md 1.7).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import sqlite_utils

from content.framework.item import FrameworkItem
from content.framework.upstream import upstream
from content.resources.statistics import FLOOR, Band, band_of

LEVELS = range(5)
_ITEM = "json_extract(record, '$.item.id')"
_LEVEL = "json_extract(record, '$.score.level')"
"""As in the index of the migration, so that no record need be read."""
PARTS = ("none", "up-to-a-third", "up-to-two-thirds", "more")
"""How much of the framework a hub shows, in words."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An item that a hub shows, and the level it gave itself, if it shows that."""

    hub: str
    item: str
    level: int | None


@dataclass(frozen=True, slots=True)
class ItemProgress:
    """
    One item of the framework that ships with the program.

    adopted: how many hubs show it; assessed: how many of them with a score. levels: in which band
    the number of hubs on each level is; None with fewer than five assessed.
    """

    item: str
    pillar: str
    adopted: int
    assessed: int
    levels: Mapping[int, Band] | None


@dataclass(frozen=True, slots=True)
class FrameworkProgress:
    """
    All items in their order. hubs: how many show anything; spread: how many show how much of it.

    own_items: how many items hubs added that are not in the framework of the program.
    """

    hubs: int
    items: tuple[ItemProgress, ...]
    spread: Mapping[str, int]
    own_items: int


def progress(shown: Iterable[Shown]) -> FrameworkProgress:
    """Count what hubs show. Of several records of one item of one hub the first counts."""
    first: dict[tuple[str, str], Shown] = {}
    for each in shown:
        first.setdefault((each.hub, each.item), each)
    items = [item for item in upstream().framework.items if not item.is_pillar]
    known = {item.id for item in items}
    hubs = {each.hub for each in first.values()}
    per_hub = Counter(each.hub for each in first.values() if each.item in known)
    spread = Counter(_part(per_hub[hub], len(items)) for hub in hubs)
    pillars = {item.pillar for item in items}
    return FrameworkProgress(
        hubs=len(hubs),
        items=tuple(_item(item, list(first.values())) for item in items),
        spread={part: spread[part] for part in PARTS},
        own_items=sum(each.item not in known | pillars for each in first.values()),
    )


def held_items(db: sqlite_utils.Database, labels: Collection[str]) -> tuple[Shown, ...]:
    """Return which items other hubs show, by hub and item. labels: from policy.visible_labels."""
    marks = ", ".join("?" * len(labels))
    rows = db.execute(
        f"select hub, {_ITEM}, {_LEVEL} from held_framework_items"  # noqa: S608 - our own words
        f" where gone_at is null and label in ({marks}) order by hub, 2, ref",
        tuple(sorted(labels)),
    )
    return tuple(Shown(*row) for row in rows.fetchall())


def _item(item: FrameworkItem, shown: Collection[Shown]) -> ItemProgress:
    here = [each for each in shown if each.item == item.id]
    levels = [each.level for each in here if each.level is not None]
    counts = Counter(levels)
    spread = {level: band_of(counts[level]) for level in LEVELS} if len(levels) >= FLOOR else None
    return ItemProgress(item.id, item.pillar, len(here), len(levels), spread)


def _part(count: int, all_items: int) -> str:
    if not count:
        return PARTS[0]
    return PARTS[1 + (count * 3 > all_items) + (count * 3 > 2 * all_items)]
