"""
Looking whether the documents that our records point to are there, without being a burden.

Before anything else the site is asked what programs may look at (federation/robots.py). HEAD first;
GET of the first bytes where a server answers that with an error, since many know HEAD badly. One
question at a time to one server, with a pause between. Nothing is taken back because of
what was seen: people look at the report and decide. Only through the guarded transport.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import sqlite_utils

from content.resources.identities import same_address
from content.resources.link_checks import LinkStore, OwnLink, Seen, first_check
from federation.hub import Node
from federation.robots import Permission, delay_of, may_ask
from federation.transport import (
    AnswerTooLarge,
    ForbiddenAddress,
    Limits,
    TransportFailed,
    led_to,
    spelled,
)
from protocol.http import HttpRequest, HttpResponse

PAUSE: Final = timedelta(seconds=3)
"""Between two questions to one server."""
TOGETHER: Final = 4
"""Servers that are asked at the same time."""
MOST_HOPS: Final = 5
BATCH: Final = 40
"""Links of one round of the server."""
_HEAD: Final = Limits(seconds=20.0, bytes=2**40)
"""An answer to HEAD tells the length of the document, and has none itself."""
_GET: Final = Limits(seconds=30.0, bytes=512 * 1024)
_FIRST_BYTES: Final = ("Range", "bytes=0-2047")
_FOR_EVER: Final = (301, 308)
_ELSEWHERE: Final = (*_FOR_EVER, 302, 303, 307)
_THERE: Final = (200, 203, 204, 206, 304, 416)
_GONE: Final = (404, 410)
_REFUSED: Final = (401, 402, 403, 406, 451, 999)
_BUSY: Final = (429, 503)


@dataclass(slots=True)
class Round:
    """What a round of looking found: how many links in which state. later: of busy servers."""

    looked: int = 0
    later: int = 0
    states: dict[str, int] = field(default_factory=dict)


async def check_due(node: Node, limit: int = BATCH) -> Round:
    """Look at some links whose turn it is. Raises nothing that a server could cause."""
    now = node.clock.now()
    links = await node.database.read(lambda db: LinkStore(db).to_check(now, limit))
    return await check_links(node, links)


async def check_links(
    node: Node, links: Sequence[OwnLink], tell: Callable[[int, int], None] | None = None
) -> Round:
    """
    Look at links and note what was seen, each as soon as it is known.

    tell: called with how many were looked at, and of how many.
    """
    done, slots = Round(), asyncio.Semaphore(TOGETHER)
    by_host: dict[str, list[OwnLink]] = {}
    for link in links:
        by_host.setdefault(urlsplit(link.link).netloc.lower(), []).append(link)

    async def one_host(mine: list[OwnLink]) -> None:
        async with slots:
            for number, link in enumerate(mine):
                if number:
                    wanted = await delay_of(node, link.link)
                    await node.clock.sleep(max(PAUSE.total_seconds(), wanted))
                await _check(node, link, done)
                if tell is not None:
                    tell(done.looked + done.later, len(links))

    await asyncio.gather(*map(one_host, by_host.values()))
    return done


async def _check(node: Node, link: OwnLink, done: Round) -> None:
    seen = await look_at(node, link.link)
    at, jitter = node.clock.now(), node.hub.chance.uniform()

    def note(db: sqlite_utils.Database) -> None:
        store = LinkStore(db)
        before = store.find(link.link)
        if before is None:
            check = first_check(link.link, seen, at, jitter)
        else:
            check = before.after(seen, at, jitter)
        store.put(check, link.ids)

    await node.database.write(note)
    if seen.busy:
        done.later += 1
        return
    done.looked += 1
    done.states[seen.status] = done.states.get(seen.status, 0) + 1


async def look_at(node: Node, link: str) -> Seen:
    """
    Return what is behind a link.

    A link of http:// is looked at by https://, as this hub asks nothing in plain text; if there is
    nothing, nobody knows.
    """
    try:
        return await _follow(node, spelled(link))
    except ForbiddenAddress:
        parts = urlsplit(link)
        if parts.scheme.lower() != "http":
            return Seen("refused", "This hub does not connect to that address.")
    try:
        seen = await _follow(node, spelled(urlunsplit(parts._replace(scheme="https"))))
    except ForbiddenAddress:
        return Seen("refused", "This hub does not connect to that address.")
    if seen.busy or seen.status in ("ok", "moved", "disallowed"):
        return seen
    return Seen("refused", "It is an address of plain http, which this hub does not ask.")


async def _follow(node: Node, link: str) -> Seen:
    """Raises ForbiddenAddress where the link itself, or where it leads to, may not be asked."""
    place, for_ever = link, True
    for _ in range(MOST_HOPS + 1):
        try:
            kept_away = _kept_away(await may_ask(node, place), link, place)
            if kept_away is not None:
                return kept_away
            answer = await _ask(node, place)
        except ForbiddenAddress:
            if place == link:
                raise
            return Seen("refused", f"It leads to {place[:200]}, which this hub does not ask.")
        except TransportFailed as error:
            return Seen("unreachable", str(error))
        if answer.status not in _ELSEWHERE:
            return _seen(answer.status, link, place if for_ever else link)
        for_ever = for_ever and answer.status in _FOR_EVER
        try:
            place = led_to(place, answer)
        except ForbiddenAddress:
            return Seen("unreachable", "The server sends us to what is no address.")
        await node.clock.sleep(1.0)
    return Seen("unreachable", "The server sends us from one address to the next without an end.")


def _kept_away(permission: Permission, link: str, place: str) -> Seen | None:
    """Return what is noted of a link that we must not ask for, or not now; None if we may."""
    if permission.answer == "yes":
        return None
    if permission.answer == "later":
        return Seen("refused", permission.reason, busy=True)
    if permission.answer == "unreachable":
        return Seen("unreachable", permission.reason)
    here, there = urlsplit(link).netloc, urlsplit(place).netloc
    who = "The site" if here == there else f"It leads to {there[:200]}, which"
    return Seen("disallowed", f"{who} asks programs to stay away (robots.txt).")


async def _ask(node: Node, url: str) -> HttpResponse:
    """Return the answer to HEAD, or to GET where that is an error. Raises TransportFailed."""
    accept = ("Accept", "*/*")
    try:
        answer = await node.transport.send(HttpRequest("HEAD", url, (accept,)), limits=_HEAD)
        if answer.status < 400 or answer.status in _BUSY:
            return answer
    except ForbiddenAddress:
        raise
    except TransportFailed:
        pass  # it may know no HEAD; GET has the last word
    await node.clock.sleep(1.0)
    try:
        return await node.transport.send(
            HttpRequest("GET", url, (accept, _FIRST_BYTES)), limits=_GET
        )
    except AnswerTooLarge:
        return HttpResponse(200)  # a server that sends all of it has it


def _seen(status: int, link: str, place: str) -> Seen:
    if status in _BUSY:
        return Seen("refused", "The server was too busy to say.", busy=True)
    if status in _THERE:
        if same_address(place) == same_address(link):
            return Seen("ok")
        return Seen("moved", f"The server says that it has moved to {place[:300]}", place)
    if status in _GONE:
        return Seen("gone", f"The server says that it is not there ({status}).")
    if status in _REFUSED:
        return Seen("refused", f"The server does not let programs look ({status}).")
    return Seen("unreachable", f"The server answered {status}.")
