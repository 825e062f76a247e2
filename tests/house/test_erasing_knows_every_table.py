"""No table with something of a case is forgotten when the case is erased."""

from pathlib import Path

import pytest
import sqlite_utils

from content.cases.erasing import KEPT, TABLES
from content.database import CONFIDENTIAL_TABLES, connect
from content.migrations import apply_migrations
from content.public_access import is_denied
from federation.law import erasing as federated
from node.assembly import SETS

OF_A_CASE = {"case_id", "escalation_id"}
"""Columns that say that a row belongs to one case."""


@pytest.fixture
def db(tmp_path: Path) -> sqlite_utils.Database:
    db = connect(tmp_path / "hub.db", writes=True)
    apply_migrations(db, SETS)
    return db


def of_a_case(db: sqlite_utils.Database) -> set[str]:
    """Return the tables whose columns say that their rows belong to one case."""
    columns = db.execute(
        "select tables.name, columns.name from sqlite_schema as tables"
        " join pragma_table_info(tables.name) as columns where tables.type = 'table'"
    ).fetchall()
    return {table for table, column in columns if column in OF_A_CASE}


def test_every_table_with_rows_of_a_case_is_known_to_erasing(db: sqlite_utils.Database) -> None:
    known = {*TABLES, *federated.TABLES}

    assert of_a_case(db) - known == set(), (
        "add the table to content/cases/erasing.py or federation/law/erasing.py"
    )
    assert known - of_a_case(db) == set(), "erasing names a table that is none of a case"


def test_no_table_of_a_case_can_be_read_by_public_code(db: sqlite_utils.Database) -> None:
    readable = {name for name in of_a_case(db) if not is_denied(name, CONFIDENTIAL_TABLES)}

    assert readable == set()


def test_every_column_of_a_case_that_is_not_kept_can_be_emptied(db: sqlite_utils.Database) -> None:
    columns = db.execute("select name, [notnull] from pragma_table_info('cases')").fetchall()

    stuck = {name for name, not_null in columns if not_null and name not in KEPT}

    assert stuck == set(), "a column of cases must be nullable, so that erasing can empty it"
    assert {name for name, _ in columns} >= KEPT
