"""Tables of escalations and sealed messages. All are in database.CONFIDENTIAL_TABLES."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("federation-escalation")


@migrations()
def m001_escalations(db: sqlite_utils.Database) -> None:
    """
    Escalations as this hub sees them, and the texts of offers that nobody has accepted yet.

    Texts are encrypted under a key of their own; a receiver that declined, or whose offer was
    withdrawn or expired, has neither key nor texts any more (docs/adr/0017-escalation-states.md).
    """
    db.execute(
        "create table escalations ("
        " id text primary key,"
        " direction text not null check (direction in ('out', 'in')),"
        " peer text not null,"
        " offer_id text not null,"
        " case_id text references cases (id),"
        " remote_case text,"
        " state text not null,"
        " expired integer not null default 0,"
        " wrapped_key blob,"
        " title blob,"
        " reason blob,"
        " refer text not null default '[]',"
        " topics text not null default '[]',"
        " language text,"
        " country text,"
        " requester_role text,"
        " label text not null,"
        " sensitivity text not null,"
        " due text not null,"
        " due_by text not null,"
        " created_at text not null,"
        " updated_at text not null,"
        " unique (peer, direction, offer_id),"
        " check (wrapped_key is not null or coalesce(title, reason) is null)"
        ") strict, without rowid"
    )
    db.execute("create index escalations_by_case on escalations (case_id, id)")
    db.execute("create index escalations_by_state on escalations (state, due_by)")
    db.execute(
        "create table offers ("
        " escalation_id text primary key references escalations (id),"
        " wrapped_key blob not null,"
        " body blob not null"
        ") strict, without rowid"
    )


@migrations()
def m002_sealed_messages(db: sqlite_utils.Database) -> None:
    """
    The channel to and from each peer: numbers, acknowledgements, and what is still under way.

    The inner message is kept, encrypted, only until the peer has acknowledged it (out), or while
    it waits for an earlier one (in). escalation_id, verb and seen are the moves of `states.Move`.
    """
    db.execute(
        "create table sealed_out ("
        " peer text not null,"
        " n integer not null,"
        " inner_id text not null unique,"
        " escalation_id text,"
        " verb text,"
        " seen integer not null,"
        " wrapped_key blob,"
        " inner blob,"
        " outer_id text not null,"
        " object_id text not null unique,"
        " kid text not null,"
        " at text not null,"
        " sent_at text not null,"
        " acked_at text,"
        " refused text,"
        " primary key (peer, n)"
        ") strict, without rowid"
    )
    db.execute("create index sealed_out_by_escalation on sealed_out (escalation_id, n)")
    db.execute("create index sealed_out_unacked on sealed_out (sent_at) where acked_at is null")
    db.execute(
        "create table sealed_in ("
        " peer text not null,"
        " n integer not null,"
        " inner_id text not null,"
        " escalation_id text,"
        " verb text,"
        " seen integer not null,"
        " state text not null check (state in ('held', 'applied', 'refused')),"
        " wrapped_key blob,"
        " inner blob,"
        " at text not null,"
        " primary key (peer, n)"
        ") strict, without rowid"
    )
    db.execute("create index sealed_in_by_inner_id on sealed_in (peer, inner_id)")
    db.execute("create index sealed_in_by_escalation on sealed_in (escalation_id, n)")
    # When we last told a peer that we cannot open what it sends, so that two hubs which have lost
    # each other's keys do not tell each other so for ever.
    db.execute(
        "create table sealed_out_refusals ("
        " peer text not null,"
        " reason text not null,"
        " at text not null,"
        " primary key (peer, reason)"
        ") strict, without rowid"
    )


@migrations()
def m003_terms(db: sqlite_utils.Database) -> None:
    """
    On which terms a copy went to another hub, encrypted with its title, and what of it went.

    delete_by stands beside them in plain, since retention finds copies by it. fields are the names
    of what left, never a value: they are still known when the texts are gone.
    """
    db.execute("alter table escalations add column terms blob")
    db.execute("alter table escalations add column delete_by text")
    db.execute("alter table escalations add column fields text not null default '[]'")


@migrations()
def m004_files(db: sqlite_utils.Database) -> None:
    """
    Files that go with copies: offered by us (out), or by another hub and to be fetched (in).

    blob: SHA-256 of the sealed blob, by which it is fetched. details: its key, what it is and what
    it is called, encrypted under a key of its own. attachment_id: where its bytes are, in a case of
    ours. A file goes with its copy: rows are deleted.
    """
    db.execute(
        "create table escalation_files ("
        " id text primary key,"
        " escalation_id text not null references escalations (id),"
        " direction text not null check (direction in ('out', 'in')),"
        " peer text not null,"
        " blob text not null,"
        " state text not null check (state in ('offered', 'arrives', 'here', 'unavailable')),"
        " tries integer not null default 0,"
        " next_try text not null default '',"
        " attachment_id text,"
        " wrapped_key blob not null,"
        " details blob not null"
        ") strict, without rowid"
    )
    db.execute("create index escalation_files_by_escalation on escalation_files (escalation_id)")
    db.execute("create index escalation_files_by_blob on escalation_files (blob)")


@migrations()
def m005_revealed(db: sqlite_utils.Database) -> None:
    """Keep what of a requester was told to the other hub: the names of fields, never a value."""
    db.execute("alter table escalations add column revealed text not null default '[]'")


@migrations()
def m006_sent_copies(db: sqlite_utils.Database) -> None:
    """
    What a copy of our case says that another hub has, so that it can be put right there.

    Encrypted under a key of its own, and gone when the escalation is over. behind_since: when the
    case was corrected here and that hub was not told.
    """
    db.execute(
        "create table sent_copies ("
        " escalation_id text primary key references escalations (id),"
        " behind_since text,"
        " wrapped_key blob not null,"
        " body blob not null"
        ") strict, without rowid"
    )
