"""A database of a hub, for the tests of the framework."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlite_utils

from content.changes import Act
from content.database import connect
from content.migrations import apply_migrations
from tests.seams import START


class Desk:
    """A database, and acts that follow each other by a minute."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self.db = db
        self._minutes = 0

    def act(self, by: str = "ana") -> Act:
        """Return the next act."""
        self._minutes += 1
        return Act(by, START + timedelta(minutes=self._minutes))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Return an empty database at which somebody works."""
    db = connect(tmp_path / "hub.db", writes=True)
    apply_migrations(db)
    yield Desk(db)
    db.close()
