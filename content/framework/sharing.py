"""Items of frameworks that are shared: which of ours are out, and what other hubs published."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

import sqlite_utils
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from content.fields import Link
from content.framework.item import MOST_LINKS, FrameworkItem
from content.framework.scores import LONGEST_NOTE_BYTES, Score, ScoreInvalid
from content.held import Held, HeldStore
from content.labels import Label
from content.text import long_text
from content.times import from_text, to_text
from content.validation import problems_of


class SharedScore(BaseModel):
    """A score as a hub publishes it: without the name of who gave it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    level: Annotated[int, Field(ge=0, le=4)]
    note: str = ""
    evidence: Annotated[tuple[Link, ...], Field(max_length=MOST_LINKS)] = ()
    at: datetime

    @field_validator("note")
    @classmethod
    def _note_is_text(cls, note: str) -> str:
        return long_text(note, LONGEST_NOTE_BYTES)


def read_shared_score(values: Mapping[str, Any]) -> SharedScore:
    """Return the score that a hub published. Raises ScoreInvalid."""
    try:
        return SharedScore.model_validate(values)
    except ValidationError as error:
        raise ScoreInvalid(problems_of(error, "score")) from None


class SharedItem(BaseModel):
    """An item as a hub publishes it. upstream: the version that its framework came from."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    item: FrameworkItem
    upstream: str
    score: SharedScore | None = None


HeldFrameworkItem = Held[SharedItem]
"""An item of the framework of another hub. See `content.held.Held`."""


class HeldFrameworkStore(HeldStore[SharedItem]):
    """The SQL of what other hubs published of their frameworks."""

    _table: ClassVar[str] = "held_framework_items"

    def _write(self, record: SharedItem) -> str:
        return record.model_dump_json(exclude_defaults=True)

    def _read(self, stored: str, origin_kind: str) -> SharedItem:  # noqa: ARG002 - hubs only
        return SharedItem.model_validate_json(stored)

    def counts(self, labels: Collection[str]) -> dict[str, int]:
        """Return how many items with these labels are held of each hub that has any."""
        places = ", ".join("?" * len(labels))
        rows = self._db.execute(
            "select hub, count(*) from held_framework_items"  # noqa: S608 - our own words
            f" where gone_at is null and label in ({places}) group by hub",
            tuple(labels),
        )
        return {hub: int(count) for hub, count in rows}

    def newest(
        self, hubs: Collection[str], labels: Collection[str], limit: int
    ) -> list[HeldFrameworkItem]:
        """Return the items of these hubs with these labels that were published last."""
        # The plus signs keep SQLite on the index by time: it would sort all rows of all hubs.
        rows = self._db.execute(
            "select hub, ref from held_framework_items where gone_at is null"  # noqa: S608
            f" and +label in ({', '.join('?' * len(labels))})"
            f" and +hub in ({', '.join('?' * len(hubs))}) order by published_at desc limit ?",
            (*labels, *hubs, limit),
        ).fetchall()
        return [held for hub, ref in rows if (held := self.find(hub, ref)) is not None]


@dataclass(frozen=True, slots=True)
class Out:
    """An item of ours that is published. ref: ULID of the record. shared: as it went out."""

    item: str
    ref: str
    label: Label
    shared: SharedItem
    published_at: datetime
    changed_at: datetime


class OutStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def all(self) -> list[Out]:
        """Return all items of ours that are published, by id."""
        return list(self._some("1", ()))

    def find(self, item_id: str) -> Out | None:
        """Return how an item of ours is published, or None if it is not."""
        return next(self._some("item = ?", (item_id,)), None)

    def by_ref(self, ref: str) -> Out | None:
        """Return what went out under an id, or None."""
        return next(self._some("ref = ?", (ref,)), None)

    def put(self, out: Out) -> None:
        """Note that an item is published like this."""
        self._db.execute(
            "insert into framework_out (item, ref, label, scored, published_at, changed_at, shared)"
            " values (?, ?, ?, ?, ?, ?, ?) on conflict (item) do update set ref = excluded.ref,"
            " label = excluded.label, scored = excluded.scored, shared = excluded.shared,"
            " published_at = excluded.published_at, changed_at = excluded.changed_at",
            (
                out.item,
                out.ref,
                out.label.value,
                int(out.shared.score is not None),
                to_text(out.published_at),
                to_text(out.changed_at),
                out.shared.model_dump_json(exclude_defaults=True),
            ),
        )

    def remove(self, item_id: str) -> None:
        """Note that an item is not published any more."""
        self._db.execute("delete from framework_out where item = ?", (item_id,))

    def _some(self, condition: str, values: tuple[str, ...]) -> Iterator[Out]:
        rows = self._db.execute(
            "select item, ref, label, shared, published_at, changed_at"  # noqa: S608 - our words
            f" from framework_out where {condition} order by item",
            values,
        )
        return (
            Out(
                item,
                ref,
                Label(label),
                SharedItem.model_validate_json(shared),
                from_text(published_at),
                from_text(changed_at),
            )
            for item, ref, label, shared, published_at, changed_at in rows
        )


def shared_score(score: Score | None) -> SharedScore | None:
    """Return a score of ours as it is published."""
    if score is None:
        return None
    return SharedScore(level=score.level, note=score.note, evidence=score.evidence, at=score.at)
