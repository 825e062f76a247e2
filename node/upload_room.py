"""Room for a few uploads at a time, so that strangers cannot fill the memory of the node."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar, Final

from node.refusals import RequestRefused

AT_ONCE: Final = 4
AT_ONCE_PER_ADDRESS: Final = 2
"""Who uploads slowly holds places for minutes; so nobody gets all of them."""
WAIT_SECONDS: Final = 10.0


class TooBusyForUploads(RequestRefused):
    """Others are uploading; there is no room to take one more in."""

    code: ClassVar[str] = "too-busy-for-uploads"

    def __init__(self) -> None:
        super().__init__("The hub is taking in other files. Nothing was stored; try again.")
        self.headers = {"Retry-After": "20"}


class UploadRoom:
    """Room for a few uploads at a time."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)
        self._held: Counter[str] = Counter()

    @asynccontextmanager
    async def place(self, address: str | None) -> AsyncIterator[None]:
        """
        Wait a little for a place. Raises TooBusyForUploads.

        address: whose places are counted; None for programs on this machine itself.
        """
        if address is not None and self._held[address] >= AT_ONCE_PER_ADDRESS:
            raise TooBusyForUploads
        whom = address or ""
        self._held[whom] += 1
        try:
            await self._wait()
            try:
                yield
            finally:
                self._places.release()
        finally:
            self._held[whom] -= 1
            if self._held[whom] <= 0:
                del self._held[whom]

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._places.acquire()
        except TimeoutError:
            raise TooBusyForUploads from None
