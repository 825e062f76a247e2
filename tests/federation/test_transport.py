"""The one way out, on real sockets: what it never reaches, and how much it ever takes."""

import asyncio
import socket
import zlib
from collections.abc import AsyncIterator, Callable

import pytest

from federation.addresses import parse_authorities
from federation.transport import (
    AnswerTooLarge,
    ForbiddenAddress,
    GuardedTransport,
    Limits,
    TimedOut,
    Unreachable,
)
from protocol.http import HttpRequest
from tests.strangers_at_work import Answer, Stranger


class Canary:
    """A listener on a forbidden place that counts connections, not requests."""

    def __init__(self) -> None:
        self.accepted = 0
        self.port = 0

    async def start(self) -> asyncio.Server:
        """Listen on a free port of loopback."""

        async def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.accepted += 1
            writer.close()

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server


@pytest.fixture
async def canary() -> AsyncIterator[Canary]:
    canary = Canary()
    server = await canary.start()
    yield canary
    server.close()
    await server.wait_closed()


@pytest.fixture
async def stranger() -> AsyncIterator[Stranger]:
    async with await Stranger.start() as server:
        yield server


@pytest.fixture
async def transport(stranger: Stranger) -> AsyncIterator[GuardedTransport]:
    transport = GuardedTransport(parse_authorities([stranger.authority]), "RightsHub/test")
    yield transport
    await transport.close()


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Make the system's resolver answer with the given addresses, each call with the next list."""
    asked: list[str] = []

    def answering(*answers: list[tuple[str, int]]) -> list[str]:
        left = list(answers)

        def getaddrinfo(host: str, *_: object, **__: object) -> list[tuple[object, ...]]:
            asked.append(host)
            found = left.pop(0) if len(left) > 1 else left[0]
            return [
                (
                    socket.AF_INET6 if ":" in address else socket.AF_INET,
                    socket.SOCK_STREAM,
                    6,
                    "",
                    (address, port, 0, 0) if ":" in address else (address, port),
                )
                for address, port in found
            ]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
        return asked

    return answering


def get(url: str) -> HttpRequest:
    return HttpRequest("GET", url, (("Accept", "application/activity+json"),))


async def test_a_trusted_server_is_asked_and_its_answer_comes_back_as_it_is(
    transport: GuardedTransport, stranger: Stranger
) -> None:
    answer = await transport.send(get(stranger.actor))

    assert answer.status == 200
    assert answer.header("content-type") == "application/activity+json"
    assert stranger.name.encode() in answer.body
    (asked,) = stranger.received
    assert asked.headers["user-agent"] == "RightsHub/test"
    assert asked.headers["accept-encoding"] == "identity"
    assert "cookie" not in asked.headers


@pytest.mark.parametrize(
    "form",
    [
        "http://127.0.0.1:{port}/",
        "https://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://[::1]:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f000001:{port}/",
        "http://127.1:{port}/",
        "http://0177.0.0.1:{port}/",
        "http://127.0.0.1.:{port}/",
        "http://0.0.0.0:{port}/",
        "http://[::]:{port}/",
        "http://user@127.0.0.1:{port}/",
        "http://canary.example:{port}/",
        "https://canary.example:{port}/",
        "ftp://127.0.0.1:{port}/",
    ],
)
async def test_no_notation_of_a_forbidden_address_opens_a_connection(
    transport: GuardedTransport,
    canary: Canary,
    resolve: Callable[..., list[str]],
    form: str,
) -> None:
    resolve([("127.0.0.1", canary.port)])

    with pytest.raises(ForbiddenAddress):
        await transport.send(get(form.format(port=canary.port)))

    assert canary.accepted == 0


@pytest.mark.parametrize(
    "answers",
    [
        [("127.0.0.1", 443)],
        [("10.1.2.3", 443)],
        [("169.254.169.254", 443)],
        [("::1", 443)],
        [("::ffff:127.0.0.1", 443)],
        [("64:ff9b::7f00:1", 443)],
        [("127.0.0.1", 443), ("192.168.0.1", 443)],
    ],
)
async def test_a_name_that_leads_to_a_forbidden_address_is_refused_when_the_socket_opens(
    transport: GuardedTransport,
    resolve: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
    answers: list[tuple[str, int]],
) -> None:
    asked = resolve(answers)
    opened = []
    monkeypatch.setattr(socket.socket, "connect", lambda *a: opened.append(a))

    with pytest.raises(ForbiddenAddress):
        await transport.send(get("https://harmless.example/actor"))

    assert asked == ["harmless.example"]
    assert opened == []


