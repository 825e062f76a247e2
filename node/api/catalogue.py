"""Resources: what this hub and the others published."""

from io import BytesIO
from typing import Any

import sqlite_utils

from content.people.permissions import Right
from content.resources.formats.guessing import READERS
from content.resources.held import HeldResourceStore
from content.resources.importing import Import, collect
from content.resources.record import ResourceRecord, read_record
from content.resources.resource import Resource, ResourceState
from content.resources.store import ResourceGone, ResourceNotFound, ResourceStore
from content.search import ResourceQuery, SearchPage, search_resources
from federation.policy import Door, leaves
from federation.published import PublishedStore
from federation.publishing import (
    ImportReport,
    add_resource,
    import_resources,
    publish_resource,
    retract_resource,
    update_resource,
)
from node.api.models.catalogue import (
    ImportAnswer,
    PublishQuery,
    ResourceAnswer,
    ResourceImportQuery,
    ResourceListing,
    ResourceSearch,
    SkippedLine,
)
from node.api.models.common import Listing, PageQuery
from node.api.records import (
    HubNames,
    also_at,
    audience_of,
    facets,
    held_resource,
    labels_for,
    own_resource,
    read_as,
    resource_item,
)
from node.api.routes import ApiRoute, Call, SentCatalogue
from node.refusals import BadLines
from protocol.ids import resource_id

SUBJECT = "Resources"
BATCH = 200
"""Records of an import that share one transaction."""


async def find_resources(call: Call) -> ResourceListing:
    """Search own and other hubs' resources, with facets and the reasons for each hit."""
    query: ResourceSearch = call.query
    wanted = ResourceQuery(**query.model_dump(), labels=labels_for(call.principal))
    return await call.read(lambda db: resource_listing(db, call, search_resources(db, wanted)))


async def show_resource(call: Call) -> ResourceAnswer:
    """Return one of our own resources, with the document as it was published."""

    def work(db: sqlite_utils.Database) -> ResourceAnswer:
        staff = call.principal is not None and call.principal.may(Right.CATALOGUE_EDIT)
        resource = _found(db, call.path["ulid"], staff=staff)
        record, audience = resource.record, audience_of(call.principal)
        out = resource.state is ResourceState.PUBLISHED
        if not staff and not (out and leaves(record.label, record.sensitivity, Door.API, audience)):
            raise ResourceNotFound(resource.id)
        answer = own_resource(db, call.hub, resource, staff=staff)
        return _with_others(db, call, answer)

    return await call.read(work)


def _with_others(db: sqlite_utils.Database, call: Call, answer: ResourceAnswer) -> ResourceAnswer:
    """Return the answer with the other records of the same document that the caller may see."""
    others = also_at(db, call.hub.identity, answer.id, labels_for(call.principal))
    return answer.model_copy(update={"also_at": others})


def _found(db: sqlite_utils.Database, ulid: str, *, staff: bool) -> Resource:
    """Return a resource; what was never public leaves no sign to strangers when it is gone."""
    try:
        return ResourceStore(db).get(ulid)
    except ResourceGone:
        if staff or PublishedStore(db).was_public(ulid, "resource"):
            raise
        raise ResourceNotFound(ulid) from None


async def show_held_resource(call: Call) -> ResourceAnswer:
    """Return a resource of another hub, with the document as it was received."""

    def work(db: sqlite_utils.Database) -> ResourceAnswer:
        held = HeldResourceStore(db).get(call.path["host"], call.path["ulid"])
        if held.label not in labels_for(call.principal):
            raise ResourceNotFound(held.ref)
        return _with_others(db, call, held_resource(db, call.hub.identity, held))

    return await call.read(work)


async def new_resource(call: Call) -> ResourceAnswer:
    """Add a resource; it is published at once unless it is to stay a draft."""
    query: PublishQuery = call.query
    record: ResourceRecord = call.body
    act = call.act()

    def work(db: sqlite_utils.Database) -> ResourceAnswer:
        resource = add_resource(db, call.hub, record, act, publish=query.publish)
        return own_resource(db, call.hub, resource, staff=True)

    return await call.write(work)


async def publish_draft(call: Call) -> ResourceAnswer:
    """Publish a draft."""
    act = call.act()

    def work(db: sqlite_utils.Database) -> ResourceAnswer:
        resource = publish_resource(db, call.hub, call.path["ulid"], act)
        return own_resource(db, call.hub, resource, staff=True)

    return await call.write(work)


async def replace_resource(call: Call) -> ResourceAnswer:
    """Change a resource. With another label it gets a new id: use the one in the answer."""
    record: ResourceRecord = call.body
    act = call.act()

    def work(db: sqlite_utils.Database) -> ResourceAnswer:
        resource = update_resource(db, call.hub, call.path["ulid"], record, act)
        return own_resource(db, call.hub, resource, staff=True)

    return await call.write(work)


async def take_resource_back(call: Call) -> ResourceAnswer:
    """Retract a resource, here and at everybody who got it."""
    act = call.act()

    def work(db: sqlite_utils.Database) -> ResourceAnswer:
        resource = retract_resource(db, call.hub, call.path["ulid"], act)
        return own_resource(db, call.hub, resource, staff=True)

    return await call.write(work)


