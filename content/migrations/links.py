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


@migrations()
def m002_stay_away(db: sqlite_utils.Database) -> None:
    """
    Keep what sites say to programs, and a state for links that they do not want to be looked at.

    rules: those for us, empty for none, null where a site never answered. failing_since: since when
    it does not answer, with the reason; reached: whether there is a server at all.
    """
    db.execute(
        "create table link_checks_new ("
        " link text primary key,"
        " status text not null check (status in"
        " ('ok', 'moved', 'gone', 'unreachable', 'refused', 'disallowed')),"
        " reason text not null,"
        " moved_to text,"
        " since text not null,"
        " checked_at text not null,"
        " due_at text not null,"
        " failures integer not null"
        ") strict, without rowid"
    )
    db.execute(
        "insert into link_checks_new"
        " (link, status, reason, moved_to, since, checked_at, due_at, failures)"
        " select link, status, reason, moved_to, since, checked_at, due_at, failures"
        " from link_checks"
    )
    db.execute("drop table link_checks")
    db.execute("alter table link_checks_new rename to link_checks")
    db.execute("create index link_checks_by_status on link_checks (status, since)")
    db.execute(
        "create table robots_files ("
        " site text primary key,"
        " rules text,"
        " asked_at text not null,"
        " failing_since text,"
        " reason text not null,"
        " reached integer not null check (reached in (0, 1))"
        ") strict, without rowid"
    )
