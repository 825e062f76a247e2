"""The audit: every kind of tampering with every row is found, and forgetting is no tampering."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import rfc8785
import sqlite_utils
from hypothesis import given
from hypothesis import strategies as st

from content.audit import (
    AuditVerdict,
    ChainMark,
    check_audit,
    forget_accesses,
    head_of,
    list_audit,
)
from content.chain import GENESIS, Details, digest_of, hash_of
from content.changes import Act, ChangeStore
from content.database import connect, transaction
from content.executors import InlineDatabase, ThreadedDatabase
from content.migrations import apply_migrations, cases
from content.paging import BadLimit
from tests.seams import START

ROWS = 7
LATER = START + timedelta(days=400)
COLUMNS = ("seq", "at", "what", "access", "digest", "hash", "by", "subject", "note", "salt")
Tampering = Callable[[sqlite_utils.Database, int], None]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chain of changes and accesses, one a minute; the accesses are rows 2, 4 and 6."""
    file = tmp_path_factory.mktemp("chain") / "hub.db"
    db = connect(file, writes=True)
    apply_migrations(db)
    fill(db)
    db.close()
    return file


@pytest.fixture
def db(filled: Path, tmp_path: Path) -> Iterator[sqlite_utils.Database]:
    """A copy of that chain, for this test alone."""
    db = connect(Path(shutil.copy(filled, tmp_path / "hub.db")), writes=True)
    yield db
    db.close()


def fill(db: sqlite_utils.Database) -> None:
    with transaction(db):
        changes = ChangeStore(db)
        for number in range(1, ROWS + 1):
            act = Act(f"user{number}", START + timedelta(minutes=number))
            if number % 2:
                changes.record(act, "case.assign", f"case{number}", f"to user{number}")
            else:
                changes.record_access(act, "case.read", f"case{number}", "api")


def rows_of(db: sqlite_utils.Database) -> list[list[Any]]:
    found = db.execute(f"select {', '.join(COLUMNS)} from changes order by seq")  # noqa: S608
    return [list(row) for row in found.fetchall()]


def write(db: sqlite_utils.Database, rows: list[list[Any]]) -> None:
    """Put other rows in the place of all, as somebody would who has the file."""
    with transaction(db):
        db.execute("delete from changes")
        for row in rows:
            places = ", ".join("?" * len(COLUMNS))
            db.execute(f"insert into changes ({', '.join(COLUMNS)}) values ({places})", row)  # noqa: S608


def rehash(rows: list[list[Any]], start: int) -> None:
    """Forge digests and hashes so that they fit, from row number start on."""
    before = GENESIS if start == 1 else rows[start - 2][5]
    for row in rows[start - 1 :]:
        row[4] = digest_of(Details(row[6], row[7], row[8]), row[9])
        before = row[5] = hash_of(before, row[0], row[1], row[2], row[3], row[4])


def edits() -> Iterator[tuple[str, Tampering]]:
    """Every change of one row that somebody could make in the file."""
    other: dict[str, Any] = {
        "at": "2026-11-24T09:00:00.001Z",
        "what": "case.close",
        "digest": b"x" * 32,
        "hash": b"x" * 32,
        "by": "somebody",
        "subject": "case0",
        "note": "x",
        "salt": b"x" * 16,
    }
    for column, value in other.items():

        def edit(
            db: sqlite_utils.Database, seq: int, column: str = column, value: Any = value
        ) -> None:
            db.execute(f"update changes set {column} = ? where seq = ?", (value, seq))  # noqa: S608

        yield f"edited {column}", edit
    for column in ("by", "subject", "note", "salt"):

        def clear(db: sqlite_utils.Database, seq: int, column: str = column) -> None:
            db.execute(f"update changes set {column} = null where seq = ?", (seq,))  # noqa: S608

        yield f"cleared {column}", clear

    def forge(db: sqlite_utils.Database, seq: int, *, whole: bool) -> None:
        rows = rows_of(db)
        rows[seq - 1][6] = "somebody"
        if whole:
            rehash(rows, seq)
        else:
            rehash(rows[:seq], seq)
        write(db, rows)

    def remove(db: sqlite_utils.Database, seq: int, *, close_up: str = "") -> None:
        rows = rows_of(db)
        del rows[seq - 1]
        if close_up:
            for number, row in enumerate(rows, start=1):
                row[0] = number
        if close_up == "rehashed":
            rehash(rows, seq) if seq <= len(rows) else None
        write(db, rows)

    def insert(db: sqlite_utils.Database, seq: int) -> None:
        rows = rows_of(db)
        rows.insert(seq - 1, list(rows[seq - 1]))
        for number, row in enumerate(rows, start=1):
            row[0] = number
        write(db, rows)

    def swap(db: sqlite_utils.Database, seq: int, *, numbers: bool) -> None:
        rows = rows_of(db)
        here, there = seq - 1, seq % ROWS
        rows[here], rows[there] = rows[there], rows[here]
        if numbers:
            rows[here][0], rows[there][0] = here + 1, there + 1
        else:
            for part in range(6, 10):
                rows[here][part], rows[there][part] = rows[there][part], rows[here][part]
            rows.sort(key=lambda row: row[0])
        write(db, rows)

    def forget(db: sqlite_utils.Database, seq: int) -> None:
        db.execute(
            "update changes set by = null, subject = null, note = null, salt = null where seq = ?",
            (seq,),
        )

    def cut(db: sqlite_utils.Database, seq: int) -> None:
        db.execute("delete from changes where seq >= ?", (seq,))

    def behead(db: sqlite_utils.Database, seq: int) -> None:
        db.execute("delete from changes where seq <= ?", (seq,))

    def turn(db: sqlite_utils.Database, seq: int) -> None:
        db.execute("update changes set access = 1 - access where seq = ?", (seq,))

    def renumber(db: sqlite_utils.Database, seq: int) -> None:
        db.execute("update changes set seq = 1000 + seq where seq = ?", (seq,))

    yield "forged row", lambda db, seq: forge(db, seq, whole=False)
    yield "forged all from here on", lambda db, seq: forge(db, seq, whole=True)
    yield "removed", remove
    yield "removed and closed up", lambda db, seq: remove(db, seq, close_up="numbers")
    yield "removed and rehashed", lambda db, seq: remove(db, seq, close_up="rehashed")
    yield "doubled", insert
    yield "swapped with the next", lambda db, seq: swap(db, seq, numbers=True)
    yield "details swapped with the next", lambda db, seq: swap(db, seq, numbers=False)
    yield "details taken away", forget
    yield "cut off from here on", cut
    yield "begins after this", behead
    yield "called a reading", turn
    yield "numbered anew", renumber


