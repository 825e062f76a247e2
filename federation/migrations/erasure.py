"""Tables of erasure: who has what of ours, whom we asked to erase it, and what we owe others."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("federation-erasure")


@migrations()
def m001_acknowledgements(db: sqlite_utils.Database) -> None:
    """
    How much of our logs each hub has acknowledged: the span from its first entry to its last.

    A span and not a list: whoever takes entry 9 after entry 5 reads what is between, and to ask
    one too many for an erasure harms nobody. how: by what it was acknowledged last.
    """
    db.execute(
        "create table acknowledgements ("
        " actor text not null,"
        " log text not null,"
        " first integer not null,"
        " last integer not null,"
        " how text not null check (how in ('delivery', 'log', 'head')),"
        " at text not null,"
        " primary key (actor, log)"
        ") strict, without rowid"
    )
    db.execute("create index acknowledgements_by_log on acknowledgements (log)")
    db.execute("create index peers_by_inbox on peers (inbox)")


@migrations()
def m002_erasures(db: sqlite_utils.Database) -> None:
    """
    Erasures that we asked for, and the answer of every hub that was asked.

    request: id of the Delete. swept_at: when our own file was clean of it. log and seq: where the
    Delete stands; null for what is in no log. got: how a hub acknowledged the content, null if it
    may never have had it. receipt: the signed document, kept for ever as evidence.
    """
    db.execute(
        "create table erasures ("
        " request text primary key,"
        " subject text not null,"
        " kind text not null check (kind in ('resource', 'expert', 'case')),"
        " ref text not null,"
        " log text,"
        " seq integer,"
        " at text not null,"
        " swept_at text"
        ") strict, without rowid"
    )
    db.execute("create index erasures_by_time on erasures (at desc, request desc)")
    db.execute("create index erasures_by_ref on erasures (ref)")
    db.execute("create index erasures_unswept on erasures (at) where swept_at is null")
    db.execute(
        "create table erasures_asked ("
        " request text not null references erasures (request),"
        " actor text not null,"
        " host text not null,"
        " inbox text not null,"
        " got text check (got in ('delivery', 'log', 'head')),"
        " asked_at text not null,"
        " asks integer not null default 1,"
        " next_ask text not null,"
        " receipt text,"
        " erased_at text,"
        " received_at text,"
        " settled_at text,"
        " settled_by text,"
        " settled_note text not null default '',"
        " primary key (request, actor)"
        ") strict, without rowid"
    )
    db.execute(
        "create index erasures_asked_missing on erasures_asked (next_ask)"
        " where got is not null and receipt is null and settled_at is null"
    )


@migrations()
def m003_owed(db: sqlite_utils.Database) -> None:
    """
    Erasures that another hub asked us for: what was dropped, and the receipt that we owe it.

    swept_at: when our file was clean of it; only then a receipt is made. receipt: its id once it
    was sent.
    """
    db.execute(
        "create table erasures_owed ("
        " request text primary key,"
        " actor text not null,"
        " inbox text not null,"
        " subject text not null,"
        " g text not null,"
        " log text not null,"
        " ref text not null,"
        " held integer not null,"
        " dropped_at text not null,"
        " swept_at text,"
        " receipt text,"
        " sent_at text"
        ") strict, without rowid"
    )
    db.execute("create index erasures_owed_by_ref on erasures_owed (g, ref)")
    db.execute("create index erasures_owed_by_receipt on erasures_owed (receipt)")
    db.execute(
        "create index erasures_owed_open on erasures_owed (dropped_at) where receipt is null"
    )


@migrations()
def m004_forget_what_was_retracted(db: sqlite_utils.Database) -> None:
    """Drop the content of resources that were taken back, which used to stay in our own file."""
    db.execute(
        "update resources set record = '', source = '', source_id = '' where state = 'retracted'"
    )
    db.execute(
        "update outgoing set body = x'' where activity_id in (select e.activity from log_entries e"
        " where e.document is null and e.activity <> '')"
    )


@migrations()
def m005_dropped(db: sqlite_utils.Database) -> None:
    """What was dropped here and had never left: nobody is asked, but the file is to be clean."""
    db.execute("create table erasures_dropped (n integer primary key, at text not null) strict")
    db.execute("insert into erasures_dropped (at) values ('')")


@migrations()
def m006_owed_for_copies(db: sqlite_utils.Database) -> None:
    """Receipts for copies of cases are owed too; they go sealed."""
    db.execute(
        "alter table erasures_owed add column kind text not null default 'record'"
        " check (kind in ('record', 'case'))"
    )
