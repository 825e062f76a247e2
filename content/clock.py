"""The seam for time: whoever needs the time is handed a clock (docs/adr/0002-seams.md)."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits. node/clock.py has the wall clock, a simulation a virtual one."""

    def now(self) -> datetime:
        """Return the time now, timezone-aware, UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds of this clock."""
        ...
