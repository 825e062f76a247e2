"""
A thousand hubs at which nothing happens, on all loopback addresses. Usage: resting_hubs.py PORT

Answers every GET with 304, as a hub does that is asked for heads which did not change. Hand-made,
so that it costs next to nothing beside what is measured.
"""

import asyncio
import sys
from typing import cast

import uvloop

ANSWER = b'HTTP/1.1 304 Not Modified\r\nETag: "mark.1"\r\n\r\n'


class RestingHub(asyncio.Protocol):
    """One connection; knows no more of HTTP than where a request without a body ends."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            self.buffer = self.buffer[end + 4 :]
            assert self.transport is not None
            self.transport.write(ANSWER)


async def serve(port: int) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    await loop.create_server(RestingHub, "0.0.0.0", port, backlog=2048)  # noqa: S104 - 127.0.0.0/8
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