async def list_drafts(call: Call) -> Listing[ResourceAnswer]:
    """Return our resources that are not published yet, newest first."""
    query: PageQuery = call.query

    def work(db: sqlite_utils.Database) -> Listing[ResourceAnswer]:
        page = ResourceStore(db).list(
            state=ResourceState.DRAFT, limit=query.limit, cursor=query.cursor
        )
        items = [own_resource(db, call.hub, item, staff=True) for item in page.items]
        return Listing(items=items, next=page.next_cursor)

    return await call.read(work)


async def import_lines(call: Call) -> ImportAnswer:
    """
    Add or update many resources: JSON lines, CSV or DCAT-AP as JSON-LD; known ones are recognised.

    With a bad record nothing is imported, unless skip_bad is set.
    """
    query: ResourceImportQuery = call.query
    sent: SentCatalogue = call.body
    topics = None if query.topic is None else (query.topic,)
    defaults = {"kind": query.kind, "language": query.language, "topics": topics}
    given = {name: value for name, value in defaults.items() if value is not None}

    def read(_db: sqlite_utils.Database) -> Import:
        return collect(READERS[sent.shape](BytesIO(sent.body)), source=query.source, defaults=given)

    # In the thread of a reader: a large file takes seconds, and others are answered meanwhile.
    found = await call.read(read)
    if found.problems and not query.skip_bad:
        raise BadLines(
            tuple(
                (bad.line, bad.reason if bad.line else f"{bad.where}: {bad.reason}")
                for bad in found.problems
            )
        )
    reports: list[ImportReport] = []
    for start in range(0, len(found.records), BATCH):
        batch, act = found.records[start : start + BATCH], call.act()
        reports.append(await call.write(_importing(call, batch, act)))
    origin = call.hub.identity.origin
    return ImportAnswer(
        added=sum(report.added for report in reports),
        updated=sum(report.updated for report in reports),
        unchanged=sum(report.unchanged for report in reports),
        ids=tuple(resource_id(origin, ulid) for report in reports for ulid in report.ids),
        skipped=[
            SkippedLine(line=bad.line, where=bad.where, reason=bad.reason) for bad in found.problems
        ],
    )


def resource_listing(db: sqlite_utils.Database, call: Call, page: SearchPage) -> ResourceListing:
    """Return a page of a search as the API shows it."""
    names = HubNames(db)
    return ResourceListing(
        items=[resource_item(found, call.hub.identity, names) for found in page.items],
        next=page.next_cursor,
        total=page.total,
        total_is_exact=page.total_is_exact,
        facets=facets(page.facets),
        with_all_words=page.with_all_words,
        missing=page.missing,
        read_as=read_as(page),
    )


def _importing(call: Call, batch: tuple[ResourceRecord, ...], act: Any) -> Any:
    def work(db: sqlite_utils.Database) -> ImportReport:
        return import_resources(db, call.hub, batch, act)

    return work


_EDIT = Right.CATALOGUE_EDIT
ROUTES = (
    ApiRoute(
        "GET",
        "/resources",
        find_resources,
        "Search resources",
        SUBJECT,
        ResourceListing,
        query=ResourceSearch,
    ),
    ApiRoute(
        "POST",
        "/resources",
        new_resource,
        "Add a resource",
        SUBJECT,
        ResourceAnswer,
        right=_EDIT,
        body=ResourceRecord,
        reader=read_record,
        query=PublishQuery,
        status=201,
    ),
    ApiRoute(
        "POST",
        "/resources/import",
        import_lines,
        "Import many resources",
        SUBJECT,
        ImportAnswer,
        right=_EDIT,
        body="catalogue",
        query=ResourceImportQuery,
    ),
    ApiRoute(
        "GET",
        "/drafts",
        list_drafts,
        "Resources not published yet",
        SUBJECT,
        Listing[ResourceAnswer],
        right=_EDIT,
        query=PageQuery,
    ),
    ApiRoute(
        "GET", "/resources/{ulid}", show_resource, "One of our resources", SUBJECT, ResourceAnswer
    ),
    ApiRoute(
        "PUT",
        "/resources/{ulid}",
        replace_resource,
        "Change a resource",
        SUBJECT,
        ResourceAnswer,
        right=_EDIT,
        body=ResourceRecord,
        reader=read_record,
    ),
    ApiRoute(
        "DELETE",
        "/resources/{ulid}",
        take_resource_back,
        "Retract a resource",
        SUBJECT,
        ResourceAnswer,
        right=_EDIT,
    ),
    ApiRoute(
        "POST",
        "/resources/{ulid}/publish",
        publish_draft,
        "Publish a draft",
        SUBJECT,
        ResourceAnswer,
        right=_EDIT,
    ),
    ApiRoute(
        "GET",
        "/hubs/{host}/resources/{ulid}",
        show_held_resource,
        "A resource of another hub",
        SUBJECT,
        ResourceAnswer,
    ),
)
