"""
What this hub keeps about an expert beside the listing, and what becomes of it.

A listing that was out and is corrected has a new id (docs/adr/0010): everything else goes along.
"""

from typing import Final

import sqlite_utils

TABLES: Final = (
    *("expert_hours", "expert_contacts", "expert_links", "expert_pauses", "expert_accounts"),
)
"""All tables with an `expert_id`; a test holds that."""


def carry_over(db: sqlite_utils.Database, old_id: str, new_id: str) -> None:
    """Keep what belongs to an expert whose corrected listing has a new id."""
    for table in TABLES:
        db.execute(
            f"update {table} set expert_id = ? where expert_id = ?",  # noqa: S608 - our own words
            (new_id, old_id),
        )


def forget_belongings(db: sqlite_utils.Database, expert_id: str) -> None:
    """Drop what belongs to an expert who left."""
    for table in TABLES:
        db.execute(f"delete from {table} where expert_id = ?", (expert_id,))  # noqa: S608
