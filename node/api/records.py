"""What endpoints of resources, experts and hubs share: who may see what, how it is shown."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlite_utils

from content.experts.expert import Expert
from content.experts.held import HeldExpert
from content.hubs import HubDirectory
from content.labels import Label
from content.people.authentication import Principal
from content.people.permissions import Right
from content.resources.file_store import ResourceFileStore
from content.resources.files import ResourceFile
from content.resources.held import ForeignRecord, HeldResource
from content.resources.link_checks import LinkStore
from content.resources.resource import Resource
from content.resources.same import Origin, SameStore
from content.search import FacetCount, FoundExpert, FoundResource, Place, Results, Why
from federation.hub import Hub, Identity
from federation.log import Log
from federation.origin_files import held_files
from federation.policy import Audience, Door, visible_labels
from federation.published import PublishedStore
from node.api.models.catalogue import (
    AlsoAnswer,
    ExpertAnswer,
    ExpertItem,
    FacetAnswer,
    FileAnswer,
    HubRef,
    ReadAsAnswer,
    ResourceAnswer,
    ResourceItem,
    WhyAnswer,
)
from node.api.models.links import LinkCheckAnswer
from node.api.routes import shaped
from protocol.ids import expert_id, origin_of, resource_file_id, resource_id
from protocol.json import JsonObject
from protocol.log_entries import log_name


def audience_of(principal: Principal | None) -> Audience:
    """Return what a caller counts as at the exit rule."""
    if principal is None:
        return Audience.EVERYONE
    return Audience.STAFF if principal.may(Right.CATALOGUE_EDIT) else Audience.PEER


def labels_for(principal: Principal | None) -> frozenset[str]:
    """Return the labels that a caller may see through the API."""
    return visible_labels(Door.API, audience_of(principal))


class HubNames:
    """The names of hubs, asked once for each host."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._directory = HubDirectory(db)
        self._known: dict[str, HubRef] = {}

    def of(self, host: str) -> HubRef:
        """Return host and name; the host is the name of who is not in the directory."""
        if host not in self._known:
            entry = self._directory.find(host)
            self._known[host] = HubRef(host=host, name=host if entry is None else entry.name)
        return self._known[host]


def resource_item(found: FoundResource, identity: Identity, names: HubNames) -> ResourceItem:
    """Return what a list shows of a found resource."""
    return ResourceItem(
        **_place(found.place, "resources", identity, names),
        title=dict(found.title),
        summary=dict(found.summary),
        language=found.language,
        kind=found.kind,
        link=found.link,
        publisher=found.publisher,
        topics=found.topics,
        link_status=found.link_status,
        record=found.record,
        also_at=_also(found.also, identity, names),
        why=_why(found.why),
    )


def link_check_of(db: sqlite_utils.Database, link: str | None) -> LinkCheckAnswer | None:
    """Return the last look at a link, None if nobody looked."""
    check = LinkStore(db).find(link)
    return None if check is None else shaped(LinkCheckAnswer, check)


def also_at(
    db: sqlite_utils.Database, identity: Identity, url: str, labels: frozenset[str]
) -> tuple[AlsoAnswer, ...]:
    """Return the other records of the same document that may be seen by labels."""
    others = [each for each in SameStore(db).others(url) if each.label in labels]
    return _also(others, identity, HubNames(db))


def _also(origins: Iterable[Origin], identity: Identity, names: HubNames) -> tuple[AlsoAnswer, ...]:
    return tuple(
        AlsoAnswer(
            id=each.url,
            hub=names.of(each.hub),
            own=each.own,
            local=_local(identity, each.own, each.hub, "resources", each.ref),
        )
        for each in origins
    )


def expert_item(found: FoundExpert, identity: Identity, names: HubNames) -> ExpertItem:
    """Return what a list shows of a found expert."""
    return ExpertItem(
        **_place(found.place, "experts", identity, names),
        name=found.record.name,
        record=found.record,
        why=_why(found.why),
    )


def own_resource(
    db: sqlite_utils.Database, hub: Hub, resource: Resource, *, staff: bool
) -> ResourceAnswer:
    """Return what is shown of one of our own resources."""
    record, identity = resource.record, hub.identity
    address = resource_id(identity.origin, resource.id)
    return ResourceAnswer(
        id=address,
        ulid=resource.id,
        hub=HubRef(host=identity.host, name=identity.name),
        origin=identity.origin,
        origin_kind="hub",
        own=True,
        local=address,
        label=record.label,
        published_at=resource.published_at,
        updated_at=resource.updated_at,
        title=record.title,
        summary=record.summary,
        language=record.language,
        kind=record.kind,
        link=record.url,
        publisher=record.publisher,
        topics=record.topics,
        link_status=resource.link_status,
        link_check=link_check_of(db, record.url),
        record=record,
        document=own_document(db, hub, resource.id),
        files=file_answers(address, ResourceFileStore(db).of(resource.id)),
        state=resource.state if staff else None,
        revision=resource.revision if staff else None,
    )


