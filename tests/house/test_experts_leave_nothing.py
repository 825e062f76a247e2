"""No table with something of an expert is forgotten when a listing moves or ends."""

import sqlite_utils

from content.database import CONFIDENTIAL_TABLES
from content.experts.belongings import TABLES
from content.public_access import is_denied
from node.assembly import SETS


def test_every_table_with_rows_of_an_expert_goes_along_and_goes_with_them() -> None:
    db = sqlite_utils.Database(memory=True)
    for each in SETS:
        each.apply(db)
    found = db.execute(
        "select tables.name from sqlite_schema as tables"
        " join pragma_table_info(tables.name) as columns"
        " where tables.type = 'table' and columns.name = 'expert_id'"
    ).fetchall()
    db.close()

    assert {name for (name,) in found} == set(TABLES), "see content/experts/belongings.py"
    assert all(is_denied(name, CONFIDENTIAL_TABLES) for name in TABLES)
