"""Many small jobs that arrive at the same time become one trip to the writer."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlite_utils

from content.database import StorageFull
from federation.hub import Node
from federation.joined_writes import MOST_TOGETHER, JoinedWrites
from protocol.errors import NotAPeer
from tests.nodes_at_work import open_node, rows


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[Node]:
    async with open_node(tmp_path) as node:
        yield node


def keeping(number: int, error: Exception | None = None) -> object:
    def job(db: sqlite_utils.Database) -> bool:
        if isinstance(error, NotAPeer):
            raise error
        db.execute("insert into owners values (?, 'a')", [str(number)])
        if error is not None:
            raise error
        return True

    return job


async def kept(node: Node) -> int:
    return int((await rows(node, "select count(*) from owners"))[0][0])


async def test_each_caller_gets_its_own_result_or_its_own_refusal(node: Node) -> None:
    joined = JoinedWrites[bool]()
    jobs = [keeping(n, NotAPeer("no") if n % 3 == 0 else None) for n in range(300)]

    results = await asyncio.gather(
        *(joined.write(node.database, job) for job in jobs),  # type: ignore[arg-type]
        return_exceptions=True,
    )

    assert [isinstance(result, NotAPeer) for result in results] == [n % 3 == 0 for n in range(300)]
    assert await kept(node) == 200


async def test_what_arrives_together_shares_trips(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined = JoinedWrites[bool]()
    trips = 0
    write = node.database.write

    async def counting(work: object) -> object:
        nonlocal trips
        trips += 1
        return await write(work)  # type: ignore[arg-type]

    monkeypatch.setattr(node.database, "write", counting)

    await asyncio.gather(*(joined.write(node.database, keeping(n)) for n in range(500)))  # type: ignore[arg-type]

    assert trips <= 1 + 500 // MOST_TOGETHER + 1


async def test_an_error_nobody_foresaw_takes_back_the_whole_trip_and_all_learn_of_it(
    node: Node,
) -> None:
    joined = JoinedWrites[bool]()
    jobs = [keeping(0), keeping(1), keeping(2, KeyError("x")), keeping(3)]

    results = await asyncio.gather(
        *(joined.write(node.database, job) for job in jobs),  # type: ignore[arg-type]
        return_exceptions=True,
    )
    after = await joined.write(node.database, keeping(9))  # type: ignore[arg-type]

    assert [type(result) for result in results] == [KeyError] * 4
    assert after is True
    assert await kept(node) == 1


async def test_a_full_disk_is_told_to_everybody_who_waits(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined = JoinedWrites[bool]()

    async def full(_: object) -> object:
        raise StorageFull

    monkeypatch.setattr(node.database, "write", full)

    results = await asyncio.gather(
        *(joined.write(node.database, keeping(n)) for n in range(5)),  # type: ignore[arg-type]
        return_exceptions=True,
    )

    assert [type(result) for result in results] == [StorageFull] * 5


async def test_who_stops_waiting_does_not_trouble_the_others(node: Node) -> None:
    joined = JoinedWrites[bool]()
    tasks = [
        asyncio.create_task(joined.write(node.database, keeping(n)))  # type: ignore[arg-type]
        for n in range(10)
    ]
    await asyncio.sleep(0)
    tasks[3].cancel()

    results = await asyncio.gather(*tasks, return_exceptions=True)

    assert [result for result in results if result is True] == [True] * 9
    assert await kept(node) == 10


async def test_what_arrives_during_a_trip_takes_the_next_one(node: Node) -> None:
    joined = JoinedWrites[bool]()

    async def one_after_the_other(first: int) -> None:
        for number in range(first, first + 20):
            assert await joined.write(node.database, keeping(number))  # type: ignore[arg-type]

    async with asyncio.timeout(20):
        await asyncio.gather(*(one_after_the_other(n * 100) for n in range(16)))

    assert await kept(node) == 320
