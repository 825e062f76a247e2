"""Items of frameworks among what is published, what waits for that, and what is erased."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("federation-framework")


@migrations()
def m001_framework_items(db: sqlite_utils.Database) -> None:
    """
    Let the three tables that know kinds of records know this one too.

    SQLite changes no check of a table, so each is made anew with its rows and indexes. The answers
    of hubs that were asked to erase refer to the erasures and step aside meanwhile.
    """
    known = "'resource', 'expert'"
    wider = "'resource', 'expert', 'framework-item'"
    _anew(db, "published", known, wider)
    _anew(db, "waiting_releases", known, wider)
    db.execute("create temp table asked_aside as select * from erasures_asked")
    asked = _definition(db, "erasures_asked")
    db.execute("drop table erasures_asked")
    _anew(db, "erasures", known, wider)
    for sql in asked:
        db.execute(sql)
    db.execute("insert into erasures_asked select * from asked_aside")
    db.execute("drop table asked_aside")


def _definition(db: sqlite_utils.Database, table: str) -> list[str]:
    """Return what makes a table and then its indexes."""
    rows = db.execute(
        "select sql from sqlite_schema where tbl_name = ? and sql is not null"
        " order by type = 'table' desc, name",
        (table,),
    )
    return [row[0] for row in rows.fetchall()]


def _anew(db: sqlite_utils.Database, table: str, known: str, wider: str) -> None:
    table_sql, *indexes = _definition(db, table)
    if known not in table_sql:
        raise RuntimeError(f"The table {table} is not as it was made.")
    aside = f"{table}_aside"
    db.execute(f"create temp table {aside} as select * from {table}")  # noqa: S608 - our words
    db.execute(f"drop table {table}")
    db.execute(table_sql.replace(known, wider))
    db.execute(f"insert into {table} select * from {aside}")  # noqa: S608 - our words
    db.execute(f"drop table {aside}")
    for sql in indexes:
        db.execute(sql)
