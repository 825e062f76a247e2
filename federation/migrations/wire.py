"""Tables of the wire: who we know, what came in, what goes out, who follows whom."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("federation-wire")


@migrations()
def m001_actors(db: sqlite_utils.Database) -> None:
    """Actors of other servers as they were fetched, and the keys that are theirs."""
    db.execute(
        "create table actors ("
        " id text primary key,"
        " document text not null,"
        " inbox text,"
        " shared_inbox text,"
        " takes_rfc9421 integer not null,"
        " fetched_at text not null,"
        " gone_at text"
        ") strict, without rowid"
    )
    db.execute(
        "create table actor_keys ("
        " id text primary key,"
        " actor text not null references actors (id) on delete cascade,"
        " public text not null,"
        " fetched_at text not null"
        ") strict, without rowid"
    )
    db.execute("create index actor_keys_by_actor on actor_keys (actor)")


@migrations()
def m002_inbox(db: sqlite_utils.Database) -> None:
    """What was accepted, byte for byte until it is handled; the id and digest stay as memory."""
    db.execute(
        "create table inbox ("
        " id integer primary key,"
        " activity_id text not null unique,"
        " actor text not null,"
        " key_id text not null,"
        " type text not null,"
        " digest blob not null,"
        " body blob,"
        " received_at text not null,"
        " state text not null check (state in ('waiting', 'done', 'quarantined', 'dropped')),"
        " attempts integer not null default 0,"
        " reason text not null default '',"
        " next_try text not null"
        ") strict"
    )
    db.execute("create index inbox_waiting on inbox (next_try, id) where state = 'waiting'")
    db.execute("create index inbox_quarantined on inbox (id) where state = 'quarantined'")
    db.execute("create index inbox_by_age on inbox (received_at)")
    db.execute(
        "create table tombstones ("
        " object text primary key,"
        " actor text not null,"
        " at text not null"
        ") strict, without rowid"
    )


@migrations()
def m003_outbox(db: sqlite_utils.Database) -> None:
    """One body an activity, one row a destination, and how each destination is doing."""
    db.execute(
        "create table outgoing ("
        " id integer primary key,"
        " activity_id text not null unique,"
        " body blob not null,"
        " sealed integer not null,"
        " at text not null"
        ") strict"
    )
    db.execute(
        "create table destinations ("
        " inbox text primary key,"
        " host text not null,"
        " is_hub integer not null,"
        " scheme text not null check (scheme in ('cavage', 'rfc9421')),"
        " failures integer not null default 0,"
        " failing_since text,"
        " next_try text,"
        " last_status text not null default '',"
        " last_contact text"
        ") strict, without rowid"
    )
    db.execute("create index destinations_failing on destinations (host) where failures > 0")
    db.execute(
        "create table deliveries ("
        " id integer primary key,"
        " outgoing_id integer not null references outgoing (id),"
        " destination text not null references destinations (inbox),"
        " state text not null check (state in ('waiting', 'delivered', 'failed', 'dropped')),"
        " attempts integer not null default 0,"
        " reason text not null default '',"
        " at text not null,"
        " done_at text,"
        " unique (outgoing_id, destination)"
        ") strict"
    )
    db.execute(
        "create index deliveries_waiting on deliveries (destination, id) where state = 'waiting'"
    )
    db.execute("create index deliveries_failed on deliveries (id) where state = 'failed'")
    db.execute("create index deliveries_done on deliveries (done_at) where done_at is not null")


@migrations()
def m004_follows(db: sqlite_utils.Database) -> None:
    """Who follows us, whom we follow, and what strangers said about what we published."""
    db.execute(
        "create table followers ("
        " actor text primary key,"
        " inbox text not null,"
        " shared_inbox text,"
        " follow_id text not null,"
        " since text not null"
        ") strict, without rowid"
    )
    db.execute("create index followers_by_follow on followers (follow_id)")
    db.execute(
        "create table following ("
        " actor text primary key,"
        " state text not null check (state in ('asked', 'accepted', 'rejected')),"
        " follow_id text not null unique,"
        " since text not null"
        ") strict, without rowid"
    )
    db.execute(
        "create table undone ("
        " activity_id text primary key,"
        " actor text not null,"
        " at text not null"
        ") strict, without rowid"
    )
    db.execute(
        "create table remarks ("
        " activity_id text primary key,"
        " actor text not null,"
        " kind text not null check (kind in ('like', 'flag', 'reply', 'announce')),"
        " object text not null,"
        " about text not null,"
        " text text not null,"
        " at text not null,"
        " state text not null check (state in ('unseen', 'seen', 'dropped'))"
        ") strict, without rowid"
    )
    db.execute("create index remarks_by_object on remarks (object)")
    db.execute("create index remarks_by_about on remarks (about)")
    db.execute("create index undone_by_age on undone (at)")
    db.execute("create index remarks_unseen on remarks (at) where state = 'unseen'")


@migrations()
def m005_notices(db: sqlite_utils.Database) -> None:
    """What a person has to look at: a changed key of a hub, a silence that lasts."""
    db.execute(
        "create table notices ("
        " kind text not null,"
        " subject text not null,"
        " text text not null,"
        " first_at text not null,"
        " last_at text not null,"
        " times integer not null,"
        " primary key (kind, subject)"
        ") strict, without rowid"
    )


@migrations()
def m006_owners(db: sqlite_utils.Database) -> None:
    """Whose an object is, where several actors share an origin: the posts of sources."""
    db.execute(
        "create table owners (object text primary key, actor text not null) strict, without rowid"
    )
