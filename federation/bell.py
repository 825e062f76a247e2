"""A bell that wakes the workers: something was stored that they should look at."""

import asyncio


class Bell:
    """
    Remembers how often it was rung, so that a ring between two looks is never missed.

    A worker notes `rings`, looks for work, and then waits for a ring that came after its note:
    `seen = bell.rings; work(); await bell.heard(seen)`. Who waits longest is woken first, so that
    a run can be repeated. Belongs to one event loop.
    """

    def __init__(self) -> None:
        self._rings = 0
        self._orders = 0
        self._listeners: dict[asyncio.Future[None], None] = {}
        self._order_listeners: dict[asyncio.Future[None], None] = {}

    @property
    def rings(self) -> int:
        """How often the bell was rung so far, for whatever reason."""
        return self._rings

    @property
    def orders(self) -> int:
        """How often it was rung for something else than an arrival in the inbox."""
        return self._orders

    def ring(self, *, arrival: bool = False) -> None:
        """
        Wake everybody who waits. Cheap when nobody does.

        arrival: only the inbox got something, so who delivers need not look.
        """
        self._rings += 1
        _wake(self._listeners)
        if not arrival:
            self._orders += 1
            _wake(self._order_listeners)

    async def heard(self, seen: int) -> int:
        """Return `rings` as soon as it differs from seen; at once when it does already."""
        if self._rings == seen:
            await _wait_among(self._listeners)
        return self._rings

    async def heard_order(self, seen: int) -> int:
        """Return `orders` as soon as it differs from seen; at once when it does already."""
        if self._orders == seen:
            await _wait_among(self._order_listeners)
        return self._orders


def _wake(listeners: dict[asyncio.Future[None], None]) -> None:
    for listener in listeners:
        if not listener.done():
            listener.set_result(None)


async def _wait_among(listeners: dict[asyncio.Future[None], None]) -> None:
    listener: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    listeners[listener] = None
    try:
        await listener
    finally:
        del listeners[listener]
