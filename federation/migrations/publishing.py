"""Tables of publishing: the logs, what of ours is out, who our peers are, what sources sent."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("federation-publishing")


@migrations()
def m001_logs(db: sqlite_utils.Database) -> None:
    """
    Logs, our own and copies of others; `log` is a name as protocol/log_entries.py makes them.

    An erased entry keeps its header and loses its document (DESIGN: "Erasure"); header and
    document are kept as the bytes that were signed or received.
    """
    db.execute(
        "create table log_entries ("
        " log text not null,"
        " seq integer not null,"
        " header text not null,"
        " op text not null,"
        " ref text not null,"
        " activity text not null,"
        " document text,"
        " primary key (log, seq)"
        ") strict"
    )
    db.execute("create index log_entries_by_ref on log_entries (log, ref)")
    db.execute("create index log_entries_by_activity on log_entries (activity)")
    db.execute("create index log_manifests on log_entries (log, seq) where op = 'Manifest'")
    db.execute(
        "create index log_entries_readable on log_entries (log, seq)"
        " where op <> 'Manifest' and document is not null"
    )
    db.execute(
        "create table log_heads ("
        " log text primary key,"
        " seq integer not null,"
        " hash text not null,"
        " header text not null,"
        " own integer not null,"
        " heard_at text not null"
        ") strict, without rowid"
    )


@migrations()
def m002_published(db: sqlite_utils.Database) -> None:
    """What of ours is out, in which log its newest activity stands, and what was taken back."""
    db.execute(
        "create table published ("
        " ref text primary key,"
        " kind text not null check (kind in ('resource', 'expert')),"
        " log text not null check (log in ('public', 'network')),"
        " seq integer not null,"
        " state text not null check (state in ('live', 'gone')),"
        " published_at text not null,"
        " changed_at text not null"
        ") strict, without rowid"
    )
    db.execute("create index published_by_log on published (log, kind) where state = 'live'")


@migrations()
def m003_peers(db: sqlite_utils.Database) -> None:
    """Who our peers are, by which keys we know them, and who approved whom."""
    db.execute(
        "create table peers ("
        " actor text primary key,"
        " host text not null unique,"
        " g text unique,"
        " kind text not null check (kind in ('hub', 'coalition', 'source')),"
        " name text not null,"
        " city text not null,"
        " country text not null,"
        " language text not null,"
        " inbox text not null,"
        " state text not null check (state in"
        "  ('new', 'offered', 'active', 'suspended', 'blocked', 'ended')),"
        " document text not null,"
        " manifest text,"
        " pinned_keys text not null,"
        " sealing_keys text not null,"
        " fingerprint text not null,"
        " our_offer text,"
        " their_offer text,"
        " we_approved_at text,"
        " we_approved_by text,"
        " they_approved_at text,"
        " agreement text not null,"
        " agreed_on text,"
        " added_by text not null,"
        " added_at text not null,"
        " last_contact_at text,"
        " caught_up_at text"
        ") strict, without rowid"
    )
    db.execute("create index peers_by_state on peers (state, kind)")


@migrations()
def m004_announced(db: sqlite_utils.Database) -> None:
    """What a coalition has announced to its own followers, so that it does so once."""
    db.execute(
        "create table announced ("
        " object text primary key,"
        " activity text not null,"
        " at text not null"
        ") strict, without rowid"
    )


@migrations()
def m005_changes(db: sqlite_utils.Database) -> None:
    """In which order what is out changed, for harvesters that ask what is new since."""
    db.execute("create index published_changes on published (kind, log, changed_at, ref)")
