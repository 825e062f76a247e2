"""
The heads of all logs that are held here, and cheaply only what changed (docs/federation.md).

This is the version vector of a hub: who compares it with its own knows what it lacks.
"""

import re
from typing import Final

import orjson
import sqlite_utils

from federation.heads import Heads, HeadStore
from federation.hub import Node
from federation.serving.answers import ANYWHERE, VARY, BadParameter, has_etag, query_of
from federation.serving.logs import require_hub
from protocol.http import HttpRequest, HttpResponse
from protocol.log_entries import log_name

_MARK: Final = re.compile(r"([0-9a-f]{16})\.([0-9]{1,15})", re.ASCII)


async def heads(node: Node, request: HttpRequest) -> HttpResponse:
    """
    GET /hub/heads?since=MARK: the newest header of every public log that is held here.

    since: what an answer gave as `next`; then only heads that changed after it. A mark of an
    earlier process counts as none, so nothing is missed. At most 1,000; who gets as many asks on.
    A request that an active hub signed is also told the head of our network log.
    ETag is the mark of now: with If-None-Match the answer is 304 while nothing changed.
    Raises BadParameter, and what a bad signature raises.
    """
    mark = query_of(request).get("since", "")
    found = _MARK.fullmatch(mark)
    if mark and found is None:
        raise BadParameter("since", "what an answer of this address gave as next")
    also = ""
    if request.header("signature") is not None:
        await require_hub(node, request)
        also = log_name(node.hub.identity.g, "network")
    epoch = _epoch(node)
    after = int(found[2]) if found is not None and found[1] == epoch else 0

    def read(db: sqlite_utils.Database) -> tuple[int, Heads | None]:
        node.high_water.note(db)
        store = HeadStore(db, also)
        newest = store.newest()
        known = has_etag(request, _etag(epoch, newest))
        return newest, None if known else store.since(after)

    newest, changed = await node.database.read_public(read)
    fields = (
        ("ETag", _etag(epoch, newest)),
        VARY,
        ("Cache-Control", "no-store" if also else "no-cache"),
        ANYWHERE,
    )
    if changed is None:
        return HttpResponse(304, fields)
    document = {
        "heads": [head.header.to_json() for head in changed.heads],
        "next": f"{epoch}.{changed.change}",
    }
    return HttpResponse(
        200, (("Content-Type", "application/json"), *fields), orjson.dumps(document)
    )


def _epoch(node: Node) -> str:
    """
    Return what marks of this process begin with.

    Numbers of changes start again after a backup is restored; marks of before must not count then.
    """
    if not node.memory.epoch:
        node.memory.epoch = node.hub.chance.bytes(8).hex()
    return node.memory.epoch


def _etag(epoch: str, change: int) -> str:
    return f'"{epoch}.{change}"'
