"""
Asking somebody else's server many questions without being a burden.

One question at a time, with a pause between them; a server that says it is busy is left alone as
long as it wants; an end to bytes, questions and hours. Only through the guarded transport, whose
User-Agent says who we are.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import ClassVar, Final
from urllib.parse import urlsplit

from federation.errors import FederationError
from federation.hub import Node
from federation.transport import ForbiddenAddress, Limits, TransportFailed, led_to, spelled
from federation.unpacking import unpacked
from protocol.errors import ProtocolError
from protocol.http import HttpRequest, HttpResponse

PAUSE: Final = timedelta(seconds=1)
"""Between two questions to one server."""
LONGEST_WAIT: Final = timedelta(minutes=2)
"""How long a run waits for a server that asks us to come back later; longer, and it ends."""
MOST_TRIES: Final = 3
MOST_HOPS: Final = 5
MOST_QUESTIONS: Final = 3000
MOST_BYTES: Final = 512 * 1024 * 1024
MOST_TIME: Final = timedelta(hours=2)
ONE_ANSWER: Final = Limits(seconds=60.0, bytes=64 * 1024 * 1024)
_BUSY: Final = (429, 503)
_FOR_EVER: Final = (301, 308)
_ELSEWHERE: Final = (*_FOR_EVER, 302, 303, 307)


class HarvestFailed(FederationError):
    """A source gave no usable answer; nothing of the run is kept."""

    code: ClassVar[str] = "harvest-failed"


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What came back. url: where it was in the end. body: unpacked.

    moved: the new address, where the server says that it is for ever.
    """

    url: str
    status: int
    body: bytes
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    moved: str | None = None


@dataclass(slots=True)
class Asker:
    """One conversation. tell: called after each answer, with how many there were."""

    node: Node
    tell: Callable[[int], Awaitable[None]] | None = None
    pause: timedelta = PAUSE
    count: int = 0
    _bytes: int = 0
    _began: datetime | None = None
    _last: dict[str, datetime] = field(default_factory=dict)

    async def get(self, url: str, *fields: tuple[str, str], ok: tuple[int, ...] = (200,)) -> Answer:
        """
        Return the answer to a GET, after at most `MOST_HOPS` redirects.

        fields: more header fields. ok: the statuses that are answers; raises HarvestFailed for any
        other, for a server that cannot be reached, and beyond the limits above.
        """
        place, moved, for_ever = _spelled(url), None, True
        for _ in range(MOST_HOPS + 1):
            answer = await self._patiently(place, fields)
            if answer.status not in _ELSEWHERE:
                break
            for_ever = for_ever and answer.status in _FOR_EVER
            place = _next(place, answer)
            moved = place if for_ever else None
        else:
            raise HarvestFailed("The server sends us from one address to the next without an end.")
        if answer.status not in ok:
            raise HarvestFailed(f"{urlsplit(place).netloc} answered {answer.status}.")
        return Answer(
            place,
            answer.status,
            self._body(answer),
            answer.header("content-type") or "",
            answer.header("etag"),
            answer.header("last-modified"),
            moved,
        )

    async def _patiently(self, url: str, fields: tuple[tuple[str, str], ...]) -> HttpResponse:
        """Ask, and again after as long as the server wants where it says that it is busy."""
        for attempt in range(1, MOST_TRIES + 1):
            answer = await self._ask(url, fields)
            if answer.status not in _BUSY:
                return answer
            wait = _asked_to_wait(answer, self.node.clock.now())
            if wait > LONGEST_WAIT or attempt == MOST_TRIES:
                break
            await self.node.clock.sleep(wait.total_seconds())
        raise HarvestFailed(f"{urlsplit(url).netloc} is busy and asks us to come back later.")

    async def _ask(self, url: str, fields: tuple[tuple[str, str], ...]) -> HttpResponse:
        await self._wait_for_turn(urlsplit(url).netloc)
        self.count += 1
        if self.count > MOST_QUESTIONS:
            raise HarvestFailed(
                f"More than {MOST_QUESTIONS} questions: choose a smaller part of it."
            )
        try:
            answer = await self.node.transport.send(
                HttpRequest("GET", url, fields), limits=ONE_ANSWER
            )
        except ForbiddenAddress as error:
            raise HarvestFailed(
                f"This hub does not connect to {url[:200]}: it must be https and a public address,"
                " or its host and port be named in HUB_TRUSTED_AUTHORITIES."
            ) from error
        except TransportFailed as error:
            raise HarvestFailed(str(error)) from error
        self._bytes += len(answer.body)
        if self._bytes > MOST_BYTES:
            raise HarvestFailed("More than 512 MB: choose a smaller part of it.")
        if self.tell is not None:
            await self.tell(self.count)
        return answer

    async def _wait_for_turn(self, host: str) -> None:
        now = self.node.clock.now()
        self._began = self._began or now
        if now - self._began > MOST_TIME:
            raise HarvestFailed("It took more than two hours: choose a smaller part of it.")
        before = self._last.get(host)
        if before is not None and now - before < self.pause:
            await self.node.clock.sleep((self.pause - (now - before)).total_seconds())
        self._last[host] = self.node.clock.now()

    def _body(self, answer: HttpResponse) -> bytes:
        try:
            return unpacked(answer, ONE_ANSWER.bytes)
        except ProtocolError:
            raise HarvestFailed("The answer is packed in a way that cannot be undone.") from None


def _spelled(url: str) -> str:
    try:
        return spelled(url)
    except ForbiddenAddress as error:
        raise HarvestFailed("The server sends us to what is no address.") from error


def _next(place: str, answer: HttpResponse) -> str:
    try:
        target = led_to(place, answer)
    except ForbiddenAddress as error:
        raise HarvestFailed("The server sends us to what is no address.") from error
    if target == place:
        raise HarvestFailed("The server sends us from an address to the same one.")
    return target


def _asked_to_wait(answer: HttpResponse, now: datetime) -> timedelta:
    """Return what Retry-After says (RFC 9110, 10.2.3), ten seconds where it says nothing."""
    said = (answer.header("retry-after") or "").strip()
    if said.isdecimal() and len(said) < 8:
        return timedelta(seconds=int(said))
    try:
        until = parsedate_to_datetime(said)
    except (ValueError, TypeError):
        return timedelta(seconds=10)
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(until - now, timedelta())
