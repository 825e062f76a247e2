"""
The HTTP server below the application: aiohttp's, with time limits and caps of our own.

aiohttp closes idle connections but waits without end for the rest of a header; one address may
open as many connections as it likes. Both are closed here (SECURITY.md R16).
"""

import asyncio
from collections import Counter
from http import HTTPStatus
from typing import Any, Final

import orjson
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from node.logs import log
from node.problems import MEDIA_TYPE, TYPES

HEADER_SECONDS: Final = 10.0
IDLE_SECONDS: Final = 75.0
"""Longer than reverse proxies and other hubs keep a connection, so that they are first to close."""
LARGEST_LINE: Final = 8190
MOST_FIELDS: Final = 100
PER_ADDRESS: Final = 500
"""Open connections of one address that is neither loopback nor a trusted proxy."""


class HubConnection(RequestHandler):
    """One connection. A header that has begun must be whole within header_seconds."""

    __slots__ = ("_header_seconds", "_header_timer")

    def __init__(self, manager: web.Server, *, header_seconds: float, **options: Any) -> None:
        self._header_seconds = header_seconds
        self._header_timer: asyncio.TimerHandle | None = None
        super().__init__(manager, **options)

    def data_received(self, data: bytes) -> None:
        """Take bytes in; watch the clock while they are but a part of a header."""
        super().data_received(data)
        waiter = self._waiter
        # Bytes can come before the handler of a new connection waits for them; no request yet.
        whole = waiter.done() if waiter is not None else self._request_count > 0
        if whole:
            self._stop_timer()
        elif self._header_timer is None:
            self._header_timer = self._loop.call_later(self._header_seconds, self.force_close)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget the connection."""
        self._stop_timer()
        super().connection_lost(exc)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it may repeat what was sent
    ) -> web.StreamResponse:
        """Answer what is no HTTP, or what escaped the application, without repeating it."""
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.error("request-escaped", error=type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("An answer was begun already.")
        code = "server-error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "request-refused"
        title = HTTPStatus(status).phrase
        body = {"type": TYPES + code, "title": title, "status": status, "detail": f"{title}."}
        answer = web.Response(
            status=status,
            body=orjson.dumps(body),
            headers={"Content-Type": MEDIA_TYPE, "X-Content-Type-Options": "nosniff"},
        )
        answer.force_close()
        return answer

    def _stop_timer(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None


class HubServer(web.Server):
    """All connections, with a cap for each address."""

    def __init__(
        self,
        *positional: Any,
        uncapped: frozenset[str],
        header_seconds: float,
        **options: Any,
    ) -> None:
        super().__init__(*positional, **options)
        self._uncapped = uncapped
        self._header_seconds = header_seconds
        self._open: Counter[str] = Counter()

    def __call__(self) -> RequestHandler:
        """Return the protocol of a new connection."""
        return HubConnection(
            self, header_seconds=self._header_seconds, loop=self._loop, **self._kwargs
        )

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        """Count a connection; close it when its address has too many."""
        super().connection_made(handler, transport)
        address = _address(handler)
        self._open[address] += 1
        if self._open[address] > PER_ADDRESS and not self._is_uncapped(address):
            transport.abort()

    def connection_lost(self, handler: RequestHandler, exc: BaseException | None = None) -> None:
        """Count a connection out."""
        super().connection_lost(handler, exc)
        address = _address(handler)
        self._open[address] -= 1
        if self._open[address] <= 0:
            del self._open[address]

    def _is_uncapped(self, address: str) -> bool:
        return address in self._uncapped or address.startswith("127.") or address == "::1"


class HubRunner(web.AppRunner):
    """Runs the application on a HubServer. uncapped: addresses of our own proxies."""

    __slots__ = ("_header_seconds", "_uncapped")

    def __init__(
        self,
        app: web.Application,
        *,
        uncapped: frozenset[str] = frozenset(),
        header_seconds: float = HEADER_SECONDS,
    ) -> None:
        super().__init__(
            app,
            handle_signals=False,
            access_log=None,
            auto_decompress=False,
            keepalive_timeout=IDLE_SECONDS,
            lingering_time=2.0,
            max_line_size=LARGEST_LINE,
            max_field_size=LARGEST_LINE,
            max_headers=MOST_FIELDS,
            shutdown_timeout=8.0,
        )
        self._uncapped = uncapped
        self._header_seconds = header_seconds

    async def listen(self, host: str, port: int, backlog: int) -> None:
        """Open the port, after `setup`. Raises OSError."""
        await web.TCPSite(self, host, port, backlog=backlog).start()

    async def _make_server(self) -> web.Server:
        plain = await super()._make_server()
        return HubServer(
            plain.request_handler,
            request_factory=plain.request_factory,
            loop=asyncio.get_running_loop(),
            uncapped=self._uncapped,
            header_seconds=self._header_seconds,
            **plain._kwargs,
        )


def _address(handler: RequestHandler) -> str:
    # Cached by aiohttp, so it is still known when the connection is gone.
    peer = handler.peername
    return str(peer[0]) if isinstance(peer, tuple) else ""
