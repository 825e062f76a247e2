"""
The tables of the database, as sets of migrations that are applied once and in order.

Each part of the program has a set of its own; `SETS` are those of content/, and federation/ adds
its own after them.
"""

from collections.abc import Sequence
from typing import ClassVar

import sqlite_utils
from sqlite_utils import Migrations

from content.database import transaction
from content.errors import ContentError
from content.migrations import (
    audit,
    cases,
    casework,
    catalogue,
    coverage,
    experts,
    framework,
    harvest,
    incidents,
    intake,
    law,
    links,
    mail,
    people,
    proposals,
    resource_files,
    same,
    teamwork,
)

SETS: tuple[Migrations, ...] = (
    cases.migrations,
    audit.migrations,
    catalogue.migrations,
    law.migrations,
    intake.migrations,
    casework.migrations,
    mail.migrations,
    people.migrations,
    experts.migrations,
    teamwork.migrations,
    framework.migrations,
    incidents.migrations,
    harvest.migrations,
    coverage.migrations,
    resource_files.migrations,
    same.migrations,
    links.migrations,
    proposals.migrations,
)
"""The sets of content/. The first makes the list of changes, which all others write to."""

MIGRATIONS_TABLE = Migrations.migrations_table
"""Where sqlite-utils notes what was applied."""


class DatabaseTooNew(ContentError):
    """The database was written by a later version. migrations: what this version does not know."""

    code: ClassVar[str] = "database-too-new"

    def __init__(self, migrations: tuple[str, ...]) -> None:
        super().__init__(
            "This database was written by a later version of Rights Hub"
            f" ({len(migrations)} unknown: {', '.join(migrations[:5])}). Nothing was changed."
            " Install that version or a later one, or restore a backup from before."
        )
        self.migrations = migrations


def apply_migrations(db: sqlite_utils.Database, sets: Sequence[Migrations] = SETS) -> int:
    """
    Apply what is missing; return how many migrations that were.

    sets: all sets of this program, in the order in which they are applied. One transaction holds
    the check and the work, so of two processes that start together the second finds it done, and
    one that is killed leaves nothing half made. Raises DatabaseTooNew before anything is changed.
    """
    if not pending_migrations(db, sets):
        return 0
    with transaction(db):
        waiting = pending_migrations(db, sets)
        for each in sets:
            each.apply(db)
    return len(waiting)


def pending_migrations(
    db: sqlite_utils.Database, sets: Sequence[Migrations] = SETS
) -> tuple[str, ...]:
    """Return set and name of what is not applied yet. Only reads. Raises DatabaseTooNew."""
    waiting = tuple(f"{each.name}/{step.name}" for each in sets for step in each.pending(db))
    if MIGRATIONS_TABLE not in db.table_names():
        return waiting
    nothing = sqlite_utils.Database(memory=True)
    known = {(each.name, step.name) for each in sets for step in each.pending(nothing)}
    nothing.close()
    rows = db.execute(f"select migration_set, name from {MIGRATIONS_TABLE} order by id")  # noqa: S608
    unknown = tuple(f"{name}/{step}" for name, step in rows.fetchall() if (name, step) not in known)
    if unknown:
        raise DatabaseTooNew(unknown)
    return waiting
