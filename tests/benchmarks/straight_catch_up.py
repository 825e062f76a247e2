"""
The straight line: the least that keeps and finds another hub's log. Not part of the node.

Usage: straight_catch_up.py ORIGIN FOLDER. Downloads the same pages, hashes every line, and inserts
it and its words into the same text index, a transaction a page. No signatures, no chain, no
checks of what it gets, no models, no facets, no labels, one language.
"""

import asyncio
import hashlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import uvloop

from content.database import connect
from tests.benchmarks.bench_inbox import peak_megabytes

PAGE = 500


def tables(path: Path) -> Any:
    """Return a connection to a new database with our settings and our text index."""
    db = connect(path, writes=True)
    db.execute(
        "create table lines (seq integer primary key, url text not null unique,"
        " digest text not null, line blob not null)"
    )
    db.execute(
        "create virtual table words using fts5(title, summary, names, facets, content='',"
        ' contentless_delete=1, tokenize="unicode61 remove_diacritics 0")'
    )
    return db.conn


def insert(db: Any, lines: list[bytes]) -> int:
    """Store one page; return the number of its last entry."""
    rows, words = [], []
    seq = 0
    for line in lines:
        entry = orjson.loads(line)
        seq = entry["h"]["seq"]
        content = entry["a"].get("object")
        url = content["id"] if content else entry["a"]["id"]
        rows.append((seq, url, hashlib.sha256(line).hexdigest(), line))
        if content:
            said = content["hub:resource"]
            title = " ".join(content["nameMap"].values())
            summary = " ".join(content["summaryMap"].values())
            facets = " ".join([said["kind"], said["language"], *said["topics"]])
            words.append((seq, title, summary, said["publisher"], facets))
    db.execute("begin immediate")
    db.executemany("insert into lines (seq, url, digest, line) values (?, ?, ?, ?)", rows)
    db.executemany(
        "insert into words (rowid, title, summary, names, facets) values (?, ?, ?, ?, ?)", words
    )
    db.execute("commit")
    return seq


async def follow(origin: str, folder: Path) -> None:
    """Read the log to its end and print the figures."""
    db = tables(folder / "straight.db")
    entries = seq = 0
    async with aiohttp.ClientSession(origin) as session:
        async with session.get("/hub/heads") as answer:
            log = (await answer.json())["heads"][0]["log"]
        started, cpu = time.perf_counter(), time.process_time()
        while True:
            async with session.get(f"/hub/log/{log}?after={seq}&limit={PAGE}") as answer:
                lines = (await answer.read()).splitlines()
            if not lines:
                break
            seq = await asyncio.to_thread(insert, db, lines)
            entries += len(lines)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    figures = {
        "seconds": seconds,
        "cpu": cpu,
        "entries": entries,
        "peak_mb": peak_megabytes("self"),
    }
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    uvloop.run(follow(sys.argv[1], Path(sys.argv[2])))
