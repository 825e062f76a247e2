"""
Which address answers what to other servers: the one table of the server-to-server endpoints.

The web server of node/ makes its routes from it, and `answer` looks up the same table for whoever
has no web server, such as a simulation. Both hand on what the path names, and nothing else.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

from federation import serving
from federation.escalation.files import blob
from federation.hub import Node
from federation.inbox import accept, refuse_when_full
from federation.serving.answers import NotServed
from protocol.http import HttpRequest, HttpResponse

ServerFunction = Callable[..., Awaitable[HttpResponse]]
"""Takes the node, the request, and by name each part of the path that the address leaves open."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """
    One address.

    path: with {names} of single parts. also_a_page: people who come here see a page instead, so
    the function answers only those who ask for ActivityStreams. early: refuses before the body is
    read, where that saves something; `function` refuses the same by itself.
    """

    method: Literal["GET", "POST"]
    path: str
    function: ServerFunction
    also_a_page: bool = False
    early: Callable[[Node], Awaitable[None]] | None = None


ENDPOINTS: Final = (
    Endpoint("POST", "/inbox", accept, early=refuse_when_full),
    Endpoint("GET", "/actor", serving.actor),
    Endpoint("GET", "/application", serving.application),
    Endpoint("GET", "/.well-known/webfinger", serving.webfinger),
    Endpoint("GET", "/.well-known/nodeinfo", serving.nodeinfo_links),
    Endpoint("GET", "/nodeinfo/{version}", serving.nodeinfo),
    Endpoint("GET", "/outbox", serving.outbox),
    Endpoint("GET", "/followers", serving.followers),
    Endpoint("GET", "/following", serving.following),
    Endpoint("GET", "/activities/{ulid}", serving.activity),
    Endpoint("GET", "/resources/{ulid}", serving.resource_document, also_a_page=True),
    Endpoint("GET", "/resources/{ulid}/files/{sha256}", serving.resource_file),
    Endpoint("GET", "/experts/{ulid}", serving.expert_document, also_a_page=True),
    Endpoint("GET", "/framework/{ulid}", serving.framework_item_document, also_a_page=True),
    Endpoint("GET", "/hub/manifest/{version}", serving.manifest),
    Endpoint("GET", "/hub/heads", serving.heads),
    Endpoint("GET", "/hub/forks/{g}", serving.forks),
    Endpoint("GET", "/hub/log/{g}", serving.log_page),
    Endpoint("GET", "/hub/log/{g}/network", serving.network_log_page),
    Endpoint("GET", "/hub/blobs/{sha256}", blob),
)


async def answer(node: Node, request: HttpRequest) -> HttpResponse:
    """
    Return what this hub answers to a request of another server.

    request: its url is our own address, as the world writes it. Raises NotServed for an address
    that is not in the table, and every refusal of the function that answers there.
    """
    path = urlsplit(request.url).path
    for endpoint in ENDPOINTS:
        found = _pattern(endpoint.path).fullmatch(path)
        if found is not None and endpoint.method == request.method:
            named = {name: unquote(part) for name, part in found.groupdict().items()}
            return await endpoint.function(node, request, **named)
    raise NotServed


@cache
def _pattern(path: str) -> re.Pattern[str]:
    """Return what matches a path of the table; a name stands for one part that is not empty."""
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))