def test_an_untouched_chain_is_whole(db: sqlite_utils.Database) -> None:
    verdict = check_audit(db, head_of(db))

    assert verdict == AuditVerdict(ROWS, 3, 0, head_of(db), None)


@pytest.mark.parametrize("seq", range(1, ROWS + 1))
@pytest.mark.parametrize("tampering", [pytest.param(do, id=name) for name, do in edits()])
def test_any_tampering_with_any_row_is_found(
    db: sqlite_utils.Database, tampering: Tampering, seq: int
) -> None:
    mark = head_of(db)

    tampering(db, seq)
    verdict = check_audit(db, mark)

    assert verdict.broken is not None


@pytest.mark.parametrize("column", ["at", "what", "digest", "hash", "by", "subject", "note"])
@pytest.mark.parametrize("seq", range(1, ROWS + 1))
def test_the_first_row_that_is_wrong_is_named(
    db: sqlite_utils.Database, column: str, seq: int
) -> None:
    mark = head_of(db)
    value = b"x" * 32 if column in ("digest", "hash") else "x"

    db.execute(f"update changes set {column} = ? where seq >= ?", (value, seq))  # noqa: S608
    verdict = check_audit(db, mark)

    assert verdict.broken is not None
    assert (verdict.broken.seq, verdict.rows) == (seq, seq - 1)
    expected = "details-differ" if column in ("by", "subject", "note") else "hash-differs"
    assert verdict.broken.reason == expected


def test_a_cut_off_end_is_told_from_a_chain_written_anew(db: sqlite_utils.Database) -> None:
    mark, rows = head_of(db), rows_of(db)
    write(db, rows[:3])
    cut = check_audit(db, mark)
    rows[0][6] = "somebody"
    rehash(rows, 1)
    write(db, rows)
    anew = check_audit(db, mark)
    unmarked = check_audit(db, None)

    reasons = [each.broken and (each.broken.seq, each.broken.reason) for each in (cut, anew)]
    assert reasons == [(ROWS, "end-missing"), (ROWS, "rewritten")]
    assert unmarked.broken is not None
    assert unmarked.broken.reason == "mark-missing"


def test_rows_after_the_mark_are_fine(db: sqlite_utils.Database) -> None:
    mark = head_of(db)
    with transaction(db):
        ChangeStore(db).record(Act("olga", LATER), "case.close", "case1")

    assert check_audit(db, mark).broken is None
    assert head_of(db).seq == ROWS + 1


def test_accesses_are_forgotten_for_ever_and_the_chain_still_holds(
    db: sqlite_utils.Database, tmp_path: Path
) -> None:
    before, act = START + timedelta(minutes=5), Act("system", LATER)

    with transaction(db):
        first = forget_accesses(db, before, act)
        again = forget_accesses(db, before, act)

    assert (first, again) == (2, 0)
    verdict = check_audit(db, head_of(db))
    assert (verdict.broken, verdict.accesses, verdict.forgotten) == (None, 3, 2)
    kept = {row.seq: row for row in list_audit(db, kind="access")}
    assert (kept[2].by, kept[2].subject, kept[2].note, kept[2].what) == (
        None,
        None,
        None,
        "case.read",
    )
    assert kept[6].by == "user6"
    db.execute("pragma wal_checkpoint(truncate)").fetchall()
    raw = (tmp_path / "hub.db").read_bytes()
    assert b"user2" not in raw
    assert b"user6" in raw


