"""
A backup: one SQLite file with all that a database holds, and a table that says whose and when.

It is made beside a running server by SQLite's backup API (https://sqlite.org/backup.html), of one
and the same moment whatever is written meanwhile. Case texts are in it as they lie in the database:
encrypted under a key that is not (docs/adr/0040-backup.md).
"""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Final

import sqlite_utils

from content.database import DatabaseBusy, connect, sqlite3
from content.errors import ContentError
from content.times import from_text, to_text

PAGES_AT_ONCE: Final = 2000
"""How many pages are copied before the progress is told; a page has 4 KiB."""
_TABLE: Final = "backup_note"
FORMAT: Final = 1
BACKUP: Final = "backup"
"""Subject of the changes that tell of backups."""
MADE, MADE_KEYS, RESTORED = "hub.backup", "hub.backup-keys", "hub.restore"

Progress = Callable[[int, int], None]
"""Is told pages done, and pages in all."""


class NotABackup(ContentError):
    """The file is no backup of a hub, or it is damaged. Nothing was changed."""

    code: ClassVar[str] = "not-a-backup"


@dataclass(frozen=True, slots=True)
class BackupNote:
    """
    Whose backup it is, and of when.

    version: of the program. settings: the text of hub.toml. counts: rows by table, to see that all
    of them arrive.
    """

    made_at: datetime
    version: str
    origin: str
    settings: str
    counts: dict[str, int]


def copy_database(
    source: Path, target: Path, progress: Progress = lambda _done, _all: None
) -> None:
    """
    Copy a database into a new file, page by page, while others go on reading and writing it.

    The copy is one file, without a write-ahead log beside it. Raises NotABackup if source is no
    database.
    """
    with closing(_opened(source)) as origin, closing(connect(target, writes=True)) as copy:
        try:
            # Held open, so that what is written meanwhile does not make the copy begin again.
            origin.conn.execute("begin")
            origin.conn.execute("select count(*) from sqlite_schema").fetchone()
            origin.conn.backup(
                copy.conn,
                pages=PAGES_AT_ONCE,
                progress=lambda _status, left, total: progress(total - left, total),
            )
            copy.conn.execute("pragma journal_mode = delete").fetchone()
        except sqlite3.DatabaseError as error:
            raise NotABackup(f"{source} is no database that can be copied: {error}.") from error


def problems_of_file(db: sqlite_utils.Database) -> tuple[str, ...]:
    """Return what SQLite finds wrong with a database, page by page and row by row; at most ten."""
    try:
        rows = [row[0] for row in db.execute("pragma integrity_check(10)").fetchall()]
        if rows != ["ok"]:
            return tuple(rows)
        wrong = db.execute("pragma foreign_key_check").fetchall()
    except sqlite3.DatabaseError as error:
        return (str(error),)
    return tuple(f"row {row[1]} of {row[0]} points to nothing" for row in wrong[:10])


def count_rows(db: sqlite_utils.Database) -> dict[str, int]:
    """Return how many rows each table has, without those that an index of words is made of."""
    shadows = ("_data", "_idx", "_docsize", "_config", "_content")
    names = [
        name
        for name in db.table_names()
        if not name.startswith("sqlite_")
        and name != _TABLE
        and not ("_text_" in name and name.endswith(shadows))
    ]
    return {
        name: int(db.execute(f"select count(*) from [{name}]").fetchone()[0])  # noqa: S608
        for name in names
    }


def write_note(db: sqlite_utils.Database, note: BackupNote) -> None:
    """Write into a copy whose it is."""
    document = {"format": FORMAT, **asdict(note), "made_at": to_text(note.made_at)}
    db.execute(f"create table {_TABLE} (document text not null) strict")
    db.execute(f"insert into {_TABLE} values (?)", (json.dumps(document),))  # noqa: S608


def take_note(db: sqlite_utils.Database) -> BackupNote:
    """Return whose backup a copy was made of, and drop the table. Raises NotABackup."""
    try:
        row = db.execute(f"select document from {_TABLE}").fetchone()  # noqa: S608
        document = json.loads(row[0])
        if document.pop("format") != FORMAT:
            raise NotABackup("This backup was made by a later version of Rights Hub.")
        note = BackupNote(**{**document, "made_at": from_text(document["made_at"])})
    except (sqlite3.Error, TypeError, KeyError, ValueError) as error:
        raise NotABackup("This file is no backup that `hub backup` made.") from error
    db.execute(f"drop table {_TABLE}")
    return note


def fold(path: Path) -> None:
    """
    Put all of a database into its one file, so that it can be moved.

    Raises DatabaseBusy where somebody else has it open; sqlite3.DatabaseError where it is damaged.
    """
    with closing(connect(path, writes=True)) as db:
        db.execute("pragma busy_timeout = 2000")
        try:
            mode = db.execute("pragma journal_mode = delete").fetchone()[0]
        except sqlite3.OperationalError as error:
            raise DatabaseBusy from error
        if mode != "delete":
            raise DatabaseBusy


def _opened(path: Path) -> sqlite_utils.Database:
    if not path.is_file():
        raise NotABackup(f"There is no file {path}.")
    if path.with_name(path.name + "-wal").exists():
        return connect(path, writes=False)
    try:
        # No -wal beside it: nobody writes to it. A medium that is read-only has no place for one.
        return connect(path, writes=False) if _is_in_wal_mode(path) else _immutable(path)
    except sqlite3.DatabaseError as error:
        raise NotABackup(f"{path} is no database.") from error


def _is_in_wal_mode(path: Path) -> bool:
    """Return whether a server may begin to write to this file: a backup is in another mode."""
    with path.open("rb") as file:
        return file.read(20)[18:20] == b"\x02\x02"


def _immutable(path: Path) -> sqlite_utils.Database:
    address = path.resolve().as_uri() + "?immutable=1"
    return sqlite_utils.Database(sqlite3.connect(address, uri=True, isolation_level=None))
