"""Frameworks in words: what places of an item are called, what stands there, and what differs."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from content.framework.item import PARTS, PILLARS, Framework
from content.framework.merging import ORDER, WHOLE
from content.language import best_text
from content.vocabulary import Vocabulary
from node.api.models.framework import DifferenceAnswer
from node.web import words
from node.web.said import Said, said, said_by_itself, said_here
from node.web.speaking import N_, spoken
from node.web.speaking import gettext as _

PLACES: Final = {
    "title": N_("Title"),
    "what": N_("What it is"),
    "why": N_("Why it matters"),
    "first": N_("What to do first"),
    "who": N_("Who is responsible"),
    "done": N_("How to tell that it is done"),
    "responsible": N_("Who is in charge here"),
    "topics": N_("Topic"),
    "sources": N_("Source"),
    "resources": N_("Resource"),
    "pillar": N_("Pillar"),
    WHOLE: N_("The whole item"),
    ORDER: N_("Order of the items"),
}
TEXTS: Final = frozenset(("title", *PARTS, "responsible"))
"""Places in which somebody may write a text of their own."""
KINDS: Final = {
    "added": N_("New"),
    "dropped": N_("Left out"),
    "changed": N_("Changed"),
    "reordered": N_("Another order"),
}
Lines = tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """What happened to an item. places: name of each, what stood there, what stands there then."""

    kind: str
    item: str
    title: Said
    places: tuple[tuple[str, Lines, Lines], ...]


def title_of(title: Mapping[str, str]) -> Said:
    """Return the title of an item that a reader of the page gets."""
    tag, text = best_text(title, spoken().tag, "en")
    return said(text, tag)


def titles_in(*frameworks: Framework) -> dict[str, Said]:
    """Return the titles of all items by id, those of the first framework that has them."""
    found: dict[str, Said] = {}
    for framework in reversed(frameworks):
        found.update({item.id: title_of(item.title) for item in framework.items})
    return found


def place_name(place: str) -> str:
    """Return what a place of an item is called: "Why it matters (Español)"."""
    kind, _slash, rest = place.partition("/")
    name = _(PLACES[kind]) if kind in PLACES else kind
    if rest and kind in TEXTS:
        return f"{name} ({words.own_name(rest)})"
    return name


def place_lines(place: str, text: str | None, titles: Mapping[str, Said]) -> Lines:
    """Return what stands in a place, a line each; () for nothing. titles: of items, by id."""
    if text is None:
        return ()
    kind, _slash, rest = place.partition("/")
    if kind == WHOLE:
        return _item_lines(text)
    if kind == ORDER:
        return tuple(titles.get(each) or said_by_itself(each) for each in text.split())
    if kind == "topics":
        return (said_here(words.concept(rest)),)
    if kind == "resources":
        return (said_by_itself(rest),)
    if kind == "sources":
        return (said_by_itself(text), said_by_itself(rest))
    if kind == "pillar":
        return (titles.get(text) or pillar_title(text),)
    return tuple(said(line, rest or "und") for line in text.split("\n") if line.strip())


def pillar_title(pillar: str) -> Said:
    """Return what a pillar is called in the vocabulary."""
    known = pillar in PILLARS and pillar in Vocabulary.load()
    return said_here(words.concept(pillar)) if known else said_by_itself(pillar)


def shown_differences(
    found: Iterable[DifferenceAnswer], titles: Mapping[str, Said]
) -> tuple[ShownDifference, ...]:
    """Return differences as a page shows them."""
    return tuple(
        ShownDifference(
            each.kind,
            each.item,
            title_of(each.title),
            tuple(
                (
                    place_name(place.place),
                    place_lines(place.place, place.before, titles),
                    place_lines(place.place, place.after, titles),
                )
                for place in each.places
            ),
        )
        for each in found
    )


def _item_lines(text: str) -> Lines:
    """Return title and texts of an item, of which `text` is the JSON."""
    item = json.loads(text)
    lines = [title_of(item["title"])]
    for part in PARTS:
        if item.get(part):
            tag, guidance = best_text(item[part], spoken().tag, "en")
            lines.append(said(guidance, tag))
    return tuple(lines)
