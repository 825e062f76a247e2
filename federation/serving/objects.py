"""Single public objects by their ids: activities, resources, experts, items of the framework."""

import sqlite_utils

from content.ids import is_id
from content.times import to_text
from federation.hub import Node
from federation.log import Log
from federation.published import PublishedKind, PublishedStore
from federation.serving.answers import NotServed, as_document
from protocol.documents import expert, framework, resource
from protocol.documents.activities import tombstone
from protocol.http import HttpRequest, HttpResponse
from protocol.ids import activity_id, expert_id, framework_item_id, resource_id
from protocol.json import JsonObject

_TYPES = {
    "resource": resource.TYPE,
    "expert": expert.TYPE,
    "framework-item": framework.TYPE,
}


async def activity(node: Node, request: HttpRequest, ulid: str) -> HttpResponse:
    """GET /activities/{ulid}: a public activity with its proof. Raises NotServed for others."""
    identity = activity_id(node.hub.identity.origin, ulid)
    found = await node.database.read_public(
        lambda db: Log(db).activity(identity, node.hub.identity.g)
    )
    if found is None:
        raise NotServed
    return as_document(request, found)


async def resource_document(node: Node, request: HttpRequest, ulid: str) -> HttpResponse:
    """
    GET /resources/{ulid} as ActivityStreams: the Article with its own proof.

    410 with a Tombstone when it was taken back. Raises NotServed for what is not public.
    """
    identity = resource_id(node.hub.identity.origin, ulid)
    return await _object(node, request, ulid, identity, "resource")


async def expert_document(node: Node, request: HttpRequest, ulid: str) -> HttpResponse:
    """GET /experts/{ulid} as ActivityStreams, as `resource_document`."""
    identity = expert_id(node.hub.identity.origin, ulid)
    return await _object(node, request, ulid, identity, "expert")


async def framework_item_document(node: Node, request: HttpRequest, ulid: str) -> HttpResponse:
    """GET /framework/{ulid}: an item of our framework, as `resource_document`."""
    identity = framework_item_id(node.hub.identity.origin, ulid)
    return await _object(node, request, ulid, identity, "framework-item")


async def _object(
    node: Node, request: HttpRequest, ulid: str, identity: str, kind: PublishedKind
) -> HttpResponse:
    def read(db: sqlite_utils.Database) -> tuple[int, JsonObject] | None:
        known = PublishedStore(db).get(ulid) if is_id(ulid) else None
        if known is None or known.kind != kind or known.log != "public":
            return None
        if known.gone:
            deleted = to_text(known.changed_at)
            return 410, tombstone(identity, former_type=_TYPES[kind], deleted=deleted)
        entry = Log(db).document(node.hub.identity.g, known.seq)
        return None if entry is None else (200, entry["object"])

    found = await node.database.read_public(read)
    if found is None:
        raise NotServed
    status, document = found
    return as_document(request, document, status=status)
