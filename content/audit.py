"""
The audit: is the chain of changes and readings whole, who read what, and what is forgotten when.

A chain alone does not tell that its end was cut off, or that all of it was written anew. So a mark
outside of the database says how far it once was (docs/adr/0035-audit.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import sqlite_utils

from content.chain import GENESIS, Details, digest_of, hash_of
from content.changes import Act, ChangeStore
from content.paging import check_limit
from content.times import from_text, to_text

AUDIT: Final[Literal["audit"]] = "audit"
"""Subject of the changes that are about the audit itself."""
FORGET, VERIFY, ACCEPT = "audit.forget", "audit.verify", "audit.accept"
FORGOTTEN_AT_ONCE: Final = 5000

Kind = Literal["change", "access"]
Reason = Literal[
    "row-missing",
    "details-differ",
    "details-missing",
    "hash-differs",
    "end-missing",
    "rewritten",
    "mark-missing",
]
_WORDS: dict[Reason, str] = {
    "row-missing": "a row with this number is missing: it was removed, or numbers were changed",
    "details-differ": "who, what it was about or its note is not what was recorded",
    "details-missing": "who and what it was about were removed, and not by their time",
    "hash-differs": "the row, or its place behind the row before, is not as it was recorded",
    "end-missing": "rows up to this number were there once: the end was cut off, or the database"
    " is an older one",
    "rewritten": "the row with this number was another one once: the chain was written anew",
    "mark-missing": "the mark outside of the database is gone, so nobody can tell whether the end"
    " was cut off",
}


@dataclass(frozen=True, slots=True)
class ChainMark:
    """How far the chain is: number and hash of its newest row. An empty chain has 0, GENESIS."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Break:
    """The first thing that is wrong. seq: number of the row. text: in words, safe to show."""

    seq: int
    reason: Reason
    text: str


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """
    What a check of the chain came to.

    rows: how many were checked before the end or the break. accesses: those that say that something
    was read. forgotten: those of which only time and verb are left. head: the newest row that
    holds. broken: None if all of it holds.
    """

    rows: int
    accesses: int
    forgotten: int
    head: ChainMark
    broken: Break | None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row of the audit, as people read it. by, subject and note are None once forgotten."""

    seq: int
    at: datetime
    what: str
    access: bool
    by: str | None
    subject: str | None
    note: str | None


def head_of(db: sqlite_utils.Database) -> ChainMark:
    """Return how far the chain is now."""
    row = db.execute("select seq, hash from changes order by seq desc limit 1").fetchone()
    return ChainMark(0, GENESIS) if row is None else ChainMark(row[0], row[1])


def holds(db: sqlite_utils.Database, mark: ChainMark) -> bool:
    """Return whether the row that a mark names is there with that hash. Does not walk the chain."""
    if mark.seq == 0:
        return mark.hash == GENESIS
    row = db.execute("select hash from changes where seq = ?", (mark.seq,)).fetchone()
    return row is not None and row[0] == mark.hash


def check_audit(db: sqlite_utils.Database, mark: ChainMark | None) -> AuditVerdict:
    """
    Walk the whole chain; return what it came to, with the first row that is wrong.

    mark: how far the chain is known to have been, read before this database was; None if that is
    not known, which counts as a break, after all others. Some 150,000 rows a second.
    """
    before, seq, accesses, forgotten = GENESIS, 0, 0, 0
    horizon = _horizon(db)

    def end(number: int, reason: Reason) -> AuditVerdict:
        broken = Break(number, reason, _WORDS[reason])
        return AuditVerdict(seq, accesses, forgotten, ChainMark(seq, before), broken)

    for number, at, what, access, digest, row_hash, *kept in db.execute(
        "select seq, at, what, access, digest, hash, by, subject, note, salt"
        " from changes order by seq"
    ):
        if number != seq + 1:
            return end(seq + 1, "row-missing")
        if hash_of(before, number, at, what, access, digest) != row_hash:
            return end(number, "hash-differs")
        if all(part is None for part in kept):
            if access != 1 or at >= horizon:
                return end(number, "details-missing")
            forgotten += 1
        elif None in kept or _digest(kept) != digest:
            return end(number, "details-differ")
        if mark is not None and number == mark.seq and row_hash != mark.hash:
            return end(number, "rewritten")
        before, seq, accesses = row_hash, number, accesses + access
    if mark is None:
        return end(seq, "mark-missing")
    if mark.seq > seq:
        return end(mark.seq, "end-missing")
    return AuditVerdict(seq, accesses, forgotten, ChainMark(seq, before), None)


def list_audit(
    db: sqlite_utils.Database,
    *,
    kind: Kind | None = None,
    subject: str | None = None,
    by: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> tuple[AuditRow, ...]:
    """Return rows, newest first. before: only those with smaller numbers. Raises BadLimit."""
    check_limit(limit)
    wanted: dict[str, Any] = {"access = ?": None if kind is None else int(kind == "access")}
    wanted |= {"subject = ?": subject, "by = ?": by, "seq < ?": before}
    given = {condition: value for condition, value in wanted.items() if value is not None}
    rows = db.execute(
        "select seq, at, what, access, by, subject, note from changes"  # noqa: S608 - our own words
        f" where {' and '.join(given) or '1'} order by seq desc limit ?",
        (*given.values(), limit),
    ).fetchall()
    return tuple(
        AuditRow(seq, from_text(at), what, bool(access), who, about, note)
        for seq, at, what, access, who, about, note in rows
    )


def forget_accesses(db: sqlite_utils.Database, before: datetime, act: Act) -> int:
    """
    Drop who read what before a moment; time and verb stay, and the chain still verifies.

    Return how many rows that were, at most FORGOTTEN_AT_ONCE: call it until it returns 0. A row of
    the chain says that it was done, since rows without details are else a sign of tampering.
    """
    moment = to_text(before)
    done = db.execute(
        "update changes set by = null, subject = null, note = null, salt = null where seq in"
        " (select seq from changes where access = 1 and by is not null and at < ? limit ?)",
        (moment, FORGOTTEN_AT_ONCE),
    )
    count = int(done.rowcount)
    if count:
        ChangeStore(db).record(act, FORGET, AUDIT, f"{count} accesses before {moment}")
    return count


def _horizon(db: sqlite_utils.Database) -> str:
    """Return before which moment accesses were forgotten. The rows that say so are checked too."""
    return max((moment for moment in _forgettings(db)), default="")


def _forgettings(db: sqlite_utils.Database) -> Iterator[str]:
    for (note,) in db.execute(
        "select note from changes where subject = ? and access = 0 and what = ?", (AUDIT, FORGET)
    ).fetchall():
        yield str(note).rpartition(" ")[2]


def _digest(kept: list[Any]) -> bytes:
    by, subject, note, salt = kept
    return digest_of(Details(by, subject, note), salt)
