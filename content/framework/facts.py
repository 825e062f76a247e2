"""
An item as facts: place and text, so that items are compared and merged place by place.

Places are `pillar`, `responsible`, `title/LANGUAGE`, `what/LANGUAGE` and so on for each part of the
guidance, `topics/ID`, `sources/ADDRESS` with the title as text, and `resources/ADDRESS`.
"""

from collections.abc import Mapping
from typing import Any

from content.framework.item import PARTS, FrameworkItem, read_item

Facts = Mapping[str, str]

_BY_LANGUAGE = ("title", *PARTS)
_SETS = ("topics", "resources")


def facts_of(item: FrameworkItem) -> dict[str, str]:
    """Return all facts of an item but its id."""
    facts = {"pillar": item.pillar}
    for name in _BY_LANGUAGE:
        facts.update({f"{name}/{tag}": text for tag, text in getattr(item, name).items()})
    if item.responsible is not None:
        facts["responsible"] = item.responsible
    facts.update({f"sources/{source.url}": source.title for source in item.sources})
    for name in _SETS:
        facts.update({f"{name}/{each}": "" for each in getattr(item, name)})
    return facts


def item_of(item_id: str, facts: Facts) -> FrameworkItem:
    """Return the item of these facts. Raises FrameworkInvalid."""
    values: dict[str, Any] = {"id": item_id, "pillar": facts["pillar"]}
    values["responsible"] = facts.get("responsible")
    for name in _BY_LANGUAGE:
        values[name] = _below(name, facts)
    values["sources"] = [
        {"title": title, "url": url} for url, title in _below("sources", facts).items()
    ]
    for name in _SETS:
        values[name] = list(_below(name, facts))
    return read_item(values)


def _below(name: str, facts: Facts) -> dict[str, str]:
    start = f"{name}/"
    return {place.removeprefix(start): t for place, t in facts.items() if place.startswith(start)}
