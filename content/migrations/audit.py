"""The chain over the list of changes. Nothing here is public: it extends the table `changes`."""

import sqlite_utils
from sqlite_utils import Migrations

from content.chain import GENESIS, SALT_BYTES, Details, digest_of, hash_of

migrations = Migrations("audit")


@migrations()
def m001_chain(db: sqlite_utils.Database) -> None:
    """
    Chain all rows that are there, in their order, and count them from 1 without gaps.

    access: 1 for a row that says that something was read. digest: covers by, subject and note,
    with a salt; those four can be dropped together.
    """
    db.execute("alter table changes rename to changes_before")
    db.execute("drop index changes_by_subject")
    db.execute(
        "create table changes ("
        " seq integer primary key,"
        " at text not null,"
        " what text not null,"
        " access integer not null check (access in (0, 1)),"
        " digest blob not null,"
        " hash blob not null,"
        " by text,"
        " subject text,"
        " note text,"
        " salt blob"
        ") strict"
    )
    before = GENESIS
    rows = db.execute("select at, by, what, subject, note from changes_before order by seq")
    for seq, (at, by, what, subject, note) in enumerate(rows.fetchall(), start=1):
        salt = db.execute(f"select randomblob({SALT_BYTES})").fetchone()[0]
        digest = digest_of(Details(by, subject, note), salt)
        before = hash_of(before, seq, at, what, 0, digest)
        db.execute(
            "insert into changes (seq, at, what, access, digest, hash, by, subject, note, salt)"
            " values (?, ?, ?, 0, ?, ?, ?, ?, ?, ?)",
            (seq, at, what, digest, before, by, subject, note, salt),
        )
    db.execute("drop table changes_before")
    db.execute("create index changes_by_subject on changes (subject, access, seq)")
    db.execute("create index changes_accesses on changes (at) where access = 1 and by is not null")
