"""Tables of the work on cases: dates, outcomes, drafts, answers, notices to people, lessons."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("casework")


@migrations()
def m001_dates_and_outcomes(db: sqlite_utils.Database) -> None:
    """
    By when something of a case is due, and how it ended.

    day: a date in the time zone of the hub. reason is encrypted under the key of the case.
    """
    db.execute(
        "create table case_dues ("
        " case_id text not null references cases (id),"
        " kind text not null check (kind in ('answer', 'reply')),"
        " day text not null,"
        " reason blob,"
        " primary key (case_id, kind)"
        ") strict, without rowid"
    )
    db.execute("create index case_dues_by_day on case_dues (kind, day)")
    db.execute(
        "create table case_outcomes ("
        " case_id text primary key references cases (id),"
        " outcome text not null"
        ") strict, without rowid"
    )


@migrations()
def m002_people_notices(db: sqlite_utils.Database) -> None:
    """
    What somebody of this hub should look at: a kind and a case, never a text.

    about: what else tells one notice from another, such as the day that is meant. What sends mail
    reads this table by seq.
    """
    db.execute(
        "create table people_notices ("
        " seq integer primary key autoincrement,"
        " user text not null references users (name),"
        " kind text not null,"
        " case_id text not null references cases (id),"
        " about text not null,"
        " made_at text not null,"
        " seen_at text,"
        " unique (user, kind, case_id, about)"
        ") strict"
    )
    db.execute("create index people_notices_unseen on people_notices (user, seq)")
    db.execute("create index people_notices_by_case on people_notices (case_id)")


@migrations()
def m003_drafts(db: sqlite_utils.Database) -> None:
    """
    Drafts of an answer with all their versions, what others say to them, and sent answers.

    content, text, record are encrypted under the key of the case.
    """
    db.execute(
        "create table case_draft_versions ("
        " draft_id text not null,"
        " revision integer not null,"
        " case_id text not null references cases (id),"
        " by text not null,"
        " at text not null,"
        " content blob not null,"
        " primary key (draft_id, revision)"
        ") strict, without rowid"
    )
    db.execute("create index case_draft_versions_by_case on case_draft_versions (case_id)")
    db.execute(
        "create table case_drafts ("
        " id text primary key,"
        " case_id text not null references cases (id),"
        " author text not null references users (name),"
        " revision integer not null,"
        " state text not null check (state in ('open', 'merged', 'dropped')),"
        " created_at text not null,"
        " updated_at text not null"
        ") strict, without rowid"
    )
    db.execute("create index case_drafts_by_case on case_drafts (case_id, id)")
    db.execute(
        "create table case_draft_remarks ("
        " seq integer primary key,"
        " draft_id text not null,"
        " case_id text not null references cases (id),"
        " revision integer not null,"
        " kind text not null check (kind in ('comment', 'approval')),"
        " by text not null,"
        " at text not null,"
        " text blob"
        ") strict"
    )
    db.execute("create index case_draft_remarks_by_case on case_draft_remarks (case_id, seq)")
    db.execute(
        "create table case_answers ("
        " message_id text primary key,"
        " case_id text not null references cases (id),"
        " record blob not null"
        ") strict, without rowid"
    )
    db.execute("create index case_answers_by_case on case_answers (case_id)")


@migrations()
def m004_requester_role(db: sqlite_utils.Database) -> None:
    """Let cases be found by the role of who asks; empty in cases of earlier versions."""
    db.execute("alter table cases add column requester_role text")


@migrations()
def m005_lessons(db: sqlite_utils.Database) -> None:
    """
    Which case study came out of which case, and for which periods statistics were published.

    A period is published once for ever: two versions of it could be told apart by a single case.
    """
    db.execute(
        "create table case_studies ("
        " resource_id text primary key,"
        " case_id text not null references cases (id)"
        ") strict, without rowid"
    )
    db.execute("create index case_studies_by_case on case_studies (case_id)")
    db.execute(
        "create table statistics_periods ("
        " period text primary key,"
        " resource_id text not null"
        ") strict, without rowid"
    )
