"""Tables of the catalogue: our own records, others' records, who the hubs are, and the indexes."""

import sqlite_utils
from sqlite_utils import Migrations

from content.search.facets import split_facets
from content.search.signs import SignStore

migrations = Migrations("catalogue")


@migrations()
def m001_resources(db: sqlite_utils.Database) -> None:
    """Resources of this hub; a retracted one keeps its row, and its import key is free again."""
    db.execute(
        "create table resources ("
        " id text primary key,"
        " revision integer not null,"
        " state text not null check (state in ('draft', 'published', 'retracted')),"
        " record text not null,"
        " source text not null,"
        " source_id text not null,"
        " link_status text not null check (link_status in ('unchecked', 'ok', 'broken')),"
        " created_at text not null,"
        " updated_at text not null,"
        " published_at text"
        ") strict"
    )
    db.execute("create index resources_by_state on resources (state, id)")
    db.execute(
        "create unique index resources_by_source on resources (source, source_id)"
        " where state <> 'retracted'"
    )


@migrations()
def m002_experts(db: sqlite_utils.Database) -> None:
    """Experts of this hub. Who left leaves an id and dates, nothing personal."""
    db.execute(
        "create table experts ("
        " id text primary key,"
        " revision integer not null,"
        " state text not null check (state in ('active', 'paused', 'left')),"
        " record text,"
        " created_at text not null,"
        " updated_at text not null,"
        " check ((state = 'left') = (record is null))"
        ") strict"
    )
    db.execute("create index experts_by_state on experts (state, id)")


@migrations()
def m003_held(db: sqlite_utils.Database) -> None:
    """
    What other hubs and sources published, as received; of what is gone only the tombstone.

    One shape for resources and experts. document: the signed JSON, for later checks of its proof.
    """
    for table in ("held_resources", "held_experts"):
        db.execute(
            f"create table {table} ("
            " hub text not null,"
            " ref text not null,"
            " url text not null unique,"
            " origin_kind text not null check (origin_kind in ('hub', 'source')),"
            " record text,"
            " document text,"
            " label text,"
            " published_at text,"
            " updated_at text,"
            " received_at text not null,"
            " gone_at text,"
            " primary key (hub, ref),"
            " check ((gone_at is null) = (record is not null)),"
            " check ((record is null) = (document is null))"
            ") strict"
        )


@migrations()
def m004_hubs(db: sqlite_utils.Database) -> None:
    """Who is who: this hub, its peers and sources, as pages and facets show them."""
    db.execute(
        "create table hubs ("
        " host text primary key,"
        " name text not null,"
        " city text not null,"
        " country text not null,"
        " language text not null,"
        " kind text not null check (kind in ('self', 'hub', 'coalition', 'source')),"
        " g text unique,"
        " actor text not null,"
        " last_heard_at text"
        ") strict, without rowid"
    )
    db.execute("create unique index hubs_self on hubs (kind) where kind = 'self'")


@migrations()
def m005_indexes(db: sqlite_utils.Database) -> None:
    """
    What searches read: `catalogue` for resources and `directory` for experts (docs/adr/0011).

    Derived; `rebuild` makes them anew. facets: what the record counts for, narrow on purpose.
    The text itself is in no column: the words are in the index, the rest in the stores.
    """
    for table in ("catalogue", "directory"):
        db.execute(
            f"create table {table} ("
            " id integer primary key autoincrement,"
            " url text not null unique,"
            " hub text not null,"
            " ref text not null,"
            " own integer not null,"
            " label text not null check (label in ('tlp-clear', 'tlp-green', 'tlp-amber',"
            "  'tlp-amber-strict', 'tlp-red')),"
            " facets text not null,"
            " sort_title text not null,"
            " published_at text not null"
            ") strict"
        )
        db.execute(f"create index {table}_by_ref on {table} (hub, ref)")
        db.execute(
            f"create index {table}_newest on {table} (published_at desc, id desc, label, facets)"
        )
        db.execute(f"create index {table}_hidden on {table} (label) where label <> 'tlp-clear'")
        db.execute(f"create index {table}_titles on {table} (sort_title, id)")
        db.execute(
            f"create virtual table {table}_text using fts5("
            "title, summary, names, facets, content='', contentless_delete=1,"
            ' tokenize="unicode61 remove_diacritics 0")'
        )
    db.execute("create table index_state (name text primary key, value text not null) strict")


@migrations()
def m006_words(db: sqlite_utils.Database) -> None:
    """The words of the indexes, as tables that hold nothing themselves (docs/adr/0047)."""
    for table in ("catalogue", "directory"):
        db.execute(f"create virtual table {table}_words using fts5vocab({table}_text, instance)")


@migrations()
def m007_signs(db: sqlite_utils.Database) -> None:
    """
    Facets in one sign each, and an index of what is counted by number (docs/adr/0075).

    `facets` stays as it is, for the coverage of the catalogue, with an index of its own.
    """
    db.execute("create table facet_signs (number integer primary key, facet text not null unique)")
    signs = SignStore(db)
    for table in ("catalogue", "directory"):
        db.execute(f"alter table {table} add column signs text not null default ''")
        db.execute(f"drop index {table}_newest")
        last = 0
        while rows := db.execute(
            f"select id, facets from {table} where id > ? order by id limit 1000",  # noqa: S608
            (last,),
        ).fetchall():
            for number, facets in rows:
                of_record = [
                    (letter, value)
                    for letter, values in split_facets(facets).items()
                    for value in sorted(values)
                ]
                db.execute(
                    f"update {table} set signs = ? where id = ?",  # noqa: S608
                    (signs.write(of_record), number),
                )
            last = rows[-1][0]
        db.execute(
            f"create index {table}_newest on {table} (published_at desc, id desc, label, signs)"
        )
        db.execute(f"create index {table}_counted on {table} (id, label, published_at, signs)")
        db.execute(f"create index {table}_covered on {table} (facets, label)")
