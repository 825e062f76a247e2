"""
Taking in what others published: hubs strictly, sources tolerantly, whoever brought it.

Push and pull end here alike. Each call converges: in any order, and any number of times, the same
activities leave the same state (SECURITY.md R4). Versions of one object are ordered by the times
that its origin gave them, never by a time of ours or of a third party.
"""

from datetime import datetime
from typing import ClassVar, Final

import orjson
import sqlite_utils

from content.changes import Act
from content.framework.sharing import HeldFrameworkItem
from content.held import Held, Known
from content.labels import Label
from content.resources.held import HeldResource
from federation.announcing import announce
from federation.errors import FederationError
from federation.holdings import Holdings
from federation.hub import Hub
from federation.inbox_store import Tombstones
from federation.peers import Peer, PeerStore
from federation.proposal_traces import forget_proposals
from federation.receipts import owe_to_peer
from federation.translate import expert as experts
from federation.translate import framework as frameworks
from federation.translate import resource as resources
from federation.translate.foreign import record_of_foreign, ref_of_foreign
from protocol.activity import Activity
from protocol.authority import Verified
from protocol.documents.expert import is_expert, read_expert
from protocol.documents.framework import is_framework_item, read_framework_item
from protocol.documents.resource import is_resource, read_resource
from protocol.errors import InvalidDocument, NotAPeer, NotOwner, OriginMismatch
from protocol.foreign import READABLE_TYPES, is_public, read_foreign_object, types_of
from protocol.ids import (
    expert_id,
    framework_item_id,
    origin_of,
    ref_of,
    resource_id,
    same_origin,
)
from protocol.json import JsonObject
from protocol.moments import read_stamp

TAKEN_LABELS: Final = frozenset({Label.CLEAR.value, Label.GREEN.value})
"""What hubs share; anything stricter travels sealed only (DESIGN: labels)."""


class AudienceChanged(FederationError):
    """An object that is known is sent for other readers; that takes a new id (SECURITY.md S33)."""

    code: ClassVar[str] = "audience"

    def __init__(self) -> None:
        super().__init__("The readers of an object do not change; delete it and use a new id.")


class LabelNotTaken(FederationError):
    """The object's handling label or addressees do not let it come here."""

    code: ClassVar[str] = "label-not-taken"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


def take_in(db: sqlite_utils.Database, hub: Hub, activity: Verified[Activity], act: Act) -> None:
    """
    Take in a Create, Update or Delete of an active peer's own object.

    Stores what the catalogue can show and leaves a tombstone for what was deleted; what was deleted
    before stays so, and kinds of objects that we do not keep are ignored. Raises AudienceChanged,
    LabelNotTaken, NotAPeer once the peer is no longer active, and ProtocolError, RecordInvalid or
    ExpertInvalid, FrameworkInvalid for a hub's object that is not what it should be.
    """
    peer = active_peer(db, activity.value.actor)
    take_from(db, hub, peer, activity, act, asked=True)
    PeerStore(db).heard_from(peer.actor, act.at)


def take_from(
    db: sqlite_utils.Database,
    hub: Hub,
    peer: Peer,
    activity: Verified[Activity],
    act: Act,
    *,
    asked: bool = False,
) -> None:
    """
    As `take_in`, for many activities of one peer: the caller looked it up, and notes its life.

    peer: from `active_peer` in this very transaction. asked: it was sent to us, not read in a log.
    Raises NotAPeer for an activity of another.
    """
    said = activity.value
    if said.actor != peer.actor:
        raise NotAPeer("The activity is by another actor than the peer.")
    if said.type == "Delete" and said.object_id is not None:
        _forget(db, peer, said.object_id, act, request=said.id, asked=asked)
    elif said.type in ("Create", "Update") and said.object is not None:
        open_to_all = said.is_public
        _keep(db, hub, peer, said.object, act, update=said.type == "Update", public=open_to_all)


def erase_for_former(db: sqlite_utils.Database, activity: Verified[Activity], act: Act) -> None:
    """
    Obey the Delete of a hub that is no active peer and of which something may still be held.

    Nothing new is taken of it; that it may have its own erased does not end with the peering. Only
    a key that people confirmed counts, and of who is blocked nothing comes this far.
    """
    said = activity.value
    peer = PeerStore(db).by_actor(said.actor)
    if peer is None or not peer.is_hub or said.object_id is None:
        return
    if activity.owner.key_id in {key.id for key in peer.pinned_keys}:
        _forget(db, peer, said.object_id, act, request=said.id, asked=True)


