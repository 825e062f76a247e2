"""
A world without real time: an event loop whose clock jumps to whatever happens next.

When no task can run, the time is at once that of the next timer. So a month of sleeping, waiting
and timing out takes as long as what is done in it, and one order of events is always the same.
Everything of asyncio works as it is, `asyncio.timeout` and `asyncio.wait` too.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn, TypeVar

from tests.seams import START

T = TypeVar("T")


class NobodyWillEverWakeUp(RuntimeError):
    """All tasks wait for one another: no timer is set, and there is no outside."""


class _Leap(selectors.SelectSelector):
    """A selector that never waits for sockets, and whose time passes by being waited for."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        """Let the time pass that asyncio would wait; nothing comes from outside."""
        if timeout is None:
            raise NobodyWillEverWakeUp
        self.now += max(timeout, 0.0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time, which begins at 0.0 seconds."""

    def __init__(self) -> None:
        self._leap = _Leap()
        self.for_ever: list[asyncio.Future[None]] = []
        """What nobody will ever fulfil; kept, so that who waits for it is not collected."""
        super().__init__(self._leap)

    def time(self) -> float:
        """Return the virtual seconds since the beginning."""
        return self._leap.now

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> Any:
        """Do here and now what would go to a thread: outside of the loop there is nothing."""
        del executor
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass
class _Sleeper:
    """Wakes at a time of the calendar. timer: what wakes it, if no days are skipped before."""

    due: float
    wake: "asyncio.Future[None]"
    timer: asyncio.TimerHandle


class Calendar:
    """
    The date, the same for all clocks; whole days can be skipped.

    To skip is to let the clocks of all nodes go on at once: who sleeps on them until then wakes in
    turn. So a month costs what is done in it. The time of the loop does not go on by that.
    """

    def __init__(self) -> None:
        self._skipped = 0.0
        self._sleepers: dict[int, _Sleeper] = {}
        self._count = 0

    def seconds(self) -> float:
        """Return the seconds since the beginning."""
        return asyncio.get_running_loop().time() + self._skipped

    async def sleep(self, seconds: float) -> None:
        """Return that much later."""
        loop = asyncio.get_running_loop()
        wake: asyncio.Future[None] = loop.create_future()
        self._count += 1
        number = self._count
        timer = loop.call_later(seconds, _set, wake)
        self._sleepers[number] = _Sleeper(self.seconds() + seconds, wake, timer)
        try:
            await wake
        finally:
            self._sleepers.pop(number).timer.cancel()

    def skip(self, seconds: float) -> None:
        """Let that much time pass at once."""
        self._skipped += seconds
        loop, now = asyncio.get_running_loop(), self.seconds()
        for sleeper in sorted(self._sleepers.values(), key=lambda each: each.due):
            sleeper.timer.cancel()
            sleeper.timer = loop.call_later(max(sleeper.due - now, 0.0), _set, sleeper.wake)


def _set(wake: "asyncio.Future[None]") -> None:
    if not wake.done():
        wake.set_result(None)


class LoopClock:
    """The clock of a node on a VirtualLoop. wrong_by: seconds that it is fast."""

    def __init__(self, calendar: Calendar, wrong_by: float = 0.0) -> None:
        self._calendar = calendar
        self._start = START + timedelta(seconds=wrong_by)

    def now(self) -> datetime:
        """Return the time this clock shows."""
        return self._start + timedelta(seconds=self._calendar.seconds())

    async def sleep(self, seconds: float) -> None:
        """Return that much later."""
        await self._calendar.sleep(max(seconds, 0.0))


async def never() -> NoReturn:
    """Wait until the world ends."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[None] = loop.create_future()
    if isinstance(loop, VirtualLoop):
        loop.for_ever.append(future)
    await future
    raise AssertionError("Never came.")


def live(world: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in virtual time, to its end; whatever else still runs ends with it."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(world)
