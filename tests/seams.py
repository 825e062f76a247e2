"""
The seams as tests and simulations have them: time and chance that do what they are told.

See docs/adr/0002-seams.md. None of them ever waits for real time.
"""

import asyncio
import hashlib
import heapq
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


class FixedClock:
    """A clock that stands still until it is set on; to sleep on it is to set it on."""

    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return the time this clock shows."""
        return self._now

    def advance(self, seconds: float = 0, *, days: float = 0) -> datetime:
        """Set the clock on and return what it shows then."""
        self._now += timedelta(days=days, seconds=seconds)
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Set the clock on by that much at once, and let others run."""
        self.advance(max(seconds, 0))
        await asyncio.sleep(0)


class VirtualClock:
    """
    A clock for many tasks that sleep: it moves only in `advance`, and wakes them in their order.

    A sleeper that sleeps again inside the span is woken again inside the span, at its time.
    """

    def __init__(self, now: datetime = START) -> None:
        self._now = now
        self._count = 0
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """Return the time this clock shows."""
        return self._now

    @property
    def sleeping(self) -> int:
        """How many tasks sleep on this clock."""
        return sum(1 for _, _, wake in self._sleepers if not wake.done())

    async def sleep(self, seconds: float) -> None:
        """Return when `advance` has moved the clock by that much."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        due = self._now + timedelta(seconds=seconds)
        heapq.heappush(self._sleepers, (due, self._count, wake))
        await wake

    async def advance(self, seconds: float = 0, *, days: float = 0) -> datetime:
        """Move on, waking each sleeper at its time; return when all that woke have run."""
        end = self._now + timedelta(days=days, seconds=seconds)
        await settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, wake = heapq.heappop(self._sleepers)
            if wake.done():
                continue
            self._now = max(self._now, due)
            wake.set_result(None)
            await settle()
        self._now = end
        return self._now


async def settle(rounds: int = 50) -> None:
    """Let every task that can run do so, until it waits for something else than the loop."""
    for _ in range(rounds):
        await asyncio.sleep(0)


class SeededChance:
    """Chance from a seed: the same seed gives the same bytes, so a run can be repeated."""

    def __init__(self, seed: int | str = 0) -> None:
        self._seed = str(seed).encode()
        self._count = 0

    def bytes(self, count: int) -> bytes:
        """Return the next bytes of the stream."""
        self._count += 1
        return hashlib.shake_256(b"%s/%d" % (self._seed, self._count)).digest(count)

    def uniform(self) -> float:
        """Return the next number from 0.0 up to, not including, 1.0."""
        return (int.from_bytes(self.bytes(7), "big") >> 3) / 2**53
