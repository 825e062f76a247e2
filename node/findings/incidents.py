"""What `hub doctor` looks at among the incidents: is the clock of one running, or over?"""

from collections.abc import Iterator
from datetime import datetime

import sqlite_utils

from content.cases.vault import CaseVault
from content.incidents import IncidentStore
from node.findings.hub import Finding


def of_incidents(db: sqlite_utils.Database, vault: CaseVault, now: datetime) -> Iterator[Finding]:
    """Tell of open incidents by id and clock; what happened is shown by hub incident list only."""
    for each in IncidentStore(db, vault).list():
        yield Finding(
            "look" if now < each.due_at else "broken",
            "incidents",
            f"{each.id}: {each.clock(now)}",
            "See hub incident list; when it is dealt with: hub incident close.",
        )
