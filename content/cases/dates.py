"""Dates as the people of a hub mean them: days in the time zone of the hub."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from content.times import to_milliseconds


def day_of(at: datetime, timezone: str) -> date:
    """Return which day it is at that moment. timezone: IANA name, such as Europe/Madrid."""
    return at.astimezone(ZoneInfo(timezone)).date()


def begin_of(day: date, timezone: str) -> datetime:
    """Return the first moment of a day, in UTC."""
    return to_milliseconds(datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC))


def end_of(day: date, timezone: str) -> datetime:
    """Return the first moment after a day, in UTC."""
    return begin_of(day + timedelta(days=1), timezone)
