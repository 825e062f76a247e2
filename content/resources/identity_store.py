"""The SQL of identities: which records share an address, a number in law, a DOI, or a title."""

from collections.abc import Iterable, Iterator

import sqlite_utils


class IdentityStore:
    """
    Works on an open database inside the caller's transaction; never begins or commits one.

    Derived, as the catalogue, and kept up to date by it.
    """

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def put(self, url: str, identities: Iterable[str]) -> None:
        """Note by what a record is known. url: its id, at its origin."""
        wanted, noted = set(identities), self.of(url)
        for identity in noted - wanted:
            self._db.execute(
                "delete from catalogue_identities where identity = ? and url = ?", (identity, url)
            )
        for identity in wanted - noted:
            self._db.execute(
                "insert into catalogue_identities (identity, url) values (?, ?)", (identity, url)
            )

    def drop(self, url: str) -> None:
        """Forget a record."""
        self._db.execute("delete from catalogue_identities where url = ?", (url,))

    def clear(self) -> None:
        """Forget all records."""
        self._db.execute("delete from catalogue_identities")

    def shared(self) -> Iterator[tuple[str, list[str]]]:
        """Yield each identity that several records have, and their addresses in order."""
        rows = self._db.execute(
            "select identity, url from catalogue_identities where identity in (select identity"
            " from catalogue_identities group by identity having count(*) > 1)"
            " order by identity, url"
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

    def of(self, url: str) -> set[str]:
        """Return by what a record is known."""
        rows = self._db.execute("select identity from catalogue_identities where url = ?", (url,))
        return {identity for (identity,) in rows.fetchall()}
