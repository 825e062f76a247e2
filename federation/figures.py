"""
What was counted over everything that is held, kept until something changes.

Counting a hundred thousand records takes some tenths of a second, and whoever asks again is
answered at once: the same while nothing was written, and in any case for a minute.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Generic, TypeVar

import sqlite_utils

T = TypeVar("T")
KEPT_FOR: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Figure(Generic[T]):
    """Something that was counted, and when."""

    value: T
    at: datetime


@dataclass(slots=True)
class Figures:
    """
    What is kept, by name: few names. Used from the threads of the database.

    `data_version` tells a connection that another one wrote; its numbers mean nothing to other
    connections, so after a minute only the one that counted can tell that nothing changed.
    """

    _kept: dict[str, tuple[int, int, Figure[Any]]] = field(default_factory=dict)
    """Name -> which connection counted at which version, and what came of it."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(
        self,
        db: sqlite_utils.Database,
        name: str,
        now: datetime,
        count: Callable[[sqlite_utils.Database], T],
    ) -> Figure[T]:
        """Return what is kept under a name if it still holds, else count it and keep that."""
        here = id(db.conn)
        version = int(db.conn.execute("pragma data_version").fetchone()[0])
        with self._lock:
            kept = self._kept.get(name)
        if kept is not None:
            connection, before, figure = kept
            unchanged = (connection, before) == (here, version)
            if unchanged or timedelta() <= now - figure.at < KEPT_FOR:
                return figure
        figure = Figure(count(db), now)
        with self._lock:
            self._kept[name] = (here, version, figure)
        return figure
