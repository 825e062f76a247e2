"""What statistics tell of escalations: bands, by the quarter of the offer, and never tlp-red."""

from pathlib import Path
from typing import Any

import sqlite_utils

from content.resources.statistics import Band, EscalationFlow
from federation.statistics import statistics_of, statistics_record
from tests.nodes_at_work import do, open_node

IN, OUT = "2026-08-01T10:00:00.000Z", "2026-10-01T10:00:00.000Z"


def add(db: sqlite_utils.Database, count: int, direction: str, state: str, **more: Any) -> None:
    """Put so many escalations into the table, as they stand after a while."""
    (before,) = db.execute("select count(*) from escalations").fetchone()
    for number in range(before, before + count):
        db.execute(
            "insert into escalations (id, direction, peer, offer_id, state, label, sensitivity,"
            " due, due_by, created_at, updated_at) values (?, ?, 'far.example', ?, ?, ?,"
            " 'data-none', '', '', ?, ?)",
            (
                f"{number:026}",
                direction,
                f"offer-{number}",
                state,
                more.get("label", "tlp-amber"),
                more.get("at", IN),
                IN,
            ),
        )


async def test_offers_of_a_quarter_are_told_in_bands_with_what_became_of_them(
    tmp_path: Path,
) -> None:
    async with open_node(tmp_path) as node:
        identity = node.hub.identity

        def fill(db: sqlite_utils.Database) -> None:
            add(db, 4, "out", "esc-answered")
            add(db, 2, "out", "esc-confirmed")
            add(db, 3, "out", "esc-declined")
            add(db, 2, "out", "esc-expired")
            add(db, 9, "out", "esc-answered", label="tlp-red")
            add(db, 9, "in", "esc-answered", at=OUT)
            add(db, 4, "in", "esc-accepted")

        await do(node, fill)
        told = await node.database.read(lambda db: statistics_of(db, identity, "2026-Q3"))

    assert told.escalations == EscalationFlow(
        sent=Band.FROM_10,
        sent_answered=Band.FROM_5_TO_9,
        sent_declined=Band.FROM_5_TO_9,
        received=Band.UNDER_5,
        received_answered=Band.UNDER_5,
        received_declined=Band.UNDER_5,
    )
    words = statistics_record(identity, told).summary["en"]
    assert "Cases offered to other hubs: 10 or more (answered: 5 to 9;" in words


async def test_with_under_five_each_way_nothing_is_told_of_escalations(tmp_path: Path) -> None:
    async with open_node(tmp_path) as node:

        def fill(db: sqlite_utils.Database) -> None:
            add(db, 4, "out", "esc-answered")
            add(db, 4, "in", "esc-declined")

        await do(node, fill)
        told = await node.database.read(lambda db: statistics_of(db, node.hub.identity, "2026-Q3"))

    assert told.escalations is None
    record = statistics_record(node.hub.identity, told)
    assert "offered" not in record.summary["en"]
