"""When a delivery is tried again, and when it is given up (docs/adr/0015-delivery.md)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_DELAY = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long we try. first: delay after the first failure; gives_up_after: None is never."""

    first: timedelta
    gives_up_after: timedelta | None


STRANGER = Patience(timedelta(seconds=30), timedelta(days=3))
"""Servers that are no hubs."""
HUB = Patience(timedelta(seconds=60), timedelta(days=30))
"""Hubs: after this the log heals what was missed."""
SEALED = Patience(timedelta(seconds=60), None)
"""Parts of a case are never given up; a person is told after TELL_AFTER."""
TELL_AFTER = timedelta(hours=24)


def next_attempt(
    failures: int,
    now: datetime,
    *,
    spread: float,
    patience: Patience,
    retry_after: timedelta | None = None,
) -> datetime:
    """
    Return when to try a destination again.

    failures: failed attempts in a row, 1 or more.
    now: time of the last failure, timezone-aware, UTC.
    spread: jitter as a share of the delay, 0.0 up to 1.0, drawn by the caller.
    retry_after: what the server asked for; honoured up to 12 h, and it never shortens the delay.

    The delay is the first delay of patience doubled per failure, at most 12 h, then shortened by
    up to a quarter, so that no two destinations stay in step and none waits longer than 12 h.
    Raises ValueError if failures is below 1, now has no timezone, or spread is out of range.
    """
    if failures < 1:
        raise ValueError("There is nothing to wait for before the first failure.")
    if now.tzinfo is None:
        raise ValueError("now needs a timezone.")
    if not 0.0 <= spread <= 1.0:
        raise ValueError("spread is a share from 0.0 to 1.0.")
    doublings = min(failures - 1, 30)
    delay = min(patience.first * (1 << doublings), LONGEST_DELAY) * (1 - spread / 4)
    if retry_after is not None:
        delay = max(delay, min(retry_after, LONGEST_DELAY))
    return now + delay


def parse_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """
    Return how long a server asks us to wait, or None when it says nothing usable.

    value: the Retry-After header, seconds or an HTTP date (RFC 9110, section 10.2.3).
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return timedelta(seconds=min(int(text[:9]), 10**8))
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return max(at - now, timedelta(0))
