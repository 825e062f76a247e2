"""The history of a case: who did what, when, out of the record of changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlite_utils

from content.changes import ChangeStore


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """
    One step. by: who did it; what: thing and verb, such as "case.assign"; note: the details.

    Never a text of the case: reasons and messages are in the case itself.
    """

    seq: int
    at: datetime
    by: str
    what: str
    note: str


@dataclass(frozen=True, slots=True)
class CaseHistory:
    """Steps, the newest first. next_cursor: what the next call takes; None at the end."""

    items: tuple[CaseEvent, ...]
    next_cursor: str | None


def history_of(
    db: sqlite_utils.Database,
    case_id: str,
    *,
    escalations: Iterable[str] = (),
    limit: int = 50,
    cursor: str | None = None,
) -> CaseHistory:
    """
    Return one page of what happened to a case and its escalations. Reads are not in it.

    escalations: ids of those that belong to it. Raises BadLimit, BadChangeCursor.
    """
    page = ChangeStore(db).of_all((case_id, *escalations), limit, cursor)
    items = tuple(CaseEvent(c.seq, c.at, c.by, c.what, c.note) for c in page.items)
    return CaseHistory(items, page.next_cursor)
