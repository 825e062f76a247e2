"""Moments as the database keeps them: UTC, with Z and milliseconds."""

from datetime import UTC, datetime


def to_milliseconds(at: datetime) -> datetime:
    """
    Return the moment in UTC, cut to the millisecond, as it will be read back from the database.

    Raises ValueError if at has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    at = at.astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def to_text(at: datetime) -> str:
    """Return a moment as "2026-11-24T09:30:00.000Z". Such texts sort by time."""
    return to_milliseconds(at).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def from_text(text: str) -> datetime:
    """Return the moment that `to_text` wrote. Raises ValueError for anything else."""
    at = datetime.fromisoformat(text)
    if to_text(at) != text:
        raise ValueError(f"{text!r} is not a moment of ours.")
    return at


def to_text_or_none(at: datetime | None) -> str | None:
    """Return `to_text` of a moment, or None for None."""
    return None if at is None else to_text(at)


def from_text_or_none(text: str | None) -> datetime | None:
    """Return `from_text` of a text, or None for None."""
    return None if text is None else from_text(text)
