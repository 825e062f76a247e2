"""Tables of people, of changes, and of cases. Names in database.CONFIDENTIAL_TABLES."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("cases")


@migrations()
def m001_changes(db: sqlite_utils.Database) -> None:
    """Who did what, when; never the text of a case."""
    db.execute(
        "create table changes ("
        " seq integer primary key autoincrement,"
        " at text not null,"
        " by text not null,"
        " what text not null,"
        " subject text not null,"
        " note text not null"
        ") strict"
    )
    db.execute("create index changes_by_subject on changes (subject, seq)")


@migrations()
def m002_people(db: sqlite_utils.Database) -> None:
    """Named users, and the tokens that act for them; of a token only its SHA-256."""
    db.execute(
        "create table users ("
        " name text primary key,"
        " display_name text not null,"
        " role text not null,"
        " active integer not null,"
        " created_at text not null"
        ") strict, without rowid"
    )
    db.execute(
        "create table tokens ("
        " id text primary key,"
        " sha256 blob not null unique,"
        " user text not null references users (name),"
        " label text not null,"
        " role text not null,"
        " created_at text not null,"
        " expires_at text,"
        " revoked_at text,"
        " last_used text"
        ") strict, without rowid"
    )
    db.execute("create index tokens_by_user on tokens (user, id)")


@migrations()
def m003_cases(db: sqlite_utils.Database) -> None:
    """
    Cases: what is needed to sort them is plain, every text is encrypted under a key of the case.

    An erased case keeps its id and its dates; the rest is null (docs/adr/0026-case-vault.md).
    """
    db.execute(
        "create table cases ("
        " id text primary key,"
        " revision integer not null,"
        " status text not null,"
        " wrapped_key blob,"
        " title blob,"
        " question blob,"
        " requester blob,"
        " language text,"
        " country text,"
        " label text,"
        " sensitivity text,"
        " escalated_from text,"
        " created_at text not null,"
        " updated_at text not null,"
        " closed_at text,"
        " check ((status = 'case-erased') = (wrapped_key is null)),"
        " check (status <> 'case-erased' or coalesce(title, question, requester, language,"
        "  country, label, sensitivity, escalated_from) is null)"
        ") strict"
    )
    db.execute("create index cases_by_status on cases (status, id)")
    db.execute(
        "create table case_topics ("
        " topic text not null,"
        " case_id text not null references cases (id),"
        " place integer not null,"
        " primary key (topic, case_id)"
        ") strict, without rowid"
    )
    db.execute("create index case_topics_by_case on case_topics (case_id, place)")
    db.execute(
        "create table case_assignees ("
        " user text not null references users (name),"
        " case_id text not null references cases (id),"
        " place integer not null,"
        " primary key (user, case_id)"
        ") strict, without rowid"
    )
    db.execute("create index case_assignees_by_case on case_assignees (case_id, place)")
    db.execute(
        "create table case_messages ("
        " seq integer primary key,"
        " id text not null unique,"
        " case_id text not null references cases (id),"
        " kind text not null,"
        " author text not null,"
        " at text not null,"
        " escalation_id text,"
        " text blob not null"
        ") strict"
    )
    db.execute("create index case_messages_by_case on case_messages (case_id, seq)")
