"""
Facets of a record in one sign each, so that those of ten thousand records are counted quickly.

A sign is a letter of Unicode that stands for one facet; `facet_signs` says for which. The text of a
record holds its signs side by side, so many records are one short text (docs/adr/0075).
"""

from collections.abc import Iterable, Mapping

import sqlite_utils

from content.search.facets import facet_word

_FIRST = 0x21
_SURROGATES = range(0xD800, 0xE000)
"""No text of Unicode has these."""


class SignStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def write(self, facets: Iterable[tuple[str, str]]) -> str:
        """Return facets (letter, value) as signs; one that has no sign yet is given the next."""
        words = list(dict.fromkeys(facet_word(*facet) for facet in facets))
        numbers = self._numbers(words)
        if new := [word for word in words if word not in numbers]:
            self._db.conn.executemany(
                "insert into facet_signs (facet) values (?)", [(word,) for word in new]
            )
            numbers = self._numbers(words)
        return "".join(sign_of(numbers[word]) for word in words)

    def meanings(self, signs: Iterable[str]) -> Mapping[str, str]:
        """Return for each sign its facet, as `facet_word` writes it. Only reads."""
        wanted = frozenset(signs)
        rows = self._db.execute("select number, facet from facet_signs").fetchall()
        return {sign: str(facet) for number, facet in rows if (sign := sign_of(number)) in wanted}

    def _numbers(self, words: list[str]) -> dict[str, int]:
        places = ", ".join("?" * len(words))
        rows = self._db.execute(
            f"select facet, number from facet_signs where facet in ({places})",  # noqa: S608
            words,
        )
        return dict(rows.fetchall())


def sign_of(number: int) -> str:
    """Return the sign with that number, from 1 on."""
    code = _FIRST + number - 1
    return chr(code if code < _SURROGATES.start else code + len(_SURROGATES))
