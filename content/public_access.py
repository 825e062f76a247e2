"""
What a connection of public code may do: read what is public, and nothing else.

SQLite asks this function while it prepares a statement, for every table that the statement
touches, also through views, joins and subqueries (https://sqlite.org/c3ref/set_authorizer.html).
So a mistake in public code fails; it does not leak (SECURITY.md B6, S38).
"""

from collections.abc import Callable
from typing import Any

Authorizer = Callable[..., int]

_HARMLESS_PRAGMAS = frozenset(
    {"data_version", "table_info", "table_xinfo", "index_list", "index_info", "index_xinfo"}
)
_SCHEMA = frozenset({"sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema"})
_RAW = ("sqlite_", "dbstat")
"""Tables of SQLite itself: statistics hold samples of every index, others hold raw pages."""
_FORBIDDEN_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer"})


def is_denied(table: str, confidential: frozenset[str]) -> bool:
    """Return whether public code may not read the table."""
    name = table.lower()
    if name in confidential or any(name.startswith(f"{each}_") for each in confidential):
        return True
    return name.startswith(_RAW) and name not in _SCHEMA


def authorizer(sqlite3: Any, confidential: frozenset[str]) -> Authorizer:
    """Return the function for `set_authorizer`; sqlite3 is the module of the connection."""
    allowed = frozenset(
        {
            sqlite3.SQLITE_SELECT,
            sqlite3.SQLITE_RECURSIVE,
            sqlite3.SQLITE_TRANSACTION,
            sqlite3.SQLITE_SAVEPOINT,
        }
    )

    def authorize(action: int, first: str | None, second: str | None, *_: object) -> int:
        if action == sqlite3.SQLITE_READ:
            fine = not is_denied(first or "", confidential)
        elif action == sqlite3.SQLITE_FUNCTION:
            fine = second not in _FORBIDDEN_FUNCTIONS
        elif action == sqlite3.SQLITE_PRAGMA:
            fine = first in _HARMLESS_PRAGMAS and not is_denied(second or "", confidential)
        else:
            fine = action in allowed
        return int(sqlite3.SQLITE_OK if fine else sqlite3.SQLITE_DENY)

    return authorize
