"""
What words mean the same in nine languages: labels of the vocabulary, and what people say instead.

content/data/search-words.jsonl has the latter, one ring a line: words of daily life for a concept
(chatbot for generative AI), or words that are no concept but stand in many records (city, staff). A
ring finds its concept, and every other word of the ring in the text.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources

from content.folding import words_of
from content.search.stems import is_arabic, stem
from content.search.stop_words import STOP_WORDS
from content.vocabulary import Vocabulary

SCHEMES = ("topics", "principles", "resource-kinds")
"""The schemes whose concepts are searched by their labels."""
_LONGEST_PRUNED = 3
Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ring:
    """concept: id, None where the words stand for themselves. phrases: folded, in all languages."""

    concept: str | None
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """Some words of a query and what they mean. places: their places in the query, ascending."""

    places: tuple[int, ...]
    rings: tuple[Ring, ...]


class Lexicon:
    """All rings, found by the words of a query in any form and order."""

    def __init__(self, rings: Iterable[tuple[str | None, Mapping[str, Iterable[str]]]]) -> None:
        """rings: concept and, by language, the words of each."""
        self._by_stems: dict[str, dict[frozenset[str], dict[Ring, None]]] = {}
        self._holding: dict[str, dict[str, set[frozenset[str]]]] = {}
        words: set[str] = set()
        for concept, texts in rings:
            phrases = {
                language: [tuple(words_of(text)) for text in given]
                for language, given in texts.items()
            }
            ring = Ring(
                concept, tuple(dict.fromkeys(each for given in phrases.values() for each in given))
            )
            for language, given in phrases.items():
                for phrase in given:
                    self._add(language, phrase, ring)
                    words.update(phrase)
        self.words = frozenset(words - STOP_WORDS)
        """Every word of a ring, for corrections of spelling."""

    @staticmethod
    def load() -> "Lexicon":
        """Return the lexicon of this version; read once per process."""
        return _load()

    def _add(self, language: str, phrase: Phrase, ring: Ring) -> None:
        key = _key(phrase, language)
        self._by_stems.setdefault(language, {}).setdefault(key, {})[ring] = None
        for each in key:
            self._holding.setdefault(language, {}).setdefault(each, set()).add(key)

    def meanings(self, words: Sequence[str]) -> tuple[Meaning, ...]:
        """
        Return what words mean: all labels whose words are among them, in any form and order.

        A label within a longer one that was found is left out: "human rights" is not "rights".
        """
        found: dict[frozenset[int], dict[Ring, None]] = {}
        for language, by_stems in self._by_stems.items():
            places: dict[str, set[int]] = {}
            for place, word in enumerate(words):
                if is_arabic(word) == (language == "ar"):
                    places.setdefault(stem(word, language), set()).add(place)
            holding = self._holding[language]
            for key in {key for each in places for key in holding.get(each, ())}:
                if all(each in places for each in key):
                    where = frozenset(place for each in key for place in places[each])
                    found.setdefault(where, {}).update(by_stems[key])
        return tuple(
            Meaning(tuple(sorted(where)), tuple(rings))
            for where, rings in sorted(found.items(), key=lambda each: sorted(each[0]))
            if not any(where < other for other in found)
        )

    def knows(self, word: str) -> bool:
        """Return whether a word by itself means something."""
        return any(len(each.places) == 1 for each in self.meanings([word]))

    @cached_property
    def by_length(self) -> Mapping[int, tuple[str, ...]]:
        """The words of the rings by their length."""
        found: dict[int, list[str]] = {}
        for word in sorted(self.words):
            found.setdefault(len(word), []).append(word)
        return {length: tuple(words) for length, words in found.items()}


def _key(phrase: Phrase, language: str) -> frozenset[str]:
    telling = [word for word in phrase if word not in STOP_WORDS] or list(phrase)
    return frozenset(stem(word, language) for word in telling)


@cache
def _load() -> Lexicon:
    vocabulary = Vocabulary.load()
    texts: dict[str, dict[str, list[str]]] = {}
    for scheme in SCHEMES:
        for concept in vocabulary.scheme(scheme).concepts:
            texts[concept.id] = {language: [label] for language, label in concept.labels.items()}
    source = resources.files("content") / "data" / "search-words.jsonl"
    plain: list[tuple[str | None, Mapping[str, Iterable[str]]]] = []
    for line in source.read_text(encoding="utf-8").splitlines():
        ring = json.loads(line)
        if ring["concept"] is None:
            plain.append((None, ring["words"]))
            continue
        for language, more in ring["words"].items():
            texts[ring["concept"]][language].extend(more)
    return Lexicon([*texts.items(), *plain])
