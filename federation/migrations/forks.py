"""Tables of what does not fit together in logs: forks, and content that is withheld."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("federation-forks")


@migrations()
def m001_forks(db: sqlite_utils.Database) -> None:
    """
    Two signed headers with one number: the one that is held, and the other one.

    Evidence is kept for ever, also when the log is dropped; settled_at is set when a person, or a
    recovery of the hub's keys, has ended the dispute. manifests: those that prove both headers.
    """
    db.execute(
        "create table log_forks ("
        " log text not null,"
        " seq integer not null,"
        " held text not null,"
        " other text not null,"
        " other_hash text not null,"
        " manifests text not null,"
        " said_by text not null,"
        " found_at text not null,"
        " settled_at text,"
        " settled_by text,"
        " primary key (log, seq, other_hash)"
        ") strict, without rowid"
    )
    db.execute("create index log_forks_open on log_forks (log) where settled_at is null")


@migrations()
def m002_withheld(db: sqlite_utils.Database) -> None:
    """Entries that came without content and that nothing deletes, as far as the log was read."""
    db.execute(
        "create table log_withheld ("
        " log text not null,"
        " seq integer not null,"
        " ref text not null,"
        " primary key (log, seq)"
        ") strict, without rowid"
    )
    db.execute("create index log_withheld_by_ref on log_withheld (log, ref)")


@migrations()
def m003_shorter_logs(db: sqlite_utils.Database) -> None:
    """Signed heads of logs that were shown shorter later: the higher one and the lower one."""
    db.execute(
        "create table log_shorter ("
        " n integer primary key,"
        " log text not null,"
        " held text not null,"
        " shown text not null,"
        " held_hash text not null,"
        " manifests text not null,"
        " said_by text not null,"
        " found_at text not null,"
        " settled_at text,"
        " settled_by text"
        ") strict"
    )
    db.execute("create unique index log_shorter_open on log_shorter (log) where settled_at is null")
