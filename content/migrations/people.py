"""Tables about users; the users themselves are in content/migrations/cases.py."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("people")


@migrations()
def m001_profiles(db: sqlite_utils.Database) -> None:
    """What users know, so that a case can be matched with them: JSON lists of ids and of tags."""
    db.execute(
        "create table users_profiles ("
        " user text primary key references users (name),"
        " topics text not null,"
        " languages text not null"
        ") strict, without rowid"
    )
