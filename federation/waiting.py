"""Publishing what waited while our logs rested: each record as it stands now, once."""

import sqlite_utils

from content.changes import Act
from content.experts.expert import ExpertState
from content.experts.store import ExpertStore
from content.framework.sharing import OutStore
from content.resources.resource import ResourceState
from content.resources.store import ResourceGone, ResourceNotFound, ResourceStore
from federation.announcing import announce
from federation.belongings import BelongingsStore
from federation.hub import Hub
from federation.pause import Pause
from federation.policy import CLEAR, NONE, PERSONAL
from federation.published import PublishedStore
from federation.releasing import Release
from federation.translate.expert import expert_as_document
from federation.translate.framework import item_as_document
from federation.translate.resource import resource_as_document


def publish_waiting(db: sqlite_utils.Database, hub: Hub, act: Act) -> int:
    """
    Publish all that waited, in its order; return how many things that were.

    For the transaction that ends the pause: called while it lasts, everything waits on.
    """
    waiting = Pause(db).take_waiting()
    release = Release(db, hub, act)
    for kind, ref in waiting:
        if kind == "resource":
            _resource(db, hub, release, ref)
        elif kind == "expert":
            _expert(db, hub, release, ref)
        elif kind == "framework-item":
            _framework_item(db, hub, release, ref)
        else:
            announce(db, hub, ref, CLEAR, act)
    return len(waiting)


def _resource(db: sqlite_utils.Database, hub: Hub, release: Release, ref: str) -> None:
    try:
        resource = ResourceStore(db).get(ref)
    except ResourceNotFound:
        return
    except ResourceGone:
        release.delete("resource", ref)
        return
    if resource.state is not ResourceState.PUBLISHED:
        release.delete("resource", ref)
        return
    known = PublishedStore(db).get(ref)
    if known is not None and known.gone:
        return
    record = resource.record
    tell = release.create if known is None else release.update
    tell(
        "resource",
        ref,
        record.label.value,
        record.sensitivity.value,
        resource_as_document(hub, resource, BelongingsStore(db, hub.identity).of(ref)),
    )


def _expert(db: sqlite_utils.Database, hub: Hub, release: Release, ref: str) -> None:
    expert = ExpertStore(db).find(ref)
    if expert is None or expert.state is not ExpertState.ACTIVE:
        release.delete("expert", ref)
        return
    known = PublishedStore(db).get(ref)
    if known is not None and known.gone:
        return
    tell = release.create if known is None else release.update
    tell(
        "expert",
        ref,
        expert.label.value,
        PERSONAL,
        expert_as_document(hub, expert),
        consent=expert.record.consent_at is not None,
    )


def _framework_item(db: sqlite_utils.Database, hub: Hub, release: Release, ref: str) -> None:
    out = OutStore(db).by_ref(ref)
    if out is None:
        release.delete("framework-item", ref)
        return
    known = PublishedStore(db).get(ref)
    if known is not None and known.gone:
        return
    tell = release.create if known is None else release.update
    tell("framework-item", ref, out.label.value, NONE, item_as_document(hub, out))
