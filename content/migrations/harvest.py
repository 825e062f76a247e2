"""Tables of harvesting: sources, what each gave, and what each run did. Staff alone see them."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("harvest")


@migrations()
def m001_harvest(db: sqlite_utils.Database) -> None:
    """
    Sources with how far they were read; items by their id there, kept for ever; reports of runs.

    digests: of each field as the source gave it last, so that what people here changed is told from
    what changed there. offer: a change that waits for a person, and the record it would make.
    """
    db.execute(
        "create table harvest_sources ("
        " id text primary key,"
        " name text not null unique,"
        " url text not null unique,"
        " kind text not null,"
        " settings text not null,"
        " state text not null check (state in ('active', 'paused')),"
        " added_by text not null,"
        " added_at text not null,"
        " due_at text not null,"
        " since text,"
        " etag text,"
        " last_modified text,"
        " full_at text,"
        " failures integer not null,"
        " busy_until text"
        ") strict, without rowid"
    )
    db.execute(
        "create table harvest_items ("
        " source text not null,"
        " source_id text not null,"
        " state text not null check (state in ('held', 'gone', 'left-out')),"
        " digests text not null,"
        " offer text check (offer in ('change', 'gone')),"
        " offered text,"
        " primary key (source, source_id),"
        " check (offered is null or offer = 'change')"
        ") strict, without rowid"
    )
    db.execute("create index harvest_offers on harvest_items (source) where offer is not null")
    db.execute(
        "create table harvest_runs ("
        " id text primary key,"
        " source text not null,"
        " by text not null,"
        " started_at text not null,"
        " ended_at text not null,"
        " outcome text not null check (outcome in ('done', 'not-modified', 'failed', 'stopped')),"
        " report text not null"
        ") strict, without rowid"
    )
    db.execute("create index harvest_runs_by_source on harvest_runs (source, id)")
