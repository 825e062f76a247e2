"""
Asking a site what programs may look at, before anything else of it is asked for (RFC 9309).

One question a site and day, through the guarded transport. Who may look at links reads this; why
harvesting does not is in docs/adr/0076-robots.md.
"""

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit, urlunsplit

from content.resources.robots_files import RobotsFile, RobotsFiles
from federation.hub import Node
from federation.transport import ForbiddenAddress, Limits, TransportFailed, led_to
from federation.unpacking import unpacked
from protocol.errors import ProtocolError
from protocol.http import HttpRequest, HttpResponse
from protocol.robots import LARGEST, PATH, RobotsRules, read_robots

OUR_NAME: Final = "RightsHub"
"""How sites name us in their rules; our User-Agent begins with it."""
LONGEST_DELAY: Final = 60.0
"""Seconds between two questions that we keep where a site asks for as many or more."""
MOST_HOPS: Final = 5
_LIMITS: Final = Limits(seconds=20.0, bytes=LARGEST, cut=True)
_FIELDS: Final = (("Accept", "text/plain, */*;q=0.5"),)
_ELSEWHERE: Final = (301, 302, 303, 307, 308)
_BUSY: Final = 429


@dataclass(frozen=True, slots=True)
class Permission:
    """
    Whether we may ask for an address.

    later: not today, since the site could not say. unreachable: there is no server. reason: in
    words, for these two.
    """

    answer: Literal["yes", "no", "later", "unreachable"]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Failure:
    reason: str
    reached: bool


async def may_ask(node: Node, url: str) -> Permission:
    """
    Return whether a site lets us ask for an address of it, after asking it where need be.

    Raises ForbiddenAddress for a site that this hub does not connect to.
    """
    site, now = _site_of(url), node.clock.now()
    file = await node.database.read(lambda db: RobotsFiles(db).find(site))
    if file is None or not file.is_fresh(now):
        file = await _asked_again(node, site, file)
        await node.clock.sleep(1.0)
    if file.rules is None and not file.given_up(now):
        return Permission("later" if file.reached else "unreachable", file.reason)
    allowed = read_robots(file.rules or "", OUR_NAME).allow(url)
    return Permission("yes" if allowed or file.given_up(now) else "no")


async def delay_of(node: Node, url: str) -> float:
    """Return the seconds that a site wants between two questions, as far as it is known."""
    parts = urlsplit(url)
    sites = [_site_of(urlunsplit(parts._replace(scheme=scheme))) for scheme in ("https", "http")]
    files = await node.database.read(lambda db: [RobotsFiles(db).find(site) for site in sites])
    delays = [read_robots(file.rules or "", OUR_NAME).delay for file in files if file is not None]
    return min(max(delays, default=0.0), LONGEST_DELAY)


async def _asked_again(node: Node, site: str, before: RobotsFile | None) -> RobotsFile:
    found = await _fetch(node, site + PATH)
    now = node.clock.now()
    if isinstance(found, _Failure):
        since = before.failing_since if before is not None else None
        file = RobotsFile(
            site=site,
            rules=None if before is None else before.rules,
            asked_at=now,
            failing_since=since or now,
            reason=found.reason,
            reached=found.reached,
        )
    else:
        file = RobotsFile(site=site, rules=found.as_text(), asked_at=now)
    await node.database.write(lambda db: RobotsFiles(db).put(file))
    return file


async def _fetch(node: Node, first: str) -> RobotsRules | _Failure:
    """Return what a site says. Raises ForbiddenAddress where we may not even ask it that."""
    place = first
    for _ in range(MOST_HOPS + 1):
        try:
            answer = await node.transport.send(HttpRequest("GET", place, _FIELDS), limits=_LIMITS)
        except ForbiddenAddress:
            if place == first:
                raise
            if not place.startswith("http://"):
                return RobotsRules()  # it leads to where we do not go, so it has none for us
            place = place.replace("http://", "https://", 1)
            continue
        except TransportFailed as error:
            return _Failure(str(error), reached=place != first)
        if answer.status not in _ELSEWHERE:
            return _read(answer)
        try:
            place = led_to(place, answer)
        except ForbiddenAddress:
            return RobotsRules()
        await node.clock.sleep(1.0)
    return RobotsRules()


def _read(answer: HttpResponse) -> RobotsRules | _Failure:
    """Return what an answer says: 4xx that there are no rules, an error of the server nothing."""
    if answer.status == _BUSY or answer.status >= 500:
        return _Failure(
            f"The server could not say whether programs may look: its robots.txt answered"
            f" {answer.status}.",
            reached=True,
        )
    if not 200 <= answer.status < 300:
        return RobotsRules()
    try:
        return read_robots(unpacked(answer, LARGEST), OUR_NAME)
    except ProtocolError:
        return _Failure("The robots.txt is packed in a way that cannot be undone.", reached=True)


def _site_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}"
