"""How fresh what is held of each hub is: what its log says, and when it was last heard here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Age = Literal["week", "month", "quarter", "year", "older", "never"]
Held = Literal["whole", "incomplete", "disputed", "nothing"]
"""How much of a hub's log is here and proven: every entry from the first to the newest; not all of
them; two that contradict each other; none."""
AGES: tuple[tuple[timedelta, Age], ...] = (
    (timedelta(days=7), "week"),
    (timedelta(days=31), "month"),
    (timedelta(days=92), "quarter"),
    (timedelta(days=366), "year"),
)


@dataclass(frozen=True, slots=True)
class HubFreshness:
    """
    One hub. entries: the number of its newest entry held here; newest_at: when it was made.

    published_at: when it last published, changed or took back anything; age: how long ago, in a
    word. verified: see `Held`. These follow from its log, so whoever holds the log finds the same.
    last_contact_at is what this node saw itself: when the hub last sent or answered anything; None
    for this hub.
    """

    host: str
    name: str
    city: str
    country: str
    entries: int
    newest_at: datetime | None
    published_at: datetime | None
    age: Age
    verified: Held
    last_contact_at: datetime | None


def age_of(at: datetime | None, now: datetime) -> Age:
    """Return how long ago something was, in a word; what is dated after now is of this week."""
    if at is None:
        return "never"
    return next((word for limit, word in AGES if now - at <= limit), "older")
