"""Tables of what the law asks about other hubs. A later column of `peers`."""

import sqlite_utils
from sqlite_utils import Migrations

migrations = Migrations("federation-law")


@migrations()
def m001_transfer_basis(db: sqlite_utils.Database) -> None:
    """On which ground personal data may go to a peer in another country; "" was never said."""
    db.execute("alter table peers add column transfer_basis text not null default ''")
