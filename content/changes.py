"""
Who did what, when: one row for every change of what the hub holds, and for every reading of a case.

The rows are a chain (content/chain.py): one that is removed, edited or moved is found by
content/audit.py (SECURITY.md S55).
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import sqlite_utils

from content.chain import GENESIS, SALT_BYTES, Details, digest_of, hash_of
from content.errors import ContentError
from content.paging import check_limit
from content.times import from_text, to_milliseconds, to_text

_WHAT = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z]+([-_][a-z]+)*")
_CURSOR = re.compile(r"[1-9][0-9]{0,17}")
LONGEST_NOTE = 500
_SALT = f"select randomblob({SALT_BYTES})"
_LAST = f"select seq, hash, randomblob({SALT_BYTES}) from changes order by seq desc limit 1"  # noqa: S608
_INSERT = (
    "insert into changes (seq, at, what, access, digest, hash, by, subject, note, salt)"
    " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class BadChangeCursor(ContentError):
    """The place to go on in the list of changes was not made by us."""

    code: ClassVar[str] = "bad-change-cursor"

    def __init__(self) -> None:
        super().__init__("This cursor is not one that the list of changes gave out.")


@dataclass(frozen=True, slots=True)
class Act:
    """
    Who changes something, and when. Every function that writes takes one.

    by: a user name, "requester", "hub:HOST" for another hub, or "system" for the node itself.
    at: timezone-aware; kept in UTC and to the millisecond.
    """

    by: str
    at: datetime

    def __post_init__(self) -> None:
        """Bring the moment into the form in which it is stored."""
        if not self.by:
            raise ValueError("An act needs somebody who did it.")
        object.__setattr__(self, "at", to_milliseconds(self.at))


@dataclass(frozen=True, slots=True)
class Change:
    """One recorded act. seq: our own order, from 1 on and without gaps."""

    seq: int
    at: datetime
    by: str
    what: str
    subject: str
    note: str


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes, newest first. next_cursor: what `recent` takes to go on, None at the end."""

    items: tuple[Change, ...]
    next_cursor: str | None


class ChangeStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def record(self, act: Act, what: str, subject: str, note: str = "") -> None:
        """
        Remember one act; it commits with the change itself, or not at all.

        what: thing and verb, such as "resource.publish". subject: the id of the thing.
        note: at most 500 signs; never the text of a case, a name of a requester or a secret.
        """
        self._append(act, what, 0, Details(act.by, subject, note))

    def record_access(self, act: Act, what: str, subject: str, way: str) -> None:
        """
        Remember that somebody read a case, or what belongs to one.

        what: such as "case.read". subject: the id of the case. way: "api", "command" or "page".
        These rows are not in `recent` and `of`; after some months (federation/law/retention_run.py)
        only time and verb are left of them.
        """
        self._append(act, what, 1, Details(act.by, subject, way))

    def _append(self, act: Act, what: str, access: int, details: Details) -> None:
        if not _WHAT.fullmatch(what):
            raise ValueError(f"{what!r} is not of the form thing.verb.")
        if len(details.note) > LONGEST_NOTE:
            raise ValueError(f"A note of a change has at most {LONGEST_NOTE} signs.")
        # The salt is drawn by SQLite, so that what is recorded needs no chance handed in.
        last = self._db.execute(_LAST).fetchone()
        seq, before, salt = last or (0, GENESIS, self._db.execute(_SALT).fetchone()[0])
        seq, at, digest = seq + 1, to_text(act.at), digest_of(details, salt)
        row_hash = hash_of(before, seq, at, what, access, digest)
        values = (seq, at, what, access, digest, row_hash)
        self._db.execute(_INSERT, (*values, details.by, details.subject, details.note, salt))

    def recent(self, limit: int = 50, cursor: str | None = None) -> ChangePage:
        """
        Return one page of all changes, newest first.

        Raises BadLimit, or BadChangeCursor.
        """
        return self._page("access = 0", (), limit, cursor)

    def of(self, subject: str, limit: int = 50, cursor: str | None = None) -> ChangePage:
        """Return one page of the changes of one thing, newest first."""
        return self._page("access = 0 and subject = ?", (subject,), limit, cursor)

    def of_all(
        self, subjects: tuple[str, ...], limit: int = 50, cursor: str | None = None
    ) -> ChangePage:
        """Return one page of the changes of several things together, newest first."""
        places = ", ".join("?" * len(subjects))
        return self._page(f"access = 0 and subject in ({places})", subjects, limit, cursor)

    def _page(
        self, condition: str, values: tuple[Any, ...], limit: int, cursor: str | None
    ) -> ChangePage:
        check_limit(limit)
        if cursor is not None:
            if not _CURSOR.fullmatch(cursor):
                raise BadChangeCursor
            condition += " and seq < ?"
            values += (int(cursor),)
        rows = self._db.execute(
            "select seq, at, by, what, subject, note from changes"  # noqa: S608 - our own words
            f" where {condition} order by seq desc limit ?",
            (*values, limit + 1),
        ).fetchall()
        items = tuple(
            Change(seq, from_text(at), by, what, subject, note)
            for seq, at, by, what, subject, note in rows[:limit]
        )
        return ChangePage(items, str(items[-1].seq) if len(rows) > limit else None)
