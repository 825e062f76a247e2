"""
Our follower, for the benchmark of catching up. Usage: ours_catch_up.py ORIGIN FOLDER

Makes a hub, takes the hub at ORIGIN as an active peer, reads its logs to their ends, and prints
what it took as JSON.
"""

import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

from content.search import ResourceQuery, search_resources
from federation.catching_up import catch_up
from federation.discovery import discover
from federation.peering import add_peer
from federation.peers import PeerStore
from node.garbage import collect_seldom
from tests.benchmarks.bench_inbox import free_port, peak_megabytes
from tests.benchmarks.records import synthetic_records
from tests.hubs.running import running_hub
from tests.seams import FixedClock

EARLY = 10_000
"""After so many entries memory is noted, to be compared with the end."""


async def follow(origin: str, folder: Path) -> None:
    """Catch up and print the figures."""
    early: list[float] = []
    async with running_hub(
        folder / "ours.db",
        "Barcelona",
        trusted=[urlsplit(origin).netloc],
        port=free_port(),
        clock=FixedClock(),
    ) as hub:
        found = await discover(hub.node, origin)
        peer = await hub.do(lambda db: add_peer(db, hub.hub, found, hub.act()))
        # As a coalition it is asked for its public log only: it does not know us.
        peer = replace(peer, state="active", kind="coalition")
        await hub.do(lambda db: PeerStore(db).replace(peer))

        def progress(_host: str, entries: int) -> None:
            if entries >= EARLY and not early:
                early.append(peak_megabytes("self"))

        collect_seldom()  # as serving hubs and `hub sync` do
        started, cpu = time.perf_counter(), time.process_time()
        done = await catch_up(hub.node, peer, progress=progress)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        peak = peak_megabytes("self")
        if done.problem:
            raise RuntimeError(done.problem)
        title = next(synthetic_records(1)).title
        query = ResourceQuery(q=next(iter(title.values())) + " ")
        hits = await hub.node.database.read_public(lambda db: search_resources(db, query))
        if not any(dict(item.title) == title for item in hits.items):
            raise RuntimeError("The first record is not found.")
    figures = {
        "seconds": seconds,
        "cpu": cpu,
        "entries": done.entries,
        "early_mb": early[0] if early else 0.0,
        "peak_mb": peak,
    }
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    uvloop.run(follow(sys.argv[1], Path(sys.argv[2])))
