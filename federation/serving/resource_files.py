"""Files of resources: given to whoever may have the record, to be saved and never to be run."""

from typing import Final
from urllib.parse import quote

import sqlite_utils

from content.ids import is_id
from content.resources.file_store import ResourceFileStore
from content.resources.files import ResourceFile, ResourceFileNotFound
from content.resources.resource import ResourceState
from content.resources.store import ResourceStore
from federation.hub import Node
from federation.policy import Audience, Door, leaves
from federation.serving.answers import NotServed, has_etag
from federation.serving.logs import require_hub
from protocol.http import HttpRequest, HttpResponse

SAFE_CONTENT: Final = "sandbox; default-src 'none'"
"""Content-Security-Policy of every file that somebody brought (SECURITY.md S47)."""


def file_headers(name: str, media_type: str, *, cache: str = "no-store") -> dict[str, str]:
    """
    Return the fields under which a stored file is saved, and not run or shown by any browser (S47).

    media_type: as seen from its content.
    """
    simple = "".join(s if s.isascii() and (s.isalnum() or s in "._- ") else "_" for s in name)
    whole = quote(name, safe="")
    return {
        "Content-Type": media_type,
        # RFC 6266: plain for old programs, whole for all others.
        "Content-Disposition": f"attachment; filename=\"{simple}\"; filename*=UTF-8''{whole}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": SAFE_CONTENT,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": cache,
    }


def readable_file(
    db: sqlite_utils.Database, ulid: str, sha256: str, door: Door, audience: Audience
) -> tuple[ResourceFile, bytes]:
    """
    Return a file of a published resource that this audience may have by this door.

    Raises NotServed for everything else, whatever the reason.
    """
    resource = ResourceStore(db).find(ulid) if is_id(ulid) else None
    if resource is None or resource.state is not ResourceState.PUBLISHED:
        raise NotServed
    if not leaves(resource.record.label, resource.record.sensitivity, door, audience):
        raise NotServed
    try:
        return ResourceFileStore(db).get(ulid, sha256)
    except ResourceFileNotFound:
        raise NotServed from None


async def resource_file(node: Node, request: HttpRequest, ulid: str, sha256: str) -> HttpResponse:
    """
    GET /resources/{ulid}/files/{sha256}: a file of a resource of ours.

    Of a public one for everybody; of one for hubs for whom signs as an approved hub. To all others
    it is not there. Raises NotServed, and what a bad signature raises.
    """

    def public(db: sqlite_utils.Database) -> tuple[ResourceFile, bytes]:
        return readable_file(db, ulid, sha256, Door.PAGE, Audience.EVERYONE)

    try:
        found, data = await node.database.read_public(public)
        cache = "public, no-cache"
    except NotServed:
        if request.header("signature") is None:
            raise
        peer = await require_hub(node, request)
        found, data = await node.database.read(
            lambda db: readable_file(db, ulid, sha256, Door.LOG, peer.audience)
        )
        cache = "no-store"
    headers = {**file_headers(found.name, found.media_type, cache=cache), "ETag": f'"{sha256}"'}
    if has_etag(request, f'"{sha256}"'):
        return HttpResponse(304, tuple(headers.items()))
    return HttpResponse(200, tuple(headers.items()), data)
