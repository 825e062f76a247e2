"""A mail server beside the browser: real (tests/mail_server.py), in a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.mail_server import PostOffice, post_office


@contextmanager
def post_beside() -> Iterator[PostOffice]:
    """Run a mail server until the block ends; what it took can be read from anywhere."""
    there = threading.Event()
    offices: list[tuple[PostOffice, asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def work() -> None:
        closing = asyncio.Event()
        async with post_office() as office:
            offices.append((office, asyncio.get_running_loop(), closing))
            there.set()
            await closing.wait()

    thread = threading.Thread(target=lambda: asyncio.run(work()), daemon=True)
    thread.start()
    assert there.wait(30), "the mail server did not start"
    office, loop, closing = offices[0]
    yield office
    loop.call_soon_threadsafe(closing.set)
    thread.join(30)
