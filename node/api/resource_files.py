"""Files of resources: attached and taken off by staff, fetched by whoever may have the record."""

import sqlite_utils
from aiohttp import web

from content.people.permissions import Right
from content.resources.file_store import ResourceFileStore
from content.resources.files import ResourceFile
from federation.policy import Door
from federation.publishing_files import attach_files, detach_file
from federation.serving.resource_files import readable_file
from node.api.models.catalogue import ResourceAnswer
from node.api.records import audience_of, own_resource
from node.api.routes import ApiRoute, Call
from node.uploads import file_answer

SUBJECT = "Resources"


async def attach_to_resource(call: Call) -> ResourceAnswer:
    """Attach files to a resource, all of them or none. Whoever may have the record may fetch them.

    What a camera noted in a picture is left out; the digest is that of what is kept.
    """
    act = call.act()

    def work(db: sqlite_utils.Database) -> ResourceAnswer:
        resource = attach_files(db, call.hub, call.path["ulid"], call.files, act)
        return own_resource(db, call.hub, resource, staff=True)

    return await call.write(work)


async def detach_from_resource(call: Call) -> ResourceAnswer:
    """Take a file off a resource and erase it here; older log entries keep its name and digest."""
    act = call.act()

    def work(db: sqlite_utils.Database) -> ResourceAnswer:
        resource = detach_file(db, call.hub, call.path["ulid"], call.path["sha256"], act)
        return own_resource(db, call.hub, resource, staff=True)

    return await call.write(work)


async def download_resource_file(call: Call) -> web.Response:
    """Return the bytes of a file of one of our resources, to be saved and not to be shown."""

    def work(db: sqlite_utils.Database) -> tuple[ResourceFile, bytes]:
        ulid, sha256 = call.path["ulid"], call.path["sha256"]
        if call.principal is not None and call.principal.may(Right.CATALOGUE_EDIT):
            return ResourceFileStore(db).get(ulid, sha256)  # of a draft too
        return readable_file(db, ulid, sha256, Door.API, audience_of(call.principal))

    found, data = await call.read(work)
    return file_answer(found.name, found.media_type, data)


ROUTES = (
    ApiRoute(
        "POST",
        "/resources/{ulid}/files",
        attach_to_resource,
        "Attach files to a resource",
        SUBJECT,
        ResourceAnswer,
        right=Right.CATALOGUE_EDIT,
        files=True,
    ),
    ApiRoute(
        "GET",
        "/resources/{ulid}/files/{sha256}",
        download_resource_file,
        "The bytes of a file of a resource",
        SUBJECT,
        "file",
    ),
    ApiRoute(
        "DELETE",
        "/resources/{ulid}/files/{sha256}",
        detach_from_resource,
        "Take a file off a resource",
        SUBJECT,
        ResourceAnswer,
        right=Right.CATALOGUE_EDIT,
    ),
)
