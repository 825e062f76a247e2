"""
Fetching documents of other servers: only from where they say they live (SECURITY.md S8, S13, S29).

A document counts only when its id is the URL it came from. Redirects are followed by hand, at most
two and on one origin; media types other than ActivityStreams are refused, since anybody may upload
JSON somewhere.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urldefrag, urljoin

from federation.errors import FederationError
from federation.transport import Limits, TransportFailed
from protocol import cavage, message_signatures
from protocol.errors import ProtocolError
from protocol.http import HttpRequest, HttpResponse
from protocol.ids import is_url, same_origin
from protocol.intake import is_activity_response, parse_document
from protocol.json import JsonObject

if TYPE_CHECKING:
    from federation.hub import Node

ACCEPT = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
DOCUMENT_LIMITS = Limits(seconds=5.0, bytes=1024 * 1024)
KEY_LIMITS = Limits(seconds=5.0, bytes=256 * 1024)
"""For actors and keys (S8)."""
MOST_REDIRECTS = 2
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class FetchFailed(FederationError):
    """A document could not be had, or what came is not the document of that URL."""

    code: ClassVar[str] = "fetch-failed"


class DocumentGone(FetchFailed):
    """The server says that the document is gone for good (410)."""

    code: ClassVar[str] = "object-gone"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document and the URL it was found at, after redirects, which is its id."""

    url: str
    document: JsonObject


async def fetch_document(
    node: "Node", url: str, *, signed: bool = True, as_hub: bool = False
) -> Fetched:
    """
    Return the document whose id is url, or to which url leads.

    When the document that url shows has another id, it is fetched once more from that id, and then
    the id must be right. signed: by our server actor, for servers that answer nobody else;
    as_hub: by our own Ed25519 key, for what hubs show to their peers only.
    Raises FetchFailed, DocumentGone.
    """
    fetched = await fetch_json(node, url, signed=signed, as_hub=as_hub)
    if fetched.document.get("id") == fetched.url:
        return fetched
    named = fetched.document.get("id")
    if not isinstance(named, str) or not is_url(named):
        raise FetchFailed("The document has no id that is a URL.")
    again = await fetch_json(node, named, signed=signed, as_hub=as_hub)
    if again.document.get("id") != again.url:
        raise FetchFailed("The id of the document is not the URL it was found at.")
    return again


async def fetch_json(
    node: "Node",
    url: str,
    *,
    signed: bool = True,
    as_hub: bool = False,
    limits: Limits = DOCUMENT_LIMITS,
) -> Fetched:
    """
    Return what a URL shows, without judging its id: callers must.

    The time limit holds for each of the at most three requests. Raises FetchFailed, DocumentGone.
    """
    place = urldefrag(url).url
    for _ in range(MOST_REDIRECTS + 1):
        answer = await _get(node, place, signed=signed, as_hub=as_hub, limits=limits)
        if answer.status not in _REDIRECTS:
            return Fetched(place, _read(answer))
        place = _next(place, answer)
    raise FetchFailed("There are too many redirects.")


async def _get(
    node: "Node", url: str, *, signed: bool, as_hub: bool, limits: Limits
) -> HttpResponse:
    request = HttpRequest("GET", url, (("Accept", ACCEPT),))
    keys, now = node.hub.keys, node.clock.now()
    if as_hub:
        request = message_signatures.sign_for_hub(request, keys.signing, now)
    elif signed:
        request = cavage.sign(request, keys.application, now)
    try:
        return await node.transport.send(request, limits=limits)
    except TransportFailed as error:
        raise FetchFailed(f"The document cannot be had. {error}") from error


def _next(place: str, answer: HttpResponse) -> str:
    try:
        target = urldefrag(urljoin(place, answer.header("location") or "")).url
    except ValueError:
        raise FetchFailed("The document redirects to what is no address.") from None
    if target == place or not same_origin(place, target):
        raise FetchFailed("The document redirects to another origin.")
    return target


def _read(answer: HttpResponse) -> JsonObject:
    if answer.status == 410:
        raise DocumentGone("The document is gone for good.")
    if answer.status != 200:
        raise FetchFailed(f"The server of the document answered {answer.status}.")
    if not is_activity_response(answer):
        raise FetchFailed("The document is not labelled as ActivityStreams, or it is packed.")
    try:
        return parse_document(answer.body)
    except ProtocolError as error:
        raise FetchFailed(f"The document cannot be read. {error}") from error
