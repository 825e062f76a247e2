"""The table of proposals; it is in CONFIDENTIAL_TABLES."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("proposals")


@migrations()
def m001_proposals(db: sqlite_utils.Database) -> None:
    """Corrections that were proposed, by whom, and what became of them."""
    db.execute(
        "create table proposals ("
        " id text primary key,"
        " direction text not null check (direction in ('in', 'out', 'own')),"
        " peer text not null,"
        " actor text not null,"
        " offer text not null,"
        " resource text not null,"
        " changes text not null,"
        " reason text not null,"
        " base text not null,"
        " by text not null,"
        " created_at text not null,"
        " state text not null check (state in"
        "  ('waiting', 'accepted', 'declined', 'withdrawn', 'gone')),"
        " decided_at text,"
        " decided_by text not null,"
        " answer text not null,"
        " credit integer not null,"
        " reply text not null,"
        " result text"
        ") strict"
    )
    db.execute(
        "create unique index proposals_by_offer on proposals (offer, actor) where offer <> ''"
    )
    db.execute("create index proposals_by_resource on proposals (resource)")
    db.execute(
        "create index proposals_thanked on proposals (coalesce(result, resource)) where credit"
    )
    db.execute("create index proposals_by_state on proposals (state, id)")
