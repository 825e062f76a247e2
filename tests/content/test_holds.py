"""Legal holds: they keep a case as long as they say, and not a moment longer."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlite_utils
from hypothesis import given
from hypothesis import strategies as st

from content.cases.case import Case, read_case_content
from content.cases.holds import (
    LONGEST_REASON,
    CaseHeld,
    CaseNotHeld,
    Hold,
    HoldInvalid,
    HoldStore,
    held_until,
    new_hold,
)
from content.cases.store import CaseStore
from content.cases.vault import CaseVault
from content.changes import Act, ChangeStore
from content.database import connect
from content.ids import new_id
from content.migrations import apply_migrations
from tests.seams import START, SeededChance

ACT = Act("olga", START)
CHANCE = SeededChance("holds")
VAULT = CaseVault(b"k" * 32, CHANCE)
MADRID = "Europe/Madrid"
REASON = "CANARY-REASON court order 12/2026"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite_utils.Database]:
    db = connect(tmp_path / "hub.db", writes=True)
    apply_migrations(db)
    yield db
    db.close()


@pytest.fixture
def case(db: sqlite_utils.Database) -> Case:
    content = read_case_content(
        {
            "title": "Clauses",
            "question": "Which?",
            "language": "es",
            "country": "ES",
            "requester": {"role": "who-city-official"},
        }
    )
    case = Case.received(content, ACT, case_id=new_id(START, CHANCE))
    CaseStore(db, VAULT).add(case, ACT)
    return case


def hold_on(case: Case, until: date, *, timezone: str = MADRID, reason: str = REASON) -> Hold:
    return new_hold(case.id, reason, until, ACT, hold_id=new_id(START, CHANCE), timezone=timezone)


def placed(db: sqlite_utils.Database, case: Case, until: date, timezone: str = MADRID) -> Hold:
    hold = hold_on(case, until, timezone=timezone)
    HoldStore(db, VAULT).place(hold, ACT)
    return hold


def test_a_held_case_is_not_erased_and_whoever_asks_is_told_until_when(
    db: sqlite_utils.Database, case: Case
) -> None:
    placed(db, case, date(2026, 12, 24))

    with pytest.raises(CaseHeld) as refused:
        CaseStore(db, VAULT).erase(case.id, Act("requester", START))

    assert "until 2026-12-24" in str(refused.value)
    assert "CANARY" not in str(refused.value)
    assert CaseStore(db, VAULT).get(case.id).title == "Clauses"


@pytest.mark.parametrize(
    ("timezone", "until", "last"),
    [
        # In winter and in summer, and on the days on which the clocks are changed.
        ("Europe/Madrid", date(2026, 12, 24), datetime(2026, 12, 24, 22, 59, 59, tzinfo=UTC)),
        ("Europe/Madrid", date(2027, 7, 1), datetime(2027, 7, 1, 21, 59, 59, tzinfo=UTC)),
        ("Europe/Madrid", date(2027, 3, 28), datetime(2027, 3, 28, 21, 59, 59, tzinfo=UTC)),
        ("Europe/Madrid", date(2027, 10, 31), datetime(2027, 10, 31, 22, 59, 59, tzinfo=UTC)),
        # There is no midnight on this day in Santiago: the clocks go from 24:00 to 01:00.
        ("America/Santiago", date(2027, 9, 4), datetime(2027, 9, 5, 3, 59, 59, tzinfo=UTC)),
        ("Pacific/Auckland", date(2026, 12, 24), datetime(2026, 12, 24, 10, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_hold_lasts_to_the_end_of_its_day_where_the_hub_is(
    db: sqlite_utils.Database, case: Case, timezone: str, until: date, last: datetime
) -> None:
    hold = placed(db, case, until, timezone)

    assert held_until(db, case.id, last) == until
    assert hold.lasts(last)
    assert held_until(db, case.id, last + timedelta(seconds=1)) is None
    assert not hold.lasts(last + timedelta(seconds=1))


def test_after_its_day_the_case_can_be_erased_although_nobody_did_anything(
    db: sqlite_utils.Database, case: Case
) -> None:
    placed(db, case, date(2026, 12, 24))

    CaseStore(db, VAULT).erase(case.id, Act("olga", START + timedelta(days=31)))

    assert db.execute("select count(*) from case_holds").fetchone()[0] == 0


def test_the_end_of_a_hold_is_noted_once(db: sqlite_utils.Database, case: Case) -> None:
    hold = placed(db, case, date(2026, 12, 24))
    later = Act("system", START + timedelta(days=31))

    first = HoldStore(db, VAULT).end_passed(later)
    again = HoldStore(db, VAULT).end_passed(later)

    assert [each.id for each in first] == [hold.id]
    assert again == ()
    (stored,) = HoldStore(db, VAULT).of_case(case.id)
    assert (stored.ended_by, stored.ended_at) == ("system", hold.ends_at)


def test_of_several_holds_the_longest_counts_and_release_ends_all(
    db: sqlite_utils.Database, case: Case
) -> None:
    placed(db, case, date(2026, 12, 24))
    placed(db, case, date(2027, 12, 24))
    store = HoldStore(db, VAULT)

    assert held_until(db, case.id, START) == date(2027, 12, 24)
    assert [each.until.year for each in store.lasting(START)] == [2026, 2027]
    assert store.release(case.id, Act("olga", START + timedelta(hours=1))) == 2
    assert store.lasting(START + timedelta(hours=1)) == ()
    with pytest.raises(CaseNotHeld):
        store.release(case.id, Act("olga", START + timedelta(hours=2)))


def test_the_reason_is_readable_here_and_nowhere_in_the_file(
    db: sqlite_utils.Database, case: Case, tmp_path: Path
) -> None:
    placed(db, case, date(2026, 12, 24))

    assert HoldStore(db, VAULT).of_case(case.id)[0].reason == REASON
    assert "CANARY" not in repr(HoldStore(db, VAULT).of_case(case.id))
    assert not any(b"CANARY" in path.read_bytes() for path in tmp_path.iterdir())
    notes = [change.note for change in ChangeStore(db).of(case.id).items]
    assert "until 2026-12-24" in notes
    assert not any("CANARY" in note for note in notes)


@pytest.mark.parametrize(
    ("reason", "until"),
    [
        ("", date(2026, 12, 24)),
        ("  ", date(2026, 12, 24)),
        ("two\nlines", date(2026, 12, 24)),
        ("x" * (LONGEST_REASON + 1), date(2026, 12, 24)),
        ("court", date(2026, 11, 23)),
        ("court", date(2037, 1, 1)),
    ],
)
def test_a_hold_needs_a_reason_and_an_end(case: Case, reason: str, until: date) -> None:
    with pytest.raises(HoldInvalid):
        hold_on(case, until, reason=reason)


@given(
    days=st.integers(0, 3660),
    timezone=st.sampled_from(["UTC", MADRID, "America/Santiago", "Pacific/Kiritimati"]),
)
def test_a_hold_lasts_on_its_last_day_and_not_on_the_next(days: int, timezone: str) -> None:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(timezone)
    until = START.astimezone(zone).date() + timedelta(days=days)

    hold = new_hold("case", "court", until, ACT, hold_id="hold", timezone=timezone)

    before, after = hold.ends_at - timedelta(milliseconds=1), hold.ends_at
    assert before.astimezone(zone).date() == until
    assert after.astimezone(zone).date() == until + timedelta(days=1)
