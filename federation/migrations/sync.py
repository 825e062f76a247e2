"""Tables of catching up: which heads changed, and in which order."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("federation-sync")


@migrations()
def m001_changes_of_heads(db: sqlite_utils.Database) -> None:
    """
    Number every change of a head, so that who asks is told only what changed since.

    Our own heads have an index of their own: every delivery between hubs carries one.
    """
    db.execute("alter table log_heads add column change integer not null default 0")
    db.execute(
        "update log_heads set change ="
        " (select count(*) from log_heads other where other.log <= log_heads.log)"
    )
    db.execute("create index log_heads_by_change on log_heads (change)")
    db.execute("create index log_heads_public on log_heads (change) where log not like '%/network'")
    db.execute("create index log_heads_own on log_heads (log) where own = 1")


@migrations()
def m002_pause(db: sqlite_utils.Database) -> None:
    """
    Whether our own logs rest because entries of them may be lost, and what waits meanwhile.

    `waiting_releases` names records whose state is to be published as it will be then; ref is a
    ULID, or of an announcement the object.
    """
    db.execute(
        "create table log_pause ("
        " id integer primary key check (id = 1),"
        " since text not null,"
        " why text not null"
        ") strict"
    )
    db.execute(
        "create table waiting_releases ("
        " n integer primary key,"
        " kind text not null check (kind in ('resource', 'expert', 'announcement')),"
        " ref text not null,"
        " at text not null,"
        " unique (kind, ref)"
        ") strict"
    )


@migrations()
def m003_kept_logs(db: sqlite_utils.Database) -> None:
    """Logs of known hubs that are no active peers, and up to which entry they were taken in."""
    db.execute("create table log_kept (log text primary key, taken integer not null) strict")
