"""
Which words are forms of one another, in the nine languages: clause and clauses.

Snowball's stemmers (PyStemmer), on folded words, at the time of asking: the index keeps the words
as they are. What language somebody types in is not known, so two words belong together if they have
one stem in one of the languages.
"""

import threading
from collections.abc import Iterable
from functools import lru_cache

import Stemmer

ALGORITHMS = {
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "de": "german",
    "ca": "catalan",
    "pt": "portuguese",
    "it": "italian",
    "nl": "dutch",
    "ar": "arabic",
}
"""Language -> name of Snowball's algorithm, for every language of the vocabulary."""
SHORTEST_STEM = 4
"""Shorter stems say too little: words of them are taken as they stand."""
_ARABIC_PARTICLES = ("وال", "بال", "كال", "فال", "لل", "ال", "و", "ب", "ل", "ف", "ك")
"""And, with, as, so, for, the: written together with the word. The longest first."""
_SHORTEST_ARABIC = 3
_PER_THREAD = threading.local()


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """Return the stem of a folded word as the language's algorithm sees it."""
    if language == "ar":
        word = bare_arabic(word)
    stemmers = _PER_THREAD.__dict__.setdefault("stemmers", {})
    if language not in stemmers:
        # A stemmer must not be used by two threads at once.
        stemmers[language] = Stemmer.Stemmer(ALGORITHMS[language], 0)
    return str(stemmers[language].stemWord(word))


def stems(word: str) -> dict[str, str]:
    """Return language -> stem of a folded word, for the languages of its script."""
    languages = ("ar",) if is_arabic(word) else tuple(each for each in ALGORITHMS if each != "ar")
    return {language: stem(word, language) for language in languages}


def forms_among(word: str, candidates: Iterable[str]) -> list[str]:
    """Return which of some folded words have one stem with another, long enough to tell much."""
    least = _SHORTEST_ARABIC if is_arabic(word) else SHORTEST_STEM
    own = [(language, each) for language, each in stems(word).items() if len(each) >= least]
    return [
        candidate
        for candidate in candidates
        if candidate != word and any(stem(candidate, language) == each for language, each in own)
    ]


def common_starts(word: str) -> tuple[str, ...]:
    """
    Return what all forms of a word begin with; none if it is too short to have any.

    One start for Latin letters; for Arabic one for each particle that may stand in front.
    """
    if is_arabic(word):
        root = stem(word, "ar")
        if len(root) < _SHORTEST_ARABIC:
            return ()
        return (root, *(particle + root for particle in _ARABIC_PARTICLES[:6]))
    shortest = min(stems(word).values(), key=len)
    # Some stems end in another letter than their words: citi for city.
    start = shortest if word.startswith(shortest) else shortest[:-1]
    if len(shortest) < SHORTEST_STEM or not word.startswith(start):
        start = word[: max(SHORTEST_STEM, len(word) - 3)]
    return (start,) if len(start) >= SHORTEST_STEM and not word.isdigit() else ()


def bare_arabic(word: str) -> str:
    """Return an Arabic word without the particles written together with it."""
    for particle in _ARABIC_PARTICLES:
        if word.startswith(particle) and len(word) - len(particle) >= _SHORTEST_ARABIC:
            return word[len(particle) :]
    return word


def is_arabic(word: str) -> bool:
    """Return whether a word is written in Arabic letters."""
    return "\u0600" <= word[:1] <= "\u06ff"
