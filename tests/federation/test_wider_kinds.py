"""Databases from before items of frameworks were published keep all they hold when they grow."""

from pathlib import Path

import pytest

from content.database import connect, sqlite3
from content.migrations import apply_migrations
from federation.migrations import framework
from node.assembly import SETS

BEFORE = tuple(each for each in SETS if each is not framework.migrations)
REF = "01KAT3Q8T6W3Y6M0S0V4N8Z2XH"


def test_rows_indexes_and_references_survive_the_new_kind(tmp_path: Path) -> None:
    db = connect(tmp_path / "hub.db", writes=True)
    apply_migrations(db, BEFORE)
    db.execute("insert into published values (?, 'expert', 'public', 3, 'gone', 'a', 'b')", (REF,))
    db.execute("insert into waiting_releases values (7, 'resource', ?, 'a')", (REF,))
    db.execute(
        "insert into erasures (request, subject, kind, ref, log, seq, at)"
        " values ('r', 's', 'case', ?, null, null, 'a')",
        (REF,),
    )
    db.execute(
        "insert into erasures_asked (request, actor, host, inbox, asked_at, next_ask)"
        " values ('r', 'actor', 'host', 'inbox', 'a', 'b')"
    )
    tables = ("published", "waiting_releases", "erasures", "erasures_asked")
    rows = {name: db.execute(f"select * from {name}").fetchall() for name in tables}  # noqa: S608
    names = "select type, name, tbl_name from sqlite_schema where sql is not null order by 1, 2"
    known = db.execute(names).fetchall()

    apply_migrations(db, SETS)

    assert rows == {
        name: db.execute(f"select * from {name}").fetchall()  # noqa: S608
        for name in tables
    }
    assert db.execute(names).fetchall() == known
    assert db.execute("pragma foreign_key_check").fetchall() == []
    db.execute("insert into published values ('x', 'framework-item', 'public', 1, 'live', '', '')")
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("insert into published values ('y', 'league', 'public', 1, 'live', '', '')")
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("delete from erasures")
    db.close()
