"""The table of link checks: whether the documents that our records point to still are there."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("links")


@migrations()
def m001_links(db: sqlite_utils.Database) -> None:
    """By the link, since several records may have one. since: when it began to be as it is."""
    db.execute(
        "create table link_checks ("
        " link text primary key,"
        " status text not null check (status in ('ok', 'moved', 'gone', 'unreachable', 'refused')),"
        " reason text not null,"
        " moved_to text,"
        " since text not null,"
        " checked_at text not null,"
        " due_at text not null,"
        " failures integer not null"
        ") strict, without rowid"
    )
    db.execute("create index link_checks_by_status on link_checks (status, since)")
