"""
What is out for everybody, in the order in which it changed last, with what was taken back.

For harvesters that come again and ask for what is new since (OAI-PMH). Tombstones stay for ever.
The order is that of our own log: whoever has all up to a place misses nothing that comes later.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
import sqlite_utils

from content.resources.formats.shapes import Entry, Gone
from content.resources.store import ResourceStore
from content.times import from_text, to_text
from federation.policy import Audience, Door, leaves
from protocol.ids import resource_id

_FROM: Final = (
    " from published as p left join resources as r on r.id = p.ref"
    " where p.kind = 'resource' and p.log = 'public'"
)
_ABOUT: Final = (
    " and (p.state = 'gone' or exists (select 1 from json_each(nullif(r.record, ''), '$.topics')"
    " where value in (select value from json_each(:topics))))"
)


@dataclass(frozen=True, slots=True)
class Span:
    """
    Which changes: from a moment on, before another one, about one of these topics; None for all.

    What was taken back has no topics any more and is about each of them.
    """

    since: datetime | None = None
    before: datetime | None = None
    topics: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the order of changes: the moment, to the millisecond, and the id of the record."""

    at: datetime
    ref: str


@dataclass(frozen=True, slots=True)
class Change:
    """A record that is out, or is gone, and when that became so."""

    place: Place
    what: Entry | Gone


@dataclass(frozen=True, slots=True)
class Changes:
    """Some changes in their order. further: where to go on, None at the end."""

    items: tuple[Change, ...]
    further: Place | None


class PublicChanges:
    """Works on an open database, also of public code; only reads."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def after(self, origin: str, span: Span, place: Place | None, limit: int) -> "Changes":
        """
        Return the next changes of a span after a place, limit at most.

        What the exit rule keeps here is left out, so there may be fewer.
        """
        values = _values(span)
        further = ""
        if place is not None:
            further = " and (p.changed_at, p.ref) > (:at, :ref)"
            values |= {"at": to_text(place.at), "ref": place.ref}
        rows = self._db.execute(
            f"select p.ref, p.changed_at, p.state{_FROM}{_conditions(span)}{further}"
            " order by p.changed_at, p.ref limit :limit",
            {**values, "limit": limit + 1},
        ).fetchall()
        here = [(Place(from_text(at), ref), state) for ref, at, state in rows[:limit]]
        found = (self._change(origin, each, state) for each, state in here)
        return Changes(
            tuple(change for change in found if change is not None),
            here[-1][0] if len(rows) > limit else None,
        )

    def one(self, origin: str, ref: str) -> Change | None:
        """Return how a record stands now, or None if everybody never could see it."""
        row = self._db.execute(
            f"select p.ref, p.changed_at, p.state{_FROM} and p.ref = ?",
            (ref,),
        ).fetchone()
        return (
            None if row is None else self._change(origin, Place(from_text(row[1]), row[0]), row[2])
        )

    def count(self, span: Span) -> int:
        """Return how many changes a span has."""
        row = self._db.execute(
            f"select count(*){_FROM}{_conditions(span)}",
            _values(span),
        ).fetchone()
        return int(row[0])

    def earliest(self) -> datetime | None:
        """Return the earliest of all moments, None while nothing was ever out."""
        row = self._db.execute(
            "select min(changed_at) from published where kind = 'resource' and log = 'public'"
        ).fetchone()
        return None if row[0] is None else from_text(row[0])

    def state(self) -> str:
        """Return a text that changes whenever anything does."""
        row = self._db.execute(
            "select count(*), max(changed_at) from published"
            " where kind = 'resource' and log = 'public'"
        ).fetchone()
        return f"{row[0]} {row[1]}"

    def _change(self, origin: str, place: Place, state: str) -> Change | None:
        address = resource_id(origin, place.ref)
        if state == "gone":
            return Change(place, Gone(id=address, at=place.at))
        resource = ResourceStore(self._db).find(place.ref)
        if resource is None:
            return None
        record = resource.record
        if not leaves(record.label, record.sensitivity, Door.FEED, Audience.EVERYONE):
            return None
        entry = Entry(
            id=address,
            record=record,
            modified=resource.updated_at,
            published=resource.published_at,
        )
        return Change(place, entry)


def _conditions(span: Span) -> str:
    parts = [
        " and p.changed_at >= :since" if span.since is not None else "",
        " and p.changed_at < :before" if span.before is not None else "",
        _ABOUT if span.topics is not None else "",
    ]
    return "".join(parts)


def _values(span: Span) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if span.since is not None:
        values["since"] = to_text(span.since)
    if span.before is not None:
        values["before"] = to_text(span.before)
    if span.topics is not None:
        values["topics"] = orjson.dumps(span.topics).decode()
    return values
