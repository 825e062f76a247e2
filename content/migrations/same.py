"""Tables of duplicates: by what documents are known again, and which records people joined."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("same-documents")


@migrations()
def m001_same(db: sqlite_utils.Database) -> None:
    """
    catalogue_identities: derived, made when somebody looks for duplicates. catalogue_same: a local
    view; no record is changed by it. leader: stands for the others in lists; hidden: the hub of a
    record is blocked.

    catalogue_apart: pairs that people looked at and that are not the same. merged_into: where a
    record of ours that was merged lives on; merged_resources: what it takes to undo that.
    """
    db.execute(
        "create table catalogue_identities ("
        " identity text not null,"
        " url text not null,"
        " primary key (identity, url)"
        ") strict, without rowid"
    )
    db.execute("create index catalogue_identities_of on catalogue_identities (url)")
    db.execute(
        "create table catalogue_same ("
        " url text primary key,"
        " leader text not null,"
        " hub text not null,"
        " ref text not null,"
        " own integer not null,"
        " hidden integer not null,"
        " by text not null,"
        " at text not null,"
        " check (url <> leader)"
        ") strict, without rowid"
    )
    db.execute("create index catalogue_same_by_leader on catalogue_same (leader)")
    db.execute(
        "create table catalogue_apart ("
        " one text not null,"
        " other text not null,"
        " by text not null,"
        " at text not null,"
        " primary key (one, other),"
        " check (one < other)"
        ") strict, without rowid"
    )
    db.execute(
        "create table merged_into (ref text primary key, target text not null)"
        " strict, without rowid"
    )
    db.execute("create index merged_into_target on merged_into (target)")
    db.execute(
        "create table merged_resources ("
        " ref text primary key,"
        " source text not null,"
        " source_id text not null,"
        " record text,"
        " target_before text,"
        " by text not null,"
        " at text not null"
        ") strict, without rowid"
    )
    db.execute("create index merged_resources_by_key on merged_resources (source, source_id)")
