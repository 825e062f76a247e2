"""Acts and changes: everything that was done has somebody who did it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlite_utils
from hypothesis import given
from hypothesis import strategies as st

from content.changes import Act, BadChangeCursor, ChangeStore
from content.database import connect
from content.ids import is_id, new_id
from content.migrations import apply_migrations
from content.paging import BadLimit
from content.times import from_text, to_milliseconds, to_text
from tests.seams import START, SeededChance


@pytest.fixture
def changes(tmp_path: Path) -> Iterator[ChangeStore]:
    db: sqlite_utils.Database = connect(tmp_path / "hub.db", writes=True)
    apply_migrations(db)
    yield ChangeStore(db)
    db.close()


def test_changes_come_newest_first_and_page_by_page(changes: ChangeStore) -> None:
    for number in range(5):
        changes.record(Act("ana", START), "resource.publish", f"r{number}", "note")

    first = changes.recent(limit=2)
    second = changes.recent(limit=2, cursor=first.next_cursor)
    third = changes.recent(limit=2, cursor=second.next_cursor)

    subjects = [change.subject for page in (first, second, third) for change in page.items]
    assert subjects == ["r4", "r3", "r2", "r1", "r0"]
    assert third.next_cursor is None
    assert first.items[0].at == START


def test_the_changes_of_one_thing_are_its_history(changes: ChangeStore) -> None:
    changes.record(Act("ana", START), "case.receive", "c1")
    changes.record(Act("ana", START), "case.receive", "c2")
    changes.record(Act("omar", START), "case.ask_requester", "c1")

    history = [change.what for change in changes.of("c1").items]

    assert history == ["case.ask_requester", "case.receive"]


@pytest.mark.parametrize("cursor", ["", "0", "-1", "x", "1 or 1=1", "9" * 30, "٣"])
def test_a_cursor_of_somebody_elses_making_is_refused(changes: ChangeStore, cursor: str) -> None:
    with pytest.raises(BadChangeCursor):
        changes.recent(cursor=cursor)


@pytest.mark.parametrize("limit", [0, -1, 101, 10**9])
def test_a_page_has_1_to_100_items(changes: ChangeStore, limit: int) -> None:
    with pytest.raises(BadLimit):
        changes.recent(limit=limit)


def test_a_change_without_a_proper_verb_or_with_a_long_note_is_a_mistake_of_the_caller(
    changes: ChangeStore,
) -> None:
    with pytest.raises(ValueError, match=r"thing\.verb"):
        changes.record(Act("ana", START), "Published it", "r1")
    with pytest.raises(ValueError, match="note"):
        changes.record(Act("ana", START), "resource.publish", "r1", "x" * 501)


def test_an_act_needs_somebody_and_a_moment_with_a_time_zone() -> None:
    with pytest.raises(ValueError, match="somebody"):
        Act("", START)
    with pytest.raises(ValueError, match="time zone"):
        Act("ana", datetime(2026, 11, 24))  # noqa: DTZ001 - that is the point


def test_an_act_is_kept_in_utc_to_the_millisecond() -> None:
    at = datetime(2026, 11, 24, 12, 0, 0, 123_999, tzinfo=timezone(timedelta(hours=2)))

    assert Act("ana", at).at == datetime(2026, 11, 24, 10, 0, 0, 123_000, tzinfo=UTC)


MOMENTS = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001 - hypothesis wants it so
    max_value=datetime(9000, 1, 1),  # noqa: DTZ001
    timezones=st.timezones(),
)


@given(MOMENTS, MOMENTS)
def test_moments_come_back_from_their_text_and_sort_as_text(one: datetime, two: datetime) -> None:
    assert from_text(to_text(one)) == to_milliseconds(one)
    assert (to_text(one) < to_text(two)) == (to_milliseconds(one) < to_milliseconds(two))


@pytest.mark.parametrize("text", ["", "2026-11-24", "2026-11-24T09:30:00Z", "yesterday"])
def test_a_text_that_is_no_moment_of_ours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"moment|isoformat"):
        from_text(text)


def test_ids_sort_by_time_and_differ_within_a_millisecond() -> None:
    chance = SeededChance()

    early, twin, late = (
        new_id(START, chance),
        new_id(START, chance),
        new_id(START + timedelta(milliseconds=1), chance),
    )

    assert early < late
    assert twin < late
    assert early != twin
    assert all(is_id(made) for made in (early, twin, late))
    assert not is_id(early.lower())
    assert not is_id(early + "\n")
