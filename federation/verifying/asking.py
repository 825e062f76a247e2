"""
Addresses that show something a hub published, and where its keys are found.

Nothing is signed and nothing is stored: a stranger without a hub can ask like this. Only the
guarded transport is used (docs/adr/0013-transport.md).
"""

import io
import re
from dataclasses import replace
from datetime import datetime
from typing import ClassVar
from urllib.parse import parse_qs, urldefrag, urljoin, urlsplit

from federation.errors import FederationError
from federation.transport import Limits, Transport
from federation.unpacking import unpacked
from federation.verifying.reading import LONGEST_LINE, Copy, verify_file
from protocol.context import ACTIVITY_JSON
from protocol.document_verdicts import key_named_by
from protocol.documents.actor import read_actor
from protocol.errors import KeyOwnerUnproven, ProtocolError
from protocol.foreign import types_of
from protocol.fork_evidence import forks_among
from protocol.http import HttpRequest, HttpResponse
from protocol.ids import actor_id, is_url, origin_of, same_origin
from protocol.intake import LOG_LIMITS, parse_document, parse_json
from protocol.json import JsonObject
from protocol.keyrings import Keyring, ring_of_document, ring_of_entries
from protocol.keys import controller_of
from protocol.log_entries import PAGE_ENTRIES, from_line, read_head_field, read_page
from protocol.log_errors import LogManifestReplaced
from protocol.log_verdicts import LogExamination
from protocol.shorter_evidence import shorter_among
from protocol.verdicts import Check, Verdict, with_checks

PAGE_LIMITS = Limits(seconds=60.0, bytes=LONGEST_LINE)
DOCUMENT_LIMITS = Limits(seconds=10.0, bytes=2 * 1024 * 1024)
_NDJSON = "application/x-ndjson"
_LOG = re.compile(r"/hub/log/(u[A-Za-z0-9_-]{43})/?", re.ASCII)
_MOST_REDIRECTS = 2
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class NotShown(FederationError):
    """The address shows nothing that could be verified."""

    code: ClassVar[str] = "not-shown"

    def __init__(self, url: str, status: int) -> None:
        words = {
            401: "wants a signature: it shows this to approved hubs only",
            403: "shows this to approved hubs only",
            404: "has nothing there",
            410: "says that this was deleted; its log holds the Delete",
        }
        told = words.get(status, f"answered {status}")
        super().__init__(f"{urlsplit(url).netloc[:100]} {told}.")


async def verify_url(
    transport: Transport,
    url: str,
    ring: Keyring | None,
    now: datetime,
    *,
    keep_hashes: bool = False,
) -> Copy:
    """
    Return what is to be said of what an address shows: a document, a page, or a whole log.

    An address of a log without a query means all of it, page by page. ring: the keys to check
    with; None to find them from the address. Raises TransportFailed and NotShown.
    """
    place = _LOG.fullmatch(urlsplit(url).path)
    if place is None:
        answer = await _get(transport, url, f"{ACTIVITY_JSON}, {_NDJSON};q=0.5", DOCUMENT_LIMITS)
        body = unpacked(answer, DOCUMENT_LIMITS.bytes)
        if ring is None:
            ring = await _ring_for(transport, body)
        return verify_file(io.BytesIO(body), ring, now, keep_hashes=keep_hashes)
    if urlsplit(url).query:
        return await _verify_page(transport, url, ring, now, keep_hashes=keep_hashes)
    copy, manifests = await _verify_log(transport, url.rstrip("/"), keep_hashes=keep_hashes)
    told = await _told_of(transport, origin_of(url), place[1], manifests)
    return replace(copy, verdict=_with_history(copy.verdict, told))


async def ring_from_url(transport: Transport, url: str) -> Keyring:
    """
    Return the keyring that an address leads to: of a hub, its actor, its log or its manifest.

    A hub's keys are proven by its manifests; the name that they give it is for people to compare.
    Raises ProtocolError, TransportFailed, NotShown.
    """
    place = _LOG.fullmatch(urlsplit(url).path)
    if place is not None:
        return await _ring_of_log(transport, f"{origin_of(url)}/hub/log/{place[1]}", place[1])
    if url.rstrip("/") == origin_of(url):
        url = actor_id(origin_of(url))
    document = await _document(transport, url)
    if "hub:Manifest" in types_of(document) and document.get("version") != 1:
        url = str(document.get("attributedTo"))
        document = await _document(transport, url)
    if "hub:Manifest" in types_of(document):
        return ring_of_document(document)
    if document.get("id") != url:
        raise KeyOwnerUnproven("The actor is not at its own address.")
    facts = read_actor(document).hub
    if facts is None:
        return ring_of_document(document)
    return await _ring_of_log(transport, facts.log, facts.g)


