"""The logs over HTTP: manifest, and pages of entries (docs/adr/0010-log-and-manifest.md)."""

import gzip

import sqlite_utils

from federation.acknowledgements import Acknowledged, hear_reader
from federation.hub import Node
from federation.key_directory import key_of
from federation.known_keys import KnownKey, stored_key
from federation.log import Head, Log
from federation.peers import Peer, PeerStore
from federation.policy import GREEN, Door, may_leave
from federation.serving.answers import (
    ANYWHERE,
    BadParameter,
    NotServed,
    as_document,
    asks_for,
    number_of,
    query_of,
)
from protocol.errors import LogInvalid, NotAPeer, ProtocolError
from protocol.http import HttpRequest, HttpResponse
from protocol.log_entries import PAGE_BYTES, PAGE_ENTRIES, head_field, log_name, name_in_log
from protocol.signatures import check_request, verify_request

NDJSON = "application/x-ndjson"
_MOST = 2**53 - 1
_GZIP_LEVEL = 5


async def manifest(node: Node, request: HttpRequest, version: str) -> HttpResponse:
    """GET /hub/manifest/{version}: one version of our manifest, as it stands in the log."""
    g = node.hub.identity.g
    documents = await node.database.read_public(lambda db: Log(db).manifests(g))
    wanted = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else 0
    for document in documents:
        if document.get("version") == wanted:
            return as_document(request, document, headers=(ANYWHERE,))
    raise NotServed


async def log_page(node: Node, request: HttpRequest, g: str) -> HttpResponse:
    """
    GET /hub/log/{G}?after=SEQ&limit=N: entries of a public log that is held here, as NDJSON.

    At most 500 entries and 8 MiB unpacked; an empty page means that there is nothing newer.
    With only=manifests, the entries that hold a manifest and no others.
    Raises NotServed for a log that is not held, BadParameter.
    """
    log = _checked(g)
    answer, span = await _page(node, request, log)
    if g == node.hub.identity.g and request.header("signature") is not None:
        reader = await _known_reader(node, request)
        if reader is not None:
            await hear_reader(node, reader, span)
    return answer


async def network_log_page(node: Node, request: HttpRequest, g: str) -> HttpResponse:
    """
    GET /hub/log/{G}/network: our own network log, for signed requests of active hubs only.

    Of others we serve it to nobody but the hub whose log it is: it may have lost its own.
    A coalition is refused like anybody else. Raises NotAPeer and what a bad signature raises.
    """
    log = log_name(_checked(g), "network")
    peer = await require_hub(node, request)
    if g not in (node.hub.identity.g, peer.g):
        raise NotServed
    answer, span = await _page(node, request, log)
    if g == node.hub.identity.g:
        await hear_reader(node, peer.actor, span)
    return answer


async def _known_reader(node: Node, request: HttpRequest) -> str | None:
    """
    Return the hub that signed a request for a public log; None if it is none that we know.

    Who signs wrongly, or with a key that we would have to fetch, is shown the log all the same.
    """
    now = node.clock.now()
    try:
        claim = check_request(request, now=now, authority=node.hub.identity.host)
        known = await node.database.read(lambda db: stored_key(db, claim.key_id))
        if not isinstance(known, KnownKey) or not known.pinned:
            return None
        verify_request(request, claim, known.key, now=now)
    except ProtocolError:
        return None
    return known.owner.actor


async def require_hub(node: Node, request: HttpRequest) -> Peer:
    """Return the active peer of kind hub that signed the request, else raise."""
    now = node.clock.now()
    claim = check_request(request, now=now, authority=node.hub.identity.host)
    known = await key_of(node, claim.key_id)
    verify_request(request, claim, known.key, now=now)
    peer = await node.database.read(lambda db: PeerStore(db).by_actor(known.owner.actor))
    if peer is None or not peer.active or peer.kind != "hub":
        raise NotAPeer("This log is for approved hubs only.")
    may_leave(GREEN, "data-none", Door.LOG, peer.audience)
    return peer


def _checked(g: str) -> str:
    try:
        name, kind = name_in_log(g)
    except LogInvalid:
        raise NotServed from None
    if kind != "public":
        raise NotServed
    return name


async def _page(node: Node, request: HttpRequest, log: str) -> tuple[HttpResponse, Acknowledged]:
    """Return the answer, and which entries are in it; none for a choice of them."""
    query = query_of(request)
    after = number_of(query, "after", default=0, most=_MOST)
    limit = min(number_of(query, "limit", default=PAGE_ENTRIES, most=_MOST), PAGE_ENTRIES)
    only = query.get("only")
    if only not in (None, "manifests"):
        raise BadParameter("only", "the word manifests")
    packed = asks_for(request, "gzip")
    own = name_in_log(log)[0] == node.hub.identity.g

    def read(db: sqlite_utils.Database) -> tuple[Head | None, bytes, int]:
        store = Log(db)
        head = store.head(log)
        if own:
            node.high_water.note(db)
        lines = store.lines(
            log,
            after=after,
            limit=max(limit, 1),
            most_bytes=PAGE_BYTES,
            op=None if only is None else "Manifest",
        )
        body = b"".join(lines)
        # Packed here, in the thread that reads, so that the loop goes on serving others.
        packed_body = gzip.compress(body, _GZIP_LEVEL, mtime=0) if packed else body
        return head, packed_body, 0 if only else len(lines)

    head, body, count = await node.database.read_public(read)
    if head is None and not own:
        raise NotServed
    headers = [
        ("Content-Type", NDJSON),
        ("Vary", "Accept-Encoding, Signature"),
        ("Cache-Control", "no-cache" if name_in_log(log)[1] == "public" else "no-store"),
    ]
    if packed:
        headers.append(("Content-Encoding", "gzip"))
    if head is not None:
        headers.append(("Hub-Head", head_field(head.header)))
    return HttpResponse(200, tuple(headers), body), Acknowledged(log, after + 1, after + count)
