"""Tables about this hub's experts that nobody else sees. All are in CONFIDENTIAL_TABLES."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("experts")


@migrations()
def m001_hours(db: sqlite_utils.Database) -> None:
    """How long experts worked for this hub. day: a date in its time zone."""
    db.execute(
        "create table expert_hours ("
        " seq integer primary key,"
        " expert_id text not null references experts (id),"
        " day text not null,"
        " minutes integer not null,"
        " by text not null,"
        " at text not null"
        ") strict"
    )
    db.execute("create index expert_hours_by_expert on expert_hours (expert_id, day)")


@migrations()
def m002_looking_after_a_listing(db: sqlite_utils.Database) -> None:
    """
    How experts are written to, the links by which they look after their listing, and their pauses.

    address and token are encrypted under a key of their own; of a token that was sent only the
    digest is left. asked: how often since the expert last confirmed. starts, ends: dates in the
    time zone of the hub; ends is the last day of the pause.
    """
    db.execute(
        "create table expert_contacts ("
        " id text primary key,"
        " expert_id text not null unique references experts (id),"
        " wrapped_key blob not null,"
        " address blob not null,"
        " language text not null,"
        " asked integer not null default 0"
        ") strict, without rowid"
    )
    db.execute(
        "create table expert_links ("
        " id text primary key,"
        " expert_id text not null references experts (id),"
        " token_sha256 blob not null unique,"
        " wrapped_key blob,"
        " token blob,"
        " made_at text not null,"
        " expires_at text not null"
        ") strict, without rowid"
    )
    db.execute("create index expert_links_by_expert on expert_links (expert_id, expires_at)")
    db.execute("create index expert_links_by_end on expert_links (expires_at)")
    db.execute(
        "create table expert_pauses ("
        " expert_id text primary key references experts (id),"
        " starts text,"
        " ends text"
        ") strict, without rowid"
    )


@migrations()
def m003_accounts(db: sqlite_utils.Database) -> None:
    """Which user of this hub is that expert, so that hours are noted once."""
    db.execute(
        "create table expert_accounts ("
        " expert_id text primary key,"
        " user text not null unique references users (name)"
        ") strict, without rowid"
    )
