"""The collections of the actor: outbox page by page; followers and following as totals only."""

import sqlite_utils

from federation.followers import Followers, Following
from federation.hub import Node
from federation.log import Log
from federation.serving.answers import as_document, loaded, number_of, query_of
from protocol.documents.collections import ordered_collection, ordered_page
from protocol.http import HttpRequest, HttpResponse

PAGE_ITEMS = 20
_MOST = 2**53 - 1


async def outbox(node: Node, request: HttpRequest) -> HttpResponse:
    """
    GET /outbox: how many public activities there are; with ?page=true a page, newest first.

    before=SEQ: only entries of the log before that one. Erased activities are left out.
    """
    query = query_of(request)
    g, address = node.hub.identity.g, f"{node.hub.identity.origin}/outbox"
    if "page" not in query and "before" not in query:
        total = await node.database.read_public(lambda db: Log(db).readable(g))
        first = f"{address}?page=true"
        return as_document(request, ordered_collection(address, total=total, first=first))
    before = number_of(query, "before", default=_MOST, most=_MOST)
    rows = await node.database.read_public(
        lambda db: Log(db).newest(g, before=before, limit=PAGE_ITEMS + 1)
    )
    shown = rows[:PAGE_ITEMS]
    following_page = f"{address}?before={shown[-1][0]}" if len(rows) > PAGE_ITEMS else None
    identity = f"{address}?page=true" if before == _MOST else f"{address}?before={before}"
    page = ordered_page(
        identity,
        part_of=address,
        items=[loaded(document) for _, document in shown],
        next_page=following_page,
    )
    return as_document(request, page)


async def followers(node: Node, request: HttpRequest) -> HttpResponse:
    """GET /followers: how many, never who."""
    total = await node.database.read_public(lambda db: Followers(db).count())
    address = f"{node.hub.identity.origin}/followers"
    return as_document(request, ordered_collection(address, total=total))


async def following(node: Node, request: HttpRequest) -> HttpResponse:
    """GET /following: how many, never whom."""
    total = await node.database.read_public(_followed)
    address = f"{node.hub.identity.origin}/following"
    return as_document(request, ordered_collection(address, total=total))


def _followed(db: sqlite_utils.Database) -> int:
    return sum(1 for followed in Following(db).all() if followed.state == "accepted")
