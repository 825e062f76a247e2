"""Making and upgrading the tables of a database."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlite_utils
from sqlite_utils import Migrations

from content.database import connect
from content.migrations import (
    SETS,
    DatabaseTooNew,
    apply_migrations,
    links,
    pending_migrations,
)


def test_migrations_are_applied_once(tmp_path: Path) -> None:
    db = connect(tmp_path / "hub.db", writes=True)

    assert apply_migrations(db) == len(pending_migrations(sqlite_utils.Database(memory=True)))
    assert apply_migrations(db) == 0
    assert pending_migrations(db) == ()
    assert {"resources", "experts", "hubs", "cases", "changes"} <= set(db.table_names())
    db.close()


def test_a_database_of_a_later_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    db = connect(tmp_path / "hub.db", writes=True)
    later = Migrations("tomorrow")

    @later()
    def m001_flying_hubs(db: sqlite_utils.Database) -> None:
        db.execute("create table flying_hubs (id integer primary key)")

    apply_migrations(db, (*SETS, later))
    with pytest.raises(DatabaseTooNew, match="tomorrow/m001_flying_hubs") as refused:
        apply_migrations(db)

    assert "later version" in str(refused.value)
    assert "flying_hubs" in db.table_names()
    db.close()


def test_a_migration_that_fails_leaves_nothing_half_made(tmp_path: Path) -> None:
    db = connect(tmp_path / "hub.db", writes=True)
    broken = Migrations("broken")

    @broken()
    def m001_half(db: sqlite_utils.Database) -> None:
        db.execute("create table half (id integer primary key)")
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        apply_migrations(db, (*SETS, broken))

    assert db.table_names() == []
    assert apply_migrations(db) > 0
    db.close()


def test_processes_that_start_together_apply_each_migration_once(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    program = (
        "import sys; from pathlib import Path; from content.database import connect;"
        " from content.migrations import apply_migrations;"
        " sys.stdin.readline(); db = connect(Path(sys.argv[1]), writes=True);"
        " print(apply_migrations(db))"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    counts = [int(process.communicate(timeout=60)[0]) for process in processes]

    assert sorted(counts)[:2] == [0, 0]
    assert all(process.returncode == 0 for process in processes)


def test_what_was_seen_of_links_outlives_the_upgrade_that_adds_a_state(tmp_path: Path) -> None:
    db = connect(tmp_path / "hub.db", writes=True)
    links.migrations.apply(db, stop_before="m002_stay_away")
    seen = ("https://city.example/a", "gone", "Why.", None, "1", "2", "3", 0)
    db.execute("insert into link_checks values (?, ?, ?, ?, ?, ?, ?, ?)", seen)

    links.migrations.apply(db)
    db.execute("update link_checks set failures = 1 where status = 'gone'")
    db.execute("insert into link_checks values ('b', 'disallowed', '', null, '1', '2', '3', 0)")

    kept = db.execute("select * from link_checks where status = 'gone'").fetchall()
    assert kept == [(*seen[:-1], 1)]
    db.close()
