"""Experts as files: as far as each agreed, and back again as they were."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlite_utils

from content.experts.record import ExpertRecord, Scope, read_expert
from content.labels import Label
from federation.experts_in_files import (
    READERS,
    experts_as_hsds,
    exported_experts,
    import_experts,
    would_import,
)
from federation.publishing_experts import pause_expert
from tests.federation.paper_hubs import PaperHub, paper_hub

RECORDS = [
    read_expert(
        {
            "name": f"Example {scope}",
            "organisation": "Cabinet Omar",
            "bio": {"fr": "Marchés publics.", "ar": "المشتريات"},
            "topics": ["contract-clauses", "privacy"],
            "jurisdictions": ["TN", "NL"],
            "languages": ["fr", "ar", "pt-BR"],
            "offers": ["review", "workshop"],
            "capacity_hours": 4,
            "conflicts": "Not for vendors.",
            "scope": scope,
            "consent_at": "2026-01-15T09:00:00.000Z",
            "confirmed_at": "2026-06-15T09:00:00.000Z",
        }
    )
    for scope in ("hub", "network", "public")
]


@pytest.fixture
def side(tmp_path: Path) -> Iterator[PaperHub]:
    with paper_hub(tmp_path, "Amsterdam") as hub:
        yield hub


def lists_all(side: PaperHub) -> None:
    side.do(lambda db: import_experts(db, side.hub, RECORDS, side.act()))


def _pause(side: PaperHub, expert_id: str, db: sqlite_utils.Database) -> None:
    pause_expert(db, side.hub, expert_id, side.act())


def exported(side: PaperHub, scope: str) -> list[ExpertRecord]:
    """Return the records that a file for these readers holds."""
    readers = READERS[Scope(scope)]
    return [each.record for each in side.do(lambda db: list(exported_experts(db, readers)))]


@pytest.mark.parametrize(
    ("readers", "scopes"),
    [
        ("public", ["public"]),
        ("network", ["network", "public"]),
        ("hub", ["hub", "network", "public"]),
    ],
)
def test_a_file_holds_who_agreed_to_its_readers(
    side: PaperHub, readers: str, scopes: list[str]
) -> None:
    lists_all(side)

    assert sorted(record.scope.value for record in exported(side, readers)) == scopes


def test_no_file_holds_who_is_paused_or_never_agreed(side: PaperHub) -> None:
    lists_all(side)
    for expert in side.do(lambda db: list(exported_experts(db, READERS[Scope.PUBLIC]))):
        side.do(partial(_pause, side, expert.id))
    side.do(
        lambda db: db.execute(
            "update experts set record = json_remove(record, '$.consent_at')"
            " where json_extract(record, '$.scope') = 'network'"
        )
    )

    assert [record.scope for record in exported(side, "hub")] == [Scope.HUB]


def test_what_is_exported_and_imported_elsewhere_is_the_same(
    side: PaperHub, tmp_path: Path
) -> None:
    lists_all(side)
    lines = [record.model_dump_json(exclude_defaults=True) for record in exported(side, "hub")]
    records = [read_expert(json.loads(line)) for line in lines]

    def by_name(record: ExpertRecord) -> str:
        return record.name

    with paper_hub(tmp_path, "Barcelona") as other:
        other.do(lambda db: import_experts(db, other.hub, records, other.act()))
        assert sorted(exported(other, "hub"), key=by_name) == sorted(RECORDS, key=by_name)


def test_the_same_file_twice_changes_nothing_and_corrections_are_asked_for(side: PaperHub) -> None:
    lists_all(side)
    changed = [RECORDS[0].model_copy(update={"capacity_hours": 9}), *RECORDS[1:], RECORDS[1]]
    before = side.do(lambda db: db.execute("select count(*) from log_entries").fetchone()[0])

    again = side.do(lambda db: import_experts(db, side.hub, RECORDS, side.act(), update=True))
    left = side.do(lambda db: import_experts(db, side.hub, changed, side.act()))
    planned = side.do(lambda db: would_import(db, changed, side.act(), update=True))
    done = side.do(lambda db: import_experts(db, side.hub, changed, side.act(), update=True))

    after = side.do(lambda db: db.execute("select count(*) from log_entries").fetchone()[0])
    assert (again.added, again.updated, again.unchanged) == (0, 0, 3)
    assert (left.added, left.updated, left.unchanged) == (0, 0, 4)
    assert (planned.updated, done.updated, done.unchanged) == (1, 1, 3)
    assert after == before, "the changed one is for this hub only"
    assert {record.capacity_hours for record in exported(side, "hub")} == {4, 9}


def test_the_shape_is_that_of_hsds(side: PaperHub) -> None:
    """Required fields and formats of HSDS 3: service, organization, attribute, capacity, unit."""
    lists_all(side)

    page = side.do(lambda db: experts_as_hsds(db, side.hub, READERS[Scope.PUBLIC]))

    assert (page["total_items"], page["total_pages"], page["page_number"]) == (1, 1, 1)
    assert (page["first_page"], page["last_page"], page["empty"]) == (True, True, False)
    (service,) = page["contents"]
    assert {"id", "name", "status"} <= set(service)
    assert (service["name"], service["status"]) == ("Example public", "active")
    assert service["description"] == "Marchés publics."
    assert service["assured_date"] == "2026-06-15"
    assert [each["code"] for each in service["languages"]] == ["fr", "ar", "pt"]
    assert [each["name"] for each in service["service_areas"]] == ["Tunisia", "Netherlands"]
    assert {"id", "name", "description"} <= set(service["organization"])
    topics = [each for each in service["attributes"] if each["link_type"] == "topic"]
    assert [each["taxonomy_term"]["code"] for each in topics] == ["contract-clauses", "privacy"]
    assert "parent_id" in topics[0]["taxonomy_term"]
    for each in service["attributes"]:
        assert {"id", "name", "description"} <= set(each["taxonomy_term"])
        assert each["link_id"] == service["id"]
    (capacity,) = service["capacities"]
    assert {"id", "unit", "available", "updated"} <= set(capacity)
    ids = list(all_ids(page))
    assert len(ids) == len(set(ids))
    assert all(UUID(each).version == 5 for each in ids)


def test_two_exports_are_the_same(side: PaperHub) -> None:
    lists_all(side)

    first, second = (
        side.do(lambda db: experts_as_hsds(db, side.hub, READERS[Scope.HUB])) for _ in "12"
    )

    assert first == second


def test_who_is_listed_for_hubs_only_is_in_no_public_directory(side: PaperHub) -> None:
    lists_all(side)

    page = side.do(lambda db: experts_as_hsds(db, side.hub, READERS[Scope.PUBLIC]))

    assert "Example network" not in repr(page)
    assert "Example hub" not in repr(page)
    assert Label.GREEN.value not in repr(page)


def all_ids(value: Any) -> Iterator[str]:
    """Yield every id of the things in a document."""
    if isinstance(value, dict):
        if "id" in value:
            yield value["id"]
        for inner in value.values():
            yield from all_ids(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from all_ids(inner)
