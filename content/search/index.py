"""
The index that searches read: one row and one set of words for each record that may be found.

The same shape for resources (`catalogue`) and experts (`directory`). Derived: see `rebuild` of
their writers. Words are folded before they go in (content/folding.py), so SQLite's own tokenizer
only has to part them at blanks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlite_utils

from content.folding import words_of
from content.held import Held
from content.search.facets import facets_text, token
from content.search.signs import SignStore
from content.times import to_text

_STEP_PAGES = 500
_STEP_CHANGES = 2
"""A merge that had nothing to do counts as fewer changes (https://sqlite.org/fts5.html#the_merge_command)."""
IndexName = Literal["catalogue", "directory"]
Facets = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """Which record it is, whose, and who may see it. url: its id, at its origin."""

    url: str
    hub: str
    ref: str
    own: bool
    label: str
    published_at: datetime

    @classmethod
    def of_held(cls, held: Held[Any]) -> "IndexEntry":
        """Return the entry of a record that another hub published."""
        return cls(
            url=held.url,
            hub=held.hub,
            ref=held.ref,
            own=False,
            label=held.label.value,
            # A peer's clock may not put its records on top.
            published_at=min(held.published_at or held.received_at, held.received_at),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Findable:
    """
    What a record is found by.

    facets: (letter, value) of content/search/facets.py, all that are counted; only_found: further
    ones that are not counted. titles, summaries: in all languages. names: publisher, city, tags.
    """

    sort_title: str
    titles: Iterable[str]
    summaries: Iterable[str]
    names: Iterable[str]
    facets: Facets
    only_found: Facets = ()


class SearchIndex:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database, name: IndexName) -> None:
        self._db = db
        self._name = name
        self._signs = SignStore(db)

    def put(self, entry: IndexEntry, found_by: Findable) -> None:
        """Index a record, or index it anew; the url says which record it is."""
        row = {
            "url": entry.url,
            "hub": entry.hub,
            "ref": entry.ref,
            "own": int(entry.own),
            "label": entry.label,
            "facets": facets_text(found_by.facets),
            "signs": self._signs.write(found_by.facets),
            "sort_title": " ".join(words_of(found_by.sort_title))[:200],
            "published_at": to_text(entry.published_at),
        }
        added = self._db.execute(
            f"insert into {self._name}"  # noqa: S608 - one of our two names
            " (url, hub, ref, own, label, facets, signs, sort_title, published_at) values"
            " (:url, :hub, :ref, :own, :label, :facets, :signs, :sort_title, :published_at)"
            " on conflict (url) do nothing",
            row,
        )
        if added.rowcount:
            self._put_words(added.lastrowid, found_by, "insert")
            return
        self._db.execute(
            f"update {self._name} set hub = :hub, ref = :ref, own = :own, label = :label,"  # noqa: S608
            " facets = :facets, signs = :signs, sort_title = :sort_title,"
            " published_at = :published_at where url = :url",
            row,
        )
        self._put_words(self._number(entry.url), found_by, "insert or replace")

    def _put_words(self, number: int | None, found_by: Findable, insert: str) -> None:
        """Write the words of a record. insert: to replace costs a look-up that a new one spares."""
        self._db.execute(
            f"{insert} into {self._name}_text"
            " (rowid, title, summary, names, facets) values (?, ?, ?, ?, ?)",
            (
                number,
                _words(found_by.titles),
                _words(found_by.summaries),
                _words(found_by.names),
                " ".join(token(*facet) for facet in (*found_by.facets, *found_by.only_found)),
            ),
        )

    def label_of(self, url: str) -> str | None:
        """Return the handling label of a record that is in, None of one that is not."""
        row = self._db.execute(
            f"select label from {self._name} where url = ?",  # noqa: S608 - one of our two names
            (url,),
        ).fetchone()
        return None if row is None else str(row[0])

    def drop(self, url: str) -> None:
        """Take a record out; one that is not in is no mistake."""
        number = self._number(url)
        if number is not None:
            self._db.execute(f"delete from {self._name} where id = ?", (number,))  # noqa: S608
            self._db.execute(f"delete from {self._name}_text where rowid = ?", (number,))  # noqa: S608

    def drop_hub(self, hub: str) -> None:
        """Take out all records of a hub, as when it is no longer a peer."""
        rows = self._db.execute(f"select url from {self._name} where hub = ?", (hub,))  # noqa: S608
        for (url,) in rows.fetchall():
            self.drop(url)

    def purge(self) -> None:
        """
        Make the words of what was dropped or changed vanish from the file, not only from results.

        Costs about as much as reading the index once; for erasure, not for every change.
        """
        self._db.execute(f"insert into {self._name}_text ({self._name}_text) values ('optimize')")  # noqa: S608

    def purge_a_step(self, *, first: bool) -> bool:
        """
        Do a part of what `purge` does, some milliseconds' worth; return whether there is more.

        first: whether this begins it. What others write between the steps does not matter.
        """
        before = self._db.conn.total_changes
        pages = -_STEP_PAGES if first else _STEP_PAGES
        self._db.execute(
            f"insert into {self._name}_text ({self._name}_text, rank) values ('merge', ?)",  # noqa: S608
            (pages,),
        )
        return int(self._db.conn.total_changes - before) >= _STEP_CHANGES

    def clear(self) -> None:
        """Take everything out."""
        self._db.execute(f"delete from {self._name}")  # noqa: S608
        self._db.execute(f"insert into {self._name}_text ({self._name}_text) values ('delete-all')")  # noqa: S608

    def _number(self, url: str) -> int | None:
        """
        Return the row of a record, None if it is not in.

        Asked for on its own: a statement with `returning` makes FTS5 write out all the words it
        has collected in the transaction, which costs more than everything else.
        """
        row = self._db.execute(
            f"select id from {self._name} where url = ?",  # noqa: S608 - one of our two names
            (url,),
        ).fetchone()
        return None if row is None else int(row[0])


def best_title(texts: Mapping[str, str]) -> str:
    """Return the text to sort by: English if there is one, else the first by tag."""
    return texts.get("en") or texts[min(texts)]


def _words(texts: Iterable[str]) -> str:
    return " ".join([" ".join(words_of(text)) for text in texts])