def erase_logged(
    db: sqlite_utils.Database, peer: Peer, activity: Verified[Activity], act: Act
) -> None:
    """
    Obey a Delete that was read in the log of a hub which is no active peer: its log proves it.

    peer: the hub. Raises NotAPeer for an activity of another, OriginMismatch.
    """
    said = activity.value
    if said.actor != peer.actor:
        raise NotAPeer("The activity is by another actor than the hub.")
    if said.object_id is not None:
        _forget(db, peer, said.object_id, act, request=said.id, asked=False)


def take_object(
    db: sqlite_utils.Database, hub: Hub, actor: str, document: JsonObject, act: Act
) -> None:
    """
    Take in an object of a peer as its own origin shows it now.

    actor: the peer it belongs to; the caller has checked that it does (protocol.authority).
    """
    peer = active_peer(db, actor)
    _keep(db, hub, peer, document, act, update=True, public=is_public(document))


def active_peer(db: sqlite_utils.Database, actor: str) -> Peer:
    """Return the peer that is this actor. Raises NotAPeer unless it is active."""
    peer = PeerStore(db).by_actor(actor)
    if peer is None or not peer.active:
        raise NotAPeer("This hub takes records from active peers only.")
    return peer


def _keep(
    db: sqlite_utils.Database,
    hub: Hub,
    peer: Peer,
    document: JsonObject,
    act: Act,
    *,
    update: bool,
    public: bool,
) -> None:
    if not peer.is_hub:
        _keep_foreign(db, peer, document, act, update=update)
    elif is_resource(document):
        _keep_resource(db, hub, peer, document, act, public=public)
    elif is_expert(document):
        _keep_expert(db, hub, peer, document, act, public=public)
    elif is_framework_item(document):
        _keep_framework_item(db, hub, peer, document, act, public=public)


def _keep_resource(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, document: JsonObject, act: Act, *, public: bool
) -> None:
    found = read_resource(document)
    _check_hub_object(hub, peer, document, found.label, public=public)
    if found.actor != peer.actor or found.id != resource_id(origin_of(peer.actor), found.ref):
        raise OriginMismatch("The resource is not at the place where its hub keeps resources.")
    shelf = Holdings(db, peer).resources
    version = read_stamp(found.updated or found.published)
    if not _is_newer(shelf.known(peer.host, found.ref), found.label, version):
        return
    held: HeldResource = Held(
        hub=peer.host,
        ref=found.ref,
        url=found.id,
        record=resources.record_of_document(found),
        document=_as_text(document),
        label=Label(found.label),
        received_at=act.at,
        published_at=read_stamp(found.published),
        updated_at=version,
    )
    Holdings(db, peer).keep_resource(held)
    announce(db, hub, found.id, found.label, act)


def _keep_expert(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, document: JsonObject, act: Act, *, public: bool
) -> None:
    found = read_expert(document)
    _check_hub_object(hub, peer, document, found.label, public=public)
    if found.actor != peer.actor or found.id != expert_id(origin_of(peer.actor), found.ref):
        raise OriginMismatch("The expert is not at the place where its hub keeps experts.")
    record = experts.record_of_document(found)
    if record.label.value != found.label:
        raise InvalidDocument("The expert's label and scope contradict each other.")
    shelf = Holdings(db, peer).experts
    version = read_stamp(found.updated or found.published)
    if not _is_newer(shelf.known(peer.host, found.ref), found.label, version):
        return
    Holdings(db, peer).keep_expert(
        Held(
            hub=peer.host,
            ref=found.ref,
            url=found.id,
            record=record,
            document=_as_text(document),
            label=record.label,
            received_at=act.at,
            published_at=read_stamp(found.published),
            updated_at=version,
        )
    )


def _keep_framework_item(
    db: sqlite_utils.Database, hub: Hub, peer: Peer, document: JsonObject, act: Act, *, public: bool
) -> None:
    found = read_framework_item(document)
    _check_hub_object(hub, peer, document, found.label, public=public)
    if found.actor != peer.actor or found.id != framework_item_id(origin_of(peer.actor), found.ref):
        raise OriginMismatch("The item is not at the place where its hub keeps its framework.")
    shelf = Holdings(db, peer).framework
    version = read_stamp(found.updated or found.published)
    if not _is_newer(shelf.known(peer.host, found.ref), found.label, version):
        return
    held: HeldFrameworkItem = Held(
        hub=peer.host,
        ref=found.ref,
        url=found.id,
        record=frameworks.shared_of_document(found),
        document=_as_text(document),
        label=Label(found.label),
        received_at=act.at,
        published_at=read_stamp(found.published),
        updated_at=version,
    )
    shelf.put(held)
    announce(db, hub, found.id, found.label, act)


