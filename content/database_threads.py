"""The threads of the database: jobs come in by a queue, results go back by a call."""

import asyncio
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlite_utils

from content.database import (
    DatabaseBusy,
    QueryTookTooLong,
    Work,
    snapshot,
    sqlite3,
    storage_error,
    transaction,
)

T = TypeVar("T")
GROUP_COMMIT_MAX = 256
INTERRUPT_EVERY_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Job:
    """Work, and whom to tell: done gets the result or the error, in the thread of the work."""

    work: Work[Any]
    done: Callable[[Any, BaseException | None], None]
    alone: bool = False
    """Run outside of the shared transaction (pragmas need that)."""


Jobs = queue.SimpleQueue[Job | None]
_Result = tuple[Any, BaseException | None]


def _attempt(work: Work[Any], db: sqlite_utils.Database) -> _Result:
    try:
        return work(db), None
    except StopIteration as error:
        # A future cannot hold it: whoever waits would wait for ever.
        return None, RuntimeError(f"Work ended in StopIteration: {error}")
    except BaseException as error:
        return None, error


class Reader(threading.Thread):
    """A thread with one connection that cannot write; answers one job after the other."""

    def __init__(self, name: str, db: sqlite_utils.Database, jobs: Jobs) -> None:
        super().__init__(name=name, daemon=True)
        self._db = db
        self._jobs = jobs

    def run(self) -> None:
        """Work until a None arrives."""
        while (job := self._jobs.get()) is not None:
            job.done(*self._answer(job.work))
        self._db.close()

    def _answer(self, work: Work[Any]) -> _Result:
        def consistently(db: sqlite_utils.Database) -> Any:
            with snapshot(db):
                return work(db)

        value, error = _attempt(consistently, self._db)
        # Only a busy database is news to the caller; to write here is a mistake in the code.
        if error is not None and isinstance(ours := storage_error(error), DatabaseBusy):
            return None, ours
        return value, error


class Writer(threading.Thread):
    """The one thread that writes. It takes all waiting jobs and commits them together."""

    def __init__(self, name: str, db: sqlite_utils.Database, jobs: Jobs) -> None:
        super().__init__(name=name, daemon=True)
        self._db = db
        self._jobs = jobs

    def run(self) -> None:
        """Work until a None arrives; what was queued before it is still done."""
        more = True
        while more:
            jobs, more = self._take()
            for job in jobs:
                if job.alone:
                    value, error = _attempt(job.work, self._db)
                    job.done(value, None if error is None else storage_error(error))
            together = [job for job in jobs if not job.alone]
            for job, result in zip(together, self._commit_together(together), strict=True):
                job.done(*result)
        self._db.close()

    def _take(self) -> tuple[list[Job], bool]:
        """Wait for one job and take all that wait behind it; False when the end was reached."""
        jobs: list[Job] = []
        job = self._jobs.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) >= GROUP_COMMIT_MAX:
                return jobs, True
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return jobs, True
        return jobs, False

    def _commit_together(self, jobs: list[Job]) -> list[_Result]:
        if not jobs:
            return []
        results: list[_Result] = []
        try:
            with transaction(self._db):
                for job in jobs:
                    results.append(self._in_savepoint(job))  # noqa: PERF401 - results so far are kept
        except BaseException as error:
            # The shared commit failed, so nobody's change is stored: each caller learns why.
            return [(None, error)] * len(jobs)
        return results

    def _in_savepoint(self, job: Job) -> _Result:
        """Run one job so that its failure takes back its own changes and no others."""
        self._db.conn.execute("savepoint job")
        value, error = _attempt(job.work, self._db)
        if not self._db.conn.in_transaction:
            # The shared transaction is gone (disk full, or work that commits): all must know.
            raise error or RuntimeError("Work in a transaction must neither commit nor roll back.")
        if error is not None:
            self._db.conn.execute("rollback to job")
        try:
            self._db.conn.execute("release job")
        except sqlite3.OperationalError as unfinished:
            raise RuntimeError("Work must read all rows of what it writes.") from unfinished
        return value, None if error is None else storage_error(error)


class Limit:
    """Stops one read when its time is over, or when nobody waits for it any more."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._over = False
        self._running_on: sqlite_utils.Database | None = None

    def guard(self, work: Work[T]) -> Work[T]:
        """Return work that ends in QueryTookTooLong once `stop` was called."""

        def guarded(db: sqlite_utils.Database) -> T:
            with self._lock:
                if self._over:
                    raise QueryTookTooLong
                self._running_on = db
            try:
                with db.tracer(self._before_statement):
                    return work(db)
            except sqlite3.OperationalError as error:
                if self._over:
                    raise QueryTookTooLong from error
                raise
            finally:
                with self._lock:
                    self._running_on = None

        return guarded

    def _before_statement(self, *_: object) -> None:
        if self._over:
            raise QueryTookTooLong

    def stop(self) -> None:
        """Interrupt the running statement, again and again: between two it has no effect."""
        with self._lock:
            self._over = True
            if self._running_on is None:
                return
            self._running_on.conn.interrupt()
        asyncio.get_running_loop().call_later(INTERRUPT_EVERY_SECONDS, self.stop)
