"""
Which of some records fits a query best: by the words that tell most, and by where they stand.

bm25 counts each way of saying a thing by itself, so that a rare word of one language would weigh
more than the same word of another. Here all ways of a term count as one: it weighs the more the
fewer records have it in any way, and a record gets the more of that weight the better the places
where it has it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import sqlite_utils

from content.search.index import IndexName
from content.search.words import Term

MOST_RANKED = 2_000
"""So many records are ranked like this; more are left to bm25."""
TYPED_IN_TITLE, TITLE, TEXT, CONCEPT = 0.40, 0.5, 0.35, 0.5
"""Shares of a term's weight: as typed in the title, in any way there, elsewhere, as concept."""
LEAST_SHARE = 0.25
"""Records with some of the words only must have so much of the weight of all of them."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """numbers: the best first. whole: how many of them, at the beginning, have all words."""

    numbers: tuple[int, ...]
    whole: int


class Ranking:
    """Ranks records of one index. hidden: a statement for the numbers of those not to be seen."""

    def __init__(
        self, db: sqlite_utils.Database, name: IndexName, hidden: str, facets: Sequence[str]
    ) -> None:
        """facets: expressions that every record must fit besides."""
        self._db = db
        self._text = f"{name}_text"
        self._hidden = hidden
        self._facets = tuple(facets)

    def rank(self, terms: Sequence[Term], *, wide: bool, upto: int | None = None) -> Ranked:
        """
        Return the records that have all terms; wide: after those the ones that have most of them.

        upto: the highest number that counts, so that a walk is not moved by what comes meanwhile.
        """
        everything = [term.expression for term in terms]
        whole = set(self._numbers(everything, upto))
        if wide:
            chosen, base = self._telling(terms), []
            having = [set(self._numbers([term.expression], upto)) for term in chosen]
            weights = [self._weight(len(numbers)) for numbers in having]
        else:
            # All have all terms, so only the places tell them apart.
            chosen, base = list(terms), everything
            having, weights = [whole] * len(chosen), [1.0] * len(chosen)
        scores: dict[int, float] = {}
        shares: dict[int, float] = {}
        for term, weight, numbers in zip(chosen, weights, having, strict=True):
            for number, gain in self._gains(term, numbers, base, upto).items():
                scores[number] = scores.get(number, 0.0) + weight * gain
                shares[number] = shares.get(number, 0.0) + weight
        least = LEAST_SHARE * sum(weights)
        kept = [number for number in scores if number in whole or shares[number] >= least]
        kept.sort(key=lambda number: (number not in whole, -round(scores[number], 9), -number))
        return Ranked(tuple(kept), len(whole))

    def _telling(self, terms: Sequence[Term]) -> list[Term]:
        """Return the terms that few records have, as many as can be ranked; at least one."""
        counted = sorted(((self._count(term), place) for place, term in enumerate(terms)))
        chosen: list[int] = []
        total = 0
        for count, place in counted:
            total += count
            if chosen and total > MOST_RANKED:
                break
            chosen.append(place)
        return [terms[place] for place in sorted(chosen)]

    def _count(self, term: Term) -> int:
        (count,) = self._db.execute(
            f"select count(*) from (select 1 from {self._text}"  # noqa: S608 - our own words
            f" where {self._text} match ? limit {MOST_RANKED + 1})",
            (" AND ".join([term.expression, *self._facets]),),
        ).fetchone()
        return int(count)

    def _weight(self, having: int) -> float:
        (records,) = self._db.execute(f"select max(rowid) from {self._text}").fetchone()  # noqa: S608
        return math.log(1 + records / max(having, 1))

    def _gains(
        self, term: Term, numbers: set[int], base: Sequence[str], upto: int | None
    ) -> dict[int, float]:
        left = dict.fromkeys(numbers, 1.0)
        for share, expression in (
            (TYPED_IN_TITLE, term.typed_in("title")),
            (TITLE, term.text_in("title")),
            (TEXT, term.text_in("summary names")),
            (CONCEPT, term.as_concept),
        ):
            if expression is not None:
                for number in self._numbers([*base, expression], upto):
                    if number in left:
                        left[number] *= 1 - share
        return {number: 1 - rest for number, rest in left.items()}

    def _numbers(self, expressions: Sequence[str], upto: int | None) -> list[int]:
        until = "" if upto is None else f" and rowid <= {int(upto)}"
        rows = self._db.execute(
            f"select rowid from {self._text} where {self._text} match ?"  # noqa: S608
            f" and rowid not in ({self._hidden}){until} order by rowid desc limit {MOST_RANKED}",
            (" AND ".join([*expressions, *self._facets]),),
        )
        return [number for (number,) in rows.fetchall()]