def _is_newer(known: Known | None, label: str, version: datetime) -> bool:
    """Return whether a version is to be kept. Raises AudienceChanged."""
    if known is None:
        return True
    if known.gone:
        return False
    if known.label != label:
        raise AudienceChanged
    return known.updated_at is None or known.updated_at < version


def _check_hub_object(
    hub: Hub, peer: Peer, document: JsonObject, label: str, *, public: bool
) -> None:
    """Refuse what a label does not let come here, and labels that contradict the addressees."""
    if label not in TAKEN_LABELS:
        raise LabelNotTaken("Only tlp-clear and tlp-green travel in the open between hubs.")
    if label == Label.CLEAR.value and not (public and is_public(document)):
        raise LabelNotTaken("A tlp-clear record is addressed to everybody.")
    if label == Label.GREEN.value:
        if public or is_public(document):
            raise LabelNotTaken("A tlp-green record is not addressed to everybody.")
        if hub.identity.kind != "hub" or peer.kind != "hub":
            raise LabelNotTaken("tlp-green records are shared between hubs only.")


def _keep_foreign(
    db: sqlite_utils.Database, peer: Peer, document: JsonObject, act: Act, *, update: bool
) -> None:
    """Keep a source's public post; replies to others are talk, not something to find."""
    if not set(READABLE_TYPES).intersection(types_of(document)):
        return
    try:
        found = read_foreign_object(document)
        record = record_of_foreign(found, publisher=peer.name, language=peer.language)
    except InvalidDocument:
        return  # a source may publish what we cannot show; that is no mistake of anybody
    if found.attributed_to != peer.actor or not same_origin(found.id, peer.actor):
        raise NotOwner("The object belongs to another actor.")
    ref = ref_of_foreign(found.id)
    known = Holdings(db, peer).resources.known(peer.host, ref)
    if known is not None and known.gone:
        return
    if not found.public:
        if known is not None:
            _forget(db, peer, found.id, act, request="", asked=False)
        return
    if found.in_reply_to is not None and not _own_thread(peer, found.in_reply_to):
        return
    version = _version(found.updated, found.published, act, update=update)
    if known is not None and known.updated_at is not None and known.updated_at >= version:
        return
    Holdings(db, peer).keep_resource(
        Held(
            hub=peer.host,
            ref=ref,
            url=found.id,
            record=record,
            document=_as_text(document),
            label=Label.CLEAR,
            received_at=act.at,
            published_at=min(found.published or act.at, act.at),
            updated_at=version,
            origin_kind="source",
        )
    )


def _own_thread(peer: Peer, replied_to: str) -> bool:
    return same_origin(replied_to, peer.actor) and replied_to.startswith(peer.actor)


def _version(
    updated: datetime | None, published: datetime | None, act: Act, *, update: bool
) -> datetime:
    """Return the time that orders versions; an Update that tells no time is as new as it comes."""
    told = updated if updated is not None or update else published
    return min(told or act.at, act.at)


def _forget(
    db: sqlite_utils.Database, peer: Peer, object_id: str, act: Act, *, request: str, asked: bool
) -> None:
    """
    Drop an object for ever. Of one that never arrived the tombstone alone is kept.

    request: id of the Delete, for the receipt that a hub gets.
    """
    if not same_origin(object_id, peer.actor):
        raise OriginMismatch("The object is not on its actor's origin.")
    Tombstones(db).add(object_id, peer.actor, act.at)
    holdings = Holdings(db, peer)
    if not peer.is_hub:
        holdings.drop_resource(ref_of_foreign(object_id), object_id, act)
        return
    ref, origin = ref_of(object_id), origin_of(peer.actor)
    if ref is None:
        return
    if object_id == resource_id(origin, ref):
        held = holdings.drop_resource(ref, object_id, act)
        forget_proposals(db, object_id, act.at)
    elif object_id == expert_id(origin, ref):
        held = holdings.drop_expert(ref, object_id, act)
    elif object_id == framework_item_id(origin, ref):
        held = holdings.drop_framework_item(ref, object_id, act)
    else:
        return
    owe_to_peer(db, peer, request, object_id, ref, act, held=held, asked=asked)


def _as_text(document: JsonObject) -> str:
    return orjson.dumps(document).decode()
