"""Statistics: bands hide single requests, quarters are whole."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.resources.statistics import (
    FLOOR,
    Band,
    HubStatistics,
    PeriodWrong,
    band_of,
    days_of,
    period_before,
    summarise,
)

TOPICS = ("privacy", "procurement", "generative-ai")
BANDS = tuple(Band)
PERIOD = "2026-Q3"


def told(statistics: HubStatistics) -> dict[str, tuple[Band, bool]]:
    """Return what a reader learns of each topic."""
    listed = {each.topic: (each.requests, each.unmet) for each in statistics.topics}
    return {topic: listed.get(topic, (Band.UNDER_5, False)) for topic in TOPICS}


@pytest.mark.parametrize(
    ("count", "band"),
    [
        (0, "under-5"),
        (4, "under-5"),
        (5, "5-9"),
        (9, "5-9"),
        (10, "10-or-more"),
        (999, "10-or-more"),
    ],
)
def test_a_count_is_in_one_band(count: int, band: str) -> None:
    assert band_of(count) == band


COUNTS = st.fixed_dictionaries({topic: st.integers(0, 14) for topic in TOPICS})


@given(COUNTS, COUNTS, st.sampled_from(TOPICS), st.booleans())
def test_one_more_request_shows_at_most_as_the_step_to_the_next_band(
    asked: Mapping[str, int], open_: Mapping[str, int], topic: str, unmet: bool
) -> None:
    total = sum(asked.values())
    open_ = {each: min(open_[each], asked[each]) for each in TOPICS}
    more = {**asked, topic: asked[topic] + 1}
    more_open = {**open_, topic: open_[topic] + unmet}

    before = summarise(PERIOD, total, asked, open_)
    after = summarise(PERIOD, total + 1, more, more_open)

    for each in TOPICS:
        (was, was_open), (is_, is_open) = told(before)[each], told(after)[each]
        assert BANDS.index(is_) - BANDS.index(was) in ((0, 1) if each == topic else (0,))
        if each != topic:
            assert is_open == was_open
        if is_open != was_open:
            assert more_open[each] == FLOOR
    if more[topic] not in (FLOOR, 2 * FLOOR) and more_open[topic] != FLOOR:
        assert told(after) == told(before)


@given(COUNTS, COUNTS)
def test_whoever_reads_statistics_cannot_tell_counts_of_one_band_apart(
    one: Mapping[str, int], other: Mapping[str, int]
) -> None:
    same = all(band_of(one[topic]) is band_of(other[topic]) for topic in TOPICS)

    first, second = (summarise(PERIOD, 20, counts, {}) for counts in (one, other))

    assert (first == second) is same


@given(COUNTS)
def test_no_number_but_a_band_is_told(asked: Mapping[str, int]) -> None:
    text = summarise(PERIOD, sum(asked.values()), asked, asked).model_dump(mode="json")

    for each in text["topics"]:
        assert each["requests"] in (Band.FROM_5_TO_9.value, Band.FROM_10.value)
        assert set(each) == {"topic", "requests", "unmet"}


@given(st.dates(date(2001, 1, 1), date(2098, 12, 31)))
def test_quarters_follow_each_other_and_the_last_one_has_ended(day: date) -> None:
    first, following = days_of(period_before(day))

    assert first < following <= day
    assert period_before(following) == period_before(day)
    assert days_of(period_before(first))[1] == first
    assert (following - first) in (timedelta(days=n) for n in (90, 91, 92))


@pytest.mark.parametrize("period", ["", "2026", "2026-Q5", "2026-Q0", "2026-10", "1999-Q1"])
def test_what_is_no_quarter_is_refused(period: str) -> None:
    with pytest.raises(PeriodWrong):
        days_of(period)
