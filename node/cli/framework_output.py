"""The framework on the terminal and as JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

from content.framework.differences import Difference
from content.framework.item import PART_NAMES, PARTS, FrameworkItem
from content.framework.merge_work import MergeView
from content.framework.merging import ORDER, WHOLE, Conflict
from content.framework.scores import Coverage, Score, level_name
from content.language import best_text
from node.cli.output import note, print_fields, print_text, say, when


def plain_item(item: FrameworkItem, score: Score | None = None) -> dict[str, Any]:
    """Return an item as programs read it, with its score if there is one."""
    plain = item.model_dump(mode="json")
    return plain if score is None else {**plain, "score": score.model_dump(mode="json")}


def title_of(title: Mapping[str, str], language: str = "en") -> str:
    """Return the title that a reader of language gets."""
    return best_text(title, language, "en")[1]


def print_item(
    item: FrameworkItem, score: Score | None, language: str, titles: Mapping[str, str]
) -> None:
    """Print all that an item says. titles: of attached resources, where they are known."""
    level = None if score is None else f"{score.level} of 4: {level_name(score.level)}"
    print_fields(
        [
            ("item", item.id),
            ("title", title_of(item.title, language)),
            ("pillar", None if item.is_pillar else item.pillar),
            ("responsible", item.responsible),
            ("score", level),
            ("scored", None if score is None else f"{when(score.at)} by {score.by}"),
            ("evidence", None if score is None else score.evidence),
            ("topics", item.topics),
        ]
    )
    if score is not None and score.note:
        print_text("Evidence in words", score.note)
    for part in PARTS:
        texts = getattr(item, part)
        if texts:
            print_text(PART_NAMES[part], best_text(texts, language, "en")[1])
    for name, links in (
        ("Resources", tuple(_named(url, titles) for url in item.resources)),
        ("Sources", tuple(f"{source.title}: {source.url}" for source in item.sources)),
    ):
        if links:
            print_text(name, "\n".join(links))


def _named(url: str, titles: Mapping[str, str]) -> str:
    return f"{titles[url]}: {url}" if url in titles else url


def print_coverage(sums: Iterable[Coverage], titles: Mapping[str, str]) -> None:
    """Print how much of each pillar is scored; a mean only together with that."""
    for each in sums:
        mean = "" if each.mean is None else f", on average {each.mean} of 4"
        say(f"{titles[each.pillar]}: {each.scored} of {each.items} scored{mean}")


def print_differences(found: Iterable[Difference]) -> None:
    """Print what differs, item by item and place by place."""
    for each in found:
        say(f"{each.kind:<9} {each.item}  {title_of(each.title)}")
        for place in each.places:
            say(f"  {place.place}")
            say(f"    - {_shown(place.before)}")
            say(f"    + {_shown(place.after)}")


def print_merge(view: MergeView) -> None:
    """Print a merge: what it brings, and what people have to decide."""
    print_differences(view.brings)
    if view.applied:
        say(f"Merged {view.origin} {view.version}: {_changes(view)}.")
        return
    for conflict in view.open:
        _print_conflict(conflict)
    say(
        f"Merge with {view.origin} {view.version}: {_changes(view)};"
        f" conflicts open {len(view.open)}, decided {view.decided}."
    )


def tell_what_to_do(view: MergeView) -> None:
    """Tell on stderr how a merge that waits goes on."""
    if view.open:
        first = view.open[0]
        note(
            "Decide each conflict:"
            f" hub framework merge --decide {first.item} {first.place} --take ours"
        )
        note("  or --take theirs, or --text TEXT for a text of your own.")
    else:
        note("All is decided. Apply it: hub framework merge --finish")


def plain_merge(view: MergeView) -> dict[str, Any]:
    """Return a merge as programs read it."""
    return {
        "origin": view.origin,
        "version": view.version,
        "applied": view.applied,
        "conflicts": list(view.open),
        "decided": view.decided,
        "brings": list(view.brings),
    }


def _print_conflict(conflict: Conflict) -> None:
    say(f"CONFLICT  {conflict.item}  {conflict.place}")
    if conflict.place == WHOLE:
        dropped, changed = "dropped the item", "changed the item"
        say(f"    ours:   {dropped if conflict.ours is None else changed}")
        say(f"    theirs: {dropped if conflict.theirs is None else changed}")
        return
    if conflict.place == ORDER:
        say("    Both sides put the items in another order.")
    say(f"    before: {_shown(conflict.base)}")
    say(f"    ours:   {_shown(conflict.ours)}")
    say(f"    theirs: {_shown(conflict.theirs)}")


def _shown(text: str | None) -> str:
    if text is None:
        return "(nothing)"
    return text or "(there)"


def _changes(view: MergeView) -> str:
    count = len(view.brings)
    if not count:
        return "nothing changes"
    return "1 item changes" if count == 1 else f"{count} items change"
