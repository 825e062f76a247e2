"""
Why a record was found: which word stands where, in which form, and which concept it is about.

Reasons are read from the record shown, never from the index, so they tell of no other record.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from content.folding import words_of
from content.search.query import Why
from content.search.words import Term, Word

TextField = Literal["title", "summary", "names"]
_Texts = Mapping[TextField, Sequence[list[str]]]


def reasons(
    terms: Iterable[Term], texts: Mapping[TextField, Iterable[str]], concepts: Iterable[str]
) -> tuple[Why, ...]:
    """
    Return for each term where it was found, the first of title, summary and names, and as what.

    texts: of the record, by field. concepts: its topics with all above them, kind, principles.
    """
    terms = tuple(terms)
    if not terms:
        return ()
    has = frozenset(concepts)
    found: dict[Why, None] = {}
    words = {field: [words_of(text) for text in given] for field, given in texts.items()}
    for term in terms:
        hits = dict.fromkeys(_of_words(term, words))
        found.update(hits or dict.fromkeys(_of_phrases(term, words)))
        found.update((Why("concept", concept), None) for concept in term.concepts if concept in has)
    return tuple(found)


def _of_words(term: Term, texts: _Texts) -> Iterator[Why]:
    """Yield the reason for each word of a term: as typed if it stands anywhere, else in a form."""
    for word in term.words:
        why = None if word.instead else _first(word.typed, texts, "", open_end=word.open_end)
        if why is None:
            why = _first_form(word, texts)
        if why is not None:
            yield why


def _first_form(word: Word, texts: _Texts) -> Why | None:
    asked = " ".join(word.typed)
    for form in word.forms:
        if (why := _first((form,), texts, asked)) is not None:
            return why
    return None


def _of_phrases(term: Term, texts: _Texts) -> Iterator[Why]:
    """Yield the first row of words that means the same as the term."""
    for phrase in term.phrases:
        if (why := _first(phrase, texts, term.typed)) is not None:
            yield why
            return


def _first(
    phrase: tuple[str, ...], texts: _Texts, asked: str, *, open_end: bool = False
) -> Why | None:
    for field, lists in texts.items():
        for words in lists:
            if (hit := _hit(phrase, words, open_end=open_end)) is not None:
                return Why(field, hit, asked)
    return None


def _hit(phrase: tuple[str, ...], words: list[str], *, open_end: bool) -> str | None:
    """Return the words of the text that fit the phrase, or None."""
    size = len(phrase)
    first, rest, last = phrase[0], phrase[1:-1], phrase[-1]
    for place in range(len(words) - size + 1):
        window = words[place : place + size]
        end = window[-1]
        if not (end.startswith(last) if open_end else end == last):
            continue
        if size == 1 or (window[0] == first and tuple(window[1:-1]) == rest):
            return " ".join(window)
    return None
