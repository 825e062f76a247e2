"""What sites said in their robots.txt, kept for a day so that nobody is asked too often."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlite_utils

from content.times import from_text, to_text

FRESH: Final = timedelta(days=1)
"""How long an answer counts (RFC 9309, 2.4)."""
FRESH_FAILURE: Final = timedelta(hours=6)
GIVEN_UP: Final = timedelta(days=30)
"""After so long without an answer a site counts as one without rules (RFC 9309, 2.3.1.4)."""
FORGOTTEN: Final = timedelta(days=90)
_COLUMNS: Final = "site, rules, asked_at, failing_since, reason, reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsFile:
    """
    The last answer of a site. site: scheme, host and port.

    rules: those for us, "" for none; the last known ones where it fails now, None if there never
    were any. failing_since: since when there is no answer, with the reason in words. reached:
    whether there is a server at all.
    """

    site: str
    rules: str | None
    asked_at: datetime
    failing_since: datetime | None = None
    reason: str = ""
    reached: bool = True

    def is_fresh(self, now: datetime) -> bool:
        """Return whether the site need not be asked again yet."""
        kept = FRESH if self.failing_since is None else FRESH_FAILURE
        return timedelta() <= now - self.asked_at < kept

    def given_up(self, now: datetime) -> bool:
        """Return whether it fails for so long that it counts as not there."""
        return self.failing_since is not None and now - self.failing_since >= GIVEN_UP


class RobotsFiles:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def find(self, site: str) -> RobotsFile | None:
        """Return the last answer of a site, None if it was never asked."""
        row = self._db.execute(
            f"select {_COLUMNS} from robots_files where site = ?",  # noqa: S608 - our own words
            (site,),
        ).fetchone()
        return None if row is None else _file(row)

    def put(self, file: RobotsFile) -> None:
        """Keep an answer in place of the one before."""
        self._db.execute(
            f"insert or replace into robots_files ({_COLUMNS})"  # noqa: S608 - our own words
            " values (?, ?, ?, ?, ?, ?)",
            (
                file.site,
                file.rules,
                to_text(file.asked_at),
                None if file.failing_since is None else to_text(file.failing_since),
                file.reason,
                int(file.reached),
            ),
        )

    def prune(self, now: datetime) -> int:
        """Forget answers of sites that nobody asked for long; return how many."""
        gone = self._db.execute(
            "delete from robots_files where asked_at < ?", (to_text(now - FORGOTTEN),)
        )
        return int(gone.rowcount)


def _file(row: tuple[Any, ...]) -> RobotsFile:
    site, rules, asked_at, failing_since, reason, reached = row
    return RobotsFile(
        site=site,
        rules=rules,
        asked_at=from_text(asked_at),
        failing_since=None if failing_since is None else from_text(failing_since),
        reason=reason,
        reached=bool(reached),
    )
