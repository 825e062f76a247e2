"""How a case ended: a short closed list, with what each word means."""

from collections.abc import Mapping
from enum import StrEnum

import sqlite_utils


class Outcome(StrEnum):
    """With which outcome a case was closed. `MEANINGS` says what each of them is."""

    SOLVED = "solved"
    PARTLY = "partly"
    REDIRECTED = "redirected"
    NOT_ANSWERED = "not-answered"
    NO_REPLY = "no-reply"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"


MEANINGS: Mapping[Outcome, str] = {
    Outcome.SOLVED: "The requester has what was asked for.",
    Outcome.PARTLY: "There is an answer, but a part of the question is open.",
    Outcome.REDIRECTED: "Somebody else is responsible; the requester was told who.",
    Outcome.NOT_ANSWERED: "Nobody here or at other hubs could answer.",
    Outcome.NO_REPLY: "The requester did not come back to a question of ours.",
    Outcome.DUPLICATE: "The same request is worked on as another case.",
    Outcome.WITHDRAWN: "The requester asked to stop; set by withdrawing, not by closing.",
}
CLOSING = tuple(outcome for outcome in Outcome if outcome is not Outcome.WITHDRAWN)
"""What a person can close a case with."""
UNMET = frozenset({Outcome.PARTLY, Outcome.NOT_ANSWERED})
"""Outcomes that leave a need open, as statistics count it."""


class OutcomeStore:
    """The SQL of outcomes; inside the caller's transaction."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def put(self, case_id: str, outcome: Outcome) -> None:
        """Note how a case ended."""
        self._db.execute(
            "insert into case_outcomes (case_id, outcome) values (?, ?)"
            " on conflict (case_id) do update set outcome = excluded.outcome",
            (case_id, outcome.value),
        )

    def drop(self, case_id: str) -> None:
        """Forget it, as when the case is reopened."""
        self._db.execute("delete from case_outcomes where case_id = ?", (case_id,))

    def of(self, case_id: str) -> Outcome | None:
        """Return how the case ended, or None."""
        row = self._db.execute(
            "select outcome from case_outcomes where case_id = ?", (case_id,)
        ).fetchone()
        return None if row is None else Outcome(row[0])
