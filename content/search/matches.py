"""
The statements of one search: how many records match, with which facets, and which come next.

Counting does not rank, so it stays cheap for words that nearly every record has.
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import sqlite_utils

from content.labels import Label
from content.search import query
from content.search.cursor import Cursor
from content.search.index import IndexName
from content.search.query import Sort

_SCORE = "bm25({name}_text, 10.0, 3.0, 4.0, 6.0)"
"""Weights of title, summary, names and facets. Smaller is better."""


class Matches:
    """
    The SQL of one search. expression: of FTS5, or empty for all records.

    titled: the expression of those that have all words in their titles. only: numbers of records,
    of which nothing else is taken; the expression is then empty.
    """

    def __init__(
        self,
        db: sqlite_utils.Database,
        name: IndexName,
        expression: str,
        labels: list[str],
        titled: str = "",
        only: Sequence[int] | None = None,
    ) -> None:
        self._db = db
        self._name = name
        self._text = bool(expression)
        self._titled = titled
        self._values: dict[str, Any] = {"expression": expression}
        self._values.update((f"label{place}", label) for place, label in enumerate(labels))
        allowed = ", ".join(f":label{place}" for place in range(len(labels)))
        hidden = ", ".join(f"'{label.value}'" for label in Label if label not in labels)
        # The first part lets SQLite use the index of what is not clear, which is little.
        few = "label <> 'tlp-clear' and " if Label.CLEAR in labels else ""
        self.hidden = f"select id from {name} where {few}label in ({hidden})"  # noqa: S608
        if expression:
            found = (
                f"from {name}_text t cross join {name} c{{index}} on c.id = t.rowid"
                f" where {name}_text match :expression and c.label in ({allowed})"
            )
            self._from = found.format(index="")
            # Rows are wide and lie far apart; what is counted of them lies close in this index.
            self._narrow = found.format(index=f" indexed by {name}_counted")
        else:
            # Left to itself SQLite may rather look for the label, which nearly all records have.
            self._from = f"from {name} c indexed by {name}_titles where c.label in ({allowed})"
            self._narrow = f"from {name} c indexed by {name}_newest where c.label in ({allowed})"
        if only is not None:
            # The few numbers lead, or SQLite walks through the whole table for the order.
            self._values["only"] = json.dumps(only)
            self._from = self._narrow = (
                f"from json_each(:only) o cross join {name} c indexed by {name}_counted"
                f" on c.id = o.value where c.label in ({allowed})"
            )

    def count(self, upto: int | None = None) -> tuple[int, Counter[str]]:
        """
        Return how many match, up to one more than `EXACT_TO`, and how often those have each sign.

        upto: the highest number that counts.
        """
        until = "" if upto is None else f" and c.id <= {int(upto)}"
        order = "t.rowid desc" if self._text else "c.published_at desc, c.id desc"
        count, signs = self._db.execute(
            "select count(*), group_concat(signs, '') from"  # noqa: S608 - our own words
            f" (select c.signs {self._narrow}{until} order by {order} limit {query.EXACT_TO + 1})",
            self._values,
        ).fetchone()
        return int(count), Counter(signs or "")

    def newest_number(self) -> int:
        """Return the highest number that the index has given."""
        (number,) = self._db.execute(f"select max(id) from {self._name}").fetchone()  # noqa: S608
        return int(number or 0)

    def page(
        self, sort: Sort, cursor: Cursor | None, limit: int, capped: bool
    ) -> list[tuple[int, str]]:
        """Return number and sorting value of the next records."""
        if sort == "relevance":
            numbers = (
                self._in_titles_first(cursor, limit) if capped else self._by_score(cursor, limit)
            )
            return [(number, "") for number in beyond(numbers, cursor)][:limit]
        column, way, sign, found = (
            ("published_at", "desc", "<", self._narrow)
            if sort == "newest"
            else ("sort_title", "asc", ">", self._from)
        )
        values = dict(self._values)
        inner = f"select c.id as id, c.{column} as value {found}"
        after = ""
        if cursor is not None:
            values |= {"value": cursor.value, "last": cursor.last, "upto": cursor.upto}
            after = f"({{value}}, {{id}}) {sign} (:value, :last)"
        if capped:
            upto = " and t.rowid <= :upto" if cursor is not None else ""
            after = f"where {after.format(value='value', id='id')}" if after else ""
            inner += f"{upto} order by t.rowid desc limit {query.EXACT_TO}"
            inner = f"select id, value from ({inner}) {after}"  # noqa: S608
        elif after:
            inner += f" and {after.format(value=f'c.{column}', id='c.id')}"
        rows = self._db.execute(f"{inner} order by value {way}, id {way} limit {limit}", values)
        return [(int(number), str(value)) for number, value in rows.fetchall()]

    def _by_score(self, cursor: Cursor | None, limit: int) -> list[int]:
        """Return those that match, the best by bm25 first; with a cursor all."""
        most = limit if cursor is None else query.EXACT_TO
        score = _SCORE.format(name=self._name)
        rows = self._db.execute(
            f"select id from (select t.rowid as id, {score} as score from {self._name}_text t"  # noqa: S608
            f" where {self._seen(cursor)}) order by score, id desc limit {most}",
            self._values,
        )
        return [int(number) for (number,) in rows.fetchall()]

    def _in_titles_first(self, cursor: Cursor | None, limit: int) -> list[int]:
        """
        Return those that have all words in their titles, then the others, the latest first.

        So very many are not scored: bm25 would first count every word in the whole index.
        """
        most = limit if cursor is None else query.EXACT_TO
        titled = self._latest(self._titled, cursor, most) if self._titled else []
        if len(titled) >= most:
            return titled
        others = self._latest(str(self._values["expression"]), cursor, most + len(titled))
        return list(dict.fromkeys((*titled, *others)))[: query.EXACT_TO]

    def _latest(self, expression: str, cursor: Cursor | None, most: int) -> list[int]:
        rows = self._db.execute(
            f"select t.rowid from {self._name}_text t where {self._seen(cursor)}"  # noqa: S608
            f" order by t.rowid desc limit {min(most, query.EXACT_TO)}",
            {"expression": expression},
        )
        return [int(number) for (number,) in rows.fetchall()]

    def _seen(self, cursor: Cursor | None) -> str:
        """Return the condition of what matches and may be seen; records that came later push."""
        # To look up each match in the table costs more than to rank it, and little is hidden.
        upto = "" if cursor is None else f" and t.rowid <= {int(cursor.upto)}"
        return f"{self._name}_text match :expression and t.rowid not in ({self.hidden}){upto}"


def beyond(order: Sequence[int], cursor: Cursor | None) -> Sequence[int]:
    """Return what comes after the cursor; if its record is gone, the count of those shown tells."""
    if cursor is None:
        return order
    return order[order.index(cursor.last) + 1 if cursor.last in order else cursor.offset :]
