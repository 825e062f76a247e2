"""The rules of retention: dates in, dates out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.cases.retention import (
    Periods,
    goes_on,
    notices_now,
    plus_months,
    term_of_attachments,
    term_of_case,
    term_of_copy,
    term_of_ended_copy,
)

PROPOSED = Periods()
DAYS = st.dates(date(2020, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 25), 12, date(2027, 11, 25)),
        (date(2026, 11, 25), 2, date(2027, 1, 25)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
    ],
)
def test_months_are_those_of_the_calendar(day: date, months: int, then: date) -> None:
    assert plus_months(day, months) == then


@given(day=DAYS, months=st.integers(0, 1200))
def test_adding_months_moves_the_month_by_just_that_and_never_the_day_on(
    day: date, months: int
) -> None:
    then = plus_months(day, months)

    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day <= day.day
    assert then.day == day.day or (then + timedelta(days=1)).day == 1


def test_the_proposed_periods_are_those_of_the_settings_page() -> None:
    closed = date(2026, 11, 25)

    assert term_of_case(closed, PROPOSED).ends == date(2027, 11, 25)
    assert term_of_attachments(closed, PROPOSED).ends == date(2027, 5, 25)
    assert term_of_copy(closed, PROPOSED).ends == date(2027, 2, 23)
    assert term_of_ended_copy(closed, "esc-withdrawn").ends == closed


def test_notices_come_30_and_7_days_before_each_once() -> None:
    term = term_of_case(date(2026, 11, 25), PROPOSED)
    told: dict[int, date] = {}
    given: list[tuple[str, tuple[int, ...]]] = []

    for day in (term.since + timedelta(days=n) for n in range(366)):
        now = notices_now(term, told, day)
        told |= dict.fromkeys(now, day)
        if now:
            given.append((day.isoformat(), now))

    assert given == [("2027-10-26", (30,)), ("2027-11-18", (7,))]
    assert goes_on(term, told, date(2027, 11, 25)) == term.ends


def test_who_shortens_a_period_still_gets_the_last_notice() -> None:
    closed, today = date(2026, 1, 1), date(2026, 11, 25)
    term = term_of_case(closed, Periods(case_months=1))

    assert notices_now(term, {}, today) == (30, 7)
    assert goes_on(term, {}, today) == date(2026, 12, 2)
    assert goes_on(term, {30: today, 7: today}, today + timedelta(days=6)) == date(2026, 12, 2)


@pytest.mark.parametrize("months", [0])
def test_a_period_without_room_for_a_notice_has_none(months: int) -> None:
    closed = date(2026, 11, 25)
    term = term_of_case(closed, Periods(case_months=months))

    assert notices_now(term, {}, closed) == ()
    assert goes_on(term, {}, closed) == closed


@given(day=DAYS, days=st.integers(0, 400), late=st.integers(0, 60))
def test_nothing_goes_before_its_time_or_sooner_than_a_week_after_the_last_notice(
    day: date, days: int, late: int
) -> None:
    term = term_of_copy(day, Periods(copy_days=days))
    today = term.ends + timedelta(days=late - 30)
    told: dict[int, date] = {}

    told |= dict.fromkeys(notices_now(term, told, today), today)
    then = goes_on(term, told, today)

    assert then >= term.ends
    if days >= 7:
        assert 7 in told or then > today + timedelta(days=7)
        assert then - told.get(7, today) >= timedelta(days=7)
    else:
        assert (then, told) == (term.ends, {})
