"""
How long the coalition's view takes over 100,000 records of 50 hubs, beside the straight line.

The straight line reads every record and counts it by topic, language and country, as a script over
an export would. Ours counts from indexes, and a second time not at all.
Run as a module: python -m tests.benchmarks.bench_coverage 100000
"""

import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlite_utils

from content.changes import Act
from content.database import connect, transaction
from content.framework.sharing import HeldFrameworkStore, SharedItem
from content.framework.upstream import upstream
from content.held import Held
from content.hubs import HubDirectory, HubEntry
from content.ids import new_id
from content.labels import Label
from content.resources.held import HeldResource, HeldResourceStore
from content.resources.statistics import summarise
from content.times import to_text
from federation import coverage as seen
from federation.hub import Identity
from federation.migrations import SETS
from federation.statistics import statistics_record
from protocol.keys import SigningKey
from protocol.log_entries import make_entry
from protocol.multikey import encode_base64url
from tests.benchmarks.bench_search import ORIGIN, _import, _line
from tests.benchmarks.records import synthetic_records
from tests.nodes_at_work import open_node
from tests.seams import START, SeededChance

HUBS = 50
Figures = dict[str, Any]


def main(records: int = 100_000) -> Figures:
    """Measure with that many records; return milliseconds by name, and print them."""
    with tempfile.TemporaryDirectory(prefix="bench-coverage-") as folder:
        path = Path(folder) / "hub.db"
        _import(path, [_line(record) for record in synthetic_records(records, hubs=HUBS)])
        figures = asyncio.run(measure(Path(folder), records))
    print(json.dumps(figures, indent=2))
    return figures


async def measure(folder: Path, records: int) -> Figures:
    """Measure on hub.db in a folder, whose catalogue is filled: it gets hubs and their logs."""
    db = connect(folder / "hub.db", writes=True)
    with transaction(db):
        for each in SETS:
            each.apply(db)
        _fill(db, records)
    db.close()
    async with open_node(folder, origin=ORIGIN) as node:
        read, now = node.database.read_public, START + timedelta(days=1)
        return {
            "records": records,
            "straight line": await _milliseconds(read(_straight)),
            "coverage, first": await _milliseconds(read(lambda db: seen.coverage(db, node, now))),
            "coverage, again": await _milliseconds(read(lambda db: seen.coverage(db, node, now))),
            "gaps": await _milliseconds(read(lambda db: seen.gaps(db, node, now))),
            "freshness": await _milliseconds(read(lambda db: seen.freshness(db, node.hub, now))),
            "framework": await _milliseconds(read(lambda db: seen.framework(db, node.hub))),
            "flow": await _milliseconds(read(lambda db: seen.flow(db, node.hub))),
            "trends, first": await _milliseconds(read(lambda db: seen.development(db, node, now))),
            "trends, again": await _milliseconds(read(lambda db: seen.development(db, node, now))),
        }


def _fill(db: sqlite_utils.Database, records: int) -> None:
    """Let 50 hubs have logs of that many entries, statistics of four quarters, and frameworks."""
    chance, act = SeededChance("coverage"), Act("bench", START)
    vocabulary = [f"2025-Q{quarter}" for quarter in range(1, 5)]
    for number in range(HUBS):
        host, g = f"hub{number}.example", encode_base64url(bytes([number]) * 32)
        HubDirectory(db).put(
            HubEntry(
                host=host,
                name=f"Hub {number}",
                city="City",
                country="NL",
                language="nl",
                kind="hub",
                g=g,
                actor=f"https://{host}/actor",
            )
        )
        identity = Identity(
            f"https://{host}", f"Hub {number}", "City", "NL", "nl", "Europe/Amsterdam", "hub", g
        )
        counts = {"procurement": 5 + number % 9, "education-data": 5 + number % 7}
        for period in vocabulary:
            told = summarise(period, 40, counts, counts, {"sent": 6})
            _hold(db, identity, told, new_id(act.at, chance), act)
        for item in upstream().framework.items:
            _show(db, host, SharedItem(item=item, upstream="2026-11"), new_id(act.at, chance), act)
        _log(db, g, records // HUBS)


def _hold(db: sqlite_utils.Database, identity: Identity, told: Any, ref: str, act: Act) -> None:
    held: HeldResource = Held(
        hub=identity.host,
        ref=ref,
        url=f"{identity.origin}/resources/{ref}",
        record=statistics_record(identity, told),
        document="{}",
        label=Label.CLEAR,
        received_at=act.at,
    )
    HeldResourceStore(db).put(held)


def _show(db: sqlite_utils.Database, host: str, item: SharedItem, ref: str, act: Act) -> None:
    HeldFrameworkStore(db).put(
        Held(
            hub=host,
            ref=ref,
            url=f"https://{host}/framework/{ref}",
            record=item,
            document="{}",
            label=Label.CLEAR,
            received_at=act.at,
        )
    )


def _log(db: sqlite_utils.Database, g: str, entries: int) -> None:
    """Write entries as large as real ones, over a year; the last is a real one, signed."""
    first, chance = START - timedelta(days=365), SeededChance(g)
    key = SigningKey.from_seed("https://hub.example/actor#key", chance.bytes(32))
    last = make_entry(
        log=g,
        seq=entries,
        prev=None,
        at=START,
        op="Create",
        ref=new_id(START, chance),
        document={"id": "x"},
        key=key,
    )
    rows = []
    for seq in range(1, entries + 1):
        at = to_text(first + timedelta(days=365 * seq / entries))
        text = last.h.canonical.decode()
        if seq < entries:
            text = text.replace(last.h.at, at).replace(f'"seq":{entries}', f'"seq":{seq}')
        rows.append((g, seq, text, "Create", last.h.ref, "", "x" * 2500))
    db.conn.executemany(
        "insert into log_entries (log, seq, header, op, ref, activity, document)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def _straight(db: sqlite_utils.Database) -> Counter[tuple[str, str, str]]:
    counts: Counter[tuple[str, str, str]] = Counter()
    for (stored,) in db.execute("select record from resources where state = 'published'"):
        record = json.loads(stored)
        for topic in record["topics"]:
            counts[topic, record["language"], record.get("country", "")] += 1
    return counts


async def _milliseconds(work: Awaitable[object]) -> float:
    start = time.perf_counter()
    await work
    return round((time.perf_counter() - start) * 1000, 1)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
