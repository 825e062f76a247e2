"""The database: who may read what, what survives, and what is said when it cannot be had."""

import os
import resource
import sqlite3 as standard
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils

from content.database import (
    CONFIDENTIAL_TABLES,
    DatabaseBusy,
    StorageFull,
    connect,
    snapshot,
    sqlite3,
    sqlite_is_affected,
    storage_error,
    transaction,
)
from content.executors import InlineDatabase
from content.migrations.audit import migrations as audit
from content.migrations.cases import migrations

ROOT = Path(__file__).parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hub.db"


@pytest.fixture
def db(file: Path) -> Iterator[sqlite_utils.Database]:
    """A database with a secret in a confidential table, and all that could give it away."""
    db = connect(file, writes=True)
    migrations.apply(db)
    with transaction(db):
        db.execute("create table resources (id text primary key, title text)")
        db.execute("insert into resources values ('r1', 'open'), ('r2', 'also open')")
        db.execute("create virtual table found using fts5 (title)")
        db.execute("insert into found select title from resources")
        db.execute("insert into users values ('SECRET', 'SECRET', 'reader', 1, 't')")
        db.execute("insert into changes (at, by, what, subject, note) values ('t','s','w','s','n')")
        audit.apply(db)
        db.execute("create view window as select * from users")
        db.execute("create view sill as select title from resources union select name from users")
        db.execute("create virtual table users_fts using fts5 (name)")
        db.execute("insert into users_fts select name from users")
        db.execute("create view words as select * from users_fts")
        db.execute("create index users_by_display on users (display_name)")
        db.execute("analyze")
    yield db
    db.close()


@pytest.fixture
def public(db: sqlite_utils.Database, file: Path) -> Iterator[sqlite_utils.Database]:
    public = connect(file, writes=False, public=True)
    yield public
    public.close()


LEAKS = [
    "select * from users",
    "select count(*) from users",
    "select 1 from users",
    "select rowid from changes",
    "select name from USERS",
    'select name from main."users"',
    "select * from window",
    "select * from sill",
    "select * from words",
    "select title from resources where exists (select 1 from users)",
    "select (select name from users) from resources",
    "select title from resources join users on users.name <> title",
    "select title from resources natural join users",
    "select title from resources union all select name from users",
    "with u as (select name from users) select * from u",
    "with recursive u(n) as (select name from users union select n from u) select * from u",
    "select title from resources order by (select name from users)",
    "select title, count(*) from resources group by (select name from users)",
    "select * from users_fts where users_fts match 'secret'",
    "select * from users_fts_content",
    "select * from users_fts_data",
    "select * from sqlite_stat1",
    "select * from sqlite_stat4",
    "select * from sqlite_sequence",
    "select * from sqlite_dbpage",
    "select * from dbstat",
    "select * from pragma_table_info('users')",
    "pragma table_info(users)",
    "pragma query_only = off",
    "pragma writable_schema = on",
    "pragma database_list",
    "pragma integrity_check",
    "attach database 'FILE' as again",
    "vacuum into 'FILE.copy'",
    "create temp table copy as select * from users",
    "create temp view v as select * from users",
    "create virtual table temp.v using fts5vocab('main', 'found', 'row')",
    "explain select * from users",
    "insert into resources values ('r3', 'written')",
    "insert into users values ('x', 'x', 'operator', 1, 't')",
    "update resources set title = (select name from users)",
    "delete from resources",
    "drop table resources",
    "alter table resources add column x",
    "analyze",
    "reindex",
    "select load_extension('x')",
    "select fts3_tokenizer('simple')",
]


@pytest.mark.parametrize("statement", LEAKS)
def test_a_public_connection_can_only_read_what_is_public(
    public: sqlite_utils.Database, file: Path, statement: str
) -> None:
    with pytest.raises(sqlite3.DatabaseError) as refusal:
        public.conn.execute(statement.replace("FILE", str(file))).fetchall()

    assert "SECRET" not in str(refusal.value)
    assert not Path(f"{file}.copy").exists()


@pytest.mark.parametrize("table", sorted(CONFIDENTIAL_TABLES))
def test_every_confidential_table_is_denied_by_its_name(
    db: sqlite_utils.Database, public: sqlite_utils.Database, table: str
) -> None:
    db.execute(f"create table if not exists {table} (secret text)")

    with pytest.raises(sqlite3.DatabaseError, match=r"prohibited|not authorized"):
        public.conn.execute(f"select * from {table}")  # noqa: S608


