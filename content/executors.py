"""
The two executors of the database: a writer thread that shares its commits, and an inline one.

Group commit is what makes `synchronous=FULL` affordable: all writes that wait at the same moment
share one commit, each in a savepoint of its own (docs/adr/0004-sqlite.md).
"""

import asyncio
import queue
import threading
from contextlib import suppress
from contextvars import copy_context
from pathlib import Path
from typing import Any, TypeVar

import sqlite_utils

from content.database import (
    DatabaseClosed,
    Work,
    connect,
    emptied_wal,
    rewritten,
    snapshot,
    transaction,
)
from content.database_threads import Job, Jobs, Limit, Reader, Writer

T = TypeVar("T")


class InlineDatabase:
    """Runs work at once in the caller's thread: for commands, and for simulations."""

    def __init__(self, path: Path) -> None:
        self._db = connect(path, writes=True)
        self._reader = connect(path, writes=False)
        self._public = connect(path, writes=False, public=True)

    def write_now(self, work: Work[T]) -> T:
        """Run work in a transaction of its own."""
        with transaction(self._db):
            return work(self._db)

    def read_now(self, work: Work[T]) -> T:
        """Run work that only reads."""
        with snapshot(self._reader):
            return work(self._reader)

    def close_now(self) -> None:
        """Close all connections."""
        self._public.close()
        self._reader.close()
        self._db.close()

    async def write(self, work: Work[T]) -> T:
        """See `Database.write`."""
        return self.write_now(work)

    async def read(self, work: Work[T]) -> T:
        """See `Database.read`."""
        return self.read_now(work)

    async def read_public(self, work: Work[T]) -> T:
        """See `Database.read_public`; without a limit of time."""
        with snapshot(self._public):
            return work(self._public)

    async def data_version(self) -> int:
        """See `Database.data_version`."""
        return int(self._db.conn.execute("pragma data_version").fetchone()[0])

    async def checkpoint(self) -> bool:
        """See `Database.checkpoint`."""
        return emptied_wal(self._db)

    async def rewrite(self) -> bool:
        """See `Database.rewrite`."""
        return rewritten(self._db)

    async def close(self) -> None:
        """See `Database.close`."""
        self.close_now()


class ThreadedDatabase:
    """The executor of a running node: one writer thread, two readers, two public readers."""

    def __init__(
        self, path: Path, *, read_seconds: float = 30.0, public_seconds: float = 5.0
    ) -> None:
        """
        Open the file and start the threads.

        read_seconds, public_seconds: when a read is interrupted, for staff and for the public;
        the time it waits for a free reader counts.
        """
        self._read_seconds = read_seconds
        self._public_seconds = public_seconds
        self._closed = False
        self._writes: Jobs = queue.SimpleQueue()
        self._reads: Jobs = queue.SimpleQueue()
        self._public_reads: Jobs = queue.SimpleQueue()
        self._threads: list[tuple[threading.Thread, Jobs]] = [
            (Writer("hub-writer", connect(path, writes=True), self._writes), self._writes)
        ]
        for number in range(2):
            name, jobs = f"hub-reader-{number}", self._reads
            self._threads.append((Reader(name, connect(path, writes=False), jobs), jobs))
        for number in range(2):
            name, jobs = f"hub-public-reader-{number}", self._public_reads
            db = connect(path, writes=False, public=True)
            self._threads.append((Reader(name, db, jobs), jobs))
        for thread, _ in self._threads:
            thread.start()

    async def write(self, work: Work[T]) -> T:
        """See `Database.write`. Shares its commit with whatever waits at the same time."""
        return await self._run(self._writes, work)

    async def read(self, work: Work[T]) -> T:
        """See `Database.read`."""
        return await self._timed(self._reads, work, self._read_seconds)

    async def read_public(self, work: Work[T]) -> T:
        """See `Database.read_public`."""
        return await self._timed(self._public_reads, work, self._public_seconds)

    async def data_version(self) -> int:
        """See `Database.data_version`; asked of the writer, so our own commits do not count."""

        def ask(db: sqlite_utils.Database) -> int:
            return int(db.conn.execute("pragma data_version").fetchone()[0])

        return await self._run(self._writes, ask, alone=True)

    async def checkpoint(self) -> bool:
        """See `Database.checkpoint`."""
        return await self._run(self._writes, emptied_wal, alone=True)

    async def rewrite(self) -> bool:
        """See `Database.rewrite`."""
        return await self._run(self._writes, rewritten, alone=True)

    async def close(self) -> None:
        """See `Database.close`. Whoever asks afterwards gets DatabaseClosed."""
        if not self._closed:
            self._closed = True
            for _, jobs in self._threads:
                jobs.put(None)
        for thread, _ in self._threads:
            await asyncio.to_thread(thread.join)

    async def _timed(self, jobs: Jobs, work: Work[T], seconds: float) -> T:
        limit = Limit()
        timer = asyncio.get_running_loop().call_later(seconds, limit.stop)
        try:
            return await self._run(jobs, limit.guard(work))
        except asyncio.CancelledError:
            limit.stop()
            raise
        finally:
            timer.cancel()

    async def _run(self, jobs: Jobs, work: Work[T], *, alone: bool = False) -> T:
        if self._closed:
            raise DatabaseClosed
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def settle(value: T, error: BaseException | None) -> None:
            if future.cancelled():
                return
            if error is None:
                future.set_result(value)
            else:
                future.set_exception(error)

        def done(value: Any, error: BaseException | None) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(settle, value, error)

        # In the context of whoever asks: what is made there knows the language of the page.
        context = copy_context()
        jobs.put(Job(lambda db: context.run(work, db), done, alone))
        return await future
