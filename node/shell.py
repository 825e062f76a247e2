"""
From aiohttp's requests to the plain values that federation/ works on, and back.

The address of a request is our own public one, whatever its Host field says (SECURITY.md S50);
the signature functions compare that field themselves.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web
from multidict import CIMultiDict

from federation.endpoints import ServerFunction
from federation.hub import Node
from node.app_keys import NODE
from node.refusals import BadParameter, TooSlow
from protocol.errors import TooLarge, UnsupportedEncoding
from protocol.http import HttpRequest, HttpResponse

LARGEST_BODY: Final = 1024 * 1024
BODY_SECONDS: Final = 30.0
ACTIVITY_TYPES: Final = ("application/activity+json", "application/ld+json")

View = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def read_body(request: web.Request, most: int = LARGEST_BODY) -> bytes:
    """
    Return the body as it travelled, never unpacked.

    most: bytes; more raises TooLarge as soon as it is known, before the rest is read.
    Raises UnsupportedEncoding for a compressed body, TooSlow after BODY_SECONDS.
    """
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise UnsupportedEncoding("The body must be sent without Content-Encoding.")
    if (request.content_length or 0) > most:
        raise TooLarge(f"A body may have at most {most} bytes.")
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while part := await request.content.readany():
                size += len(part)
                if size > most:
                    raise TooLarge(f"A body may have at most {most} bytes.")
                parts.append(part)
    except TimeoutError:
        raise TooSlow from None
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def to_plain(request: web.Request, node: Node) -> HttpRequest:
    """Return the request as plain values. Raises what `read_body` raises, and BadParameter."""
    target = request.raw_path
    if not target.startswith("/"):
        raise BadParameter("target", "must be a path of this hub.")
    body = await read_body(request) if request.body_exists else b""
    return HttpRequest(
        method=request.method,
        url=node.hub.identity.origin + target,
        # A field with other signs than ASCII counts as absent: no signature can cover it.
        headers=tuple(pair for pair in request.headers.items() if pair[1].isascii()),
        body=body,
    )


def from_plain(response: HttpResponse) -> web.Response:
    """Return the answer of a function of federation/ as aiohttp sends it."""
    return web.Response(
        status=response.status, headers=CIMultiDict(response.headers), body=response.body
    )


def served_by(
    function: ServerFunction, *, early: Callable[[Node], Awaitable[None]] | None = None
) -> View:
    """
    Return the aiohttp handler around a function of federation/; parts of the path go by name.

    early: may refuse before the body is read.
    """

    async def handler(request: web.Request) -> web.StreamResponse:
        node = request.app[NODE]
        if early is not None:
            await early(node)
        plain = await to_plain(request, node)
        return from_plain(await function(node, plain, **request.match_info))

    handler.__name__ = getattr(function, "__name__", "handler")
    return handler


def negotiated(document: ServerFunction, page: View) -> View:
    """Return a handler that serves the document to programs that ask for it, else the page."""
    as_document = served_by(document)

    async def handler(request: web.Request) -> web.StreamResponse:
        chosen = as_document if wants_activity(request.headers.get("Accept", "")) else page
        answer = await chosen(request)
        depends_on(answer, "Accept")
        return answer

    handler.__name__ = getattr(page, "__name__", "handler")
    return handler


def depends_on(answer: web.StreamResponse, *fields: str) -> None:
    """Tell caches on which fields of the request an answer depends, besides what it says so far."""
    known = [each.strip() for each in answer.headers.get("Vary", "").split(",") if each.strip()]
    answer.headers["Vary"] = ", ".join(dict.fromkeys((*known, *fields)))


def wants_activity(accept: str) -> bool:
    """Return whether an Accept field asks for ActivityStreams rather than for a page."""
    return _quality(accept, ACTIVITY_TYPES) > _quality(accept, ("text/html",))


def wants_html(accept: str) -> bool:
    """Return whether an Accept field asks for a page rather than for JSON."""
    html = _quality(accept, ("text/html",))
    return html > 0 and html >= _quality(accept, ("application/json", "application/problem+json"))


def _quality(accept: str, wanted: tuple[str, ...]) -> float:
    best = 0.0
    for part in accept[:1000].split(","):
        name, *options = (piece.strip().lower() for piece in part.split(";"))
        if name not in wanted:
            continue
        quality = 1.0
        for option in options:
            if option.startswith("q="):
                try:
                    quality = float(option[2:])
                except ValueError:
                    quality = 0.0
        best = max(best, quality)
    return best
