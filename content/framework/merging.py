"""
Merging frameworks: ours, theirs, and what both came from. Pure, and decided place by place.

What one side changed is taken; what both changed alike is taken once; what both changed
differently is a conflict, and a person says what holds. No change of either side is ever left out
silently. Ours and theirs may change places: the same is merged, and the conflicts are mirrored.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from content.framework.facts import Facts, facts_of, item_of
from content.framework.item import PILLARS, Framework, FrameworkItem, read_framework

WHOLE = "item"
"""The place of a conflict over a whole item: one side changed it, the other dropped it."""
ORDER = "order"
"""The place of a conflict over the order of the items of a pillar; its item is the pillar."""
Side = Literal["ours", "theirs"]


@dataclass(frozen=True, slots=True)
class Conflict:
    """
    One place that both sides changed, each in its own way.

    base, ours, theirs: the text there, None if there is none. For WHOLE the item as JSON, for ORDER
    the ids in their order, parted by blanks.
    """

    item: str
    place: str
    base: str | None
    ours: str | None
    theirs: str | None

    @property
    def takes_text(self) -> bool:
        """Return whether a text of somebody's own may settle it, beside ours and theirs."""
        return self.place == "responsible" or "/" in self.place


@dataclass(frozen=True, slots=True)
class Resolution:
    """
    What a person decided about a conflict. ours, theirs: what was decided between.

    It holds for these two texts only: if one of them changes afterwards, the conflict is back.
    """

    item: str
    place: str
    ours: str | None
    theirs: str | None
    value: str | None


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge came to. framework: with ours wherever there is a conflict yet."""

    framework: Framework
    conflicts: tuple[Conflict, ...]


def merge(
    base: Framework,
    ours: Framework,
    theirs: Framework,
    resolutions: Iterable[Resolution] = (),
) -> Merged:
    """
    Return ours with what changed from base to theirs.

    Raises FrameworkInvalid if both together are beyond a limit of frameworks.
    """
    return _Merge(base, ours, theirs, resolutions).done()


class _Merge:
    def __init__(
        self,
        base: Framework,
        ours: Framework,
        theirs: Framework,
        resolutions: Iterable[Resolution],
    ) -> None:
        self._base, self._ours, self._theirs = base, ours, theirs
        self._settled = {
            (each.item, each.place, each.ours, each.theirs): each for each in resolutions
        }
        self._conflicts: list[Conflict] = []

    def done(self) -> Merged:
        ids = dict.fromkeys([*self._base.ids, *self._ours.ids, *self._theirs.ids])
        found = {item_id: self._item(item_id) for item_id in sorted(ids)}
        items = {item_id: item for item_id, item in found.items() if item is not None}
        ordered = [
            items[item_id]
            for pillar in PILLARS
            for item_id in self._order(
                pillar, {item.id for item in items.values() if item.pillar == pillar}
            )
        ]
        framework = read_framework({"items": ordered})
        return Merged(framework, tuple(self._conflicts))

    def _settle(self, conflict: Conflict) -> str | None:
        """Return what a person decided; note the conflict and return ours if nobody did."""
        key = (conflict.item, conflict.place, conflict.ours, conflict.theirs)
        if key in self._settled:
            return self._settled[key].value
        self._conflicts.append(conflict)
        return conflict.ours

    def _item(self, item_id: str) -> FrameworkItem | None:
        base, ours = self._base.find(item_id), self._ours.find(item_id)
        theirs = self._theirs.find(item_id)
        if ours is None or theirs is None:
            there = theirs if ours is None else ours
            if base is None or there is None:
                return there
            return None if there == base else self._whole(item_id, base, ours, theirs)
        return ours if ours == theirs else self._facts(item_id, base, ours, theirs)

    def _whole(
        self,
        item_id: str,
        base: FrameworkItem,
        ours: FrameworkItem | None,
        theirs: FrameworkItem | None,
    ) -> FrameworkItem | None:
        texts = [None if each is None else each.model_dump_json() for each in (base, ours, theirs)]
        kept = self._settle(Conflict(item_id, WHOLE, *texts))
        return None if kept is None else FrameworkItem.model_validate_json(kept)

    def _facts(
        self, item_id: str, base: FrameworkItem | None, ours: FrameworkItem, theirs: FrameworkItem
    ) -> FrameworkItem:
        was: Facts = {} if base is None else facts_of(base)
        mine_all, other_all = facts_of(ours), facts_of(theirs)
        facts: dict[str, str] = {}
        for place in sorted({*was, *mine_all, *other_all}):
            values = was.get(place), mine_all.get(place), other_all.get(place)
            before, mine, other = values
            if other in (mine, before):
                value = mine
            elif mine == before:
                value = other
            else:
                value = self._settle(Conflict(item_id, place, *values))
            if value is not None:
                facts[place] = value
        if not any(place.startswith("title/") for place in facts):
            # Each side took away the languages that the other one kept; a name is needed.
            titles = {**other_all, **mine_all}
            facts.update({k: text for k, text in titles.items() if k.startswith("title/")})
        if facts in (mine_all, other_all):
            return ours if facts == mine_all else theirs
        return item_of(item_id, facts)

    def _order(self, pillar: str, ids: set[str]) -> list[str]:
        """Return the items of a pillar in the order that both sides agree on."""
        ours = [each for each in self._ours.ids if each in ids]
        theirs = [each for each in self._theirs.ids if each in ids]
        base = [each for each in self._base.ids if each in ids]
        return _weave(self._sequence(pillar, base, ours, theirs), ours, theirs)

    def _sequence(
        self, pillar: str, base: Sequence[str], ours: Sequence[str], theirs: Sequence[str]
    ) -> list[str]:
        """Return the order of what both sides have."""
        both = set(ours) & set(theirs)
        mine = [each for each in ours if each in both]
        other = [each for each in theirs if each in both]
        known = both & set(base)
        before, mine_known, other_known = (
            [each for each in order if each in known] for order in (base, mine, other)
        )
        if mine == other or other_known == before != mine_known:
            return mine
        if mine_known == before != other_known:
            return other
        if mine_known == other_known:
            # Only what both added alike stands elsewhere: either place will do, the same for both.
            return min(mine, other)
        if any(each.place in (WHOLE, "pillar") for each in self._conflicts):
            return mine  # it is asked once it is known which items are there
        told = (" ".join(order) for order in (before, mine, other))
        return (self._settle(Conflict(pillar, ORDER, *told)) or "").split()


def _weave(sequence: Sequence[str], ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Return sequence with what one side alone has, each after what it follows on its side."""
    runs: Mapping[str | None, list[list[str]]] = {None: [], **{each: [] for each in sequence}}
    for side in (ours, theirs):
        run: list[str] = []
        after: str | None = None
        for item_id in side:
            if item_id in runs:
                after, run = item_id, []
                continue
            if not run:
                runs[after].append(run)
            run.append(item_id)
    woven: list[str] = []
    for place in (None, *sequence):
        woven.extend([] if place is None else [place])
        for run in sorted(runs[place]):
            woven.extend(run)
    return woven
