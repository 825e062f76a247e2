"""What hubs published month by month, and what was asked of them quarter by quarter."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from content.coverage.reported import AT_LEAST, Reported, periods_of

MOST_MONTHS = 24
Op = Literal["Create", "Update", "Delete"]


@dataclass(frozen=True, slots=True)
class Done:
    """How often a hub did something in a month, by its log. month: such as 2026-11."""

    log: str
    month: str
    op: str
    times: int


@dataclass(frozen=True, slots=True)
class Month:
    """What all hubs did in one month: records of every kind. hubs: how many did anything."""

    month: str
    published: int
    changed: int
    taken_back: int
    hubs: int


@dataclass(frozen=True, slots=True)
class Quarter:
    """What was asked in one quarter, as far as hubs told. topic: None for all requests."""

    period: str
    topic: str | None
    hubs: int
    requests_at_least: int


@dataclass(frozen=True, slots=True)
class Trends:
    """months: every one of them, those without anything too, oldest first. quarters: likewise."""

    months: tuple[Month, ...]
    quarters: tuple[Quarter, ...]


def month_of(at: datetime) -> str:
    """Return the month of a moment in UTC, such as 2026-11."""
    return f"{at:%Y-%m}"


def quarter_of(month: str) -> str:
    """Return the quarter in which a month is: 2026-Q4 of 2026-11."""
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"


def trends(
    done: Iterable[Done], told: Iterable[Reported], now: datetime, *, since: str | None = None
) -> Trends:
    """
    Return the months from since on, at most the last 24 of them, and the quarters told of.

    What a log dates later than now is not counted: a clock that is wrong there.
    """
    last = month_of(now)
    first = max(since or "", _months_before(last, MOST_MONTHS - 1))
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    hubs: dict[str, set[str]] = defaultdict(set)
    for each in done:
        if first <= each.month <= last:
            counts[each.month][each.op] += each.times
            hubs[each.month].add(each.log)
    months = tuple(
        Month(
            month,
            counts[month]["Create"],
            counts[month]["Update"],
            counts[month]["Delete"],
            len(hubs[month]),
        )
        for month in _months_between(first, last)
    )
    return Trends(months, _quarters(tuple(told), None if since is None else quarter_of(since)))


def _quarters(told: tuple[Reported, ...], since: str | None) -> tuple[Quarter, ...]:
    found = []
    for period in periods_of(told):
        if since is not None and period < since:
            continue
        here = [each.statistics for each in told if each.period == period]
        found.append(
            Quarter(period, None, len(here), sum(AT_LEAST[each.requests] for each in here))
        )
        lines = [line for each in here for line in each.topics]
        for topic in sorted({line.topic for line in lines}):
            bands = [AT_LEAST[line.requests] for line in lines if line.topic == topic]
            found.append(Quarter(period, topic, len(bands), sum(bands)))
    return tuple(found)


def _months_between(first: str, last: str) -> Iterable[str]:
    month = first
    while month <= last:
        yield month
        year, number = int(month[:4]), int(month[5:])
        month = f"{year}-{number + 1:02}" if number < 12 else f"{year + 1}-01"


def _months_before(month: str, count: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 - count
    return f"{number // 12:04}-{number % 12 + 1:02}"
