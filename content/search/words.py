"""
What somebody typed, in terms, and these in the language of FTS5; nothing typed is syntax (S49).

A term is one word, or several that together are the label of a concept. It is found by its words in
any text field, by other forms of them, by words that mean the same, and by the concept itself. The
last word finds longer ones too, unless a blank follows it: it may still be being typed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from content.folding import words_of
from content.search.facets import KIND, PRINCIPLE, TOPIC, token
from content.search.query import LONGEST_QUERY, BadQuery
from content.vocabulary import Vocabulary

_LETTERS = {"topics": TOPIC, "principles": PRINCIPLE, "resource-kinds": KIND}
MOST_WORDS = 24
_SHORTEST_PREFIX = 3
_TEXT = "title summary names"
_APOSTROPHES = re.compile("['\u2019\u02bc]")
Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """
    One word as typed, or several without a blank between them, such as wi-fi.

    forms: words of the index that are searched as well, or instead if `instead`. open_end: it may
    go on.
    """

    typed: Phrase
    forms: tuple[str, ...] = ()
    open_end: bool = False
    instead: bool = False

    @property
    def expression(self) -> str:
        """Return the word in the language of FTS5; only letters and digits are in the quotes."""
        ways = [quoted((form,)) for form in self.forms]
        if not self.instead:
            ways.insert(0, quoted(self.typed, open_end=self.open_end))
        return ways[0] if len(ways) == 1 else f"({' OR '.join(ways)})"


@dataclass(frozen=True, slots=True)
class Term:
    """
    Words that stand or fall together.

    phrases: rows of words that mean the same. concepts: ids that may stand in for the words.
    """

    words: tuple[Word, ...]
    phrases: tuple[Phrase, ...] = ()
    concepts: tuple[str, ...] = ()

    @property
    def expression(self) -> str:
        """Return the term in the language of FTS5."""
        concept = self.as_concept
        text = self.text_in(_TEXT)
        return text if concept is None else f"({text} OR {concept})"

    @property
    def as_concept(self) -> str | None:
        """Return the expression of what is about one of the concepts, None if there is none."""
        tokens = " OR ".join(f'"{_token(concept)}"' for concept in self.concepts)
        return f"facets : ({tokens})" if tokens else None

    def text_in(self, fields: str) -> str:
        """Return the expression of what has the term in any of these fields, in any way."""
        ways = [self._words(), *(quoted(phrase) for phrase in self.phrases)]
        return f"{{{fields}}} : ({' OR '.join(ways)})"

    def typed_in(self, fields: str) -> str:
        """Return the expression of what has the words, or forms of them, in the fields."""
        return f"{{{fields}}} : ({self._words()})"

    def _words(self) -> str:
        return f"({' AND '.join(word.expression for word in self.words)})"

    @property
    def typed(self) -> str:
        """Return the words as they were typed, folded."""
        return " ".join(" ".join(word.typed) for word in self.words)


def words_typed(q: str) -> tuple[Word, ...] | None:
    """
    Return the words of a query; None if nothing was typed, () if nothing of it is a word.

    Raises BadQuery for more than `LONGEST_QUERY` signs or `MOST_WORDS` words.
    """
    if len(q) > LONGEST_QUERY:
        raise BadQuery(f"A search has at most {LONGEST_QUERY} signs; this one has {len(q)}.")
    if not q.strip():
        return None
    # What stands before an apostrophe is a small word of its own: d'algorismes, l'IA.
    parts = _APOSTROPHES.sub(" ", q).split()
    typed = [chunk for chunk in (tuple(words_of(part)) for part in parts) if chunk]
    if sum(map(len, typed)) > MOST_WORDS:
        raise BadQuery(f"A search has at most {MOST_WORDS} words.")
    last = len(typed) - 1
    return tuple(
        Word(chunk, open_end=place == last and not q[-1].isspace())
        for place, chunk in enumerate(typed)
    )


def all_of(terms: Sequence[Term]) -> str:
    """Return the expression that all terms fit."""
    return " AND ".join(term.expression for term in terms)


def quoted(phrase: Phrase, *, open_end: bool = False) -> str:
    """Return a row of folded words as FTS5 takes it literally."""
    text = f'"{" ".join(phrase)}"'
    return f"{text} *" if open_end and len(phrase[-1]) >= _SHORTEST_PREFIX else text


def _token(concept: str) -> str:
    return token(_LETTERS[Vocabulary.load().concept(concept).scheme], concept)
