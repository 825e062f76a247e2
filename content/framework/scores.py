"""
The self-assessment: a score from 0 to 4 for each item, with evidence, for this hub alone.

Scores are confidential unless the hub publishes one with its item. Means are never shown without
how many items they rest on, and never beside those of another hub (DOMAIN.md 1.7).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar

import sqlite_utils
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.fields import Link
from content.framework.item import MOST_LINKS, PILLARS, Framework
from content.framework.store import FrameworkStore
from content.text import long_text
from content.times import from_text, to_text
from content.validation import Problems, in_one_line, problems_of
from content.vocabulary import Vocabulary

LEVELS = range(5)
LONGEST_NOTE_BYTES = 4000


class ScoreInvalid(ContentError):
    """What was given is no score. problems: field and reason of each mistake."""

    code: ClassVar[str] = "framework-score-invalid"

    def __init__(self, problems: Problems) -> None:
        super().__init__(in_one_line(problems))
        self.problems = problems


class PillarIsNotScored(ContentError):
    """A pillar has no score of its own."""

    code: ClassVar[str] = "pillar-not-scored"

    def __init__(self, item_id: str) -> None:
        super().__init__(f"{item_id} is a pillar. Score the items in it; the pillar sums them up.")


class Score(BaseModel):
    """
    Where this hub stands with one item.

    level: 0 absent to 4 leading (scheme maturity-levels). note: the evidence in words. evidence:
    addresses of documents that show it, such as resources of the catalogue.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    level: Annotated[int, Field(ge=0, le=4, strict=True)]
    note: str = ""
    evidence: Annotated[tuple[Link, ...], Field(max_length=MOST_LINKS)] = ()
    at: datetime
    by: str

    @field_validator("note")
    @classmethod
    def _note_is_text(cls, note: str) -> str:
        return long_text(note, LONGEST_NOTE_BYTES)

    @field_validator("evidence")
    @classmethod
    def _each_once(cls, evidence: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(evidence))


@dataclass(frozen=True, slots=True)
class Coverage:
    """
    How much of a pillar is scored. mean: of those that are, with one decimal; None without any.

    levels: how many items have level 0, 1, 2, 3 and 4.
    """

    pillar: str
    items: int
    scored: int
    levels: tuple[int, int, int, int, int]
    mean: float | None


def level_name(level: int, language: str = "en") -> str:
    """Return the word for a level, such as Established for 3."""
    return Vocabulary.load().label(f"mat-{level}", language)


def read_score(values: Mapping[str, Any], act: Act) -> Score:
    """Return the score in plain values: level, note, evidence. Raises ScoreInvalid."""
    try:
        return Score.model_validate({**values, "at": act.at, "by": act.by})
    except ValidationError as error:
        raise ScoreInvalid(problems_of(error, "score")) from None


def coverage(framework: Framework, scores: Mapping[str, Score]) -> tuple[Coverage, ...]:
    """Return how much of each pillar is scored, and how. Scores of dropped items do not count."""
    found = []
    for pillar in PILLARS:
        items = [item.id for item in framework.of_pillar(pillar)]
        levels = [scores[item].level for item in items if item in scores]
        zero, one, two, three, four = (levels.count(level) for level in LEVELS)
        mean = round(sum(levels) / len(levels), 1) if levels else None
        counts = (zero, one, two, three, four)
        found.append(Coverage(pillar, len(items), len(levels), counts, mean))
    return tuple(found)


class ScoreStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def all(self) -> dict[str, Score]:
        """Return all scores by item, also of items that were dropped since."""
        rows = self._db.execute(
            "select item, level, note, evidence, at, by from framework_scores order by item"
        )
        return {
            item: Score(
                level=level, note=note, evidence=json.loads(evidence), at=from_text(at), by=by
            )
            for item, level, note, evidence, at, by in rows
        }

    def put(self, item_id: str, score: Score) -> None:
        """Store the score of an item, new or over the one before."""
        self._db.execute(
            "insert into framework_scores (item, level, note, evidence, at, by)"
            " values (?, ?, ?, ?, ?, ?) on conflict (item) do update set level = excluded.level,"
            " note = excluded.note, evidence = excluded.evidence, at = excluded.at,"
            " by = excluded.by",
            (
                item_id,
                score.level,
                score.note,
                json.dumps(score.evidence),
                to_text(score.at),
                score.by,
            ),
        )

    def remove(self, item_id: str) -> bool:
        """Take the score of an item away; return whether there was one."""
        gone = self._db.execute("delete from framework_scores where item = ?", (item_id,))
        return bool(gone.rowcount)


def assess(db: sqlite_utils.Database, item_id: str, values: Mapping[str, Any], act: Act) -> Score:
    """
    Score an item of this hub's framework; a score that is there is replaced.

    Raises FrameworkNotAdopted, FrameworkItemNotFound, PillarIsNotScored, ScoreInvalid.
    """
    if FrameworkStore(db).get().framework.get(item_id).is_pillar:
        raise PillarIsNotScored(item_id)
    score = read_score(values, act)
    ScoreStore(db).put(item_id, score)
    ChangeStore(db).record(act, "framework.assess", subject_of(item_id), f"Level {score.level}")
    return score


def take_score_back(db: sqlite_utils.Database, item_id: str, act: Act) -> bool:
    """Leave an item without a score again; return whether it had one."""
    had = ScoreStore(db).remove(item_id)
    if had:
        ChangeStore(db).record(act, "framework.unassess", subject_of(item_id))
    return had


def subject_of(item_id: str) -> str:
    """Return how the list of changes names an item."""
    return f"framework:{item_id}"
