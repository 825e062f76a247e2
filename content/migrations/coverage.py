"""Indexes from which the coalition's view is counted; no tables (content/coverage/)."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("coverage")


@migrations()
def m001_what_is_counted(db: sqlite_utils.Database) -> None:
    """
    Find the statistics that hubs published, and count items of frameworks, without reading records.

    The sign that a record has statistics cannot stand in a text of it: there it would be escaped.
    """
    has = "instr(record, '\"statistics\":{') > 0"
    db.execute(f"create index held_with_statistics on held_resources (hub, ref) where {has}")
    db.execute(
        "create index resources_with_statistics on resources (id)"
        f" where state = 'published' and {has}"
    )
    db.execute(
        "create index held_framework_progress on held_framework_items"
        " (hub, json_extract(record, '$.item.id'), ref, json_extract(record, '$.score.level'),"
        " label)"
        " where gone_at is null"
    )
