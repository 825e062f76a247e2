"""
What a running node remembers besides its database: only things that can be had again.

Every part is bounded, since strangers decide what goes into it.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from federation.bounded import Bounded
from federation.figures import Figures
from federation.joined_writes import JoinedWrites
from federation.known_keys import KnownKey


@dataclass(frozen=True, slots=True)
class Window:
    """How many look-ups a host caused since a moment."""

    since: datetime
    count: int


@dataclass(slots=True)
class Poll:
    """When a hub is asked for its heads. mark: what it gave to ask on from; "" for all."""

    due: datetime
    interval: timedelta
    mark: str = ""


@dataclass(slots=True)
class Memory:
    """The memory of one node; a new node begins with an empty one."""

    keys: Bounded[str, tuple[KnownKey, datetime]] = field(default_factory=lambda: Bounded(20_000))
    """Key id -> key, and until when it is used without asking the database again."""
    unavailable: Bounded[str, datetime] = field(default_factory=lambda: Bounded(10_000))
    """Key id -> until when it is not looked up again (S8)."""
    refetched: Bounded[str, datetime] = field(default_factory=lambda: Bounded(10_000))
    """Key id -> when it was last fetched anew because a signature failed (S10)."""
    look_ups: Bounded[str, Window] = field(default_factory=lambda: Bounded(10_000))
    """Host -> look-ups in this minute (S8)."""
    looking: dict[str, asyncio.Task[KnownKey]] = field(default_factory=dict)
    """Key id -> the look-up that runs, for all who wait for the same key."""
    asked: Bounded[str, datetime] = field(default_factory=lambda: Bounded(10_000))
    """Actor of a hub -> when it was last asked for its manifests, because of an unknown key."""
    learning: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    """Actor of a hub -> the question that runs, for all who wait for its answer."""
    arrivals: JoinedWrites[bool] = field(default_factory=JoinedWrites)
    """How activities that arrive at the same time reach the disk together."""
    handling: set[asyncio.Task[None]] = field(default_factory=set)
    """Accepted activities that wait for a slow server beside the batches of the inbox."""
    told: Bounded[tuple[str, str], int] = field(default_factory=lambda: Bounded(10_000))
    """Actor and log -> how far it has come, as the actor said with a delivery; until looked at."""
    locks: Bounded[str, asyncio.Lock] = field(default_factory=lambda: Bounded(10_000))
    """Actor -> the lock that lets only one task at a time read its logs."""
    polls: dict[str, Poll] = field(default_factory=dict)
    """Actor of an active hub -> when it is asked for its heads."""
    first_readings: dict[str, Poll] = field(default_factory=dict)
    """Actor of a new peer whose logs could not be read yet -> when that is tried again."""
    figures: Figures = field(default_factory=Figures)
    """What was counted over everything that is held, for a minute (figures.py)."""
    epoch: str = ""
    """What marks of changes of heads begin with in this process; "" before the first."""
    waiting: int | None = None
    """Activities that wait in the inbox, None before they were counted for the first time."""
    crowding: frozenset[str] = frozenset()
    """Hosts with too large a share of a crowded inbox; counted together with `waiting`."""

    def reading(self, actor: str) -> asyncio.Lock:
        """Return the lock to hold while the logs of an actor are read."""
        lock = self.locks.get(actor)
        if lock is None:
            lock = asyncio.Lock()
            self.locks.put(actor, lock)
        return lock
