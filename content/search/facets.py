"""
Facets as the index keeps them: one letter for the facet, then the value, parted by blanks.

The same facets stand in the index of words as tokens of letters and digits only, so that one
expression finds words and facets together, from the rarest on.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from content.language import language_tag
from content.search.query import FacetCount
from content.vocabulary import Vocabulary

TOPIC, KIND, LANGUAGE, HUB, COUNTRY, PRINCIPLE = "t", "k", "l", "h", "c", "p"
FACETS = {"topic": TOPIC, "kind": KIND, "language": LANGUAGE, "hub": HUB, "country": COUNTRY}
_SINGLE = frozenset({KIND, LANGUAGE, HUB})
_JOINT = "|"
MOST_VALUES = 200
"""So many values of a facet are listed, the most frequent first."""


def with_broader(concepts: Iterable[str]) -> tuple[str, ...]:
    """Return concepts and all that they are part of, each once: a parent finds its children."""
    vocabulary = Vocabulary.load()
    found: dict[str, None] = {}
    for concept in concepts:
        found[concept] = None
        found.update(dict.fromkeys(vocabulary.broader(concept)))
    return tuple(found)


def language_ranges(tag: str) -> tuple[str, ...]:
    """Return what a text in tag is found by, from short to long: zh, zh-Hant (RFC 4647)."""
    parts = language_tag(tag).split("-")
    return tuple("-".join(parts[:count]) for count in range(1, len(parts) + 1))


def facets_text(facets: Iterable[tuple[str, str]]) -> str:
    """
    Return facets (letter, value) as they are stored for the coverage of the catalogue.

    Those of which a record has one value each make one group: the groups of many records are few,
    so they are quick to count.
    """
    single: list[str] = []
    several: list[str] = []
    for letter, value in facets:
        if _JOINT in value or len(value.split()) != 1:
            raise ValueError(f"{value!r} cannot be the value of a facet.")
        (single if letter in _SINGLE else several).append(facet_word(letter, value))
    return " ".join([_JOINT.join(single), *several])


def split_facets(text: str) -> dict[str, frozenset[str]]:
    """Return the values of each facet, by its letter, in what `facets_text` made."""
    found: dict[str, set[str]] = {}
    for group in text.split():
        for each in group.split(_JOINT):
            found.setdefault(each[0], set()).add(each[1:])
    return {letter: frozenset(values) for letter, values in found.items()}


def token(letter: str, value: str) -> str:
    """Return a facet as a word of the index; no two facets give the same."""
    return f"{letter}{value.encode('utf-8', 'surrogatepass').hex()}"


def facet_word(letter: str, value: str) -> str:
    """Return a facet as one word, as the texts of `facets_text` hold it."""
    return f"{letter}{value}"


def count_facets(
    signs: Counter[str], meanings: Mapping[str, str], names: Iterable[str]
) -> Mapping[str, tuple[FacetCount, ...]]:
    """
    Return for each facet named how many records have which value, the most frequent first.

    signs: how often each sign of content/search/signs.py came. meanings: what they stand for.
    """
    found: dict[str, dict[str, int]] = {letter: {} for letter in FACETS.values()}
    for sign, times in signs.items():
        word = meanings[sign]
        found[word[0]][word[1:]] = times
    return {
        name: tuple(
            FacetCount(value, count)
            for value, count in sorted(
                found[FACETS[name]].items(), key=lambda item: (-item[1], item[0])
            )[:MOST_VALUES]
        )
        for name in names
    }
