"""The page of one resource, our own or another's."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlite_utils
from aiohttp import web
from markupsafe import Markup

from content.resources.file_store import ResourceFileStore
from content.resources.held import ForeignRecord, HeldRecord, HeldResource, HeldResourceStore
from content.resources.link_checks import LinkCheck, LinkStore
from content.resources.merged import MergedStore
from content.resources.record import ResourceRecord
from content.resources.resource import Resource, ResourceState
from content.resources.same import SameStore
from content.resources.store import ResourceNotFound, ResourceStore
from federation.hub import Hub
from federation.origin_files import held_files
from federation.policy import Audience, Door, leaves
from federation.published import PublishedStore
from node.api.models.catalogue import FileAnswer
from node.api.records import HubNames, file_answers, own_document
from node.app_keys import NODE
from node.web import words
from node.web.addresses import api_path, full, record_path, web_link
from node.web.citing import CitationLink, citation_links
from node.web.cleaning import LONGEST, clean_html
from node.web.evidence import Evidence, evidence_of, our_entry, their_log
from node.web.pages import VISIBLE, moved, render
from node.web.said import Said, said_best, said_originally
from node.web.shapes import Named, Whose, language_said, place_of, topics_of, whose
from protocol.errors import InvalidDocument
from protocol.foreign import read_foreign_object
from protocol.ids import host_of, resource_id
from protocol.json import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceView:
    """
    What the page shows. id: address of the record at its origin; link: the document itself.

    content: cleaned HTML of a source, in place of the summary. link_check: the last look
    at the link of one of ours. source: where an import or a harvest found it. files: at their
    origin. here: the address of this page, for citing.
    """

    id: str
    here: str
    title: Said
    original_title: Said | None
    summary: Said | None
    content: Markup | None
    kind: str
    language: Said | None
    link: str | None
    link_check: LinkCheck | None
    publisher: str | None
    year: int | None
    place: tuple[str, ...]
    topics: tuple[Named, ...]
    principles: tuple[str, ...]
    goals: tuple[int, ...]
    licence: str | None
    related: tuple[str, ...]
    tags: tuple[str, ...]
    starts_at: str | None
    files: tuple[FileAnswer, ...]
    thanks: tuple[str, ...]
    whose: Whose
    published_at: datetime | None
    updated_at: datetime
    evidence: Evidence
    also: tuple[tuple[str, Whose], ...]
    source: str | None
    source_link: str | None
    citations: tuple[CitationLink, ...]


async def resource_page(request: web.Request) -> web.Response:
    """
    GET /resources/{ulid}: a public resource of this hub; 410 if it was taken back.

    One that was merged into another leads there.
    """
    node, ulid = request.app[NODE], request.match_info["ulid"]

    def work(db: sqlite_utils.Database) -> ResourceView | str | None:
        resource = public_resource(db, ulid)
        if resource is not None:
            return _own(db, node.hub, resource)
        target = MergedStore(db).target_of(ulid)
        shown = target is not None and own_document(db, node.hub, target) is not None
        return target if shown else None

    found = await node.database.read_public(work)
    if isinstance(found, str):
        # Not for ever: a merge can be undone.
        path = record_path("resources", True, node.hub.identity.host, found)
        return web.Response(status=307, headers={"Location": path})
    return _page(request, found)


async def held_resource_page(request: web.Request) -> web.Response:
    """GET /hubs/{host}/resources/{ulid}: a public resource of another hub, or of a source."""
    node, host, ulid = request.app[NODE], request.match_info["host"], request.match_info["ulid"]
    if host == node.hub.identity.host:
        return moved(record_path("resources", True, host, ulid))

    def work(db: sqlite_utils.Database) -> ResourceView | None:
        held = public_held_resource(db, host, ulid)
        return None if held is None else _held(db, node.hub, held)

    return _page(request, await node.database.read_public(work))


def _page(request: web.Request, view: ResourceView | None) -> web.Response:
    if view is None:
        return render(request, "gone.html", {"section": "resources"}, status=410)
    return render(request, "resource.html", {"section": "resources", "resource": view})


def public_resource(db: sqlite_utils.Database, ulid: str) -> Resource | None:
    """Return a resource of ours that has a page; None where it was taken back. ResourceNotFound."""
    if PublishedStore(db).was_public(ulid, "resource"):
        return None
    resource = ResourceStore(db).find(ulid)
    if resource is None or resource.state is not ResourceState.PUBLISHED:
        raise ResourceNotFound(ulid)
    record = resource.record
    if not leaves(record.label, record.sensitivity, Door.PAGE, Audience.EVERYONE):
        raise ResourceNotFound(ulid)
    return resource


def public_held_resource(db: sqlite_utils.Database, host: str, ulid: str) -> HeldResource | None:
    """Return a resource of another hub that has a page here; None where it was taken back."""
    store = HeldResourceStore(db)
    if store.is_gone(host, ulid):
        return None
    held = store.get(host, ulid)
    if held.label not in VISIBLE:
        raise ResourceNotFound(ulid)
    return held


def _own(db: sqlite_utils.Database, hub: Hub, resource: Resource) -> ResourceView:
    record, ulid, identity = resource.record, resource.id, hub.identity
    address = resource_id(identity.origin, ulid)
    return _view(
        record,
        id=address,
        here=address,
        content=None,
        link_check=LinkStore(db).find(record.url),
        files=file_answers(address, ResourceFileStore(db).of(ulid)),
        thanks=_thanks(db, own_document(db, hub, ulid)),
        whose=whose(identity.host, HubNames(db), own=True, is_source=False),
        published_at=resource.published_at,
        updated_at=resource.updated_at,
        evidence=evidence_of(
            own_document(db, hub, ulid),
            api_path("resources", True, identity.host, ulid),
            our_entry(db, hub, ulid),
        ),
        also=_also(db, address),
    )


def _held(db: sqlite_utils.Database, hub: Hub, held: HeldResource) -> ResourceView:
    document: JsonObject | None = json.loads(held.document) if held.document else None
    is_source = held.origin_kind == "source"
    return _view(
        held.record,
        id=held.url,
        here=full(hub.identity, record_path("resources", False, held.hub, held.ref)),
        content=_content(held.record, document) if is_source and document else None,
        link_check=None,
        files=file_answers(held.url, held_files(held)),
        thanks=_thanks(db, None if is_source else document),
        whose=whose(held.hub, HubNames(db), own=False, is_source=is_source),
        published_at=held.published_at,
        updated_at=held.updated_at or held.received_at,
        evidence=evidence_of(
            None if is_source else document,
            api_path("resources", False, held.hub, held.ref),
            their_log(db, held.hub),
        ),
        also=_also(db, held.url),
    )


def _also(db: sqlite_utils.Database, url: str) -> tuple[tuple[str, Whose], ...]:
    """Return the pages of the other records of the same document, and whose these are."""
    names = HubNames(db)
    return tuple(
        (
            record_path("resources", each.own, each.hub, each.ref),
            whose(each.hub, names, own=each.own, is_source=False),
        )
        for each in SameStore(db).others(url)
        if each.label in VISIBLE
    )


def _view(record: HeldRecord, **more: Any) -> ResourceView:
    title = said_best(record.title, record.language)
    if title is None:
        raise ValueError("A record without a title is stored.")
    common = {
        "title": title,
        "original_title": said_originally(record.title, record.language, title),
        "summary": said_best(record.summary or {}, record.language),
        "kind": words.kind(record.kind),
        "language": language_said(record.language),
        "link": web_link(record.url),
        "publisher": record.publisher,
        "source": getattr(record, "source", None),
        "source_link": web_link(getattr(record, "source", None)),
        "citations": citation_links(str(more["here"])),
        **more,
    }
    if isinstance(record, ResourceRecord):
        return ResourceView(
            **common,
            year=record.year,
            place=place_of(record.city, record.country),
            topics=topics_of("/resources", record.topics),
            principles=tuple(words.concept(each) for each in record.principles),
            goals=record.sdgs,
            licence=record.licence,
            related=tuple(link for each in record.related if (link := web_link(each))),
            tags=(),
            starts_at=None,
        )
    published_at = common.get("published_at")
    return ResourceView(
        **common,
        year=published_at.year if isinstance(published_at, datetime) else None,
        place=(),
        topics=(),
        principles=(),
        goals=(),
        licence=None,
        related=(),
        tags=record.tags,
        starts_at=record.starts_at,
    )


def _thanks(db: sqlite_utils.Database, document: JsonObject | None) -> tuple[str, ...]:
    """Return the names of hubs whose corrections went into a record, as its hub published it."""
    facts = (document or {}).get("hub:resource")
    actors = facts.get("thanks", ()) if isinstance(facts, dict) else ()
    names = HubNames(db)
    return tuple(names.of(host_of(actor)).name for actor in actors)


def _content(record: HeldRecord, document: JsonObject) -> Markup | None:
    """Return the HTML of a source, cleaned; None where its plain text does better."""
    try:
        found = read_foreign_object(document)
    except InvalidDocument:
        return None
    markup = found.content_html
    # A content warning stands before the plain text, so that is what is shown then.
    if not markup or len(markup) > LONGEST or found.sensitive:
        return None
    language = record.language if isinstance(record, ForeignRecord) else ""
    return clean_html(markup, "" if language == "und" else language)
