"""
Merging what describes the same document, and undoing it (docs/adr/0072-duplicates.md).

Two of our own become one: it says what both said, and the other is taken back and leads to it. A
record of another hub is only joined with ours, or with a third one's, in the lists of this hub:
nobody but its origin changes a record.
"""

from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import sqlite_utils

from content.catalogue import Catalogue, own_url
from content.changes import Act, ChangeStore
from content.harvest.items import ItemStore
from content.ids import is_id
from content.proposals.store import ProposalStore
from content.resources.file_store import ResourceFileStore
from content.resources.held import HeldResourceStore
from content.resources.merged import Merged, MergedStore, combined
from content.resources.resource import Resource, ResourceState
from content.resources.same import OPENNESS, NotJoined, Origin, SameStore
from content.resources.store import ResourceNotFound, ResourceStore
from federation.errors import FederationError
from federation.hub import Hub, Node
from federation.publishing import Publisher

BATCH: Final = 500
"""Records a transaction that are looked at before duplicates are listed."""


class MergeSame(FederationError):
    """A record cannot be merged with itself."""

    code: ClassVar[str] = "merge-same"

    def __init__(self) -> None:
        super().__init__("Both are the same record, or merged already.")


class LabelsDiffer(FederationError):
    """What one of the records may be told to, the other may not."""

    code: ClassVar[str] = "merge-labels"

    def __init__(self, advice: str) -> None:
        super().__init__(f"The records have different handling labels. {advice}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """how: "merged" if one of our own was taken back for it, else "joined" in lists only."""

    how: Literal["merged", "joined"]
    kept: Origin
    other: Origin


async def prepare_duplicates(node: Node) -> None:
    """Look at all records that were not looked at since they came or changed, batch by batch."""
    while await node.database.write(lambda db: Catalogue(db).identify(BATCH)) == BATCH:
        pass


def find_record(db: sqlite_utils.Database, hub: Hub, named: str) -> Origin:
    """
    Return the record that is meant: a ULID of ours, its address anywhere, or HOST/ULID.

    Raises ResourceNotFound, ResourceGone, HeldRecordNotFound, HeldRecordGone.
    """
    origin = hub.identity.origin
    ref = named.removeprefix(f"{origin}/resources/").upper()
    if is_id(ref):
        resource = ResourceStore(db).get(ref)
        if resource.state is not ResourceState.PUBLISHED:
            raise ResourceNotFound(ref)
        label = resource.record.label.value
        return Origin(own_url(origin, ref), hub.identity.host, ref, True, label)
    store = HeldResourceStore(db)
    held = store.by_url(named)
    if held is None:
        host, _, ref = named.removeprefix(f"{origin}/hubs/").rpartition("/")
        held = store.get(host.removesuffix("/resources"), ref)
    return Origin(held.url, held.hub, held.ref, False, held.label.value)


def merge_resources(
    db: sqlite_utils.Database, hub: Hub, kept: str, other: str, act: Act
) -> Outcome:
    """
    Merge what describes the same document; kept stays, or leads.

    Raises as `find_record`, and MergeSame, LabelsDiffer.
    """
    stays, goes = find_record(db, hub, kept), find_record(db, hub, other)
    same = SameStore(db)
    top = same.leader_of(stays.url) or stays.url
    if stays.url == goes.url or goes.url == top or same.leader_of(goes.url) == top:
        raise MergeSame
    if stays.own and goes.own:
        return Outcome("merged", _merge_own(db, hub, stays, goes, act), goes)
    if OPENNESS[stays.label] > OPENNESS[goes.label]:
        raise LabelsDiffer("Name the one that more people may see first.")
    group = [goes.url, *same.members_of(goes.url)]
    same.join(stays.url, goes, act)
    ChangeStore(db).record(act, "resource.join", goes.ref, stays.url)
    catalogue = Catalogue(db)
    for url in (*group, top):
        catalogue.index_again(url)
    return Outcome("joined", stays, goes)


def _merge_own(
    db: sqlite_utils.Database, hub: Hub, stays: Origin, goes: Origin, act: Act
) -> Origin:
    store, publisher = ResourceStore(db), Publisher(db, hub, act)
    first, second = store.get(stays.ref), store.get(goes.ref)
    one, two = first.record, second.record
    if (one.label, one.sensitivity) != (two.label, two.sensitivity):
        raise LabelsDiffer("Bring both to the same label and sensitivity first.")
    behind = SameStore(db).members_of(goes.url)
    ItemStore(db).leave_out(*two.import_key)
    files = ResourceFileStore(db).hand_over(goes.ref, stays.ref)
    ProposalStore(db).move(goes.url, stays.url)
    publisher.retract(second)
    if publisher.update(first, combined(one, two)) == first and files:
        publisher.tell_anew(first, "change")
    MergedStore(db).put(Merged(goes.ref, stays.ref, two, one), act)
    for url in behind:
        # What stood behind the one that goes stands behind the one that stays.
        member = _origin(db, url)
        if member is not None:
            SameStore(db).join(stays.url, member, act)
            Catalogue(db).index_again(url)
    ChangeStore(db).record(act, "resource.merge", stays.ref, goes.ref)
    return stays


def _origin(db: sqlite_utils.Database, url: str) -> Origin | None:
    held = HeldResourceStore(db).by_url(url)
    return None if held is None else Origin(url, held.hub, held.ref, False, held.label.value)


def unmerge_resource(db: sqlite_utils.Database, hub: Hub, named: str, act: Act) -> Origin:
    """
    Undo a merge; return the record that stands for itself again.

    named: the one that was merged into the other. One of our own comes back under a new id, since
    what was taken back never comes again; the one that stayed is as it was before, unless somebody
    changed it since; files stay with it. Raises NotJoined, and as `find_record`.
    """
    ref = named.removeprefix(f"{hub.identity.origin}/resources/").upper()
    merged = MergedStore(db).find(ref) if is_id(ref) else None
    if merged is not None:
        return _undo_own(db, hub, merged, act)
    record = find_record(db, hub, named)
    same = SameStore(db)
    if same.leader_of(record.url) is None:
        raise NotJoined
    leader = same.leave(record.url)
    ChangeStore(db).record(act, "resource.part", record.ref, leader)
    catalogue = Catalogue(db)
    catalogue.index_again(record.url)
    catalogue.index_again(leader)
    return record


def _undo_own(db: sqlite_utils.Database, hub: Hub, merged: Merged, act: Act) -> Origin:
    store, publisher = ResourceStore(db), Publisher(db, hub, act)
    kept = store.find(merged.target)
    if kept is not None and kept.record == combined(merged.target_before, merged.record):
        publisher.update(kept, merged.target_before)
    back: Resource = publisher.add(merged.record, publish=True)
    MergedStore(db).undone(merged.ref, back.id)
    ChangeStore(db).record(act, "resource.unmerge", back.id, merged.ref)
    url = own_url(hub.identity.origin, back.id)
    return Origin(url, hub.identity.host, back.id, True, back.record.label.value)


def keep_apart(
    db: sqlite_utils.Database, hub: Hub, one: str, other: str, act: Act
) -> tuple[Origin, Origin]:
    """Note that two records are not the same document. Raises as `find_record`, and MergeSame."""
    first, second = find_record(db, hub, one), find_record(db, hub, other)
    if first.url == second.url:
        raise MergeSame
    SameStore(db).keep_apart(first.url, second.url, act)
    ChangeStore(db).record(act, "resource.apart", first.ref, second.url)
    return first, second
