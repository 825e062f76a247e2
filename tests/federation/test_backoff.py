"""When a delivery is tried again, and when it is given up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.backoff import (
    HUB,
    LONGEST_DELAY,
    SEALED,
    STRANGER,
    Patience,
    next_attempt,
    parse_retry_after,
)
from tests.seams import START

PATIENCES = st.sampled_from([HUB, STRANGER, SEALED])


@pytest.mark.parametrize(
    ("patience", "failures", "seconds"),
    [
        (STRANGER, 1, 30),
        (STRANGER, 2, 60),
        (STRANGER, 5, 480),
        (STRANGER, 11, 30720),
        (STRANGER, 12, 43200),
        (HUB, 1, 60),
        (HUB, 10, 30720),
        (HUB, 11, 43200),
        (SEALED, 1000, 43200),
    ],
)
def test_the_delay_doubles_up_to_twelve_hours(
    patience: Patience, failures: int, seconds: int
) -> None:
    again = next_attempt(failures, START, spread=0.0, patience=patience)

    assert again - START == timedelta(seconds=seconds)


@given(st.integers(1, 10_000), st.floats(0, 1), PATIENCES)
def test_jitter_takes_at_most_a_quarter_and_no_delay_exceeds_twelve_hours(
    failures: int, spread: float, patience: Patience
) -> None:
    full = next_attempt(failures, START, spread=0.0, patience=patience) - START
    delay = next_attempt(failures, START, spread=spread, patience=patience) - START

    assert full * 0.7499 <= delay <= full <= LONGEST_DELAY


@given(st.integers(1, 100), st.timedeltas(timedelta(0), timedelta(days=400)), PATIENCES)
def test_retry_after_lengthens_and_never_shortens(
    failures: int, asked: timedelta, patience: Patience
) -> None:
    alone = next_attempt(failures, START, spread=0.5, patience=patience)
    both = next_attempt(failures, START, spread=0.5, patience=patience, retry_after=asked)

    assert alone <= both <= START + LONGEST_DELAY
    assert both >= min(START + asked, START + LONGEST_DELAY)


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="first failure"):
        next_attempt(0, START, spread=0.0, patience=HUB)
    with pytest.raises(ValueError, match="timezone"):
        next_attempt(1, START.replace(tzinfo=None), spread=0.0, patience=HUB)
    with pytest.raises(ValueError, match="share"):
        next_attempt(1, START, spread=1.1, patience=HUB)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("999999999999999999", 10**8),
        ("Tue, 24 Nov 2026 10:30:00 GMT", 3600),
        ("Tue, 24 Nov 2026 08:30:00 GMT", 0),
        (None, None),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("١٢", None),
        ("Tue, 99 Nov 2026 10:30:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(value: str | None, seconds: int | None) -> None:
    found = parse_retry_after(value, START)

    assert found == (None if seconds is None else timedelta(seconds=seconds))


@given(st.text(max_size=60))
def test_no_retry_after_makes_us_fail(value: str) -> None:
    parse_retry_after(value, datetime(2026, 11, 24, tzinfo=UTC))
