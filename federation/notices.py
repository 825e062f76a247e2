"""What a person has to look at: a changed key, a lasting silence, a case whose time is over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, Literal

import sqlite_utils

from content.changes import Act, ChangeStore
from content.times import from_text, to_text
from federation.errors import FederationError

NoticeKind = Literal[
    "key-changed",
    "keys-recovered",
    "forked",
    "own-fork",
    "shrunk",
    "withheld",
    "silent-hub",
    "refused",
    "own-log",
    "retention",
    "hold",
    "tell-erasure",
    "audit",
    "late-answer",
    "harvest",
    "proposal",
    "proposal-answered",
]
MOST_NOTICES = 1000


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to look at. subject: host or id it is about; times: how often it happened."""

    kind: NoticeKind
    subject: str
    text: str
    first_at: datetime
    last_at: datetime
    times: int


LASTING: Final[frozenset[NoticeKind]] = frozenset(
    {
        "key-changed",
        "forked",
        "own-fork",
        "shrunk",
        "withheld",
        "own-log",
        "audit",
        "harvest",
        "proposal",
    }
)
"""Kinds that stand for something that goes on: they end with it, and nobody can tick them off."""


class NoticeNotFound(FederationError):
    """There is no such notice."""

    code: ClassVar[str] = "notice-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such notice. hub notice list shows them.")


class NoticeLasts(FederationError):
    """What a notice is about goes on, so it is not ticked off."""

    code: ClassVar[str] = "notice-lasts"

    def __init__(self) -> None:
        super().__init__("This goes on, so its notice stays until it ends. hub doctor says how.")


def dismiss_notice(db: sqlite_utils.Database, kind: str, subject: str, act: Act) -> None:
    """Tick off a notice for a person here. Raises NoticeNotFound, NoticeLasts."""
    found = next((n for n in NoticeStore(db).all() if (n.kind, n.subject) == (kind, subject)), None)
    if found is None:
        raise NoticeNotFound
    if found.kind in LASTING:
        raise NoticeLasts
    NoticeStore(db).dismiss(found.kind, subject)
    ChangeStore(db).record(act, "notice.dismiss", subject, kind)


class NoticeStore:
    """Works on an open database inside the caller's transaction."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def note(self, kind: NoticeKind, subject: str, text: str, at: datetime) -> None:
        """Note something, or count it once more. The oldest make room beyond MOST_NOTICES."""
        moment = to_text(at)
        self._db.execute(
            "insert into notices (kind, subject, text, first_at, last_at, times)"
            " values (?, ?, ?, ?, ?, 1) on conflict (kind, subject) do update"
            " set text = excluded.text, last_at = excluded.last_at, times = times + 1",
            (kind, subject, text, moment, moment),
        )
        self._db.execute(
            "delete from notices where (kind, subject) in (select kind, subject from notices"
            " order by last_at desc, kind, subject limit -1 offset ?)",
            (MOST_NOTICES,),
        )

    def dismiss(self, kind: NoticeKind, subject: str) -> bool:
        """Forget a notice; return whether there was one."""
        gone = self._db.execute(
            "delete from notices where kind = ? and subject = ?", (kind, subject)
        )
        return int(gone.rowcount) == 1

    def all(self) -> Iterator[Notice]:
        """Go through all notices, newest first."""
        for kind, subject, text, first, last, times in self._db.execute(
            "select kind, subject, text, first_at, last_at, times from notices"
            " order by last_at desc, kind, subject"
        ):
            yield Notice(kind, subject, text, from_text(first), from_text(last), times)
