"""How others find us: WebFinger (RFC 7033) and NodeInfo 2.1 and 2.0."""

from functools import cache
from importlib import metadata

from federation.hub import Node
from federation.published import PublishedStore
from federation.serving.answers import ANYWHERE, BadParameter, NotServed, as_document, query_of
from protocol import nodeinfo as documents
from protocol import webfinger as accounts
from protocol.http import HttpRequest, HttpResponse


async def webfinger(node: Node, request: HttpRequest) -> HttpResponse:
    """
    GET /.well-known/webfinger?resource=: our accounts, our actors' URLs, our origin.

    The subject is always the canonical account. Raises BadParameter without resource, NotServed
    for anybody else.
    """
    resource = query_of(request).get("resource")
    if not resource:
        raise BadParameter("resource", "an account such as acct:hub@host, or a URL of this hub")
    answer = accounts.answer(resource, node.hub.identity.origin)
    if answer is None:
        raise NotServed
    return as_document(request, answer, kind=accounts.JRD_JSON, headers=(ANYWHERE,))


async def nodeinfo_links(node: Node, request: HttpRequest) -> HttpResponse:
    """GET /.well-known/nodeinfo: where both versions are, and the server actor (FEP-2677)."""
    links = documents.nodeinfo_links(node.hub.identity.origin)
    return as_document(request, links, kind="application/json", headers=(ANYWHERE,))


async def nodeinfo(node: Node, request: HttpRequest, version: str) -> HttpResponse:
    """GET /nodeinfo/{version}. version: "2.0" or "2.1", else NotServed. Numbers are true."""
    if version not in documents.SCHEMAS:
        raise NotServed
    posts = await node.database.read_public(
        lambda db: PublishedStore(db).count("public", "resource")
    )
    document = documents.nodeinfo(
        version,
        software_version=_version(),
        name=node.hub.identity.name,
        kind=node.hub.identity.kind,
        posts=posts,
    )
    kind = documents.media_type(version)
    return as_document(request, document, kind=kind, headers=(ANYWHERE,))


@cache
def _version() -> str:
    return metadata.version("rights-hub")
