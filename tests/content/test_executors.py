"""The executors: commits are shared, failures are not, and nobody waits for ever."""

import asyncio
import queue
import random
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils

from content.database import (
    DatabaseBusy,
    DatabaseClosed,
    QueryTookTooLong,
    StorageFull,
    connect,
    sqlite3,
    transaction,
)
from content.database_threads import Job, Jobs, Writer
from content.executors import ThreadedDatabase

Work = Callable[[sqlite_utils.Database], Any]
FOREVER = (
    "with recursive n(i) as (select 1 union all select i + 1 from n)"
    " select count(*) from n where i < 0"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "hub.db"
    db = connect(file, writes=True)
    db.execute("create table done (n integer primary key, text text)")
    db.execute("create table users (name text)")
    db.close()
    return file


@pytest.fixture
async def database(file: Path) -> AsyncIterator[ThreadedDatabase]:
    database = ThreadedDatabase(file)
    yield database
    await database.close()


def insert(number: int) -> Work:
    def work(db: sqlite_utils.Database) -> None:
        db.execute("insert into done values (?, 'text')", (number,))

    return work


def numbers(db: sqlite_utils.Database) -> list[int]:
    return [row[0] for row in db.execute("select n from done order by n").fetchall()]


class Gate:
    """Work that holds the writer until it is opened, so that others queue up behind it."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self, _: sqlite_utils.Database) -> None:
        self.reached.set()
        self.opened.wait(10)


async def behind_a_gate(database: ThreadedDatabase, *works: Work) -> list[Any]:
    """Queue all works while the writer is held, so that they run as one group."""
    gate = Gate()
    held = asyncio.create_task(database.write(gate))
    await asyncio.to_thread(gate.reached.wait, 10)
    waiting = [asyncio.create_task(database.write(work)) for work in works]
    await asyncio.sleep(0)
    gate.opened.set()
    await held
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_write_returns_its_result_and_others_see_it(database: ThreadedDatabase) -> None:
    def work(db: sqlite_utils.Database) -> str:
        db.table("done").insert({"n": 1, "text": "one"})
        return "stored"

    assert await database.write(work) == "stored"
    assert await database.read(numbers) == [1]
    assert await database.read_public(numbers) == [1]


def test_64_writers_that_wait_share_one_commit(file: Path) -> None:
    db = connect(file, writes=True)
    commits: list[str] = []
    db.conn.set_trace_callback(lambda sql: commits.append(sql) if sql == "commit" else None)
    jobs: Jobs = queue.SimpleQueue()
    answers: list[Any] = []
    for number in range(64):
        jobs.put(Job(insert(number), lambda _, error: answers.append(error)))
    jobs.put(None)
    writer = Writer("writer", db, jobs)

    writer.start()
    writer.join()

    assert answers == [None] * 64
    assert len(commits) == 1
    db = connect(file, writes=True)
    assert numbers(db) == list(range(64))
    db.close()


def test_nobody_is_answered_before_the_shared_commit(file: Path) -> None:
    db, other = connect(file, writes=True), connect(file, writes=False)
    jobs: Jobs = queue.SimpleQueue()
    seen: list[list[int]] = []
    for number in range(3):
        jobs.put(Job(insert(number), lambda *_: seen.append(numbers(other))))
    jobs.put(None)
    writer = Writer("writer", db, jobs)

    writer.start()
    writer.join()

    assert seen == [[0, 1, 2]] * 3
    other.close()


async def test_a_failing_job_takes_back_its_own_changes_and_no_others(
    database: ThreadedDatabase,
) -> None:
    def half_done(db: sqlite_utils.Database) -> None:
        insert(100)(db)
        raise ZeroDivisionError

    def twice(db: sqlite_utils.Database) -> None:
        insert(101)(db)
        insert(1)(db)

    def wrong_sql(db: sqlite_utils.Database) -> None:
        insert(102)(db)
        db.execute("select * from nothing")

    def inner(db: sqlite_utils.Database) -> None:
        db.table("done").insert_all([{"n": 103}, {"n": 103}])

    results = await behind_a_gate(
        database, insert(1), half_done, insert(2), twice, wrong_sql, inner, insert(3)
    )

    assert [type(result) for result in results] == [
        type(None),
        ZeroDivisionError,
        type(None),
        sqlite3.IntegrityError,
        sqlite3.OperationalError,
        sqlite3.IntegrityError,
        type(None),
    ]
    assert await database.read(numbers) == [1, 2, 3]


async def test_later_jobs_of_a_group_see_what_earlier_ones_did(
    database: ThreadedDatabase,
) -> None:
    results = await behind_a_gate(database, insert(1), numbers, insert(2), numbers)

    assert results == [None, [1], None, [1, 2]]


async def test_a_job_that_ends_in_stop_iteration_does_not_leave_its_caller_waiting(
    database: ThreadedDatabase,
) -> None:
    def first_of_none(db: sqlite_utils.Database) -> Any:
        return next(db.query("select * from done"))

    with pytest.raises(RuntimeError, match="StopIteration"):
        await asyncio.wait_for(database.write(first_of_none), 5)
    with pytest.raises(RuntimeError, match="StopIteration"):
        await asyncio.wait_for(database.read(first_of_none), 5)


async def test_a_job_that_commits_by_itself_is_a_mistake_and_all_are_told(
    database: ThreadedDatabase,
) -> None:
    results = await behind_a_gate(database, insert(1), lambda db: db.execute("commit"), insert(2))

    assert all("must neither commit" in str(result) for result in results)
    await database.write(insert(3))
    assert 2 not in await database.read(numbers)


async def test_a_job_may_use_savepoints_and_forget_to_release_them(
    database: ThreadedDatabase,
) -> None:
    def forgetful(db: sqlite_utils.Database) -> None:
        db.execute("savepoint mine")
        insert(1)(db)
        with db.atomic():
            insert(2)(db)

    await behind_a_gate(database, forgetful, insert(3))

    assert await database.read(numbers) == [1, 2, 3]


async def test_a_write_whose_rows_are_left_unread_is_a_mistake_and_all_are_told(
    database: ThreadedDatabase,
) -> None:
    kept: list[Any] = []

    def unread(db: sqlite_utils.Database) -> None:
        kept.append(db.execute("insert into done values (1, 'a'), (2, 'b') returning n"))

    results = await behind_a_gate(database, unread, insert(3))
    kept.clear()
    await database.write(insert(4))

    assert all("must read all rows" in str(result) for result in results)
    assert await database.read(numbers) == [4]


async def test_a_full_disk_is_told_and_the_others_go_on(database: ThreadedDatabase) -> None:
    def fill(db: sqlite_utils.Database) -> None:
        (pages,) = db.execute("pragma page_count").fetchone()
        db.execute(f"pragma max_page_count = {pages}")

    await database.write(fill)

    with pytest.raises(StorageFull):
        await database.write(lambda db: db.execute("insert into done values (1, zeroblob(100000))"))
    await database.write(insert(2))

    assert await database.read(numbers) == [2]


async def test_a_busy_database_is_told_and_nothing_is_stored(
    file: Path, database: ThreadedDatabase
) -> None:
    await database.write(lambda db: db.execute("pragma busy_timeout = 20").fetchall())
    other = connect(file, writes=True)

    with transaction(other):
        with pytest.raises(DatabaseBusy):
            await database.write(insert(1))
        assert await database.read(numbers) == []
    await database.write(insert(2))

    assert await database.read(numbers) == [2]
    other.close()


async def test_the_loop_goes_on_while_the_writer_waits_for_another_process(
    file: Path, database: ThreadedDatabase
) -> None:
    other = connect(file, writes=True)

    with transaction(other):
        write = asyncio.create_task(database.write(insert(1)))
        for _ in range(20):
            assert await database.read(numbers) == []
        assert not write.done()
    await write

    assert await database.read(numbers) == [1]
    other.close()


async def test_a_read_that_takes_too_long_is_stopped_and_its_thread_is_free_again(
    file: Path,
) -> None:
    database = ThreadedDatabase(file, read_seconds=0.05, public_seconds=0.05)

    for ask in (database.read, database.read_public):
        for _ in range(3):
            with pytest.raises(QueryTookTooLong):
                await ask(lambda db: db.execute(FOREVER).fetchall())
        assert await ask(numbers) == []

    await database.close()


async def test_a_read_that_waited_too_long_for_a_free_reader_does_not_start(file: Path) -> None:
    database = ThreadedDatabase(file, public_seconds=0.1)
    gates = [Gate(), Gate()]
    busy = [asyncio.create_task(database.read_public(gate)) for gate in gates]
    for gate in gates:
        await asyncio.to_thread(gate.reached.wait, 10)
    started: list[int] = []

    waiting = asyncio.create_task(database.read_public(lambda _: started.append(1)))
    await asyncio.sleep(0.2)
    for gate in gates:
        gate.opened.set()

    with pytest.raises(QueryTookTooLong):
        await waiting
    await asyncio.gather(*busy)
    assert started == []
    await database.close()


async def test_many_short_statements_are_stopped_as_well(file: Path) -> None:
    database = ThreadedDatabase(file, read_seconds=0.05)

    def restless(db: sqlite_utils.Database) -> None:
        while True:
            db.execute("select n from done").fetchall()

    with pytest.raises(QueryTookTooLong):
        await asyncio.wait_for(database.read(restless), 20)
    await database.close()


async def test_a_read_that_nobody_waits_for_is_stopped(database: ThreadedDatabase) -> None:
    def forever(db: sqlite_utils.Database) -> None:
        started.set()
        db.execute(FOREVER).fetchall()

    for _ in range(4):
        started = threading.Event()
        asking = asyncio.create_task(database.read(forever))
        await asyncio.to_thread(started.wait, 10)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    assert await asyncio.wait_for(database.read(numbers), 5) == []


async def test_one_stopped_read_does_not_touch_the_next_on_its_connection(file: Path) -> None:
    database = ThreadedDatabase(file, read_seconds=0.02)

    async def slow() -> None:
        with pytest.raises(QueryTookTooLong):
            await database.read(lambda db: db.execute(FOREVER).fetchall())

    for _ in range(5):
        await asyncio.gather(slow(), slow())
        answers = await asyncio.gather(*(database.read(numbers) for _ in range(20)))
        assert answers == [[]] * 20
    await database.close()


async def test_all_that_a_read_sees_is_of_one_moment(database: ThreadedDatabase) -> None:
    between, go_on = threading.Event(), threading.Event()

    def twice(db: sqlite_utils.Database) -> tuple[list[int], list[int]]:
        first = numbers(db)
        between.set()
        go_on.wait(10)
        return first, numbers(db)

    reading = asyncio.create_task(database.read(twice))
    await asyncio.to_thread(between.wait, 10)
    await database.write(insert(1))
    go_on.set()

    assert await reading == ([], [])
    assert await database.read(numbers) == [1]


async def test_reads_cannot_write_and_public_ones_not_even_see(
    database: ThreadedDatabase,
) -> None:
    for ask in (database.read, database.read_public):
        with pytest.raises(sqlite3.DatabaseError):
            await ask(insert(1))
    with pytest.raises(sqlite3.DatabaseError, match="prohibited"):
        await database.read_public(lambda db: db.execute("select name from users").fetchall())

    assert await database.read(lambda db: db.execute("select name from users").fetchall()) == []


async def test_closing_finishes_what_is_queued_and_refuses_what_comes_after(file: Path) -> None:
    database = ThreadedDatabase(file)
    gate = Gate()
    held = asyncio.create_task(database.write(gate))
    await asyncio.to_thread(gate.reached.wait, 10)
    queued = [asyncio.create_task(database.write(insert(number))) for number in range(20)]
    await asyncio.sleep(0)

    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0)
    with pytest.raises(DatabaseClosed):
        await database.write(insert(99))
    with pytest.raises(DatabaseClosed):
        await database.read(numbers)
    gate.opened.set()
    await asyncio.gather(closing, held, *queued)
    await database.close()

    db = connect(file, writes=True)
    assert numbers(db) == list(range(20))
    db.close()


async def test_a_caller_that_left_does_not_disturb_the_others(database: ThreadedDatabase) -> None:
    gate = Gate()
    held = asyncio.create_task(database.write(gate))
    await asyncio.to_thread(gate.reached.wait, 10)
    leaving = asyncio.create_task(database.write(insert(1)))
    staying = asyncio.create_task(database.write(insert(2)))
    await asyncio.sleep(0)

    leaving.cancel()
    gate.opened.set()
    await asyncio.gather(held, staying)

    assert 2 in await database.read(numbers)


def test_a_loop_that_is_gone_does_not_kill_the_writer(file: Path) -> None:
    database = ThreadedDatabase(file)
    gate = Gate()

    async def leave_behind() -> None:
        asyncio.get_running_loop().create_task(database.write(gate))
        await asyncio.to_thread(gate.reached.wait, 10)

    asyncio.run(leave_behind())
    gate.opened.set()

    async def go_on() -> list[int]:
        await database.write(insert(1))
        found = await database.read(numbers)
        await database.close()
        return found

    assert asyncio.run(go_on()) == [1]


async def test_data_version_changes_when_another_process_wrote_and_not_when_we_did(
    file: Path, database: ThreadedDatabase
) -> None:
    before = await database.data_version()
    await database.write(insert(1))
    assert await database.data_version() == before
    other = connect(file, writes=True)

    insert(2)(other)

    assert await database.data_version() != before
    other.close()


async def test_a_checkpoint_empties_the_write_ahead_log(
    file: Path, database: ThreadedDatabase
) -> None:
    await database.write(insert(1))
    log = file.with_name("hub.db-wal")
    assert log.stat().st_size > 0

    await database.checkpoint()

    assert log.stat().st_size == 0
    assert await database.read(numbers) == [1]


def word(number: int) -> str:
    return f"canary{number:06d}yranac"


def grow_and_drop(db: sqlite_utils.Database) -> None:
    """Let rows come in no order, so that they move between pages, and drop every second one."""
    dice = random.Random("pages")
    for number in range(800):
        key = f"{dice.getrandbits(80):020x}"
        text = f"{word(number)} {'x' * dice.randint(10, 800)}"
        db.execute("insert into moving (id, number, text) values (?, ?, ?)", (key, number, text))
    db.execute("delete from moving where number % 2 = 0")


async def test_writing_the_file_anew_leaves_no_trace_of_what_was_dropped(
    file: Path, database: ThreadedDatabase
) -> None:
    await database.write(
        lambda db: (
            db.execute(
                "create table moving (id text primary key, number integer, text text) without rowid"
            )
            and None
        )
    )
    await database.write(grow_and_drop)
    dropped = [word(number).encode() for number in range(0, 800, 2)]

    assert await database.checkpoint()
    zeroed = file.read_bytes()  # noqa: ASYNC240 - a test may wait for its disk
    assert any(each in zeroed for each in dropped), "secure_delete is enough by now"
    assert await database.rewrite()

    files = [file, file.with_name("hub.db-wal")]
    for path in files:
        content = path.read_bytes()
        assert not [each for each in dropped if each in content], path.name
    kept = await database.read(lambda db: db.execute("select count(*) from moving").fetchone()[0])
    assert kept == 400


async def test_a_rewrite_says_when_a_reader_held_it_up(
    file: Path, database: ThreadedDatabase
) -> None:
    await database.write(insert(1))
    other = connect(file, writes=False)
    other.conn.execute("begin")
    other.execute("select count(*) from done").fetchone()

    held_up = await database.rewrite()
    other.conn.execute("rollback")
    other.close()

    assert not held_up
    assert await database.rewrite()
    assert await database.read(numbers) == [1]
