"""
The vocabulary: 162 concepts in thirteen schemes, each with its label in nine languages.

It is package data and the same at every hub of a version. Other words are refused, so that a
record means the same wherever it is read.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import ClassVar

from content.errors import ContentError
from content.folding import words_of
from content.language import best_text
from content.validation import choose_one, shown

LANGUAGES = ("en", "es", "fr", "de", "ca", "pt", "it", "nl", "ar")
"""The languages in which every concept has a label."""


class ConceptUnknown(ContentError):
    """The vocabulary has no such scheme or concept."""

    code: ClassVar[str] = "concept-unknown"


@dataclass(frozen=True, slots=True)
class Concept:
    """One word of the vocabulary. broader: the concept it is part of, in the same scheme."""

    id: str
    scheme: str
    labels: Mapping[str, str]
    definition: str
    broader: str | None


@dataclass(frozen=True)
class Scheme:
    """A list of concepts for one purpose, in the order of the vocabulary."""

    id: str
    title: str
    concepts: tuple[Concept, ...]

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Return the ids of the concepts, in their order."""
        return tuple(concept.id for concept in self.concepts)


class Vocabulary:
    """All schemes. `Vocabulary.load()` gives the one of this version."""

    def __init__(self, schemes: tuple[Scheme, ...]) -> None:
        self.schemes = schemes
        self._schemes = {scheme.id: scheme for scheme in schemes}
        self._concepts = {each.id: each for scheme in schemes for each in scheme.concepts}
        narrower: dict[str, list[str]] = {}
        named: dict[tuple[str, ...], dict[str, None]] = {}
        for concept in self._concepts.values():
            if concept.broader is not None:
                narrower.setdefault(concept.broader, []).append(concept.id)
            for label in concept.labels.values():
                named.setdefault(tuple(words_of(label)), {})[concept.id] = None
        self._narrower = narrower
        self._named = {words: tuple(ids) for words, ids in named.items()}

    @staticmethod
    def load() -> "Vocabulary":
        """Return the vocabulary of this version; read once per process."""
        return _load()

    def scheme(self, scheme_id: str) -> Scheme:
        """Return a scheme such as "topics". Raises ConceptUnknown."""
        if scheme_id not in self._schemes:
            raise ConceptUnknown(
                f"There is no scheme {shown(scheme_id)}: {choose_one(scheme_id, self._schemes)}."
            )
        return self._schemes[scheme_id]

    def ids(self, scheme_id: str) -> tuple[str, ...]:
        """Return the ids of a scheme, in its order."""
        return self.scheme(scheme_id).ids

    def concept(self, concept_id: str) -> Concept:
        """Return a concept of any scheme. Raises ConceptUnknown, which names the nearest."""
        if concept_id not in self._concepts:
            near = choose_one(concept_id, self._concepts)
            raise ConceptUnknown(f"There is no concept {shown(concept_id)}: {near}.")
        return self._concepts[concept_id]

    def __contains__(self, concept_id: object) -> bool:
        return concept_id in self._concepts

    def label(self, concept_id: str, language: str = "en") -> str:
        """Return the label for a reader of language, English where there is none."""
        return best_text(self.concept(concept_id).labels, language, "en")[1]

    def broader(self, concept_id: str) -> tuple[str, ...]:
        """Return what a concept is part of, the nearest first, up to the top."""
        found: list[str] = []
        above = self.concept(concept_id).broader
        while above is not None and above not in found:
            found.append(above)
            above = self._concepts[above].broader
        return tuple(found)

    def narrower(self, concept_id: str) -> tuple[str, ...]:
        """Return all that is part of a concept, at any depth, without the concept itself."""
        found: list[str] = []
        waiting = list(reversed(self._narrower.get(self.concept(concept_id).id, ())))
        while waiting:
            child = waiting.pop()
            found.append(child)
            waiting.extend(reversed(self._narrower.get(child, ())))
        return tuple(found)

    def find_by_label(self, text: str) -> tuple[str, ...]:
        """
        Return the concepts whose label is text, in any language, whatever the case and accents.

        Several can have the same label: "Privacy" is Dutch too. None is found for other words.
        """
        return self._named.get(tuple(words_of(text)), ())


@cache
def _load() -> Vocabulary:
    source = resources.files("content") / "data" / "vocabulary.json"
    data = json.loads(source.read_text(encoding="utf-8"))
    return Vocabulary(
        tuple(
            Scheme(
                id=scheme["id"],
                title=scheme["title"],
                concepts=tuple(
                    Concept(scheme=scheme["id"], **concept) for concept in scheme["concepts"]
                ),
            )
            for scheme in data["schemes"]
        )
    )
