"""
Which records of an index match, in which order, and how their facets count (docs/adr/0011, 0047).

Words are read first (content/search/reading.py). What has all of them is counted; if that is
little, what has most of them is taken besides. Few matches are ranked term by term, many by bm25;
of more than `EXACT_TO`, those with the words in their titles come first, and then the latest, so
that no word takes a reader for long.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlite_utils

from content.paging import check_limit
from content.search import query
from content.search.cursor import Cursor, read_cursor, write_cursor
from content.search.facets import count_facets, token
from content.search.index import IndexName
from content.search.known_words import KnownWords
from content.search.matches import Matches, beyond
from content.search.query import FacetCount, Query, ReadAs, Results, Sort
from content.search.ranking import MOST_RANKED, Ranking
from content.search.reading import Reading, read
from content.search.signs import SignStore
from content.search.words import Term, all_of

F = TypeVar("F")
ENOUGH = 10
"""With fewer records that have all words, those with most of them are shown too."""


@dataclass(frozen=True, slots=True)
class Answer:
    """
    numbers: of the records of this page, in order. reading: None where no words were asked for.

    whole: how many have all words, where others are shown too.
    """

    numbers: tuple[int, ...]
    total: int
    total_is_exact: bool
    facets: Mapping[str, tuple[FacetCount, ...]]
    next_cursor: str | None = None
    reading: Reading | None = None
    whole: int | None = None

    def showing(self, items: Iterable[F]) -> Results[F]:
        """Return the page with the records themselves."""
        reading = self.reading or Reading(())
        return Results(
            items=tuple(items),
            total=self.total,
            total_is_exact=self.total_is_exact,
            facets=self.facets,
            next_cursor=self.next_cursor,
            with_all_words=self.whole,
            missing=reading.missing,
            read_as=tuple(ReadAs(each.typed, each.read_as) for each in reading.corrections),
        )


class Engine:
    """Searches one index on a connection that may be read-only."""

    def __init__(self, db: sqlite_utils.Database, name: IndexName, facets: Iterable[str]) -> None:
        """facets: the names of those that are counted."""
        self._db = db
        self._name = name
        self._facets = tuple(facets)

    def answer(self, asked: Query, filters: Sequence[tuple[str, str]]) -> Answer:
        """
        Return one page. filters: facet and value, all of which must hold.

        Raises BadLimit, BadQuery or BadCursor.
        """
        check_limit(asked.limit)
        reading = read(asked.q, KnownWords(self._db, self._name, asked.labels))
        sort: Sort = asked.sort or "relevance"
        if reading is None and sort == "relevance":
            sort = "newest"
        identity = repr((asked.q, filters, sorted(asked.labels), sort))
        cursor = None if asked.cursor is None else read_cursor(asked.cursor, identity)
        terms = () if reading is None else reading.terms
        if (reading is not None and not terms) or not asked.labels:
            return Answer((), 0, True, self._counted(Counter()), reading=reading)
        chosen = [f'facets : "{token(*each)}"' for each in filters]
        expression = " AND ".join([*([all_of(terms)] if terms else []), *chosen])
        titled = " AND ".join([*(each.text_in("title") for each in terms), *chosen])
        found = Matches(self._db, self._name, expression, sorted(asked.labels), titled=titled)
        # A walk goes on among the records that were there when it began.
        upto = cursor.upto if cursor is not None and sort == "relevance" else None
        count, signs = found.count(upto)
        few = count < (ENOUGH if sort == "relevance" else 1)
        wide = cursor.wide if cursor is not None else few and len(terms) > 1
        whole, order = None, None
        by_terms = sort == "relevance" and count <= MOST_RANKED and any(map(_has_ways, terms))
        if wide or by_terms:
            ranking = Ranking(self._db, self._name, found.hidden, chosen)
            ranked = ranking.rank(terms, wide=wide, upto=upto)
            order = ranked.numbers
            if wide:
                found = Matches(self._db, self._name, "", sorted(asked.labels), only=order)
                whole, (count, signs) = ranked.whole, found.count()
        capped = count > query.EXACT_TO
        if order is not None and sort == "relevance":
            rows = [(number, "") for number in beyond(order, cursor)][: asked.limit + 1]
        else:
            rows = found.page(sort, cursor, asked.limit + 1, capped and bool(expression))
        shown, more = rows[: asked.limit], len(rows) > asked.limit
        following = None
        if more:
            number, value = shown[-1]
            offset = (cursor.offset if cursor else 0) + len(shown)
            until = cursor.upto if cursor else found.newest_number()
            following = write_cursor(Cursor(number, offset, until, value, wide), identity)
        return Answer(
            tuple(number for number, _ in shown),
            min(count, query.EXACT_TO),
            not capped,
            self._counted(signs),
            following,
            reading,
            whole,
        )

    def _counted(self, signs: Counter[str]) -> Mapping[str, tuple[FacetCount, ...]]:
        return count_facets(signs, SignStore(self._db).meanings(signs), self._facets)


def _has_ways(term: Term) -> bool:
    """Return whether a term can be said in other words; bm25 ranks well what cannot."""
    return bool(term.phrases or term.concepts)
