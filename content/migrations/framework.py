"""Tables of the policy framework. All but what other hubs published are confidential."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("framework")


@migrations()
def m001_framework(db: sqlite_utils.Database) -> None:
    """
    The framework of this hub, what it came from, snapshots, a merge that waits, and the scores.

    items: all items as JSON. bases: what was last merged from upstream or a hub, by origin.
    decisions: what people said about conflicts of the merge that waits, as JSON.
    """
    db.execute(
        "create table framework_work ("
        " id integer primary key check (id = 1),"
        " revision integer not null,"
        " items text not null,"
        " adopted_at text not null,"
        " adopted_by text not null,"
        " changed_at text not null,"
        " changed_by text not null"
        ") strict"
    )
    db.execute(
        "create table framework_bases ("
        " origin text primary key,"
        " version text not null,"
        " items text not null,"
        " at text not null,"
        " by text not null"
        ") strict, without rowid"
    )
    db.execute(
        "create table framework_merge ("
        " id integer primary key check (id = 1),"
        " origin text not null,"
        " version text not null,"
        " base text not null,"
        " theirs text not null,"
        " decisions text not null,"
        " begun_at text not null,"
        " begun_by text not null"
        ") strict"
    )
    db.execute(
        "create table framework_snapshots ("
        " number integer primary key,"
        " at text not null,"
        " by text not null,"
        " note text not null,"
        " items text not null,"
        " scores text not null"
        ") strict"
    )
    db.execute(
        "create table framework_scores ("
        " item text primary key,"
        " level integer not null check (level between 0 and 4),"
        " note text not null,"
        " evidence text not null,"
        " at text not null,"
        " by text not null"
        ") strict, without rowid"
    )


@migrations()
def m002_sharing(db: sqlite_utils.Database) -> None:
    """
    Which items of ours are published, and what other hubs published of theirs.

    ref: the ULID of the record that is out; it changes when something is taken back. scored: the
    score goes with the item.
    """
    db.execute(
        "create table framework_out ("
        " item text primary key,"
        " ref text not null unique,"
        " label text not null,"
        " scored integer not null,"
        " published_at text not null,"
        " changed_at text not null"
        ") strict, without rowid"
    )
    db.execute(
        "create table held_framework_items ("
        " hub text not null,"
        " ref text not null,"
        " url text not null unique,"
        " origin_kind text not null check (origin_kind in ('hub', 'source')),"
        " record text,"
        " document text,"
        " label text,"
        " published_at text,"
        " updated_at text,"
        " received_at text not null,"
        " gone_at text,"
        " primary key (hub, ref),"
        " check ((gone_at is null) = (record is not null)),"
        " check ((record is null) = (document is null))"
        ") strict"
    )


@migrations()
def m003_what_went_out(db: sqlite_utils.Database) -> None:
    """An item of ours exactly as it was published, to see what changed since."""
    db.execute("alter table framework_out add column shared text not null default ''")


@migrations()
def m004_finding_what_others_publish(db: sqlite_utils.Database) -> None:
    """Find the newest items, and count those of a hub, without reading the records themselves."""
    db.execute(
        "create index held_framework_newest on held_framework_items"
        " (published_at desc, hub, ref, label) where gone_at is null"
    )
    db.execute(
        "create index held_framework_by_hub on held_framework_items (hub, label)"
        " where gone_at is null"
    )
