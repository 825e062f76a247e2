"""The citation of a resource as a file for reference managers."""

from collections.abc import Callable

import sqlite_utils
from aiohttp import web

from content.resources.citing.citation import Citation, citation_of
from content.resources.citing.files import FILES, CitationFile
from content.resources.store import ResourceGone
from node.api.records import HubNames
from node.app_keys import NODE
from node.web.views.resource import public_held_resource, public_resource
from protocol.ids import resource_id

_BY_ENDING = {each.ending: each for each in FILES.values()}


async def resource_citation(request: web.Request) -> web.Response:
    """GET /resources/{ulid}/citation.{ending}: of a public resource of this hub."""
    ulid, identity = request.match_info["ulid"], request.app[NODE].hub.identity

    def work(db: sqlite_utils.Database) -> Citation:
        resource = public_resource(db, ulid)
        if resource is None:
            raise ResourceGone(ulid)
        return citation_of(resource.record, resource_id(identity.origin, ulid), identity.name)

    return await _file(request, work)


async def held_resource_citation(request: web.Request) -> web.Response:
    """GET /hubs/{host}/resources/{ulid}/citation.{ending}: of a public one of another hub."""
    host, ulid = request.match_info["host"], request.match_info["ulid"]

    def work(db: sqlite_utils.Database) -> Citation:
        held = public_held_resource(db, host, ulid)
        if held is None:
            raise ResourceGone(ulid)
        return citation_of(held.record, held.url, HubNames(db).of(held.hub).name)

    return await _file(request, work)


async def _file(
    request: web.Request, work: Callable[[sqlite_utils.Database], Citation]
) -> web.Response:
    shape: CitationFile | None = _BY_ENDING.get(request.match_info["ending"])
    if shape is None:
        raise web.HTTPNotFound
    citation = await request.app[NODE].database.read_public(work)
    return web.Response(
        body=shape.write(citation).encode(),
        headers={
            "Content-Type": shape.media_type,
            "Content-Disposition": f'attachment; filename="{citation.key}.{shape.ending}"',
            "Cache-Control": "no-cache",
        },
    )
