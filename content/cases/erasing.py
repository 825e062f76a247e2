"""
Erasing a case: the one place in content/ that knows every table with something of a case.

What is kept is named, not what goes: a column that somebody adds later is emptied without being
known here. A test goes through the schema, so that no table can be forgotten.
"""

from typing import Final

import sqlite_utils

from content.cases.status import CaseStatus
from content.changes import Act
from content.times import to_text

TABLES: Final = (
    "mail_requests",
    "people_notices",
    "case_studies",
    "case_dues",
    "case_outcomes",
    "case_draft_versions",
    "case_draft_remarks",
    "case_drafts",
    "case_answers",
    "case_attachment_parts",
    "case_attachments",
    "case_receipts",
    "case_messages",
    "case_topics",
    "case_assignees",
    "case_assignments",
    "case_hours",
    "case_holds",
    "retention_told",
)
"""Tables of content/ whose rows belong to one case by `case_id`; they go with it. Children first,
where one table refers to another."""

KEPT: Final = frozenset({"id", "revision", "status", "created_at", "updated_at", "closed_at"})
"""Columns of `cases` that are left of an erased case (docs/adr/0026-case-vault.md)."""


def erase_rows(db: sqlite_utils.Database, case_id: str, status: CaseStatus, act: Act) -> None:
    """
    Destroy the key of a case and all that content/ holds of it; only its id and dates stay.

    Inside the caller's transaction. Old pages may linger in the write-ahead log, so whoever calls
    this checkpoints the database after the commit.
    """
    for table in TABLES:
        db.execute(f"delete from {table} where case_id = ?", (case_id,))  # noqa: S608 - our words
    names = (row[1] for row in db.execute("pragma table_info(cases)").fetchall())
    emptied = "".join(f", {name} = null" for name in names if name not in KEPT)
    db.execute(
        f"update cases set status = ?, updated_at = ?, revision = revision + 1{emptied}"  # noqa: S608
        " where id = ?",
        (status.value, to_text(act.at), case_id),
    )
