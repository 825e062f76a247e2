"""Redress bodies: a list to begin with, which each hub makes its own."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import sqlite_utils
from hypothesis import given
from hypothesis import strategies as st

from content.changes import Act, ChangeStore
from content.database import connect
from content.migrations import apply_migrations
from content.redress import (
    BodyKind,
    RedressBody,
    RedressInvalid,
    RedressNotFound,
    RedressStore,
    read_bodies,
    read_body,
    shipped_bodies,
)
from content.starter import starter_catalogue
from content.vocabulary import Vocabulary
from tests.seams import START

ACT = Act("ana", START)
BODY = {
    "id": "nl-amsterdam",
    "country": "NL",
    "kind": "ombudsperson",
    "name": "Ombudsman",
    "url": "https://ombudsman.example",
}
TOPICS = Vocabulary.load().ids("topics")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite_utils.Database]:
    db = connect(tmp_path / "hub.db", writes=True)
    apply_migrations(db)
    yield db
    db.close()


@cache
def unchanged() -> sqlite_utils.Database:
    """Return the database of a hub that has changed nothing."""
    memory = sqlite_utils.Database(memory=True)
    apply_migrations(memory)
    return memory


def test_every_country_of_the_catalogue_has_somebody_to_turn_to(db: sqlite_utils.Database) -> None:
    countries = {record.country for record in starter_catalogue()} - {None}
    covered = {body.country for body in shipped_bodies()}

    assert countries <= covered
    assert "EU" in covered
    assert len(covered - {"EU"}) >= 25


def test_no_shipped_body_claims_to_be_checked_and_all_links_are_home_pages() -> None:
    for body in shipped_bodies():
        assert body.checked_on is None
        assert body.url.startswith("https://"), body.id
        assert body.id.startswith(body.country.lower()), body.id
    assert len({body.id for body in shipped_bodies()}) == len(shipped_bodies())


@given(
    st.sampled_from(sorted({body.country for body in shipped_bodies()})),
    st.lists(st.sampled_from(TOPICS), max_size=3),
)
def test_whatever_it_is_about_somebody_is_found_in_the_right_place(
    country: str, topics: list[str]
) -> None:
    found = RedressStore(unchanged()).find(country, topics)

    assert {body.country for body in found} <= {country, "EU"}
    places = [body.country == "EU" for body in found]
    assert places == sorted(places), "the own country comes first"


def test_a_narrower_topic_finds_who_is_for_the_broader_one(db: sqlite_utils.Database) -> None:
    found = RedressStore(db).find("NL", ["facial-recognition"])

    assert BodyKind.DATA_PROTECTION in {body.kind for body in found}
    assert BodyKind.PLATFORM not in {body.kind for body in found}


def test_the_union_helps_in_its_member_states_only(db: sqlite_utils.Database) -> None:
    assert "EU" in {body.country for body in RedressStore(db).find("NL")}
    assert "EU" not in {body.country for body in RedressStore(db).find("GB")}


def test_a_hub_adds_corrects_and_removes(db: sqlite_utils.Database) -> None:
    store = RedressStore(db)
    store.put(read_body(BODY), ACT)
    corrected = store.get("nl-ap").model_copy(update={"checked_on": START.date()})
    store.put(corrected, ACT)
    store.remove("nl-acm", ACT)

    found = {body.id: body for body in store.find("NL")}

    assert found["nl-amsterdam"] == read_body(BODY)
    assert found["nl-ap"].checked_on == START.date()
    assert "nl-acm" not in found
    assert [body.id for body in store.named(["nl-acm", "nl-ap"])] == ["nl-ap"]
    with pytest.raises(RedressNotFound):
        store.remove("nl-acm", ACT)
    assert {change.what for change in ChangeStore(db).recent().items} == {
        "redress.put",
        "redress.remove",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "Amsterdam"),
        ("id", "nl-" + "x" * 60),
        ("country", "XX"),
        ("country", "UK"),
        ("kind", "friend"),
        ("name", ""),
        ("name", "two\nlines"),
        ("url", "javascript:alert(1)"),
        ("url", "ombudsman.example"),
        ("topics", ["nothing"]),
        ("checked_on", "yesterday"),
        ("surprise", 1),
    ],
)
def test_what_cannot_be_is_named(field: str, value: object) -> None:
    with pytest.raises(RedressInvalid) as refusal:
        read_body({**BODY, field: value})

    assert [name for name, _ in refusal.value.problems] == [field]


def test_every_bad_line_is_named() -> None:
    good = read_body(BODY).model_dump_json()

    bodies, problems = read_bodies([good, "", "{", good, '{"id": "x"}'])

    assert [body.id for body in bodies] == ["nl-amsterdam"]
    assert [line for line, _ in problems] == [3, 4, 5]


@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_lines_are_read_or_named(lines: list[str]) -> None:
    bodies, problems = read_bodies(lines)

    assert all(isinstance(body, RedressBody) for body in bodies)
    assert all(1 <= line <= len(lines) for line, _ in problems)
