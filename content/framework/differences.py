"""What differs between two frameworks: versions of one, ours and upstream, or those of two hubs."""

from dataclasses import dataclass
from typing import Literal

from content.framework.facts import facts_of
from content.framework.item import PILLARS, Framework, FrameworkItem

Kind = Literal["added", "dropped", "changed", "reordered"]


@dataclass(frozen=True, slots=True)
class PlaceDifference:
    """One place of an item. before, after: the text there, None if there is none."""

    place: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """
    What happened to one item on the way from one framework to another.

    reordered: the item is a pillar, and its items stand in another order. places: for "changed"
    what differs, for "reordered" the one place "order", else nothing.
    """

    kind: Kind
    item: str
    title: dict[str, str]
    places: tuple[PlaceDifference, ...] = ()


def differences(before: Framework, after: Framework) -> list[Difference]:
    """Return what changed, in the order of after; then what was dropped, and what was reordered."""
    found: list[Difference] = []
    for item in after.items:
        known = before.find(item.id)
        if known is None:
            found.append(Difference("added", item.id, item.title))
        elif known != item:
            found.append(Difference("changed", item.id, item.title, _places(known, item)))
    found.extend(
        Difference("dropped", item.id, item.title)
        for item in before.items
        if after.find(item.id) is None
    )
    return [*found, *_reordered(before, after)]


def _places(before: FrameworkItem, after: FrameworkItem) -> tuple[PlaceDifference, ...]:
    old, new = facts_of(before), facts_of(after)
    return tuple(
        PlaceDifference(place, old.get(place), new.get(place))
        for place in sorted({*old, *new})
        if old.get(place) != new.get(place)
    )


def _reordered(before: Framework, after: Framework) -> list[Difference]:
    found = []
    for pillar in PILLARS:
        old = [item.id for item in before.of_pillar(pillar)]
        new = [item.id for item in after.of_pillar(pillar)]
        both = set(old) & set(new)
        was, now = ([each for each in order if each in both] for order in (old, new))
        if was != now:
            place = PlaceDifference("order", " ".join(was), " ".join(now))
            found.append(Difference("reordered", pillar, after.get(pillar).title, (place,)))
    return found
