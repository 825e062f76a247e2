"""
The one way out to other servers (docs/adr/0013-transport.md).

This file alone, below node/, knows aiohttp and httpx. A request is checked twice: its URL before
anything happens, and the address of the socket that is really opened, at the moment it is opened.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast
from urllib.parse import urljoin

from federation.addresses import Target, check_url
from federation.errors import FederationError
from protocol.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    import httpx

CONNECTIONS = 100
KEEPALIVE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Limits:
    """
    How much one exchange may cost. seconds: from start to last byte; bytes: of the answer.

    cut: of a longer answer take that much, instead of refusing it.
    """

    seconds: float = 10.0
    bytes: int = 1024 * 1024
    cut: bool = False


class TransportFailed(FederationError):
    """A request got no usable answer."""

    code: ClassVar[str] = "transport-failed"


class ForbiddenAddress(TransportFailed):
    """The URL or the address behind it is not one that we may reach. Nothing was sent."""

    code: ClassVar[str] = "forbidden-address"

    def __init__(self) -> None:
        super().__init__("This hub does not connect to that address.")


class Unreachable(TransportFailed):
    """No connection, no such name, no valid certificate, or a connection that broke."""

    code: ClassVar[str] = "unreachable"


class TimedOut(TransportFailed):
    """The answer was not complete in time."""

    code: ClassVar[str] = "timed-out"

    def __init__(self, seconds: float) -> None:
        super().__init__(f"No complete answer within {seconds:g} seconds.")


class AnswerTooLarge(TransportFailed):
    """The answer has more bytes than we asked for."""

    code: ClassVar[str] = "answer-too-large"

    def __init__(self, most: int) -> None:
        super().__init__(f"The answer has more than {most} bytes.")


class Transport(Protocol):
    """Sends one request and returns the answer. A simulation brings its own."""

    async def send(self, request: HttpRequest, *, limits: Limits = ...) -> HttpResponse:
        """
        Return the answer as it is: no redirect is followed, nothing is unpacked, no cookie kept.

        Raises TransportFailed (one of its kinds above).
        """
        ...

    async def close(self) -> None:
        """Close all connections."""
        ...


def spelled(url: str) -> str:
    """
    Return an address in the one spelling in which it can be sent, without its fragment.

    For addresses that people or other servers wrote: signs that are not ASCII are encoded. Raises
    ForbiddenAddress for what is no address.
    """
    from yarl import URL

    try:
        return str(URL(url.strip()).with_fragment(None))
    except (ValueError, UnicodeError):
        raise ForbiddenAddress from None


def led_to(place: str, answer: HttpResponse) -> str:
    """Return where a redirect leads, spelled. Raises ForbiddenAddress for what is no address."""
    try:
        target = urljoin(place, answer.header("location") or "")
    except ValueError:
        raise ForbiddenAddress from None
    return spelled(target)


class _Attempt:
    """What the socket factory must know about the request it opens a socket for."""

    __slots__ = ("refused", "target")

    def __init__(self, target: Target) -> None:
        self.target = target
        self.refused = False


_attempt: ContextVar[_Attempt | None] = ContextVar("attempt", default=None)


class _AddressRefused(OSError):
    """The address that a name led to is none that we connect to."""


def _open_socket(address_info: tuple[Any, Any, int, str, tuple[Any, ...]]) -> socket.socket:
    """Make the socket for a connection, or refuse. Called by aiohttp with the real address."""
    family, kind, protocol, _, address = address_info
    attempt = _attempt.get()
    if attempt is None or not attempt.target.may_connect(str(address[0]), int(address[1])):
        if attempt is not None:
            attempt.refused = True
        raise _AddressRefused("address refused")
    return socket.socket(family=family, type=kind, proto=protocol)


class GuardedTransport:
    """The transport of a running node: aiohttp's connections behind httpx's interface."""

    def __init__(
        self,
        trusted: frozenset[str],
        user_agent: str,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """
        Prepare; the first request opens the session, so this may be called before the loop runs.

        trusted: authorities as `addresses.parse_authorities` returns them.
        ssl_context: what a server's certificate is checked with; by default the system's list.
        """
        self._trusted = trusted
        self._user_agent = user_agent
        self._ssl = ssl_context
        self._bridge: httpx.AsyncBaseTransport | None = None

    async def send(self, request: HttpRequest, *, limits: Limits = Limits()) -> HttpResponse:
        """See `Transport.send`."""
        target = check_url(request.url, self._trusted)
        if target is None:
            raise ForbiddenAddress
        attempt = _Attempt(target)
        token = _attempt.set(attempt)
        try:
            async with asyncio.timeout(limits.seconds), self._translated(attempt):
                return await self._exchange(request, limits)
        except TimeoutError:
            raise TimedOut(limits.seconds) from None
        finally:
            _attempt.reset(token)

    async def close(self) -> None:
        """See `Transport.close`."""
        if self._bridge is not None:
            bridge, self._bridge = self._bridge, None
            await bridge.aclose()

    async def _exchange(self, request: HttpRequest, limits: Limits) -> HttpResponse:
        import httpx
        from yarl import URL

        asked = httpx.Request(
            request.method,
            request.url,
            headers=[
                ("user-agent", self._user_agent),
                *(() if request.header("accept-encoding") else (("accept-encoding", "identity"),)),
                *request.headers,
            ],
            content=request.body or None,
        )
        if not str(asked.url) == str(URL(request.url)) == request.url:
            # What is signed must be what is sent; a URL that a library would respell is refused.
            raise ForbiddenAddress
        answer = await self._open().handle_async_request(asked)
        try:
            body = await _read(answer, limits)
        finally:
            await answer.aclose()
        headers = tuple(
            (name.decode("latin-1").lower(), value.decode("latin-1"))
            for name, value in answer.headers.raw
        )
        return HttpResponse(answer.status_code, headers, body)

    def _open(self) -> "httpx.AsyncBaseTransport":
        """Open the session once. Imported here: a command that sends nothing starts faster."""
        if self._bridge is None:
            import aiohttp
            from httpx_aiohttp.transport import AiohttpTransport

            context = self._ssl or ssl.create_default_context()
            session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    ssl=context,
                    limit=CONNECTIONS,
                    keepalive_timeout=KEEPALIVE_SECONDS,
                    socket_factory=_open_socket,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                skip_auto_headers=("Content-Type", "Accept"),
                timeout=aiohttp.ClientTimeout(total=None),
            )
            self._bridge = AiohttpTransport(verify=context, trust_env=False, client=session)
        return self._bridge

    @asynccontextmanager
    async def _translated(self, attempt: _Attempt) -> AsyncIterator[None]:
        """Turn what the libraries raise into our own failures, without what they say."""
        import aiohttp
        import httpx

        try:
            yield
        except TimeoutError:
            raise
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            aiohttp.ClientError,
            OSError,
            ValueError,
        ) as error:
            if attempt.refused:
                raise ForbiddenAddress from error
            raise Unreachable(_reason(error, attempt.target.host)) from error


def _reason(error: BaseException, host: str) -> str:
    import aiohttp

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(
            cause, aiohttp.ClientConnectorCertificateError | ssl.SSLCertVerificationError
        ):
            return f"The certificate of {host} is not valid."
        if isinstance(cause, aiohttp.ClientConnectorDNSError):
            return f"There is no server with the name {host}."
        if isinstance(cause, aiohttp.ClientConnectorError):
            return f"No connection to {host}."
        cause = cause.__cause__
    return f"The connection to {host} broke."


async def _read(answer: "httpx.Response", limits: Limits) -> bytes:
    """Return the body, or raise AnswerTooLarge as soon as it is known to be too large."""
    most = limits.bytes
    declared = answer.headers.get("content-length", "")
    if not limits.cut and declared.isdecimal() and int(declared) > most:
        raise AnswerTooLarge(most)
    parts = []
    size = 0
    async for part in cast("httpx.AsyncByteStream", answer.stream):
        size += len(part)
        if size > most and not limits.cut:
            raise AnswerTooLarge(most)
        parts.append(part)
        if size >= most and limits.cut:
            break
    return b"".join(parts)[:most]
