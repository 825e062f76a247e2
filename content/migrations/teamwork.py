"""Tables of people who work on one thing together: notices about offers, what the assigned say."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("teamwork")


@migrations()
def m001_notices_of_offers(db: sqlite_utils.Database) -> None:
    """Let a notice be about an offer that is no case of ours yet, or about an escalation."""
    db.execute(
        "create table people_notices_new ("
        " seq integer primary key autoincrement,"
        " user text not null references users (name),"
        " kind text not null,"
        " case_id text references cases (id),"
        " escalation_id text,"
        " about text not null,"
        " made_at text not null,"
        " seen_at text,"
        " check (coalesce(case_id, escalation_id) is not null)"
        ") strict"
    )
    db.execute(
        "insert into people_notices_new (seq, user, kind, case_id, about, made_at, seen_at)"
        " select seq, user, kind, case_id, about, made_at, seen_at from people_notices order by seq"
    )
    # Whatever remembers the number of the last notice must not meet it a second time.
    db.execute("delete from sqlite_sequence where name = 'people_notices_new'")
    db.execute(
        "insert into sqlite_sequence (name, seq)"
        " select 'people_notices_new', seq from sqlite_sequence where name = 'people_notices'"
    )
    db.execute("drop table people_notices")
    db.execute("alter table people_notices_new rename to people_notices")
    db.execute("create index people_notices_unseen on people_notices (user, seq)")
    db.execute("create index people_notices_by_case on people_notices (case_id)")
    db.execute("create index people_notices_by_escalation on people_notices (escalation_id)")
    db.execute(
        "create unique index people_notices_once on people_notices"
        " (user, kind, coalesce(case_id, ''), coalesce(escalation_id, ''), about)"
    )


@migrations()
def m002_assignments(db: sqlite_utils.Database) -> None:
    """Keep what those who are assigned to a case answered, and how long they worked on it."""
    db.execute(
        "create table case_assignments ("
        " case_id text not null references cases (id),"
        " user text not null references users (name),"
        " state text not null check (state in ('accepted', 'declined')),"
        " answered_at text not null,"
        " primary key (case_id, user)"
        ") strict, without rowid"
    )
    db.execute(
        "create table case_hours ("
        " seq integer primary key,"
        " case_id text not null references cases (id),"
        " user text not null references users (name),"
        " day text not null,"
        " minutes integer not null"
        ") strict"
    )
    db.execute("create index case_hours_by_case on case_hours (case_id)")
    db.execute("create index case_hours_by_user on case_hours (user, day)")


@migrations()
def m003_no_conflict(db: sqlite_utils.Database) -> None:
    """
    Keep when those who took a case on declared that they have no conflict of interest in it.

    Empty where they declined, or took it on in an earlier version that did not ask.
    """
    db.execute("alter table case_assignments add column no_conflict_at text")
