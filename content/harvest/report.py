"""What one run of a harvest source did, and the SQL that keeps it."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

import sqlite_utils
from pydantic import BaseModel, ConfigDict, Field

from content.times import from_text, to_text

Outcome = Literal["done", "not-modified", "failed", "stopped"]
"""done: all of it was applied. not-modified: the source said that nothing changed. failed: it broke
off, and nothing was applied. stopped: it would have taken back suspiciously much, so a person
decides."""
MOST_BAD_KEPT: Final = 200
RUNS_KEPT: Final = 50
"""Reports of a source that are kept, the newest."""


class BadItem(BaseModel):
    """An item that was not taken, and why. place: its id at the source, or where it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: str
    reason: str


class HarvestReport(BaseModel):
    """
    What a run did. full: all of the source was seen, so what is gone was noticed.

    waiting: changes and removals that wait for a person. left_out: items that people here took
    back before. bad: how many items were not taken; the first of them are in bad_items. notes:
    what the operator should know, such as a moved address. problem: why it failed or stopped.
    """

    model_config = ConfigDict(extra="forbid")

    full: bool = False
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    retracted: int = 0
    waiting: int = 0
    left_out: int = 0
    bad: int = 0
    requests: int = 0
    bad_items: Annotated[list[BadItem], Field(max_length=MOST_BAD_KEPT)] = []
    notes: list[str] = []
    problem: str = ""

    def note_bad(self, place: str, reason: str) -> None:
        """Count an item that was not taken, and name it among the first."""
        self.bad += 1
        if len(self.bad_items) < MOST_BAD_KEPT:
            self.bad_items.append(BadItem(place=place[:300], reason=reason[:500]))

    @property
    def moved(self) -> int:
        """Return how many records were added, changed or taken back, or wait for that."""
        return self.added + self.changed + self.retracted + self.waiting

    def words(self) -> str:
        """Return the figures as one sentence."""
        parts = [
            f"added {self.added}",
            f"changed {self.changed}",
            f"unchanged {self.unchanged}",
            f"taken back {self.retracted}",
        ]
        if self.waiting:
            parts.append(f"waiting for approval {self.waiting}")
        if self.left_out:
            parts.append(f"left out {self.left_out}")
        parts.append(f"bad {self.bad}")
        text = ", ".join(parts)
        return f"{text[0].upper()}{text[1:]}."


class HarvestRun(BaseModel):
    """A run that has ended. source: the id of the source; by: who let it run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    source: str
    by: str
    started_at: datetime
    ended_at: datetime
    outcome: Outcome
    report: HarvestReport


class RunStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def add(self, run: HarvestRun) -> None:
        """Keep the report of a run; the oldest of the source make room."""
        self._db.execute(
            "insert into harvest_runs (id, source, by, started_at, ended_at, outcome, report)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (
                run.id,
                run.source,
                run.by,
                to_text(run.started_at),
                to_text(run.ended_at),
                run.outcome,
                run.report.model_dump_json(exclude_defaults=True),
            ),
        )
        self._db.execute(
            "delete from harvest_runs where source = :source and id not in"
            " (select id from harvest_runs where source = :source order by id desc limit :kept)",
            {"source": run.source, "kept": RUNS_KEPT},
        )

    def of(self, source: str, limit: int = RUNS_KEPT) -> list[HarvestRun]:
        """Return the newest runs of a source, the newest first."""
        rows = self._db.execute(
            "select id, source, by, started_at, ended_at, outcome, report from harvest_runs"
            " where source = ? order by id desc limit ?",
            (source, limit),
        )
        return [_run(row) for row in rows.fetchall()]

    def last(self, source: str) -> HarvestRun | None:
        """Return the newest run of a source, or None."""
        return next(iter(self.of(source, 1)), None)


def _run(row: tuple[Any, ...]) -> HarvestRun:
    run_id, source, by, started_at, ended_at, outcome, report = row
    return HarvestRun(
        id=run_id,
        source=source,
        by=by,
        started_at=from_text(started_at),
        ended_at=from_text(ended_at),
        outcome=outcome,
        report=HarvestReport.model_validate_json(report),
    )
