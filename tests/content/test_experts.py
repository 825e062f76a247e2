"""Experts: what a listing says, who sees it, how it ends, and how experts are found."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from content.changes import Act, ChangeStore
from content.database import transaction
from content.directory import Directory
from content.experts.expert import Expert, ExpertMoveNotAllowed, ExpertState
from content.experts.held import HeldExpertStore
from content.experts.record import ExpertInvalid, read_expert
from content.experts.store import (
    BadExpertCursor,
    ExpertChangedMeanwhile,
    ExpertGone,
    ExpertNotFound,
    ExpertStore,
)
from content.held import Held
from content.labels import Label
from content.search import BadQuery, ExpertQuery, FacetCount, Why, search_experts
from tests.content.shelf import EXPERT, ORIGIN, PEER, Shelf, open_shelf
from tests.seams import START


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with open_shelf(tmp_path) as shelf:
        yield shelf


def names(shelf: Shelf, q: str = "", **fields: Any) -> list[str]:
    """Return the names of the experts that the public finds."""
    found = search_experts(shelf.public, ExpertQuery(q=q, **fields))
    return [item.record.name for item in found.items]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("name", "", "at least 1 character"),
        ("name", " \r", "at least 1 character"),
        ("name", "two\nlines", "must be one line"),
        ("topics", [], "at least 1 item"),
        ("topics", ["x"], "not in the vocabulary"),
        ("jurisdictions", ["UK"], "write GB"),
        ("languages", ["spanish"], "write one such as en"),
        ("languages", [], "at least one language"),
        ("offers", ["advice"], "allowed are review, call, workshop, drafting"),
        ("capacity_hours", -1, "greater than or equal to 0"),
        ("capacity_hours", 1000, "less than or equal to 200"),
        ("scope", "world", "allowed are hub, network, public"),
        ("conflicts", "a\x07", "control signs"),
        ("confirmed_at", "2026-11-24T09:00:00", "timezone"),
        ("phone", "1", "is not a field"),
    ],
)
def test_a_wrong_field_of_a_listing_is_refused_with_its_name(
    field: str, value: Any, reason: str
) -> None:
    with pytest.raises(ExpertInvalid) as refused:
        read_expert({**EXPERT, field: value})

    ((place, why),) = refused.value.problems
    assert place.partition(".")[0] == field
    assert reason in why


@pytest.mark.parametrize(
    ("scope", "label"),
    [("hub", Label.AMBER), ("network", Label.GREEN), ("public", Label.CLEAR)],
)
def test_the_scope_an_expert_agreed_to_is_the_label_of_the_listing(
    scope: str, label: Label
) -> None:
    assert read_expert({**EXPERT, "scope": scope}).label is label


def test_a_listing_without_a_scope_stays_in_the_hub() -> None:
    assert read_expert({k: v for k, v in EXPERT.items() if k != "scope"}).label is Label.AMBER


def test_an_expert_is_read_back_as_stored_with_the_day_of_consent(shelf: Shelf) -> None:
    expert = shelf.list_expert(example=True, conflicts="Advises vendor X.", offers=["review"])

    assert ExpertStore(shelf.db).get(expert.id) == expert
    assert expert.record.consent_at == expert.created_at
    assert expert.record.example is True
    assert ChangeStore(shelf.db).of(expert.id).items[0].what == "expert.add"


def test_a_listing_is_paused_confirmed_and_left_and_then_nothing_personal_remains(
    shelf: Shelf, tmp_path: Path
) -> None:
    expert = shelf.list_expert(name="canaryzebra")
    store = ExpertStore(shelf.db)
    with transaction(shelf.db):
        expert = store.replace(expert.pause(START), Act("ana", START), "pause")
        Directory(shelf.db).index_own(expert, ORIGIN)
    assert names(shelf) == []
    with transaction(shelf.db):
        expert = store.replace(expert.confirm(START), Act("ana", START), "confirm")
        Directory(shelf.db).index_own(expert, ORIGIN)
    assert names(shelf) == ["canaryzebra"]
    assert store.get(expert.id).record.confirmed_at == START

    with transaction(shelf.db):
        expert = store.replace(expert.leave(START), Act("ana", START), "leave")
        Directory(shelf.db).index_own(expert, ORIGIN)

    assert names(shelf, "canaryzebra") == []
    with pytest.raises(ExpertGone):
        store.get(expert.id)
    with pytest.raises(ExpertMoveNotAllowed):
        expert.confirm(START)
    assert store.count(ExpertState.LEFT) == 1
    shelf.db.execute("pragma wal_checkpoint(truncate)").fetchall()
    assert b"naryzebra" not in (tmp_path / "hub.db").read_bytes()


def test_who_saves_over_an_old_revision_of_a_listing_learns_it(shelf: Shelf) -> None:
    expert = shelf.list_expert()
    store = ExpertStore(shelf.db)
    store.replace(expert.pause(START), Act("ana", START), "pause")

    with pytest.raises(ExpertChangedMeanwhile):
        store.replace(expert.pause(START), Act("omar", START), "pause")
    with pytest.raises(ExpertMoveNotAllowed, match="paused"):
        store.get(expert.id).pause(START)


def test_lists_of_experts_go_page_by_page_without_those_who_left(shelf: Shelf) -> None:
    made = [shelf.list_expert(name=f"Example {number}") for number in range(4)]
    store = ExpertStore(shelf.db)
    store.replace(made[0].leave(START), Act("ana", START), "leave")

    first = store.list(limit=2)
    second = store.list(limit=2, cursor=first.next_cursor)

    assert [each.id for each in (*first.items, *second.items)] == [each.id for each in made[:0:-1]]
    assert [each.id for each in store.active()] == [each.id for each in made[1:]]
    with pytest.raises(BadExpertCursor):
        store.list(cursor="x")
    with pytest.raises(ExpertNotFound):
        store.get("x")


def test_experts_are_found_by_words_topic_language_country_and_hub(shelf: Shelf) -> None:
    shelf.list_expert()
    shelf.list_expert(
        name="Example: Laia", topics=["open-source"], languages=["ca"], jurisdictions=["ES"]
    )

    assert names(shelf, "noor") == ["Example: Noor"]
    assert names(shelf, topic="procurement") == ["Example: Noor"]
    assert names(shelf, "contratación pública") == ["Example: Noor"]
    assert names(shelf, language="pt") == ["Example: Noor"]
    assert names(shelf, country="es") == ["Example: Laia"]
    assert names(shelf, hub="amsterdam.example", sort="title") == ["Example: Laia", "Example: Noor"]
    found = search_experts(shelf.public, ExpertQuery(q="noor clauses"))
    assert found.items[0].why == (
        Why("title", "noor"),
        Why("summary", "clauses"),
        Why("concept", "contract-clauses"),
    )
    assert found.with_all_words == 1
    assert set(found.facets["country"]) == {FacetCount("NL", 1), FacetCount("ES", 1)}
    assert set(found.facets["language"]) == {
        FacetCount("ca", 1),
        FacetCount("nl", 1),
        FacetCount("pt", 1),
    }
    with pytest.raises(BadQuery, match="country"):
        names(shelf, country="Spain")


def test_an_expert_of_a_peer_is_found_by_those_who_may_see_the_listing(shelf: Shelf) -> None:
    held: Held[Any] = Held(
        hub=PEER,
        ref="R1",
        url=f"https://{PEER}/experts/R1",
        record=read_expert({**EXPERT, "scope": "network"}),
        document="{}",
        label=Label.GREEN,
        received_at=START,
    )
    with transaction(shelf.db):
        HeldExpertStore(shelf.db).put(held)
        Directory(shelf.db).index_held(held)

    assert names(shelf) == []
    green = frozenset({"tlp-clear", "tlp-green"})
    (found,) = search_experts(shelf.public, ExpertQuery(labels=green)).items
    assert (found.place.hub, found.place.own, found.record) == (PEER, False, held.record)

    with transaction(shelf.db):
        assert Directory(shelf.db).rebuild(ORIGIN) == 1
        Directory(shelf.db).drop_hub(PEER)
    assert names(shelf, labels=green) == []


def test_a_changed_listing_is_found_by_what_it_says_now(shelf: Shelf) -> None:
    expert = shelf.list_expert(name="Before")
    changed: Expert = expert.change(read_expert({**EXPERT, "name": "After"}), START)
    with transaction(shelf.db):
        Directory(shelf.db).index_own(
            ExpertStore(shelf.db).replace(changed, Act("ana", START)), ORIGIN
        )

    assert names(shelf, "before") == []
    assert names(shelf, "after") == ["After"]
