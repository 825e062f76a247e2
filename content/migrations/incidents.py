"""Tables of incidents: notes of breaches of personal data, in database.CONFIDENTIAL_TABLES."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("incidents")


@migrations()
def m001_incidents(db: sqlite_utils.Database) -> None:
    """What happened, whom it touches and how it ended are encrypted; the clock is plain."""
    db.execute(
        "create table incidents ("
        " id text primary key,"
        " wrapped_key blob not null,"
        " said blob not null,"
        " noticed_at text not null,"
        " noted_at text not null,"
        " noted_by text not null,"
        " ending blob,"
        " closed_at text,"
        " closed_by text"
        ") strict, without rowid"
    )
