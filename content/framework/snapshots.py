"""Snapshots: the framework and the scores of one day, with a note. They are never changed."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import sqlite_utils

from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.framework.item import Framework
from content.framework.scores import Score, ScoreStore, subject_of
from content.framework.store import FrameworkStore, as_json
from content.text import one_line
from content.times import from_text, to_text

LONGEST_NOTE = 300


class SnapshotNotFound(ContentError):
    """There is no snapshot with that number."""

    code: ClassVar[str] = "framework-snapshot-not-found"

    def __init__(self, number: int) -> None:
        super().__init__(
            f"There is no snapshot {number}. See all of them: hub framework snapshot --list"
        )


class SnapshotNoteInvalid(ContentError):
    """The note of a snapshot is not a line of text."""

    code: ClassVar[str] = "framework-snapshot-note"

    def __init__(self) -> None:
        super().__init__(f"The note of a snapshot is one line of at most {LONGEST_NOTE} signs.")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The framework and the scores as they were. number: from 1 on."""

    number: int
    at: datetime
    by: str
    note: str
    framework: Framework
    scores: dict[str, Score]


class SnapshotStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def add(self, framework: Framework, scores: dict[str, Score], note: str, act: Act) -> int:
        """Store a snapshot; return its number."""
        told = {item: score.model_dump(mode="json") for item, score in scores.items()}
        (number,) = self._db.execute(
            "insert into framework_snapshots (at, by, note, items, scores) values (?, ?, ?, ?, ?)"
            " returning number",
            (
                to_text(act.at),
                act.by,
                note,
                as_json(framework),
                json.dumps(told, ensure_ascii=False),
            ),
        ).fetchone()
        return int(number)

    def get(self, number: int) -> Snapshot:
        """Return a snapshot. Raises SnapshotNotFound."""
        found = self._some("where number = ?", (number,))
        if not found:
            raise SnapshotNotFound(number)
        return found[0]

    def last(self) -> Snapshot | None:
        """Return the newest snapshot, or None."""
        found = self._some("order by number desc limit 1", ())
        return found[0] if found else None

    def all(self) -> list[Snapshot]:
        """Return all snapshots, the newest first."""
        return self._some("order by number desc", ())

    def _some(self, condition: str, values: tuple[int, ...]) -> list[Snapshot]:
        rows = self._db.execute(
            "select number, at, by, note, items, scores"  # noqa: S608 - our own words
            f" from framework_snapshots {condition}",
            values,
        )
        return [
            Snapshot(
                number,
                from_text(at),
                by,
                note,
                Framework.model_validate_json(items),
                {item: Score.model_validate(each) for item, each in json.loads(scores).items()},
            )
            for number, at, by, note, items, scores in rows
        ]


def take_snapshot(db: sqlite_utils.Database, note: str, act: Act) -> Snapshot:
    """
    Keep the framework and the scores as they are now.

    Raises FrameworkNotAdopted, SnapshotNoteInvalid.
    """
    try:
        note = one_line(note)
    except ValueError:
        raise SnapshotNoteInvalid from None
    if len(note) > LONGEST_NOTE:
        raise SnapshotNoteInvalid
    framework = FrameworkStore(db).get().framework
    store = SnapshotStore(db)
    number = store.add(framework, ScoreStore(db).all(), note, act)
    ChangeStore(db).record(act, "framework.snapshot", subject_of(str(number)))
    return store.get(number)


def keep_what_is_there(db: sqlite_utils.Database, note: str, act: Act) -> None:
    """Take a snapshot before something larger, unless the newest one holds the same framework."""
    last = SnapshotStore(db).last()
    if last is None or last.framework != FrameworkStore(db).get().framework:
        take_snapshot(db, note, act)