async def _ring_of_log(transport: Transport, log: str, g: str) -> Keyring:
    answer = await _get(transport, f"{log}?only=manifests", _NDJSON, DOCUMENT_LIMITS)
    lines = unpacked(answer, DOCUMENT_LIMITS.bytes).splitlines()
    ring = ring_of_entries(from_line(line) for line in lines)
    if ring.g != g:
        raise LogManifestReplaced("The log shown there is that of another hub.")
    return ring


async def _ring_for(transport: Transport, body: bytes) -> Keyring | None:
    """Return the keyring of whoever made a document by its own word; None if there is none."""
    try:
        document = parse_document(body, LOG_LIMITS)
        key_id = key_named_by(document)
        actor = controller_of(key_id) if key_id is not None else document.get("attributedTo")
        if not isinstance(actor, str) or not is_url(actor):
            return None
        return await ring_from_url(transport, actor)
    except (ProtocolError, FederationError):
        return None  # without keys the verdict says what could not be checked


async def _verify_page(
    transport: Transport, url: str, ring: Keyring | None, now: datetime, *, keep_hashes: bool
) -> Copy:
    answer = await _get(transport, url, _NDJSON, PAGE_LIMITS)
    body = unpacked(answer, PAGE_LIMITS.bytes)
    if parse_qs(urlsplit(url).query).get("after", ["0"]) != ["0"] and ring is None:
        try:
            ring = await ring_from_url(transport, urlsplit(url)._replace(query="").geturl())
        except (ProtocolError, FederationError):
            ring = None
    return verify_file(io.BytesIO(body), ring, now, keep_hashes=keep_hashes)


def _with_history(verdict: Verdict, told: list[Check]) -> Verdict:
    """Return the verdict on a log with what its server knows of forks; what is over is told."""
    if not told:
        return verdict
    whole = with_checks(verdict, told, kind="fork")
    if whole.state != "valid":
        return whole
    return replace(whole, says=" ".join((whole.says, *(check.text for check in told))))


async def _verify_log(
    transport: Transport, url: str, *, keep_hashes: bool
) -> tuple[Copy, tuple[JsonObject, ...]]:
    """Return what is to be said of a log, and the manifests in it."""
    examination = LogExamination(keep_hashes=keep_hashes)
    ends_at = 0
    while True:
        page_url = f"{url}?after={examination.seq}&limit={PAGE_ENTRIES}"
        answer = await _get(transport, page_url, _NDJSON, PAGE_LIMITS)
        field = read_head_field(answer.header("hub-head") or "")
        ends_at = ends_at if field is None else max(ends_at, field[1])
        try:
            page = read_page(unpacked(answer, PAGE_LIMITS.bytes))
        except ProtocolError as error:
            examination.fail(error)
            break
        if not page or not examination.take(page):
            break
    copy = Copy(examination.verdict(ends_at=ends_at or None), examination.hashes)
    return copy, examination.manifests


async def _told_of(
    transport: Transport, origin: str, g: str, manifests: tuple[JsonObject, ...]
) -> list[Check]:
    """
    Return a check for each fork that the server proves, and each time that the log was shorter.

    manifests: those in the log itself, which may settle forks. It may know of nothing.
    """
    try:
        url = f"{origin}/hub/forks/{g}"
        answer = await _get(transport, url, "application/json", DOCUMENT_LIMITS)
        document = parse_json(unpacked(answer, DOCUMENT_LIMITS.bytes), LOG_LIMITS)
    except (ProtocolError, FederationError):
        return []
    forks, shorter = document.get("forks"), document.get("shorter")
    checks = forks_among(forks, g, manifests) if isinstance(forks, list) else []
    return checks + (shorter_among(shorter, g) if isinstance(shorter, list) else [])


async def _document(transport: Transport, url: str) -> JsonObject:
    answer = await _get(transport, url, ACTIVITY_JSON, DOCUMENT_LIMITS)
    return parse_document(unpacked(answer, DOCUMENT_LIMITS.bytes), LOG_LIMITS)


async def _get(transport: Transport, url: str, accept: str, limits: Limits) -> HttpResponse:
    place = urldefrag(url).url
    for _ in range(_MOST_REDIRECTS + 1):
        headers = (("Accept", accept), ("Accept-Encoding", "gzip"))
        answer = await transport.send(HttpRequest("GET", place, headers), limits=limits)
        if answer.status == 200:
            return answer
        try:
            target = urldefrag(urljoin(place, answer.header("location") or "")).url
        except ValueError:
            break
        if answer.status not in _REDIRECTS or not same_origin(place, target):
            break
        place = target
    raise NotShown(place, answer.status)
