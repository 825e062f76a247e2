"""
The hub whose log the others read: publishes N records, then serves. Usage: serve_log.py PORT N

The records are those of `records.py`, about 1 KB each; each is signed, and so is its activity and
its entry in the log. Prints "ready" once it serves.
"""

import asyncio
import sys
import tempfile
from functools import partial
from itertools import islice
from pathlib import Path

import sqlite_utils
import uvloop

from content.resources.record import ResourceRecord
from federation.publishing import import_resources
from tests.benchmarks.records import synthetic_records
from tests.hubs.running import RunningHub, running_hub
from tests.seams import FixedClock

BATCH = 1_000


async def publish(hub: RunningHub, count: int) -> None:
    """Publish that many records, 1,000 a transaction."""
    left = synthetic_records(count)
    while records := list(islice(left, BATCH)):
        await hub.do(partial(_import, hub, records))
    await hub.node.database.checkpoint()


def _import(hub: RunningHub, records: list[ResourceRecord], db: sqlite_utils.Database) -> None:
    import_resources(db, hub.hub, records, hub.act())


async def serve(port: int, count: int, folder: Path) -> None:
    """Serve until killed."""
    authority = f"127.0.0.1:{port}"
    async with running_hub(
        folder / "hub.db", "Amsterdam", trusted=[authority], port=port, clock=FixedClock()
    ) as hub:
        await publish(hub, count)
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="bench-origin-") as folder:
        uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2]), Path(folder)))
