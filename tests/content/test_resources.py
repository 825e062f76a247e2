"""Resources of this hub and of others, in their stores."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from content.changes import ChangeStore
from content.database import transaction
from content.held import HeldRecordGone, HeldRecordNotFound
from content.resources.held import ForeignRecord, HeldResourceStore
from content.resources.record import read_record
from content.resources.resource import (
    LinkStatus,
    Resource,
    ResourceMoveNotAllowed,
    ResourceState,
)
from content.resources.store import (
    BadResourceCursor,
    ResourceChangedMeanwhile,
    ResourceExists,
    ResourceGone,
    ResourceNotFound,
    ResourceStore,
)
from content.starter import starter_catalogue
from tests.content.shelf import PEER, RECORD, Shelf, open_shelf
from tests.seams import START


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with open_shelf(tmp_path) as shelf:
        yield shelf


def test_a_resource_is_read_back_as_it_was_stored_with_who_made_it(shelf: Shelf) -> None:
    stored = shelf.publish(
        title={"ca": "Guia", "en": "Guide"}, publisher="Ajuntament", year=2024, sdgs=[11, 16]
    )

    assert ResourceStore(shelf.db).get(stored.id) == stored
    assert stored.link_status is LinkStatus.UNCHECKED
    (change,) = ChangeStore(shelf.db).of(stored.id).items
    assert (change.by, change.what) == ("ana", "resource.add")


def test_a_change_counts_revisions_and_makes_a_new_link_unchecked(shelf: Shelf) -> None:
    stored = shelf.publish(url="https://a.example/1").model_copy(
        update={"link_status": LinkStatus.OK}
    )
    with transaction(shelf.db):
        stored = ResourceStore(shelf.db).replace(stored, shelf.act(), "check")

    same_link = shelf.change(stored, title="Another title")
    new_link = shelf.change(same_link, url="https://a.example/2")

    assert (same_link.revision, same_link.link_status) == (3, LinkStatus.OK)
    assert (new_link.revision, new_link.link_status) == (4, LinkStatus.UNCHECKED)
    assert ResourceStore(shelf.db).get(stored.id) == new_link


def test_who_saves_over_an_old_revision_learns_it_and_changes_nothing(shelf: Shelf) -> None:
    stored = shelf.publish()
    newer = shelf.change(stored, title="By somebody faster")

    with pytest.raises(ResourceChangedMeanwhile):
        shelf.change(stored, title="Too late")

    assert ResourceStore(shelf.db).get(stored.id) == newer


def test_only_a_draft_can_be_published_and_nothing_comes_after_retracting() -> None:
    from content.changes import Act

    act = Act("ana", START)
    draft = Resource.new(read_record(RECORD), act, resource_id="r1")
    published = draft.publish(START)
    retracted = published.retract(START)

    assert (draft.published_at, published.published_at) == (None, START)
    with pytest.raises(ResourceMoveNotAllowed, match="r1 is published; it cannot be published"):
        published.publish(START)
    with pytest.raises(ResourceMoveNotAllowed):
        retracted.change(draft.record, START)
    with pytest.raises(ResourceMoveNotAllowed):
        retracted.retract(START)


def test_a_second_resource_with_the_same_link_is_refused_with_the_id_of_the_first(
    shelf: Shelf,
) -> None:
    first = shelf.publish(url="https://a.example/1")
    other = shelf.publish(url="https://a.example/2")

    with pytest.raises(ResourceExists) as refused:
        shelf.publish(url="https://a.example/1")
    with pytest.raises(ResourceExists):
        shelf.change(other, url="https://a.example/1")

    assert refused.value.resource_id == first.id
    assert ResourceStore(shelf.db).count(ResourceState.PUBLISHED) == 2


def test_a_retracted_resource_keeps_its_id_and_frees_its_import_key(shelf: Shelf) -> None:
    first = shelf.publish(source="ckan", source_id="17")
    shelf.retract(first)

    again = shelf.publish(source="ckan", source_id="17")

    store = ResourceStore(shelf.db)
    assert store.by_source("ckan", "17") == again
    with pytest.raises(ResourceGone):
        store.get(first.id)
    assert store.count(ResourceState.RETRACTED) == 1


def test_importing_the_same_records_again_finds_each_by_its_key_and_unchanged(shelf: Shelf) -> None:
    records = starter_catalogue()
    shelf.publish_all(records)

    store = ResourceStore(shelf.db)
    found = [store.by_source(*record.import_key) for record in records]

    assert [each.record for each in found if each is not None] == records


def test_a_list_is_walked_page_by_page_newest_first(shelf: Shelf) -> None:
    made = [shelf.publish() for _ in range(5)]
    store = ResourceStore(shelf.db)

    first = store.list(limit=3)
    second = store.list(limit=3, cursor=first.next_cursor)

    assert [each.id for each in (*first.items, *second.items)] == [each.id for each in made[::-1]]
    assert second.next_cursor is None
    with pytest.raises(BadResourceCursor):
        store.list(cursor="1 or 1")
    with pytest.raises(ResourceNotFound):
        store.get("nothing")


def test_a_held_record_is_replaced_by_what_comes_later_and_keeps_its_document(
    shelf: Shelf,
) -> None:
    first = shelf.hold(title="First")
    later = replace(first, record=read_record({**RECORD, "title": "Later"}), document="{}")
    store = HeldResourceStore(shelf.db)
    with transaction(shelf.db):
        store.put(later)

    assert store.get(PEER, first.ref) == later
    assert list(store.of(PEER)) == [later]
    assert store.count(PEER) == 1


def test_what_was_taken_back_leaves_a_tombstone_and_never_returns(shelf: Shelf) -> None:
    held = shelf.hold()
    store = HeldResourceStore(shelf.db)
    with transaction(shelf.db):
        assert store.remove(PEER, held.ref, START, url=held.url) is True
        assert store.remove(PEER, held.ref, START, url=held.url) is False
        assert store.remove(PEER, "NEVERSEEN", START, url="https://b.example/r") is False

    with pytest.raises(HeldRecordGone):
        store.put(held)
    with pytest.raises(HeldRecordGone):
        store.get(PEER, held.ref)
    with pytest.raises(HeldRecordNotFound):
        store.get(PEER, "OTHER")
    assert store.is_gone(PEER, "NEVERSEEN")
    assert list(store.all()) == []
    row = shelf.db.execute("select record, document from held_resources").fetchall()
    assert set(row) == {(None, None)}


def test_what_a_source_says_is_held_without_the_vocabulary(shelf: Shelf) -> None:
    note = ForeignRecord(title={"und": "Hello"}, kind="note", tags=("privacy",))

    held = shelf.hold_record(note, hub="mastodon.example", published_at=START - timedelta(days=1))

    assert HeldResourceStore(shelf.db).get("mastodon.example", held.ref) == held
    assert held.origin_kind == "source"


def test_forgetting_a_hub_leaves_nothing_of_it(shelf: Shelf) -> None:
    shelf.hold()
    kept = shelf.hold(hub="lisbon.example")
    store = HeldResourceStore(shelf.db)
    with transaction(shelf.db):
        assert store.forget(PEER) == 1

    assert list(store.all()) == [kept]
