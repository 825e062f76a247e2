"""
How fast resources are imported and found, beside plain FTS5 over the same texts in the same run.

The plain line does the least that full-text search can do: one table, no facets, no labels, no
vocabulary, no language maps; the top 20 by bm25 and nothing else. Run as a module:
python -m tests.benchmarks.bench_search 100000
"""

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlite_utils

from content.catalogue import Catalogue
from content.changes import Act
from content.database import connect, transaction
from content.ids import new_id
from content.migrations import apply_migrations
from content.resources.importing import read_jsonl
from content.resources.record import ResourceRecord
from content.resources.resource import Resource
from content.resources.store import ResourceStore
from content.search import ResourceQuery, search_resources
from tests.benchmarks.records import synthetic_records, word
from tests.seams import START, SeededChance

ORIGIN = "https://hub.bench.example"
BATCH = 1_000
QUERIES_OF_A_CLASS = 60
Figures = dict[str, Any]

CLASSES: dict[str, tuple[int, tuple[int, int]]] = {
    "rare": (1, (20_000, 100_000)),
    "middling": (1, (1_000, 5_000)),
    "common": (1, (100, 500)),
    "stop word": (1, (1, 10)),
    "two words": (2, (500, 5_000)),
}
"""Words of a query and the ranks they are drawn from (as the classes of the plain figures)."""
USER_MIX = {"two words": 50, "middling": 25, "rare": 15, "common": 10}


def main(records: int) -> Figures:
    """Measure with that many records; return seconds, rates and milliseconds by name."""
    with tempfile.TemporaryDirectory(prefix="bench-search-") as folder:
        lines = [_line(record) for record in synthetic_records(records, hubs=50)]
        figures: Figures = {"records": records}
        ours, plain = Path(folder) / "hub.db", Path(folder) / "plain.db"
        figures["import"] = _rate(records, lambda: _import(ours, lines), ours)
        figures["plain import"] = _rate(records, lambda: _import_plain(plain, lines), plain)
        figures["search"] = _measure(ours, _ours)
        figures["plain search"] = _measure(plain, _plain)
        figures["with filters"] = _filters(ours)
        return figures


def _line(record: ResourceRecord) -> str:
    return json.dumps(record.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False)


def _rate(count: int, work: Callable[[], None], path: Path) -> Figures:
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    megabytes = path.stat().st_size / 1e6
    return {
        "seconds": round(seconds, 2),
        "records per second": round(count / seconds),
        "megabytes": round(megabytes),
    }


def _import(path: Path, lines: list[str]) -> None:
    db = connect(path, writes=True)
    apply_migrations(db)
    fill(db, lines)
    db.close()


def fill(db: sqlite_utils.Database, lines: list[str]) -> None:
    """Read and check every line, store it, index it, note who did it; 1,000 a transaction."""
    chance, number = SeededChance("bench"), 0
    for start in range(0, len(lines), BATCH):
        found = read_jsonl(lines[start : start + BATCH])
        assert not found.problems
        with transaction(db):
            resources, catalogue = ResourceStore(db), Catalogue(db)
            for record in found.records:
                number += 1
                act = Act("bench", START + timedelta(seconds=number))
                resource = Resource.new(record, act, resource_id=new_id(act.at, chance))
                resource = resource.publish(act.at)
                resources.add(resource, act)
                catalogue.index_own(resource, ORIGIN)


def _import_plain(path: Path, lines: list[str]) -> None:
    db = connect(path, writes=True)
    db.execute("create table documents (id integer primary key, body text not null)")
    db.execute("create virtual table words using fts5(title, summary, content='')")
    for start in range(0, len(lines), BATCH):
        with transaction(db):
            for number, line in enumerate(lines[start : start + BATCH], start):
                record = json.loads(line)
                (title,), (summary,) = record["title"].values(), record["summary"].values()
                db.execute("insert into documents values (?, ?)", (number, line))
                db.execute(
                    "insert into words (rowid, title, summary) values (?, ?, ?)",
                    (number, title, summary),
                )
    db.close()


def _measure(path: Path, search: Callable[[sqlite_utils.Database, str], object]) -> Figures:
    db = connect(path, writes=False, public=True)
    dice = random.Random(7)
    times: dict[str, list[float]] = {}
    for name in CLASSES:
        for query in _queries(name, dice, 5):
            search(db, query)
        times[name] = [
            _milliseconds(lambda query=query: search(db, query))  # type: ignore[misc]
            for query in _queries(name, dice, QUERIES_OF_A_CLASS)
        ]
    mix = random.Random(8)
    names = mix.choices(list(USER_MIX), list(USER_MIX.values()), k=400)
    times["user mix"] = [
        _milliseconds(lambda name=name: search(db, next(_queries(name, mix, 1))))  # type: ignore[misc]
        for name in names
    ]
    db.close()
    return {name: _spread(each) for name, each in times.items()}


def _filters(path: Path) -> Figures:
    """Pages that people open: without words, and with words and a facet chosen."""
    db = connect(path, writes=False, public=True)
    pages = {
        "all, newest": ResourceQuery(),
        "all, by title": ResourceQuery(sort="title"),
        "kind": ResourceQuery(kind="guide"),
        "topic": ResourceQuery(topic="procurement"),
        "language": ResourceQuery(language="pt"),
        "concept": ResourceQuery(q="contratación pública"),
        "middling and kind": ResourceQuery(q=word(2_000), kind="policy"),
        "common and language": ResourceQuery(q=word(200), language="en"),
        "middling, while typing": ResourceQuery(q=word(2_000)[:4]),
    }
    figures = {}
    for name, query in pages.items():
        times = [_milliseconds(lambda query=query: search_resources(db, query)) for _ in range(20)]  # type: ignore[misc]
        figures[name] = _spread(times[2:])
    db.close()
    return figures


def _queries(name: str, dice: random.Random, count: int) -> Iterator[str]:
    words, (lowest, highest) = CLASSES[name]
    for _ in range(count):
        yield " ".join(word(dice.randint(lowest, highest)) for _ in range(words))


def _ours(db: sqlite_utils.Database, query: str) -> object:
    # The blank ends the last word, so that it is searched as the plain line searches it.
    return search_resources(db, ResourceQuery(q=query + " "))


def _plain(db: sqlite_utils.Database, query: str) -> object:
    expression = " AND ".join(f'"{each}"' for each in query.split())
    return db.execute(
        "select d.body from (select rowid as id from words where words match ?"
        " order by rank limit 20) join documents d using (id)",
        (expression,),
    ).fetchall()


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _spread(times: list[float]) -> Figures:
    ordered = sorted(times)
    return {
        "p50 ms": round(ordered[len(ordered) // 2], 2),
        "p95 ms": round(ordered[int(len(ordered) * 0.95)], 2),
        "max ms": round(ordered[-1], 2),
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000), indent=2))
