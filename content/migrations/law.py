"""Tables of what the law asks about cases: holds, and who was told what before it is erased."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("law")


@migrations()
def m001_holds(db: sqlite_utils.Database) -> None:
    """
    Legal holds: while one lasts, nothing of its case is erased.

    reason is encrypted under the key of the case. until: the last day, in the time zone of the
    hub; ends_at: the first moment after it.
    """
    db.execute(
        "create table case_holds ("
        " id text primary key,"
        " case_id text not null references cases (id),"
        " reason blob not null,"
        " until text not null,"
        " ends_at text not null,"
        " placed_at text not null,"
        " placed_by text not null,"
        " ended_at text,"
        " ended_by text"
        ") strict, without rowid"
    )
    db.execute("create index case_holds_by_case on case_holds (case_id, id)")
    db.execute("create index case_holds_lasting on case_holds (ends_at) where ended_at is null")


@migrations()
def m002_notices_before_erasure(db: sqlite_utils.Database) -> None:
    """
    Which notice was given before something of a case is erased, so that each is given once.

    what: as content/cases/retention.py names it. since: the day from which its time was counted; a
    case that was reopened and closed again is told of anew. days: how long before, 30 or 7.
    """
    db.execute(
        "create table retention_told ("
        " case_id text not null references cases (id),"
        " what text not null,"
        " since text not null,"
        " days integer not null,"
        " told_on text not null,"
        " primary key (case_id, what, since, days)"
        ") strict, without rowid"
    )
