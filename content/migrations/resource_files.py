"""Tables of files that belong to resources. The label of the resource decides who may have them."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("resource-files")


@migrations()
def m001_files(db: sqlite_utils.Database) -> None:
    """
    Which files a resource of this hub has, and each content once, under its digest.

    sha256: in hex. data: at most 256 KiB, in the order of place.
    """
    db.execute(
        "create table resource_files ("
        " resource_id text not null,"
        " sha256 text not null,"
        " name text not null,"
        " media_type text not null,"
        " size integer not null,"
        " added_by text not null,"
        " added_at text not null,"
        " primary key (resource_id, sha256),"
        " unique (resource_id, name)"
        ") strict, without rowid"
    )
    db.execute("create index resource_files_by_digest on resource_files (sha256)")
    db.execute(
        "create table resource_file_parts ("
        " sha256 text not null,"
        " place integer not null,"
        " data blob not null,"
        " primary key (sha256, place)"
        ") strict"
    )