def test_our_own_confidential_tables_are_all_on_the_list(db: sqlite_utils.Database) -> None:
    fresh = {"resources", "found", "users_fts"}

    made = {
        name
        for name in db.table_names()
        if not name.startswith(("sqlite_", "_sqlite", *(f"{each}_" for each in fresh)))
    }

    assert made - fresh <= CONFIDENTIAL_TABLES


def test_a_public_connection_reads_searches_and_looks_at_public_tables(
    public: sqlite_utils.Database,
) -> None:
    with snapshot(public):
        assert public.execute("select count(*) from resources").fetchone() == (2,)
        rows = list(public.query("select title from found where found match ?", ("also",)))
        assert rows == [{"title": "also open"}]
        ranked = "select title, bm25(found), highlight(found, 0, '[', ']') from found('open')"
        assert len(public.execute(ranked).fetchall()) == 2
        assert public["resources"].count == 2
        assert [column.name for column in public["resources"].columns] == ["id", "title"]


def test_a_connection_that_reads_cannot_be_made_to_write(
    db: sqlite_utils.Database, file: Path
) -> None:
    reader = connect(file, writes=False)

    reader.execute("pragma query_only = off")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("delete from resources")

    assert reader.execute("select count(*) from users").fetchone() == (1,)
    reader.close()


def test_a_snapshot_shows_one_state_whatever_is_written_meanwhile(
    db: sqlite_utils.Database, file: Path
) -> None:
    reader = connect(file, writes=False)
    count = "select count(*) from resources"

    with snapshot(reader):
        before = reader.execute(count).fetchone()
        db.execute("delete from resources")
        during = reader.execute(count).fetchone()
    after = reader.execute(count).fetchone()

    assert (before, during, after) == ((2,), (2,), (0,))
    reader.close()


def test_a_new_database_is_for_its_owner_only(db: sqlite_utils.Database, file: Path) -> None:
    for path in file.parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_committed_is_on_disk_before_the_answer(db: sqlite_utils.Database) -> None:
    assert db.execute("pragma synchronous").fetchone() == (2,)
    assert db.execute("pragma journal_mode").fetchone() == ("wal",)
    assert db.execute("pragma secure_delete").fetchone() == (1,)
    assert db.execute("pragma foreign_keys").fetchone() == (1,)


def test_an_error_inside_a_transaction_takes_everything_back(db: sqlite_utils.Database) -> None:
    def insert_and_fail() -> None:
        with transaction(db):
            db.table("resources").insert({"id": "r3", "title": "half"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        insert_and_fail()

    assert db["resources"].count == 2
    with transaction(db):
        db.table("resources").insert({"id": "r3", "title": "whole"})
    assert db["resources"].count == 3


def test_a_database_held_by_another_process_is_busy_and_nothing_is_stored(
    db: sqlite_utils.Database, file: Path
) -> None:
    other = connect(file, writes=True)
    other.execute("pragma busy_timeout = 10")

    with transaction(db):
        with pytest.raises(DatabaseBusy), transaction(other):
            other.execute("delete from resources")
        db.execute("insert into resources values ('r3', 'mine')")

    assert other["resources"].count == 3
    with transaction(other):
        other.execute("delete from resources")
    assert db["resources"].count == 0
    other.close()


def test_a_full_disk_is_told_as_such_and_what_was_there_stays(db: sqlite_utils.Database) -> None:
    (pages,) = db.execute("pragma page_count").fetchone()
    db.execute(f"pragma max_page_count = {pages}")

    with pytest.raises(StorageFull), transaction(db):
        db.execute("insert into resources values ('r3', zeroblob(100000))")

    assert db["resources"].count == 2
    db.execute("pragma max_page_count = 1000000")
    with transaction(db):
        db.execute("insert into resources values ('r3', 'fits')")
    assert db.execute("pragma integrity_check").fetchone() == ("ok",)


def test_a_file_that_cannot_be_written_is_told_as_such(
    db: sqlite_utils.Database, file: Path
) -> None:
    reader = connect(file, writes=False)
    reader.execute("pragma query_only = off")

    with pytest.raises(sqlite3.OperationalError) as refusal:
        reader.execute("delete from resources")

    assert isinstance(storage_error(refusal.value), StorageFull)
    reader.close()


def test_words_in_an_error_do_not_make_it_a_full_disk(db: sqlite_utils.Database) -> None:
    with pytest.raises(sqlite3.OperationalError) as refusal:
        db.execute("select * from busy_full_locked_readonly")

    assert storage_error(refusal.value) is refusal.value


def test_the_inline_database_reads_with_the_same_limits(
    db: sqlite_utils.Database, file: Path
) -> None:
    inline = InlineDatabase(file)

    inline.write_now(lambda db: db.execute("insert into resources values ('r3', 'new')"))

    def count(db: sqlite_utils.Database) -> int:
        return int(db.execute("select count(*) from resources").fetchone()[0])

    assert inline.read_now(count) == 3
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        inline.read_now(lambda db: db.execute("delete from resources"))
    inline.close_now()


async def test_the_inline_database_denies_the_public_what_is_confidential(
    db: sqlite_utils.Database, file: Path
) -> None:
    inline = InlineDatabase(file)

    with pytest.raises(sqlite3.DatabaseError, match="prohibited"):
        await inline.read_public(lambda db: db.execute("select * from users").fetchall())

    assert await inline.read(lambda db: db["users"].count) == 1
    await inline.close()


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 4), False),
    ],
)
def test_versions_with_the_wal_reset_bug_are_known(
    version: tuple[int, ...], affected: bool
) -> None:
    assert sqlite_is_affected(version) is affected


