"""Checking and hashing passwords beside the event loop: slow on purpose, so few at a time."""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from aiohttp import web

from content.chance import Chance
from content.people.passwords import hash_password, is_password

T = TypeVar("T")
AT_ONCE: Final = 2
"""Each takes 46 MiB and a core."""


class PasswordDesk:
    """Where passwords are looked at."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)

    async def check(self, password: str, phc: str | None, *, before: Callable[[], None]) -> bool:
        """Return whether it is the password. before: may refuse, once its turn has come."""
        async with self._places:
            before()
            return await asyncio.to_thread(is_password, password, phc)

    async def hash(self, password: str, chance: Chance) -> str:
        """Return what is kept of a password."""
        async with self._places:
            return await asyncio.to_thread(hash_password, password, chance)


PASSWORDS = web.AppKey("passwords", PasswordDesk)
