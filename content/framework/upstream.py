"""
The framework that ships with the program: 37 items, each with guidance and its sources.

It is inspired by the Digital Rights Governance Framework of the Cities Coalition for Digital
Rights and UN-Habitat; its texts are our own. Titles come from the vocabulary.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

from content.framework.item import PARTS, PILLARS, Framework, read_framework
from content.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Upstream:
    """The framework of one version of the program. version: such as "2026-11"."""

    version: str
    framework: Framework


@cache
def upstream() -> Upstream:
    """Return the framework of this version; read once per process."""
    source = resources.files("content") / "data" / "framework.json"
    data = json.loads(source.read_text(encoding="utf-8"))
    vocabulary, language = Vocabulary.load(), data["language"]
    items = []
    for each in data["items"]:
        concept = vocabulary.concept(each["id"])
        above = [name for name in (concept.id, *vocabulary.broader(concept.id)) if name in PILLARS]
        items.append(
            {
                "id": concept.id,
                "pillar": above[0],
                "title": dict(concept.labels),
                "topics": each["topics"],
                "sources": each["sources"],
                **{part: {language: each[part]} for part in PARTS},
            }
        )
    return Upstream(data["version"], read_framework({"items": items}))
