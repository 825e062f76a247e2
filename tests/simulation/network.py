"""
A network that loses, delays, doubles, overtakes, breaks off and cuts, as its weather and seed say.

An exchange is one request and its answer. What travels goes on by itself: a sender that gives up,
or loses its power, does not call back what it has sent.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import orjson

from federation.transport import (
    AnswerTooLarge,
    Limits,
    TimedOut,
    TransportFailed,
    Unreachable,
)
from protocol.documents.sealed import is_sealed
from protocol.http import HttpRequest, HttpResponse
from tests.simulation.trace import Trace
from tests.simulation.virtual_time import never

Answers = Callable[[HttpRequest], Awaitable[HttpResponse]]
"""A machine that is asked. Raises Unreachable when it is off, or goes off meanwhile."""

QUICK = (0.002, 0.06)
SLOW = (0.5, 400.0)
"""Seconds one way; beyond ten the sender has given up and may send again."""
USUAL = Limits()


@dataclass(frozen=True)
class Weather:
    """
    How bad the network is: shares, from 0.0 to 1.0, of what travels one way.

    loses: never arrives, and nobody is told. breaks: the connection ends before it arrives, and
    the sender notices. doubles: a request arrives twice. slow: takes as long as SLOW says, so that
    later ones overtake it. cuts: an answer ends too early and looks whole. closed: beginnings of
    paths for which nobody answers. no_news: inboxes refuse what can be read in a log.
    """

    loses: float = 0.0
    breaks: float = 0.0
    doubles: float = 0.0
    slow: float = 0.0
    cuts: float = 0.0
    closed: tuple[str, ...] = ()
    no_news: bool = False

    @classmethod
    def drawn(cls, dice: random.Random) -> "Weather":
        """Return anything from fair to foul."""
        foul = dice.choice((0.02, 0.1, 0.25))
        loses, breaks, doubles, slow, cuts = (dice.random() * foul for _ in range(5))
        return cls(loses, breaks, doubles, slow, cuts)


CALM = Weather()


class Network:
    """Connects the machines of a world."""

    def __init__(self, trace: Trace, dice: random.Random) -> None:
        self.weather = CALM
        self._trace = trace
        self._dice = dice
        self._machines: dict[str, Answers] = {}
        self._cut: Counter[frozenset[str]] = Counter()
        self._travelling: set[asyncio.Task[HttpResponse | TransportFailed]] = set()
        self._broken_off = 0

    def connect(self, host: str, answers: Answers) -> None:
        """Let a machine be reached by its host and port."""
        self._machines[host] = answers

    def cut(self, one: str, other: str) -> None:
        """Cut the line between two machines; as often as it was cut it must be mended."""
        self._cut[frozenset((one, other))] += 1

    def mend(self, one: str, other: str) -> None:
        """Take back one cut."""
        self._cut[frozenset((one, other))] -= 1

    def break_off(self) -> None:
        """Let all that is under way now end in nothing: no connection lasts for days."""
        self._broken_off += 1

    def clear_up(self) -> None:
        """End all faults. What is on its way still takes its time."""
        self.weather = CALM
        self._cut.clear()

    async def exchange(self, sender: str, request: HttpRequest) -> HttpResponse:
        """Return the answer, or raise Unreachable; or never return, when something was lost."""
        to = urlsplit(request.url).netloc
        lost, broken = self._lost(), self._broken()
        if lost:
            self._trace.note(sender, "->", to, _gist(request), "lost")
            await never()
        if broken or urlsplit(request.url).path.startswith(self.weather.closed or "\0"):
            raise Unreachable("The connection broke.")
        if self.weather.no_news and _is_news(request):
            return HttpResponse(403)
        before = self._broken_off
        going = self._send(sender, to, request)
        if self._dice.random() < self.weather.doubles:
            self._send(sender, to, request)
        answer = await asyncio.shield(going)
        if isinstance(answer, TransportFailed):
            raise answer
        if self._lost() or self._is_cut(sender, to):
            self._trace.note(sender, "<-", to, _gist(request), "lost")
            await never()
        if self._broken():
            raise Unreachable("The connection broke.")
        await asyncio.sleep(self._duration())
        if self._broken_off != before:
            raise Unreachable("The connection broke.")
        if self._dice.random() < self.weather.cuts and request.method == "GET":
            return replace(answer, body=answer.body[: self._dice.randrange(len(answer.body) + 1)])
        return answer

    def _send(
        self, sender: str, to: str, request: HttpRequest
    ) -> "asyncio.Task[HttpResponse | TransportFailed]":
        task = asyncio.create_task(self._travel(sender, to, request, self._duration()))
        self._travelling.add(task)
        task.add_done_callback(self._travelling.discard)
        return task

    async def _travel(
        self, sender: str, to: str, request: HttpRequest, duration: float
    ) -> HttpResponse | TransportFailed:
        """Bring a request to where it goes; return what came of it, and raise nothing."""
        before = self._broken_off
        await asyncio.sleep(duration)
        try:
            if self._broken_off != before or self._is_cut(sender, to) or to not in self._machines:
                raise Unreachable(f"No connection to {to}.")
            answer = await self._machines[to](request)
        except TransportFailed as failure:
            self._trace.note(sender, "->", to, _gist(request), failure.code)
            return failure
        self._trace.note(sender, "->", to, _gist(request), answer.status)
        return answer

    def _is_cut(self, one: str, other: str) -> bool:
        return self._cut[frozenset((one, other))] > 0

    def _lost(self) -> bool:
        return self._dice.random() < self.weather.loses

    def _broken(self) -> bool:
        return self._dice.random() < self.weather.breaks

    def _duration(self) -> float:
        return self._dice.uniform(*(SLOW if self._dice.random() < self.weather.slow else QUICK))


@dataclass(frozen=True)
class SimulatedTransport:
    """The way out of one machine. connect: Network.exchange, or what stands in between."""

    host: str
    exchange: Callable[[str, HttpRequest], Awaitable[HttpResponse]]

    async def send(self, request: HttpRequest, *, limits: Limits = USUAL) -> HttpResponse:
        """See `federation.transport.Transport`."""
        try:
            async with asyncio.timeout(limits.seconds):
                answer = await self.exchange(self.host, request)
        except TimeoutError:
            raise TimedOut(limits.seconds) from None
        if len(answer.body) > limits.bytes:
            raise AnswerTooLarge(limits.bytes)
        return answer

    async def close(self) -> None:
        """Nothing to close."""


def _is_news(request: HttpRequest) -> bool:
    """Return whether a request brings what stands in a log: no peering, receipt or sealed part."""
    if request.method != "POST":
        return False
    activity = orjson.loads(request.body)
    return activity["type"] in ("Create", "Update", "Delete", "Announce") and not (
        isinstance(activity["object"], dict) and is_sealed(activity["object"])
    )


def _gist(request: HttpRequest) -> str:
    """Return what a request is about; of an activity its type and id, which its body tells."""
    parts = urlsplit(request.url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    if request.method != "POST":
        return f"{request.method} {target}"
    activity = orjson.loads(request.body)
    return f"{request.method} {target} {activity['type']} {activity['id']}"
