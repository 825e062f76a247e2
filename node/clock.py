"""The wall clock. This module alone asks the operating system for the time (docs/adr/0002)."""

import asyncio
from datetime import UTC, datetime


class WallClock:
    """The clock of a running node; see `content.clock.Clock`."""

    def now(self) -> datetime:
        """Return the time now, timezone-aware, UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""
        await asyncio.sleep(max(seconds, 0))
