"""
One SQLite file and how it is opened (docs/adr/0004-sqlite.md).

Work is a function of an open `sqlite_utils.Database`. It never begins or commits: an executor of
content/executors.py does. Every connection has `synchronous=FULL`, so that what was answered
survives a power cut. Connections that only read are opened read-only.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import sqlite_utils
from sqlite_utils import utils as sqlite_choice

from content.errors import ContentError
from content.public_access import authorizer

sqlite3: Any = sqlite_choice.sqlite3  # type: ignore[attr-defined]
"""The SQLite module that sqlite-utils chose: pysqlite3 where it is installed, else the standard."""

T = TypeVar("T")
Work = Callable[[sqlite_utils.Database], T]

CONFIDENTIAL_TABLES = frozenset(
    {
        "cases",
        "case_messages",
        "offers",
        "escalations",
        "escalation_files",
        "sent_copies",
        "sealed_out",
        "sealed_in",
        "tokens",
        "users",
        "case_topics",
        "case_assignees",
        "case_assignments",
        "case_hours",
        "case_holds",
        "retention_told",
        "case_dues",
        "case_outcomes",
        "case_drafts",
        "case_draft_versions",
        "case_draft_remarks",
        "case_answers",
        "people_notices",
        "case_studies",
        "statistics_periods",
        "expert",
        "changes",
        "case_attachments",
        "case_attachment_parts",
        "case_receipts",
        "receipt_codes",
        "filings",
        "inbox",
        "remarks",
        "notices",
        "deliveries",
        "destinations",
        "mail",
        "erasures",
        "acknowledgements",
        "incidents",
        "framework",
        "proposals",
        "harvest",
        "merged_resources",
        "robots_files",
    }
)
"""Tables that connections of public code are denied, with all whose name begins with one of these
and an underscore, such as an index of their words (SECURITY.md B6, S38)."""

BUSY_MILLISECONDS = 30_000
CHECKPOINT_MILLISECONDS = 2_000
"""How long a checkpoint waits for readers: writers wait as long."""
WAL_KEPT_BYTES = 64 * 1024 * 1024


class DatabaseBusy(ContentError):
    """Another process held the database for too long; trying again is safe."""

    code: ClassVar[str] = "database-busy"

    def __init__(self) -> None:
        super().__init__("The database is busy. Nothing was stored; try again in a moment.")


class StorageFull(ContentError):
    """The disk is full or cannot be written; what was asked is not stored."""

    code: ClassVar[str] = "storage-full"

    def __init__(self) -> None:
        super().__init__("The disk of this hub is full or not writable. Nothing was stored.")


class QueryTookTooLong(ContentError):
    """A read was stopped at its time limit."""

    code: ClassVar[str] = "query-too-long"

    def __init__(self) -> None:
        super().__init__("That question takes too long to answer. Ask for something narrower.")


class DatabaseClosed(ContentError):
    """The node is stopping; what was asked is not stored."""

    code: ClassVar[str] = "database-closed"

    def __init__(self) -> None:
        super().__init__("This hub is stopping. Nothing was stored; try again in a moment.")


class Database(Protocol):
    """What federation/ and node/ see of the storage: run work in a transaction, or read."""

    async def write(self, work: Work[T]) -> T:
        """
        Run work in a transaction; return its result once it is on disk, or raise its error.

        Who cancels the wait does not know whether the work was stored.
        """
        ...

    async def read(self, work: Work[T]) -> T:
        """
        Run work on a connection that cannot write, with one and the same state for all it reads.

        For staff and workers: sees all tables. The result is a value, not a cursor or generator.
        """
        ...

    async def read_public(self, work: Work[T]) -> T:
        """As `read`, for public code: confidential tables are denied, the time is short."""
        ...

    async def data_version(self) -> int:
        """Return a number that changes when another process wrote to the file."""
        ...

    async def checkpoint(self) -> bool:
        """Move the write-ahead log into the database file; False if a reader held it up."""
        ...

    async def rewrite(self) -> bool:
        """
        Write the file anew without a trace of what was dropped, and empty the write-ahead log.

        secure_delete alone leaves copies of rows that once moved from page to page (docs/adr/0033).
        Takes as long as copying the file, and twice its room; writers wait. False if a reader held
        up the end of it: then do it again.
        """
        ...

    async def close(self) -> None:
        """Finish what is queued and close."""
        ...


def sqlite_is_affected(version: tuple[int, ...]) -> bool:
    """
    Return whether this SQLite has the WAL-reset bug, which can lose commits.

    version: such as (3, 40, 1). Fixed in 3.51.3, and in the backports 3.44.6 and 3.50.7.
    Source: https://sqlite.org/wal.html#walresetbug
    """
    if version >= (3, 51, 3):
        return False
    return not (version[:2] == (3, 44) and version >= (3, 44, 6)) and not (
        version[:2] == (3, 50) and version >= (3, 50, 7)
    )


def connect(path: Path, *, writes: bool, public: bool = False) -> sqlite_utils.Database:
    """
    Open the file at path with our settings; the caller closes it.

    writes: True makes the file if there is none, for its owner's eyes only; False opens it
    read-only. public: deny the confidential tables (content/public_access.py).
    """
    if writes and not path.exists():
        path.touch(mode=0o600)
    address = path.resolve().as_uri() + ("" if writes else "?mode=ro")
    connection: Any = sqlite3.connect(
        address, uri=True, isolation_level=None, check_same_thread=False
    )
    connection.execute(f"pragma busy_timeout = {BUSY_MILLISECONDS}")
    if writes:
        mode = "truncate" if sqlite_is_affected(sqlite3.sqlite_version_info) else "wal"
        connection.execute(f"pragma journal_mode = {mode}")
        connection.execute(f"pragma journal_size_limit = {WAL_KEPT_BYTES}")
    connection.execute("pragma synchronous = full")
    connection.execute("pragma foreign_keys = on")
    connection.execute("pragma secure_delete = on")
    connection.execute("pragma trusted_schema = off")
    db = sqlite_utils.Database(connection)
    if not writes:
        connection.execute("pragma query_only = on")
    if public:
        connection.set_authorizer(authorizer(sqlite3, CONFIDENTIAL_TABLES))
    return db


@contextmanager
def transaction(db: sqlite_utils.Database) -> Iterator[None]:
    """
    Begin immediately, commit at the end, roll back on any error. Not nested.

    Raises DatabaseBusy or StorageFull where SQLite says so, else the error as it is.
    """
    try:
        db.conn.execute("begin immediate")
        yield
        db.conn.execute("commit")
    except BaseException as error:
        if db.conn.in_transaction:
            db.conn.execute("rollback")
        ours = storage_error(error)
        if ours is error:
            raise
        raise ours from error


def emptied_wal(db: sqlite_utils.Database) -> bool:
    """Move the write-ahead log into the file and empty it; False if a reader held it up."""
    db.conn.execute(f"pragma busy_timeout = {CHECKPOINT_MILLISECONDS}")
    try:
        busy, _, _ = db.conn.execute("pragma wal_checkpoint(truncate)").fetchone()
    finally:
        db.conn.execute(f"pragma busy_timeout = {BUSY_MILLISECONDS}")
    return not busy


def rewritten(db: sqlite_utils.Database) -> bool:
    """See `Database.rewrite`; outside of a transaction. Raises DatabaseBusy or StorageFull."""
    try:
        db.conn.execute("vacuum")
    except sqlite3.Error as error:
        raise storage_error(error) from error
    return emptied_wal(db)


@contextmanager
def snapshot(db: sqlite_utils.Database) -> Iterator[None]:
    """Let all reads inside see one and the same state, whatever is written meanwhile."""
    db.conn.execute("begin")
    try:
        yield
    finally:
        with suppress(sqlite3.Error):
            db.conn.execute("rollback")


_BUSY = (5, 6)
"""SQLITE_BUSY and SQLITE_LOCKED (https://sqlite.org/rescode.html)."""
_NOT_WRITABLE = (8, 10, 13, 14)
"""SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL and SQLITE_CANTOPEN."""


def storage_error(error: BaseException) -> BaseException:
    """Return our own refusal for a busy database or a full disk, else the error as it is."""
    primary = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if primary in _BUSY:
        return DatabaseBusy()
    if primary in _NOT_WRITABLE:
        return StorageFull()
    return error
