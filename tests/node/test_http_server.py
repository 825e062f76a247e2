"""The HTTP server below the application: slow, strange and too many connections."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvloop
from aiohttp import web

from node.http_server import HubRunner


async def hello(_request: web.Request) -> web.Response:
    return web.Response(text="hello")


@pytest.fixture
async def port() -> AsyncIterator[int]:
    app = web.Application()
    app.router.add_get("/", hello)
    runner = HubRunner(app, header_seconds=0.2)
    await runner.setup()
    await runner.listen("127.0.0.1", 0, 16)
    yield runner.addresses[0][1]
    await runner.cleanup()


async def exchange(port: int, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    try:
        return await asyncio.wait_for(reader.read(), 5)
    finally:
        writer.close()


async def test_honest_requests_are_answered(port: int) -> None:
    answer = await exchange(port, b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 ")


async def test_a_header_that_never_ends_closes_the_connection(port: int) -> None:
    assert await exchange(port, b"GET / HTTP/1.1\r\nHost: h\r\nX-Slow: ") == b""


async def test_a_second_request_has_the_same_time_for_its_header(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    assert (await reader.readuntil(b"hello")).startswith(b"HTTP/1.1 200 ")

    writer.write(b"GET / HTTP/1.1\r\nHo")

    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()


def test_a_header_that_begins_with_the_connection_has_no_more_time_than_others() -> None:
    async def begun_at_once() -> bytes:
        runner = HubRunner(web.Application(), header_seconds=0.2)
        await runner.setup()
        await runner.listen("127.0.0.1", 0, 16)
        # Connection and bytes are there before the server sees either, as from a fast attacker.
        client = socket.create_connection(runner.addresses[0])
        client.sendall(b"G")
        client.setblocking(False)
        try:
            return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(client, 100), 5)
        finally:
            client.close()
            await runner.cleanup()

    # The loop that serves hands over the first bytes before the new connection has a task.
    assert uvloop.run(begun_at_once()) == b""


@pytest.mark.parametrize(
    "sent",
    [
        b"canary\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\nbad canary\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"canary" * 3000 + b"\r\n\r\n",
        b"GET /canary" + b"a" * 9000 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\n" + b"X: canary\r\n" * 200 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0",
        b"\x16\x03\x01\x02\x00\x01canary\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_refused_without_being_repeated(port: int, sent: bytes) -> None:
    answer = await exchange(port, sent)

    assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")), answer
    assert b"canary" not in answer
    assert b"application/problem+json" in answer
