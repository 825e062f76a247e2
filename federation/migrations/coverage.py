"""An index of the logs by month, for trends (federation/coverage.py); no tables."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("federation-coverage")


@migrations()
def m001_months(db: sqlite_utils.Database) -> None:
    """
    Count what logs say month by month without reading their entries.

    A header is kept as canonical JSON and begins with {"at":"2026-11-…: the month is its 8th to
    14th sign.
    """
    db.execute("create index log_entries_by_month on log_entries (log, substr(header, 8, 7), op)")
