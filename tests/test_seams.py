"""The seams of the tests themselves: a simulation is only as good as its clock."""

import asyncio
from datetime import timedelta

from tests.seams import START, FixedClock, SeededChance, VirtualClock


async def test_a_virtual_clock_wakes_sleepers_at_their_time_and_in_their_order() -> None:
    clock = VirtualClock()
    woken: list[tuple[str, float]] = []

    async def sleeper(name: str, *naps: float) -> None:
        for nap in naps:
            await clock.sleep(nap)
            woken.append((name, (clock.now() - START).total_seconds()))

    tasks = [
        asyncio.create_task(sleeper("a", 10, 10)),
        asyncio.create_task(sleeper("b", 5, 30)),
        asyncio.create_task(sleeper("c", 10)),
    ]

    await clock.advance(20)

    assert woken == [("b", 5), ("a", 10), ("c", 10), ("a", 20)]
    assert clock.now() == START + timedelta(seconds=20)
    assert clock.sleeping == 1
    await clock.advance(days=1)
    await asyncio.gather(*tasks)
    assert woken[-1] == ("b", 35)


async def test_a_cancelled_sleeper_does_not_stop_the_others() -> None:
    clock = VirtualClock()
    first = asyncio.create_task(clock.sleep(1))
    second = asyncio.create_task(clock.sleep(2))
    await clock.advance(0)

    first.cancel()
    await clock.advance(3)

    assert first.cancelled()
    assert second.done()
    assert clock.sleeping == 0


async def test_a_fixed_clock_moves_only_when_told_or_slept_on() -> None:
    clock = FixedClock()

    assert clock.now() == clock.now() == START
    assert clock.advance(5) == START + timedelta(seconds=5)
    await clock.sleep(10)
    assert clock.now() == START + timedelta(seconds=15)


def test_the_same_seed_gives_the_same_chance_and_another_seed_another() -> None:
    one, same, other = SeededChance(1), SeededChance(1), SeededChance(2)

    drawn = [one.bytes(12), one.bytes(12), one.uniform()]

    assert drawn == [same.bytes(12), same.bytes(12), same.uniform()]
    assert drawn[0] != drawn[1]
    assert other.bytes(12) != drawn[0]
    assert all(0 <= one.uniform() < 1 for _ in range(1000))
