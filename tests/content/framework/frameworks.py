"""Frameworks for tests: small ones, and strategies that draw them and what people do to them."""

from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import strategies as st

from content.framework.customizing import (
    add_item,
    attach,
    detach,
    drop_item,
    move_item,
    reword,
)
from content.framework.item import PARTS, PILLARS, Framework, read_framework, read_item

Edit = Callable[[Framework], Framework]
NAMES = tuple(f"{kind}-{letter}" for kind in ("fnd", "str", "tool") for letter in "abcd")
OWN = ("own-x", "own-y", "own-z")
LINKS = tuple(f"https://documents.example/{n}" for n in range(4))


@cache
def small() -> Framework:
    """Return a framework of three pillars with four items each."""
    items = [_item(pillar, pillar) for pillar in PILLARS]
    items += [_item(name, _pillar(name)) for name in NAMES]
    return read_framework({"items": items})


def texts_of(framework: Framework, item: str, part: str) -> dict[str, str]:
    """Return the texts of one part of an item."""
    found: dict[str, str] = getattr(framework.get(item), part)
    return found


def _pillar(name: str) -> str:
    return next(p for p in PILLARS if p.partition("-")[0] == name.partition("-")[0])


def _item(name: str, pillar: str) -> dict[str, Any]:
    return {
        "id": name,
        "pillar": pillar,
        "title": {"en": name, "es": f"el {name}"},
        "what": {"en": f"What {name} is."},
        "resources": [LINKS[0]],
    }


words = st.sampled_from(["one", "two", "three"])
names = st.sampled_from([*NAMES, *OWN, *PILLARS])


@st.composite
def edits(draw: st.DrawFn, only: tuple[str, ...] = (*NAMES, *OWN, *PILLARS)) -> Edit:
    """Draw one thing that somebody does to one of these items; impossible ones do nothing."""
    name = draw(st.sampled_from(only))
    kind = draw(st.sampled_from(["reword", "reword", "drop", "move", "add", "attach", "detach"]))
    word, language = draw(words), draw(st.sampled_from(["en", "es"]))
    part, link = draw(st.sampled_from(["title", *PARTS])), draw(st.sampled_from(LINKS))
    text = draw(st.sampled_from([word, ""]))
    pillar, after = draw(st.sampled_from(PILLARS)), draw(names)

    def edit(framework: Framework) -> Framework:
        there = framework.find(name)
        if kind == "add" and there is None:
            item = read_item(
                {
                    "id": name,
                    "pillar": _or(pillar, name),
                    "title": {"en": word},
                    "why": {"en": word},
                }
            )
            return add_item(framework, item)
        if there is None or (name in PILLARS and kind in ("drop", "move")):
            return framework
        if kind == "drop":
            return drop_item(framework, name)
        if kind == "move":
            if after != name and framework.find(after) is not None:
                return move_item(framework, name, after=after)
            return move_item(framework, name, pillar=pillar)
        if kind == "attach":
            return attach(framework, name, link)
        if kind == "detach" and link in there.resources:
            return detach(framework, name, link)
        if part == "title" and not text and set(there.title) <= {language}:
            return framework
        return reword(framework, name, language=language, texts={part: text})

    return edit


def _or(pillar: str, name: str) -> str:
    return _pillar(name) if name in NAMES else pillar


@st.composite
def edited(draw: st.DrawFn, only: tuple[str, ...] = (*NAMES, *OWN, *PILLARS)) -> Framework:
    """Draw what a few people made of the small framework."""
    framework = small()
    for edit in draw(st.lists(edits(only), max_size=4)):
        framework = edit(framework)
    return framework
