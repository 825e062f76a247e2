"""
Our own records out of our own log: after a loss, what we published comes back from its entries.

Drafts, cases and people are in no log; they come from a backup or not at all.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

import sqlite_utils

from content.catalogue import Catalogue
from content.changes import Act
from content.directory import Directory
from content.errors import ContentError
from content.experts.expert import Expert
from content.experts.store import ExpertStore
from content.resources.resource import Resource, ResourceState
from content.resources.store import ResourceGone, ResourceNotFound, ResourceStore
from content.times import to_text
from federation.erasing import open_erasure, recipients_of
from federation.hub import Hub
from federation.notices import NoticeStore
from federation.outbox import Destination
from federation.own_framework import bring_back_item, take_back_item
from federation.pause import Pause
from federation.peers import PeerStore
from federation.published import PublishedKind, PublishedStore
from federation.sending import destination_of
from federation.translate import expert as experts
from federation.translate import resource as resources
from protocol.documents.expert import is_expert, read_expert
from protocol.documents.framework import is_framework_item, read_framework_item
from protocol.documents.resource import is_resource, read_resource
from protocol.errors import ProtocolError
from protocol.ids import expert_id, framework_item_id, resource_id
from protocol.json import JsonObject
from protocol.log_entries import LogEntry, LogKind
from protocol.moments import read_stamp

_IDS: Mapping[PublishedKind, Callable[[str, str], str]] = {
    "resource": resource_id,
    "expert": expert_id,
    "framework-item": framework_item_id,
}


def restore_entry(
    db: sqlite_utils.Database, hub: Hub, way: LogKind, entry: LogEntry, act: Act
) -> None:
    """
    Bring back what one entry of our own log tells, in the order of the log.

    way: which of our logs. What cannot be brought back, such as a record whose import key another
    one took since, is told to a person and stays in the log.
    """
    document = entry.a
    if document is None or entry.h.op == "Manifest":
        return
    try:
        if entry.h.op == "Announce":
            _announced(db, document, entry)
        elif entry.h.op == "Delete":
            _take_back(db, hub, way, entry, act)
        else:
            _bring_back(db, hub, way, document["object"], entry, act)
    except (ContentError, ProtocolError) as error:
        text = f"Entry {entry.h.seq} of our own log could not be brought back. {error}"
        NoticeStore(db).note("own-log", entry.h.ref, text[:400], act.at)


def _announced(db: sqlite_utils.Database, document: JsonObject, entry: LogEntry) -> None:
    db.execute(
        "insert or ignore into announced (object, activity, at) values (?, ?, ?)",
        (document["object"], document["id"], to_text(read_stamp(entry.h.at))),
    )


def _bring_back(
    db: sqlite_utils.Database,
    hub: Hub,
    way: LogKind,
    document: JsonObject,
    entry: LogEntry,
    act: Act,
) -> None:
    ref, at = entry.h.ref, read_stamp(entry.h.at)
    kind: PublishedKind | None = None
    if is_resource(document):
        kind = "resource"
        _bring_back_resource(db, hub, document, ref, act)
    elif is_expert(document):
        kind = "expert"
        _bring_back_expert(db, hub, document, ref, act)
    elif is_framework_item(document):
        kind = "framework-item"
        bring_back_item(db, ref, read_framework_item(document), act)
    if kind is not None:
        PublishedStore(db).put(ref, kind, way, entry.h.seq, at)


def _bring_back_resource(
    db: sqlite_utils.Database, hub: Hub, document: JsonObject, ref: str, act: Act
) -> None:
    found = read_resource(document)
    record, store = resources.record_of_document(found), ResourceStore(db)
    published, updated = read_stamp(found.published), _updated(found.updated, found.published)
    known = _resource(store, ref)
    if known is None:
        resource = Resource(
            id=ref,
            state=ResourceState.PUBLISHED,
            record=record,
            created_at=published,
            updated_at=updated,
            published_at=published,
        )
        store.add(resource, act)
    elif _is_ours(db, ref, known.updated_at, updated):
        return
    else:
        changed = known.model_copy(
            update={
                "state": ResourceState.PUBLISHED,
                "record": record,
                "updated_at": updated,
                "published_at": published,
            }
        )
        resource = store.replace(changed, act)
    Catalogue(db).index_own(resource, hub.identity.origin)


def _bring_back_expert(
    db: sqlite_utils.Database, hub: Hub, document: JsonObject, ref: str, act: Act
) -> None:
    found = read_expert(document)
    record, store = experts.record_of_document(found), ExpertStore(db)
    created, updated = read_stamp(found.published), _updated(found.updated, found.published)
    known = store.find(ref)
    if known is None:
        expert = Expert(id=ref, record=record, created_at=created, updated_at=updated)
        store.add(expert, act)
    elif _is_ours(db, ref, known.updated_at, updated):
        return
    else:
        expert = store.replace(
            known.model_copy(update={"record": record, "updated_at": updated}), act
        )
    Directory(db).index_own(expert, hub.identity.origin)


def _take_back(
    db: sqlite_utils.Database, hub: Hub, way: LogKind, entry: LogEntry, act: Act
) -> None:
    ref, origin, at = entry.h.ref, hub.identity.origin, read_stamp(entry.h.at)
    store, people = ResourceStore(db), ExpertStore(db)
    resource, expert = _resource(store, ref), people.find(ref)
    published = PublishedStore(db)
    if published.get(ref) is None:
        gone = str((entry.a or {}).get("object", {}).get("id", ""))
        kind = _kind_at(origin, gone, ref)
        published.put(ref, kind, way, entry.h.seq, at)
    published.take_back(ref, entry.h.seq, at)
    document = entry.a or {}
    was = published.get(ref)
    gone_kind: PublishedKind = "resource" if was is None else was.kind
    gone = _IDS[gone_kind](origin, ref)
    recipients = recipients_of(db, entry.h.log, ref, _hubs(db))
    open_erasure(db, gone_kind, gone, str(document.get("id")), entry.h, recipients, act)
    if resource is not None and resource.state is ResourceState.PUBLISHED:
        retracted = store.replace(resource.retract(max(at, resource.updated_at)), act, "retract")
        Catalogue(db).index_own(retracted, origin)
    if expert is not None:
        people.replace(expert.leave(max(at, expert.updated_at)), act, "leave")
        Directory(db).drop(expert_id(origin, ref))
    take_back_item(db, ref)
    Catalogue(db).drop(resource_id(origin, ref))


def _kind_at(origin: str, url: str, ref: str) -> PublishedKind:
    """Return what kind of record of ours an address is that of."""
    return next((kind for kind, address in _IDS.items() if address(origin, ref) == url), "resource")


def _hubs(db: sqlite_utils.Database) -> list[Destination]:
    """Return all hubs that may have got a Delete of which we only read that it was sent."""
    return [destination_of(peer) for peer in PeerStore(db).list() if peer.is_hub]


def _resource(store: ResourceStore, ref: str) -> Resource | None:
    try:
        return store.get(ref)
    except (ResourceNotFound, ResourceGone):
        return None


def _is_ours(db: sqlite_utils.Database, ref: str, known: datetime, updated: datetime) -> bool:
    """Return whether somebody here changed the record since and that waits to be published."""
    return known >= updated and Pause(db).waits(ref)


def _updated(updated: str | None, published: str) -> datetime:
    return read_stamp(updated or published)
