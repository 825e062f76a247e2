"""
How a query is read: which words belong together, what they mean, and what may have been meant.

Words that say nothing by themselves are left out where others are left. A word that nothing has is
parted if it is made of two known ones (Datenschutzfolgenabschätzung), else read as the nearest word
there is; what was read in another way is told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from content.search.known_words import KnownWords
from content.search.lexicon import Lexicon, Meaning
from content.search.spelling import nearest
from content.search.stems import common_starts, forms_among
from content.search.stop_words import STOP_WORDS
from content.search.words import Term, Word, words_typed

_MOST_FORMS = 8
_MOST_STARTING = 60
_MOST_CORRECTIONS = 3
_SHORTEST_PART = 4
_JOINTS = ("", "s", "n", "en", "es", "e")
"""What German and Dutch put between the parts of a word."""


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that nothing has, and the words it was read as."""

    typed: str
    read_as: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """
    A query as it is searched. missing: words that no record has that the asker may see.

    The terms are without the missing ones.
    """

    terms: tuple[Term, ...]
    missing: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()


def read(q: str, known: KnownWords) -> Reading | None:
    """Return how q is searched, None if nothing was typed. Raises BadQuery as `words_typed`."""
    typed = words_typed(q)
    if typed is None:
        return None
    return _Reader(known).read(typed)


class _Reader:
    def __init__(self, known: KnownWords) -> None:
        self._known = known
        self._lexicon = Lexicon.load()

    def read(self, typed: tuple[Word, ...]) -> Reading:
        telling = [
            word for word in typed if len(word.typed) > 1 or word.typed[0] not in STOP_WORDS
        ] or list(typed)
        telling[-1:] = map(self._ended, telling[-1:])
        found: list[Term] = []
        missing: list[str] = []
        corrections: list[Correction] = []
        for term in self._terms(telling):
            if self._known.has(term.expression):
                found.append(term)
                continue
            others, correction = self._meant(term)
            found.extend(others)
            if correction is not None:
                corrections.append(correction)
            if not others:
                missing.append(term.typed)
        return Reading(tuple(found), tuple(missing), tuple(corrections))

    def _ended(self, word: Word) -> Word:
        """Return the last word as whole if very many have it: longer ones would only take time."""
        whole = replace(word, open_end=False)
        known = word.open_end and self._known.has_in_very_many(whole.expression)
        return whole if known else word

    def _terms(self, words: Sequence[Word]) -> Iterator[Term]:
        """Yield the terms, each where its first word stands."""
        words = [self._with_forms(word) for word in words]
        # A word with a hyphen is looked up in its parts, as labels are.
        parts = [(place, part) for place, word in enumerate(words) for part in word.typed]
        meanings = self._lexicon.meanings([part for _, part in parts])
        taken: set[int] = set()
        terms: dict[int, list[Term]] = {}
        for meaning in meanings:
            places = sorted({parts[each][0] for each in meaning.places})
            if len(meaning.places) < sum(len(words[place].typed) for place in places):
                # Of what was written together, it means a part only.
                continue
            taken.update(places)
            terms.setdefault(places[0], []).append(
                _meaning_term([words[place] for place in places], meaning)
            )
        for place, word in enumerate(words):
            if place not in taken:
                terms.setdefault(place, []).append(Term((word,)))
        for place in sorted(terms):
            yield from terms[place]

    def _with_forms(self, word: Word) -> Word:
        if len(word.typed) > 1:
            return word
        (typed,) = word.typed
        alike = [
            each
            for start in common_starts(typed)
            for each in self._known.starting(start, _MOST_STARTING)
        ]
        forms = forms_among(typed, alike)
        return replace(word, forms=tuple(sorted(forms, key=len)[:_MOST_FORMS]))

    def _meant(self, term: Term) -> tuple[list[Term], Correction | None]:
        """Return what may have been meant by a term that nothing has."""
        if len(term.words) > 1:
            return [], None
        parts = term.words[0].typed
        if len(parts) > 1:
            if min(map(len, parts)) == 1:
                # Signs of Han are no words by themselves.
                return [], None
            apart = self._terms([Word((part,)) for part in parts])
            return [each for each in apart if self._known.has(each.expression)], None
        (typed,) = parts
        for first, second in _partings(typed):
            if self._lexicon.knows(first) and self._lexicon.knows(second):
                both = self._terms([Word((first,)), Word((second,))])
                terms = [each for each in both if self._known.has(each.expression)]
                if terms:
                    return terms, Correction(typed, (first, second))
        spelled: list[Term] = []
        for word in nearest(typed, self._lexicon, self._known):
            spelled.extend(
                each for each in self._terms([Word((word,))]) if self._known.has(each.expression)
            )
            if len(spelled) >= _MOST_CORRECTIONS:
                break
        if not spelled:
            return [], None
        return [_either(spelled)], Correction(typed, tuple(each.typed for each in spelled))


def _meaning_term(words: Sequence[Word], meaning: Meaning) -> Term:
    typed = {word.typed for word in words}
    phrases = dict.fromkeys(
        phrase
        for ring in meaning.rings
        for phrase in ring.phrases
        if len(words) > 1 or phrase not in typed
    )
    concepts = dict.fromkeys(ring.concept for ring in meaning.rings if ring.concept)
    return Term(tuple(words), tuple(phrases), tuple(concepts))


def _either(terms: Sequence[Term]) -> Term:
    """Return one term that finds what any of these single words finds."""
    words = dict.fromkeys(
        each for term in terms for each in (*term.words[0].typed, *term.words[0].forms)
    )
    return Term(
        (Word(terms[0].words[0].typed, tuple(words), instead=True),),
        tuple(dict.fromkeys(phrase for term in terms for phrase in term.phrases)),
        tuple(dict.fromkeys(concept for term in terms for concept in term.concepts)),
    )


def _partings(word: str) -> Iterator[tuple[str, str]]:
    """Yield the ways in which a word can be made of two, the longest first part first."""
    for end in range(len(word) - _SHORTEST_PART, _SHORTEST_PART - 1, -1):
        for joint in _JOINTS:
            first = word[: end - len(joint)] if word[:end].endswith(joint) else ""
            if len(first) >= _SHORTEST_PART:
                yield first, word[end:]
