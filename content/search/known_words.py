"""
The words that an index has: whether one is there, and which others begin alike.

Read from the index itself (`fts5vocab`), so there is nothing to keep up to date and nothing that an
erased record could leave behind. A word counts only if a record has it that the asker may see.
"""

import json
from collections.abc import Iterable

import sqlite_utils

from content.labels import Label
from content.search import query
from content.search.index import IndexName


class KnownWords:
    """Reads one index; labels: what the asker may see."""

    def __init__(self, db: sqlite_utils.Database, name: IndexName, labels: frozenset[str]) -> None:
        self._db = db
        self._name = name
        hidden = ", ".join(f"'{label.value}'" for label in Label if label not in labels)
        few = "label <> 'tlp-clear' and " if Label.CLEAR in labels else ""
        self._seen = (
            f"select 1 from {name}_text where {name}_text match :expression"  # noqa: S608 - our own words
            f" and rowid not in (select id from {name} where {few}label in ({hidden})) limit "
        )

    def has(self, expression: str) -> bool:
        """Return whether any record that may be seen matches an expression of FTS5."""
        found = self._db.execute(f"{self._seen} 1", {"expression": expression})
        return found.fetchone() is not None

    def has_in_very_many(self, expression: str) -> bool:
        """Return whether more than `EXACT_TO` records that may be seen match an expression."""
        (count,) = self._db.execute(
            f"select count(*) from ({self._seen} {query.EXACT_TO + 1})",  # noqa: S608
            {"expression": expression},
        ).fetchone()
        return bool(count > query.EXACT_TO)

    def starting(self, start: str, most: int) -> list[str]:
        """
        Return words that begin so, in alphabetical order, hidden ones too.

        Each is found by a step of its own, so that a word of very many records costs no more than
        a rare one.
        """
        after = f"select term from {self._name}_words where term >="  # noqa: S608
        rows = self._db.execute(
            f"with recursive found(word) as ("  # noqa: S608
            f" select ({after} :start limit 1)"
            f" union all select ({after} word || char(1) limit 1) from found"
            "  where word < :end"
            f") select word from found where word < :end limit {int(most)}",
            {"start": start, "end": f"{start}\U0010ffff"},
        )
        return [word for (word,) in rows.fetchall()]

    def among(self, words: Iterable[str]) -> list[str]:
        """Return those of some words that the index has, hidden ones too."""
        rows = self._db.execute(
            "select value from json_each(?) where exists"  # noqa: S608
            f" (select 1 from {self._name}_words where term = value)",
            (json.dumps(sorted(words)),),
        )
        return [word for (word,) in rows.fetchall()]