def held_resource(
    db: sqlite_utils.Database, identity: Identity, held: HeldResource
) -> ResourceAnswer:
    """Return what is shown of a resource of another hub."""
    record = held.record
    foreign = isinstance(record, ForeignRecord)
    return ResourceAnswer(
        **_held_place(db, identity, held, "resources"),
        title=record.title,
        summary=record.summary or {},
        language=record.language,
        kind=record.kind,
        link=record.url,
        publisher=record.publisher,
        topics=() if isinstance(record, ForeignRecord) else record.topics,
        link_status=None,
        record=record,
        document=None if foreign and not held.document else json.loads(held.document),
        files=file_answers(held.url, held_files(held)),
    )


def file_answers(address: str, files: Iterable[ResourceFile]) -> tuple[FileAnswer, ...]:
    """Return files as the API shows them. address: the id of the resource."""
    return tuple(
        shaped(FileAnswer, each, url=resource_file_id(address, each.sha256)) for each in files
    )


def own_expert(db: sqlite_utils.Database, hub: Hub, expert: Expert, *, staff: bool) -> ExpertAnswer:
    """Return what is shown of one of our own experts."""
    identity = hub.identity
    address = expert_id(identity.origin, expert.id)
    return ExpertAnswer(
        id=address,
        ulid=expert.id,
        hub=HubRef(host=identity.host, name=identity.name),
        origin=identity.origin,
        origin_kind="hub",
        own=True,
        local=address,
        label=expert.label,
        published_at=expert.created_at,
        updated_at=expert.updated_at,
        name=expert.record.name,
        record=expert.record,
        document=own_document(db, hub, expert.id),
        state=expert.state if staff else None,
        revision=expert.revision if staff else None,
    )


def held_expert(db: sqlite_utils.Database, identity: Identity, held: HeldExpert) -> ExpertAnswer:
    """Return what is shown of an expert of another hub."""
    return ExpertAnswer(
        **_held_place(db, identity, held, "experts"),
        name=held.record.name,
        record=held.record,
        document=json.loads(held.document),
    )


def own_document(db: sqlite_utils.Database, hub: Hub, ref: str) -> JsonObject | None:
    """Return the document of ours that is out, with its proof; None if nothing is."""
    known = PublishedStore(db).get(ref)
    if known is None or known.gone:
        return None
    entry = Log(db).document(log_name(hub.identity.g, known.log), known.seq)
    found: JsonObject | None = None if entry is None else entry.get("object")
    return found


def facets(found: Mapping[str, Iterable[FacetCount]]) -> dict[str, list[FacetAnswer]]:
    """Return facets as the API shows them."""
    return {
        name: [FacetAnswer(value=each.value, count=each.count) for each in counts]
        for name, counts in found.items()
    }


def _place(place: Place, folder: str, identity: Identity, names: HubNames) -> dict[str, Any]:
    return {
        "id": place.url,
        "ulid": place.ref,
        "hub": names.of(place.hub),
        "origin": origin_of(place.url),
        "origin_kind": place.origin_kind,
        "own": place.own,
        "local": _local(identity, place.own, place.hub, folder, place.ref),
        "label": place.label,
        "published_at": place.published_at,
        "updated_at": place.updated_at,
    }


def _held_place(
    db: sqlite_utils.Database, identity: Identity, held: HeldResource | HeldExpert, folder: str
) -> dict[str, Any]:
    return {
        "id": held.url,
        "ulid": held.ref,
        "hub": HubNames(db).of(held.hub),
        "origin": origin_of(held.url),
        "origin_kind": held.origin_kind,
        "own": False,
        "local": _local(identity, False, held.hub, folder, held.ref),
        "label": Label(held.label),
        "published_at": held.published_at,
        "updated_at": held.updated_at or held.received_at,
    }


def _local(identity: Identity, own: bool, host: str, folder: str, ref: str) -> str:
    where = f"{folder}/{ref}" if own else f"hubs/{host}/{folder}/{ref}"
    return f"{identity.origin}/{where}"


def read_as(page: Results[Any]) -> tuple[ReadAsAnswer, ...]:
    """Return which words were read in another way."""
    return tuple(ReadAsAnswer(typed=each.typed, words=each.words) for each in page.read_as)


def _why(reasons: Iterable[Why]) -> tuple[WhyAnswer, ...]:
    return tuple(WhyAnswer(field=why.field, text=why.text, asked=why.asked) for why in reasons)