def test_what_was_forgotten_cannot_be_told_as_an_excuse(db: sqlite_utils.Database) -> None:
    with transaction(db):
        forget_accesses(db, START + timedelta(minutes=3), Act("system", LATER))
    mark = head_of(db)
    db.execute("update changes set by=null, subject=null, note=null, salt=null where seq in (4, 5)")

    verdict = check_audit(db, mark)

    assert verdict.broken is not None
    assert (verdict.broken.seq, verdict.broken.reason) == (4, "details-missing")


def test_readings_are_not_in_the_history_of_a_thing(db: sqlite_utils.Database) -> None:
    with transaction(db):
        ChangeStore(db).record_access(Act("olga", LATER), "case.read", "case1", "api")

    assert [each.what for each in ChangeStore(db).of("case1").items] == ["case.assign"]
    assert {each.what for each in ChangeStore(db).recent().items} == {"case.assign"}
    assert [row.what for row in list_audit(db, subject="case1")] == ["case.read", "case.assign"]
    assert [row.seq for row in list_audit(db, by="olga")] == [ROWS + 1]
    assert [row.seq for row in list_audit(db, kind="change", before=5, limit=2)] == [3, 1]
    with pytest.raises(BadLimit):
        list_audit(db, limit=0)


def test_rows_of_before_are_chained_when_the_database_is_brought_up_to_date(
    tmp_path: Path,
) -> None:
    db = connect(tmp_path / "old.db", writes=True)
    cases.migrations.apply(db)
    for number in (1, 2, 5, 9):
        db.execute(
            "insert into changes (seq, at, by, what, subject, note) values (?, ?, ?, ?, ?, ?)",
            (number, "2026-11-24T09:00:00.000Z", "ana", "user.add", f"u{number}", ""),
        )

    apply_migrations(db)

    assert check_audit(db, head_of(db)) == AuditVerdict(4, 0, 0, head_of(db), None)
    assert [(row.seq, row.subject, row.by) for row in list_audit(db)] == [
        (4, "u9", "ana"),
        (3, "u5", "ana"),
        (2, "u2", "ana"),
        (1, "u1", "ana"),
    ]
    db.close()


async def test_work_that_fails_among_others_leaves_no_hole(
    db: sqlite_utils.Database, tmp_path: Path
) -> None:
    database = ThreadedDatabase(tmp_path / "hub.db")

    def work(number: int) -> Callable[[sqlite_utils.Database], None]:
        def change(db: sqlite_utils.Database) -> None:
            ChangeStore(db).record(Act("olga", LATER), "case.note", f"c{number}")
            if number % 3 == 0:
                raise ValueError("taken back")

        return change

    done = await asyncio.gather(
        *(database.write(work(number)) for number in range(60)), return_exceptions=True
    )
    verdict = await database.read(lambda db: check_audit(db, head_of(db)))
    await database.close()

    assert sum(each is None for each in done) == 40
    assert (verdict.rows, verdict.broken) == (ROWS + 40, None)


def test_two_processes_write_one_chain(db: sqlite_utils.Database, tmp_path: Path) -> None:
    databases = [InlineDatabase(tmp_path / "hub.db") for _ in range(2)]
    act = Act("olga", LATER)

    for number in range(10):
        databases[number % 2].write_now(
            lambda db: ChangeStore(db).record(act, "case.note", "case1")
        )

    assert check_audit(db, head_of(db)).rows == ROWS + 10
    for database in databases:
        database.close_now()


TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@given(TEXT, TEXT, TEXT, st.binary(min_size=16, max_size=16), st.integers(1, 2**53 - 1))
def test_hashes_are_over_canonical_json_that_anyone_can_make(
    by: str, subject: str, note: str, salt: bytes, seq: int
) -> None:
    digest = sha256(rfc8785.dumps(["details", salt.hex(), by, subject, note])).digest()
    assert digest_of(Details(by, subject, note), salt) == digest
    row = ["row", GENESIS.hex(), seq, note, by, 1, digest.hex()]
    assert hash_of(GENESIS, seq, note, by, 1, digest) == sha256(rfc8785.dumps(row)).digest()


def test_the_mark_of_an_empty_chain_holds_for_any_longer_one(tmp_path: Path) -> None:
    db = connect(tmp_path / "new.db", writes=True)
    apply_migrations(db)
    mark = head_of(db)
    fill(db)

    assert mark == ChainMark(0, GENESIS)
    assert check_audit(db, mark).broken is None
    db.close()
