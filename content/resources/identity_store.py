"""The SQL of identities: which records share an address, a number in law, a DOI, or a title."""

from collections.abc import Iterable, Iterator

import sqlite_utils

SEEN = "-"
"""Stands beside the identities of each record that was looked at, also where it has none."""


class IdentityStore:
    """
    Works on an open database inside the caller's transaction; never begins or commits one.

    Derived, and made when somebody looks for duplicates: records arrive by the hundred thousand.
    """

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def put(self, url: str, identities: Iterable[str]) -> None:
        """Note by what a record is known. url: its id, at its origin."""
        self.drop(url)
        for identity in (SEEN, *sorted(identities)):
            self._db.execute(
                "insert into catalogue_identities (identity, url) values (?, ?)", (identity, url)
            )

    def drop(self, url: str) -> None:
        """Forget a record, as when it changed or is gone."""
        if self._seen(url):
            self._db.execute("delete from catalogue_identities where url = ?", (url,))

    def clear(self) -> None:
        """Forget all records."""
        self._db.execute("delete from catalogue_identities")

    def missing(self, limit: int) -> list[str]:
        """Return some of the records that can be found here and were not looked at yet."""
        rows = self._db.execute(
            "select url from (select url from catalogue union all select url from catalogue_same) c"
            " where not exists (select 1 from catalogue_identities i where i.url = c.url) limit ?",
            (limit,),
        )
        return [url for (url,) in rows.fetchall()]

    def _seen(self, url: str) -> bool:
        row = self._db.execute(
            "select 1 from catalogue_identities where url = ? limit 1", (url,)
        ).fetchone()
        return row is not None

    def shared(self) -> Iterator[tuple[str, list[str]]]:
        """Yield each identity that several records have, and their addresses in order."""
        rows = self._db.execute(
            "select identity, url from catalogue_identities where identity in (select identity"
            " from catalogue_identities where identity <> ? group by identity having count(*) > 1)"
            " order by identity, url",
            (SEEN,),
        )
        group: list[str] = []
        last = ""
        for identity, url in rows:
            if identity != last:
                if group:
                    yield last, group
                last, group = identity, []
            group.append(url)
        if group:
            yield last, group
