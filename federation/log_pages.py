"""
Asking for a page of a log, and checking it, whoever gives it (docs/adr/0010-log-and-manifest.md).

Nothing is stored here. Of whom we ask need not be trusted: a page proves itself.
"""

from dataclasses import dataclass
from typing import ClassVar

import sqlite_utils

from federation.errors import FederationError
from federation.hub import Node
from federation.log import Log
from federation.transport import Limits
from federation.unpacking import unpacked
from protocol import message_signatures
from protocol.errors import ProtocolError
from protocol.http import HttpRequest, HttpResponse
from protocol.json import JsonObject
from protocol.log_entries import (
    PAGE_BYTES,
    PAGE_ENTRIES,
    CheckedPage,
    LogHeader,
    check_page,
    name_in_log,
    read_head_field,
    read_page,
)
from protocol.log_errors import LogEntryMissing, LogShrunk

PAGE_LIMITS = Limits(seconds=60.0, bytes=PAGE_BYTES + 1024 * 1024)
"""One entry may be larger than a page; it is still bounded."""


class LogNotShown(FederationError):
    """The hub that was asked did not answer with a page of the log."""

    code: ClassVar[str] = "log-not-shown"

    def __init__(self, host: str, status: int) -> None:
        super().__init__(f"{host} answered {status} when asked for its log.")
        self.status = status


@dataclass(frozen=True, slots=True)
class Place:
    """How far a log is held: its last header, and the manifest in force after it."""

    log: str
    last: LogHeader | None
    manifest: JsonObject | None
    history: tuple[JsonObject, ...] = ()
    """All manifests so far: what is needed to check a network log."""

    @property
    def seq(self) -> int:
        """Number of the last entry that is held, 0 for none."""
        return 0 if self.last is None else self.last.seq


@dataclass(frozen=True, slots=True)
class Giver:
    """Who is asked for a log: the origin itself, or a replica."""

    host: str
    origin: str


def place_in(db: sqlite_utils.Database, log: str) -> Place:
    """Return how far a log is held."""
    store = Log(db)
    head = store.head(log)
    manifests = store.manifests(name_in_log(log)[0])
    last = None if head is None else head.header
    return Place(log, last, manifests[-1] if manifests else None, tuple(manifests))


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a giver answered when it was asked for the entries after `after`; nothing is checked."""

    after: int
    answer: HttpResponse


async def fetch_ahead(node: Node, giver: Giver, page: CheckedPage) -> Ahead | None:
    """
    Fetch what comes behind a page, for while that is stored; None if it seems to be the last.

    A failure is None too: whoever asks again without it is told.
    """
    if len(page.entries) < PAGE_ENTRIES:
        return None
    last = page.entries[-1].h
    try:
        return Ahead(
            last.seq, await _fetch(node, giver, last.log, after=last.seq, limit=PAGE_ENTRIES)
        )
    except (FederationError, ProtocolError):
        return None


async def next_page(
    node: Node, giver: Giver, place: Place, *, itself: bool = False, ahead: Ahead | None = None
) -> CheckedPage:
    """
    Return the entries behind a place, proven; a page without entries when there are none.

    itself: the giver is the hub whose log it is, so its log cannot be shorter than what is held.
    ahead: what the same giver was asked already; it counts if it is about this place.
    The network log is asked for by a signed request. Raises TransportFailed, LogNotShown,
    LogShrunk, or what `check_page` raises.
    """
    if ahead is not None and ahead.after == place.seq:
        answer = ahead.answer
    else:
        answer = await _fetch(node, giver, place.log, after=place.seq, limit=PAGE_ENTRIES)
    # Parsed and checked in the thread of a reader, so that the loop goes on serving others.
    page = await node.database.read(lambda _db: _checked(answer, place))
    if not page.entries:
        _check_end(answer, giver, place, itself=itself)
    return page


async def fetch_lines(
    node: Node, giver: Giver, log: str, *, after: int, limit: int
) -> tuple[HttpResponse, bytes]:
    """Return an answer of a giver and the lines in it, nothing checked. As `next_page`."""
    answer = await _fetch(node, giver, log, after=after, limit=limit)
    return answer, unpacked(answer, PAGE_LIMITS.bytes)


def _check_end(answer: HttpResponse, giver: Giver, place: Place, *, itself: bool) -> None:
    """Compare the end of a log with what the giver says of it itself."""
    told = read_head_field(answer.header("hub-head") or "")
    if told is None or told[0] != place.log:
        return
    if told[1] > place.seq:
        raise LogEntryMissing(
            f"{giver.host} says that the log has {told[1]} entries, and shows none after "
            f"{place.seq}."
        )
    if itself and told[1] < place.seq:
        raise LogShrunk(
            f"{giver.host} shows {told[1]} entries of its log; {place.seq} of it are held here."
        )


async def _fetch(node: Node, giver: Giver, log: str, *, after: int, limit: int) -> HttpResponse:
    request = HttpRequest(
        "GET",
        f"{giver.origin}/hub/log/{log}?after={after}&limit={limit}",
        (("Accept", "application/x-ndjson"), ("Accept-Encoding", "gzip")),
    )
    # The network log wants to know who asks; of the public one the hub learns who has it, and whom
    # to ask to erase something later (docs/adr/0033).
    request = message_signatures.sign_for_hub(request, node.hub.keys.signing, node.clock.now())
    answer = await node.transport.send(request, limits=PAGE_LIMITS)
    if answer.status != 200:
        raise LogNotShown(giver.host, answer.status)
    return answer


def _checked(answer: HttpResponse, place: Place) -> CheckedPage:
    entries = read_page(unpacked(answer, PAGE_LIMITS.bytes))
    return check_page(
        entries,
        log=place.log,
        manifest=place.manifest,
        after=place.last,
        history=place.history,
    )