async def test_a_name_that_answers_otherwise_the_second_time_gains_nothing(
    transport: GuardedTransport, resolve: Callable[..., list[str]]
) -> None:
    resolve([("127.0.0.1", 443)], [("127.0.0.1", 443)])

    for _ in range(2):
        with pytest.raises(ForbiddenAddress):
            await transport.send(get("https://rebinding.example/actor"))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_returned_and_never_followed(
    transport: GuardedTransport, stranger: Stranger, canary: Canary, status: int
) -> None:
    place = f"http://127.0.0.1:{canary.port}/"
    stranger.answers["/here"] = Answer(status, headers={"Location": place})

    answer = await transport.send(get(f"{stranger.origin}/here"))

    assert answer.status == status
    assert answer.header("location") == place
    assert canary.accepted == 0


async def test_proxies_of_the_environment_are_not_used(
    transport: GuardedTransport,
    stranger: Stranger,
    canary: Canary,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")

    answer = await transport.send(get(stranger.actor))

    assert answer.status == 200
    assert canary.accepted == 0


async def test_cookies_are_neither_kept_nor_sent(
    transport: GuardedTransport, stranger: Stranger
) -> None:
    stranger.answers["/cookie"] = Answer(headers={"Set-Cookie": "a=b; Path=/"})

    await transport.send(get(f"{stranger.origin}/cookie"))
    await transport.send(get(f"{stranger.origin}/cookie"))

    assert all("cookie" not in asked.headers for asked in stranger.received)


async def test_nothing_is_unpacked(transport: GuardedTransport, stranger: Stranger) -> None:
    packed = zlib.compress(b"0" * 1_000_000)
    stranger.answers["/bomb"] = Answer(body=packed, headers={"Content-Encoding": "deflate"})

    answer = await transport.send(get(f"{stranger.origin}/bomb"))

    assert answer.body == packed


async def test_an_answer_that_is_too_large_is_cut_off(
    transport: GuardedTransport, stranger: Stranger
) -> None:
    stranger.answers["/large"] = Answer(body=b"0" * 5000)

    with pytest.raises(AnswerTooLarge):
        await transport.send(get(f"{stranger.origin}/large"), limits=Limits(bytes=4999))
    answer = await transport.send(get(f"{stranger.origin}/large"), limits=Limits(bytes=5000))

    assert len(answer.body) == 5000


async def drip(writer: asyncio.StreamWriter, head: bytes) -> None:
    writer.write(head)
    while not writer.is_closing():
        writer.write(b"0")
        await writer.drain()
        await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: ",
    ],
)
async def test_a_server_that_drips_is_left_at_the_deadline(head: bytes) -> None:
    ended = asyncio.Event()

    async def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await drip(writer, head)
        except ConnectionError:
            pass
        finally:
            writer.close()
            ended.set()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    authority = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    transport = GuardedTransport(parse_authorities([authority]), "RightsHub/test")
    try:
        with pytest.raises((TimedOut, Unreachable)):
            await transport.send(get(f"http://{authority}/"), limits=Limits(seconds=0.1))
        async with asyncio.timeout(5):
            await ended.wait()
    finally:
        await transport.close()
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 99999 OK\r\n\r\n",
    ],
)
async def test_a_server_that_breaks_off_or_talks_nonsense_is_unreachable(answer: bytes) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    authority = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    transport = GuardedTransport(parse_authorities([authority]), "RightsHub/test")
    try:
        with pytest.raises(Unreachable):
            await transport.send(get(f"http://{authority}/"))
    finally:
        await transport.close()
        server.close()
        await server.wait_closed()


async def test_where_nobody_listens_is_unreachable(stranger: Stranger) -> None:
    transport = GuardedTransport(parse_authorities([stranger.authority]), "RightsHub/test")
    url = stranger.actor
    await stranger.stop()
    try:
        with pytest.raises(Unreachable) as caught:
            await transport.send(get(url))
    finally:
        await transport.close()

    assert "No connection" in str(caught.value)


@pytest.mark.parametrize("path", ["/a%7Eb", "/a%2fb/../c", "/%C3%A9"])
async def test_what_is_sent_is_what_was_signed_or_nothing(
    transport: GuardedTransport, stranger: Stranger, path: str
) -> None:
    try:
        await transport.send(get(stranger.origin + path))
    except ForbiddenAddress:
        assert stranger.received == []
    else:
        assert [asked.raw_path for asked in stranger.received] == [path]
