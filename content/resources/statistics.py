"""
Statistics of a hub: how many requests came on which topic, in bands, for one quarter.

Bands hide single cases, and a quarter is published once (docs/adr/0037-statistics.md).
"""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from content.errors import ContentError
from content.fields import Topic

FLOOR = 5
_MANY = 10
_PERIOD = re.compile(r"(20[0-9]{2})-Q([1-4])")


class PeriodWrong(ContentError):
    """What was given is no quarter, or one that cannot be published (again)."""

    code: ClassVar[str] = "period-wrong"


class Band(StrEnum):
    """How many, roughly."""

    UNDER_5 = "under-5"
    """None at all up to 4."""
    FROM_5_TO_9 = "5-9"
    FROM_10 = "10-or-more"


def band_of(count: int) -> Band:
    """Return the band in which a count is."""
    if count < FLOOR:
        return Band.UNDER_5
    return Band.FROM_5_TO_9 if count < _MANY else Band.FROM_10


def check_period(text: str) -> str:
    """Return the name of a quarter, such as 2026-Q3; ValueError for anything else."""
    if not _PERIOD.fullmatch(text):
        raise ValueError("must be a quarter, such as 2026-Q3.")
    return text


def days_of(period: str) -> tuple[date, date]:
    """Return the first and the first-after day of a quarter. Raises PeriodWrong."""
    found = _PERIOD.fullmatch(period)
    if found is None:
        raise PeriodWrong("A period is a quarter, such as 2026-Q3.")
    year, quarter = int(found[1]), int(found[2])
    following = date(year + 1, 1, 1) if quarter == 4 else date(year, quarter * 3 + 1, 1)
    return date(year, quarter * 3 - 2, 1), following


def period_before(day: date) -> str:
    """Return the quarter that ended last before that day."""
    quarter = (day.month - 1) // 3
    return f"{day.year}-Q{quarter}" if quarter else f"{day.year - 1}-Q4"


class TopicRequests(BaseModel):
    """
    One topic with at least five requests, with those on narrower topics.

    unmet: at least five of them found no answer, or only a part of one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: Topic
    requests: Band
    unmet: bool


class EscalationFlow(BaseModel):
    """
    How many cases a hub offered to others in a quarter, and others to it, and what became of them.

    Counted by the day of the offer. declined: also what nobody answered in time.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sent: Band
    sent_answered: Band
    sent_declined: Band
    received: Band
    received_answered: Band
    received_declined: Band


class HubStatistics(BaseModel):
    """
    What a hub tells about its requests of one quarter; a topic not listed had under five.

    escalations: None with under five each way.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    period: Annotated[str, AfterValidator(check_period)]
    requests: Band
    topics: Annotated[tuple[TopicRequests, ...], Field(max_length=200)] = ()
    escalations: EscalationFlow | None = None


def summarise_flow(counts: Mapping[str, int]) -> EscalationFlow | None:
    """Return what may be told of exact counts of escalations, each by the name of its field."""
    flow = EscalationFlow(
        **{name: band_of(counts.get(name, 0)) for name in EscalationFlow.model_fields}
    )
    return None if flow.sent is flow.received is Band.UNDER_5 else flow


def summarise(
    period: str,
    requests: int,
    by_topic: Mapping[str, int],
    unmet: Mapping[str, int],
    escalations: Mapping[str, int] | None = None,
) -> HubStatistics:
    """Return what may be told of exact counts: the only way from counts to statistics."""
    topics = tuple(
        TopicRequests(topic=topic, requests=band_of(count), unmet=unmet.get(topic, 0) >= FLOOR)
        for topic, count in sorted(by_topic.items())
        if count >= FLOOR
    )
    return HubStatistics(
        period=period,
        requests=band_of(requests),
        topics=topics,
        escalations=summarise_flow(escalations or {}),
    )
