"""Times as text on the wire: RFC 3339, UTC with Z and milliseconds. The caller brings the time."""

from datetime import UTC, datetime

from protocol.errors import InvalidDocument


def stamp(moment: datetime) -> str:
    """Return the time as 2026-11-24T09:30:00.000Z. ValueError if it has no time zone."""
    if moment.tzinfo is None:
        raise ValueError("A time on the wire needs a time zone.")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def stamp_seconds(moment: datetime) -> str:
    """Return the time in whole seconds, as 2026-11-24T09:30:00Z. ValueError without a zone."""
    if moment.tzinfo is None:
        raise ValueError("A time on the wire needs a time zone.")
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def read_stamp(text: object) -> datetime:
    """
    Return the time, UTC, of an RFC 3339 text in any precision and with any offset.

    Raises InvalidDocument if it is not such a text, lacks an offset or leaves the years 1 to 9999.
    """
    if not isinstance(text, str) or len(text) > 64:
        raise InvalidDocument("A time must be RFC 3339 text.")
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise InvalidDocument("A time must say its offset from UTC.")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidDocument("A time must be RFC 3339 text.") from error
