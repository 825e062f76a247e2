"""
Many small jobs that arrive at the same time become one trip to the writer thread.

The database shares commits already (docs/adr/0004-sqlite.md); this shares the way there and back,
which costs more than the work itself when thousands of activities arrive in a second.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

import sqlite_utils

from content.database import Database
from content.errors import ContentError
from federation.errors import FederationError
from protocol.errors import ProtocolError

T = TypeVar("T")
MOST_TOGETHER = 128
_REFUSALS = (ContentError, FederationError, ProtocolError)


class JoinedWrites(Generic[T]):
    """
    Collects jobs while a trip is under way. Belongs to one event loop.

    A job must change nothing before it refuses: its refusal reaches its own caller only, and the
    others are kept. Any other error takes back the whole trip, and each caller learns of it.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[Callable[[sqlite_utils.Database], T], asyncio.Future[T]]] = []
        self._trips: asyncio.Task[None] | None = None

    async def write(self, database: Database, job: Callable[[sqlite_utils.Database], T]) -> T:
        """Run job in a transaction with others; return its result once that is on disk."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, future))
        if self._trips is None:
            self._trips = asyncio.create_task(self._travel(database))
        return await future

    async def _travel(self, database: Database) -> None:
        try:
            while self._waiting:
                together = self._waiting[:MOST_TOGETHER]
                jobs = [job for job, _ in together]
                try:
                    results = await database.write(partial(_run_all, jobs=jobs))
                except Exception as error:
                    results = [error] * len(jobs)
                del self._waiting[: len(together)]
                for (_, future), result in zip(together, results, strict=True):
                    _settle(future, result)
        finally:
            # Only when the process ends is anybody left here.
            self._trips = None
            for _, future in self._waiting:
                future.cancel()
            self._waiting.clear()


def _run_all(
    db: sqlite_utils.Database, *, jobs: list[Callable[[sqlite_utils.Database], T]]
) -> list[T | Exception]:
    results: list[T | Exception] = []
    for job in jobs:
        try:
            results.append(job(db))
        except _REFUSALS as refusal:
            results.append(refusal)
    return results


def _settle(future: "asyncio.Future[T]", result: T | Exception) -> None:
    if future.done():
        return  # who asked has gone; what was kept is kept
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