def run(script: str, *arguments: str, **options: Any) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        **options,
    )


WRITE_UNTIL_KILLED = """
    import asyncio, sys
    from pathlib import Path
    from content.executors import ThreadedDatabase

    async def main():
        database = ThreadedDatabase(Path(sys.argv[1]))
        await database.write(lambda db: db.execute("create table if not exists done (n integer)"))

        def insert(number):
            return lambda db: db.execute("insert into done values (?)", (number,))

        async def write(number):
            while True:
                number += 8
                await database.write(insert(number))
                print(number)

        await asyncio.gather(*(write(int(sys.argv[2]) + each) for each in range(8)))

    asyncio.run(main())
"""


def test_killed_at_any_moment_nothing_that_was_answered_is_missing(file: Path) -> None:
    answered: set[int] = set()

    for kill_after in (1, 3, 10, 40, 200):
        process = run(WRITE_UNTIL_KILLED, str(file), str(len(answered) * 1000))
        assert process.stdout is not None
        for _ in range(kill_after):
            answered.add(int(process.stdout.readline()))
        process.kill()
        answered |= {int(line) for line in process.stdout if line.endswith("\n")}
        process.stdout.close()
        process.wait()

    db = connect(file, writes=True)
    stored = {row[0] for row in db.execute("select n from done")}
    assert answered <= stored
    assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    db.close()


FILL_THE_DISK = """
    import asyncio, resource, sys
    from pathlib import Path
    from content.database import StorageFull
    from content.executors import ThreadedDatabase

    async def main():
        database = ThreadedDatabase(Path(sys.argv[1]))
        await database.write(lambda db: db.execute("create table done (n integer, text blob)"))

        def insert(number):
            return lambda db: db.execute("insert into done values (?, zeroblob(20000))", (number,))

        def count(db):
            return db.execute("select count(*) from done").fetchone()[0]

        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
        stored = 0
        try:
            while True:
                await database.write(insert(stored))
                stored += 1
        except StorageFull:
            pass
        assert 10 < stored == await database.read(count), stored
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        await database.write(insert(stored))
        assert await database.read(count) == stored + 1
        await database.close()
        print("recovered after", stored)

    asyncio.run(main())
"""


def test_a_disk_that_is_really_full_loses_nothing_and_recovers_without_a_restart(
    file: Path,
) -> None:
    if resource.getrlimit(resource.RLIMIT_FSIZE)[1] != resource.RLIM_INFINITY:
        pytest.skip("the size of files is limited here already")

    process = run(FILL_THE_DISK, str(file))
    output, _ = process.communicate(timeout=60)

    assert process.returncode == 0
    assert output.startswith("recovered after")
    check = standard.connect(file)
    assert check.execute("pragma integrity_check").fetchone() == ("ok",)
    check.close()
