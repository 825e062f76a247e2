"""The audit as the API shows it to operators."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from node.api.models.common import PageQuery, Word
from node.api.routes import Answer


class AuditRowAnswer(Answer):
    """Who did or read what, when. by, subject and note are null once they are forgotten."""

    seq: int
    at: datetime
    what: str
    access: bool
    """True if something was only read."""
    by: str | None
    subject: str | None
    note: str | None


class AuditQuery(PageQuery):
    """kind: only changes, or only readings. subject: only about this thing. by: only this user."""

    kind: Literal["change", "access"] | None = None
    subject: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    by: Word | None = None


class AuditBreak(Answer):
    """The first row that is wrong, and why."""

    seq: int
    reason: str
    text: str


class AuditGap(Answer):
    """Rows that are lost for a reason that was noted. lost_to: how far the record had been."""

    at: datetime
    after: int
    lost_to: int | None
    why: str


class AuditCheckAnswer(Answer):
    """What a check of the audit came to. head: number and hash of the newest row that holds."""

    whole: bool
    rows: int
    accesses: int
    forgotten: int
    head: str
    broken: AuditBreak | None
    gaps: list[AuditGap]
