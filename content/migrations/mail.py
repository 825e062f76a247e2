"""Tables of mail. All names begin with mail, which is in database.CONFIDENTIAL_TABLES."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("mail")


@migrations()
def m001_people(db: sqlite_utils.Database) -> None:
    """How to write to users; the address is encrypted under a key of the vault."""
    db.execute(
        "create table mail_people ("
        " user text primary key references users (name),"
        " wrapped_key blob not null,"
        " address blob not null,"
        " language text not null,"
        " muted text not null"
        ") strict, without rowid"
    )


@migrations()
def m002_queue(db: sqlite_utils.Database) -> None:
    """
    What there is to tell, and the letters that tell it; no address, no text, no name of a case.

    recipient: user/NAME, case/ID for the requester of a case, mail/ID for the sender of a mail.
    """
    db.execute(
        "create table mail_letters ("
        " id integer primary key autoincrement,"
        " message text not null unique,"
        " recipient text not null,"
        " state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed')),"
        " attempts integer not null default 0,"
        " reason text not null default '',"
        " made_at text not null,"
        " due text not null,"
        " done_at text"
        ") strict"
    )
    db.execute("create index mail_letters_due on mail_letters (due) where state = 'waiting'")
    db.execute("create index mail_letters_by_recipient on mail_letters (recipient, made_at)")
    db.execute(
        "create table mail_occasions ("
        " id integer primary key,"
        " recipient text not null,"
        " kind text not null,"
        " subject text not null,"
        " noted_at text not null,"
        " due text not null,"
        " letter integer references mail_letters (id)"
        ") strict"
    )
    db.execute(
        "create unique index mail_occasions_open on mail_occasions (recipient, kind, subject)"
        " where letter is null"
    )
    db.execute("create index mail_occasions_by_letter on mail_occasions (letter)")
    db.execute(
        "create index mail_occasions_told on mail_occasions (recipient, kind, subject, letter)"
    )


@migrations()
def m003_unconfirmed(db: sqlite_utils.Database) -> None:
    """
    Mails that wait for their sender to confirm them, encrypted under a key of their own.

    token_sha256 is null for a sender who is only told that a mail was not taken; answer is what
    the sender got, under a key that only the token opens. mail_seen: keyed marks of what came.
    """
    db.execute(
        "create table mail_requests ("
        " id text primary key,"
        " token_sha256 blob unique,"
        " wrapped_key blob,"
        " content blob,"
        " token blob,"
        " case_id text references cases (id),"
        " size integer not null,"
        " received_at text not null,"
        " expires_at text not null,"
        " answer blob"
        ") strict, without rowid"
    )
    db.execute("create index mail_requests_by_end on mail_requests (expires_at)")
    db.execute("create index mail_requests_by_case on mail_requests (case_id)")
    db.execute(
        "create table mail_request_files ("
        " request text not null references mail_requests (id) on delete cascade,"
        " place integer not null,"
        " name blob not null,"
        " data blob not null,"
        " primary key (request, place)"
        ") strict"
    )
    db.execute(
        "create table mail_seen ("
        " message blob primary key,"
        " sender blob not null,"
        " at text not null"
        ") strict, without rowid"
    )
    db.execute("create index mail_seen_by_sender on mail_seen (sender, at)")
