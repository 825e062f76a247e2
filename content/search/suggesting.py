"""
What somebody may be about to type: concepts by their labels, then titles, then experts.

Only the beginning of what is typed counts, in the index's own words; nothing typed is ever syntax.
Titles and names are of records that the asker may see, looked at once more as in every search.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

import sqlite_utils

from content.experts.record import ExpertRecord
from content.folding import words_of
from content.labels import Label
from content.language import best_text
from content.resources.held import ForeignRecord
from content.resources.record import ResourceRecord
from content.search.index import IndexName
from content.search.query import LONGEST_QUERY, PUBLIC_LABELS, BadQuery, Place
from content.search.results import found_rows
from content.search.words import quoted
from content.vocabulary import Vocabulary

SHORTEST = 2
"""With fewer letters nothing is suggested."""
MOST = 20
_MOST_CONCEPTS = 4
_MOST_EXPERTS = 3
_SCHEMES = ("topics", "resource-kinds")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """
    One thing to go on with. text: to be shown and searched. language: of the text.

    id: of the concept, or the URL of the record at its origin. place: None for a concept.
    """

    kind: Literal["topic", "kind", "resource", "expert"]
    text: str
    language: str
    id: str
    place: Place | None = None


def suggest(
    db: sqlite_utils.Database,
    q: str,
    *,
    labels: frozenset[str] = PUBLIC_LABELS,
    limit: int = 8,
) -> tuple[Suggestion, ...]:
    """
    Return at most limit suggestions, none for fewer than two letters.

    labels: what the asker may see, from policy.visible_labels. limit: 1 to `MOST`; more is cut.
    Raises BadQuery for more than `LONGEST_QUERY` signs.
    """
    if len(q) > LONGEST_QUERY:
        raise BadQuery(f"A search has at most {LONGEST_QUERY} signs; this one has {len(q)}.")
    typed = tuple(words_of(q))
    limit = max(1, min(limit, MOST))
    if len("".join(typed)) < SHORTEST:
        return ()
    found = list(_concepts(q.strip().casefold(), typed))[:_MOST_CONCEPTS]
    experts = list(_experts(db, typed, labels))
    titles = list(_titles(db, typed, labels, limit))
    room = max(limit - len(found) - len(experts), 0)
    return tuple([*found, *titles[:room], *experts][:limit])


def _concepts(exact: str, typed: tuple[str, ...]) -> Iterator[Suggestion]:
    """
    Yield concepts, each once: with a label that begins exactly so, or but for accents, or within.

    exact: what was typed, with its accents, which tell the languages apart.
    """
    ranks: dict[str, tuple[int, int]] = {}
    labels = _labels()
    for place, (words, suggestion) in enumerate(labels):
        if suggestion.text.casefold().startswith(exact):
            rank = 0
        elif _begins(words, typed):
            rank = 1
        elif any(_begins(words[at:], typed) for at in range(1, len(words))):
            rank = 2
        else:
            continue
        best = (rank, place)
        ranks[suggestion.id] = min(ranks.get(suggestion.id, best), best)
    for _, place in sorted(ranks.values()):
        yield labels[place][1]


def _begins(words: tuple[str, ...], typed: tuple[str, ...]) -> bool:
    size = len(typed)
    return (
        len(words) >= size
        and words[: size - 1] == typed[:-1]
        and words[size - 1].startswith(typed[-1])
    )


@cache
def _labels() -> tuple[tuple[tuple[str, ...], Suggestion], ...]:
    vocabulary = Vocabulary.load()
    return tuple(
        (
            tuple(words_of(label)),
            Suggestion("topic" if scheme == "topics" else "kind", label, language, concept.id),
        )
        for scheme in _SCHEMES
        for concept in vocabulary.scheme(scheme).concepts
        for language, label in concept.labels.items()
    )


def _titles(
    db: sqlite_utils.Database, typed: tuple[str, ...], labels: frozenset[str], most: int
) -> Iterator[Suggestion]:
    numbers = _numbers(db, "catalogue", typed, labels, most)
    for place, stored, _ in found_rows(db, "catalogue", numbers, labels):
        model = ForeignRecord if place.origin_kind == "source" else ResourceRecord
        record = model.model_validate_json(stored)
        language, title = best_text(record.title, record.language, "en")
        yield Suggestion("resource", title, language, place.url, place)


def _experts(
    db: sqlite_utils.Database, typed: tuple[str, ...], labels: frozenset[str]
) -> Iterator[Suggestion]:
    numbers = _numbers(db, "directory", typed, labels, _MOST_EXPERTS)
    for place, stored, _ in found_rows(db, "directory", numbers, labels):
        record = ExpertRecord.model_validate_json(stored)
        yield Suggestion("expert", record.name, "und", place.url, place)


def _numbers(
    db: sqlite_utils.Database,
    name: IndexName,
    typed: tuple[str, ...],
    labels: frozenset[str],
    most: int,
) -> tuple[int, ...]:
    """Return the records, the newest first, in whose title all words stand, the last one begun."""
    if not labels:
        return ()
    last = quoted(typed[-1:], open_end=True)
    words = " AND ".join([*(quoted((word,)) for word in typed[:-1]), last])
    hidden = ", ".join(f"'{label.value}'" for label in Label if label not in labels)
    few = "label <> 'tlp-clear' and " if Label.CLEAR in labels else ""
    rows = db.execute(
        f"select rowid from {name}_text where {name}_text match ?"  # noqa: S608 - our own words
        f" and rowid not in (select id from {name} where {few}label in ({hidden}))"
        " order by rowid desc limit ?",
        (f"{{title}} : ({words})", most),
    )
    return tuple(number for (number,) in rows.fetchall())
