"""What hubs promise each other about an escalation: by when it is answered, and by whom."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("federation-promises")


@migrations()
def m001_answer_by(db: sqlite_utils.Database) -> None:
    """Keep the day by which the receiver promised an answer; empty where it named none."""
    db.execute("alter table escalations add column answer_by text")


@migrations()
def m002_handed_to(db: sqlite_utils.Database) -> None:
    """Keep the host of the hub that a case was handed on to; empty where it was not."""
    db.execute("alter table escalations add column handed_to text")
