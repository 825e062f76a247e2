"""
The statements of one search: how many records match, with which facets, and which come next.

Counting does not rank, so it stays cheap for words that nearly every record has.
"""

import json
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

    only: numbers of records, of which nothing else is taken; the expression is then empty.
    """

    def __init__(
        self,
        db: sqlite_utils.Database,
        name: IndexName,
        expression: str,
        labels: list[str],
        only: Sequence[int] | None = None,
    ) -> None:
        self._db = db
        self._name = name
        self._text = bool(expression)
        self._values: dict[str, Any] = {"expression": expression}
        self._values.update((f"label{place}", label) for place, label in enumerate(labels))
        allowed = ", ".join(f":label{place}" for place in range(len(labels)))
        hidden = ", ".join(f"'{label.value}'" for label in Label if label not in labels)
        # The first part lets SQLite use the index of what is not clear, which is little.
        few = "label <> 'tlp-clear' and " if Label.CLEAR in labels else ""
        self.hidden = f"select id from {name} where {few}label in ({hidden})"  # noqa: S608
        if expression:
            self._from = (
                f"from {name}_text t cross join {name} c on c.id = t.rowid"
                f" where {name}_text match :expression and c.label in ({allowed})"
            )
        else:
            self._from = f"from {name} c where c.label in ({allowed})"
        if only is not None:
            # The few numbers lead, or SQLite walks through the whole table for the order.
            self._values["only"] = json.dumps(only)
            self._from = (
                f"from json_each(:only) o cross join {name} c on c.id = o.value"
                f" where c.label in ({allowed})"
            )

    def count(self, upto: int | None = None) -> tuple[int, str]:
        """
        Return how many match, up to one more than `EXACT_TO`, and the facets of those.

        upto: the highest number that counts.
        """
        until = "" if upto is None else f" and c.id <= {int(upto)}"
        order = "t.rowid desc" if self._text else "c.published_at desc, c.id desc"
        count, facets = self._db.execute(
            "select count(*), group_concat(facets, ' ') from"  # noqa: S608 - our own words
            f" (select c.facets {self._from}{until} order by {order} limit {query.EXACT_TO + 1})",
            self._values,
        ).fetchone()
        return int(count), facets or ""

    def newest_number(self) -> int:
        """Return the highest number that the index has given."""
        (number,) = self._db.execute(f"select max(id) from {self._name}").fetchone()  # noqa: S608
        return int(number or 0)

    def page(
        self, sort: Sort, cursor: Cursor | None, limit: int, capped: bool
    ) -> list[tuple[int, str]]:
        """Return number and sorting value of the next records."""
        if sort == "relevance":
            return self._by_relevance(cursor, limit, capped)
        column, way, sign = (
            ("published_at", "desc", "<") if sort == "newest" else ("sort_title", "asc", ">")
        )
        values = dict(self._values)
        inner = f"select c.id as id, c.{column} as value {self._from}"
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

    def _by_relevance(
        self, cursor: Cursor | None, limit: int, capped: bool
    ) -> list[tuple[int, str]]:
        upto, values = "", dict(self._values)
        if cursor is not None:
            # Records that came since the first page would push others back and forth.
            upto, values["upto"] = " and t.rowid <= :upto", cursor.upto
            limit = query.EXACT_TO
        score = _SCORE.format(name=self._name)
        # To look up each match in the table costs more than to rank it, and little is hidden.
        inner = (
            f"select t.rowid as id, {score} as score from {self._name}_text t"  # noqa: S608
            f" where {self._name}_text match :expression and t.rowid not in"
            f" ({self.hidden}){upto}"
        )
        if capped:
            inner += f" order by t.rowid desc limit {query.EXACT_TO}"
        rows = self._db.execute(
            f"select id from ({inner}) order by score, id desc limit {limit}",  # noqa: S608
            values,
        ).fetchall()
        if cursor is None:
            return [(int(number), "") for (number,) in rows]
        numbers = [int(number) for (number,) in rows]
        # The last one shown tells the place; if it is gone, the count of those shown does.
        start = numbers.index(cursor.last) + 1 if cursor.last in numbers else cursor.offset
        return [(number, "") for number in numbers[start:]]
