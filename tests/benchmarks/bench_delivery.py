"""
Delivery of one activity of 3 KB to 1,000 inboxes: ours beside the straight line, in one run.

Every inbox is a loopback address of its own, so that every delivery is a host of its own. The sink
runs in another process on another core. Both sides keep a row a destination in SQLite with
synchronous=FULL. Cold is the first activity, with no connection open yet; warm the second.
"""

import asyncio
import base64
import hashlib
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from federation.delivery import Courier
from federation.outbox import Destination, Outbox
from node.clock import WallClock
from tests.benchmarks.bench_inbox import HERE, ROOT, free_port
from tests.nodes_at_work import open_node

INBOXES = 1000
STRAIGHT_CONCURRENCY = 64


def authorities(port: int) -> list[str]:
    """Return host and port of every inbox."""
    return [f"127.0.{1 + n // 250}.{1 + n % 250}:{port}" for n in range(INBOXES)]


def activity(number: int) -> bytes:
    """Return an activity of about 3 KB."""
    text = "What a helpdesk has to know about this. " * 66
    return json.dumps(
        {"id": f"https://hub.example/activities/{number}", "type": "Create", "content": text}
    ).encode()


class StraightLine:
    """The least work that delivers durably: aiohttp's client, a signature each, a row each."""

    def __init__(self, path: Path, key: rsa.RSAPrivateKey) -> None:
        self.key = key
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("pragma journal_mode = wal")
        self.db.execute("pragma synchronous = full")
        self.db.execute("create table queue (id integer primary key, inbox text, done integer)")
        self.done: list[tuple[int]] = []

    def headers(self, host: str, body: bytes) -> dict[str, str]:
        """Sign by draft-cavage."""
        date = format_datetime(datetime.now(UTC), usegmt=True)
        digest = "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()
        text = f"(request-target): post /inbox\nhost: {host}\ndate: {date}\ndigest: {digest}"
        signed = self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        signature = base64.b64encode(signed).decode()
        return {
            "Host": host,
            "Date": date,
            "Digest": digest,
            "Content-Type": "application/activity+json",
            "Signature": 'keyId="https://hub.example/actor#main-key",algorithm="rsa-sha256",'
            f'headers="(request-target) host date digest",signature="{signature}"',
        }

    def mark(self) -> None:
        """Write what was delivered, in one commit."""
        done, self.done = self.done, []
        self.db.execute("begin immediate")
        self.db.executemany("update queue set done = 1 where id = ?", done)
        self.db.execute("commit")

    async def deliver(self, session: aiohttp.ClientSession, hosts: list[str], body: bytes) -> float:
        """Queue and deliver; return the seconds it took."""
        started = time.perf_counter()
        self.db.execute("begin immediate")
        self.db.execute("delete from queue")
        self.db.executemany(
            "insert into queue (id, inbox, done) values (?, ?, 0)", enumerate(hosts)
        )
        self.db.execute("commit")
        left = iter(enumerate(hosts))

        async def one_after_the_other() -> None:
            for number, host in left:
                url = f"http://{host}/inbox"
                async with session.post(url, data=body, headers=self.headers(host, body)) as answer:
                    assert answer.status == 202
                self.done.append((number,))
                if len(self.done) >= STRAIGHT_CONCURRENCY:
                    self.mark()

        async with asyncio.TaskGroup() as group:
            for _ in range(STRAIGHT_CONCURRENCY):
                group.create_task(one_after_the_other())
        self.mark()
        return time.perf_counter() - started


async def straight(port: int, folder: Path) -> tuple[float, float]:
    """Return the seconds of the straight line, cold and warm."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    line = StraightLine(folder / "straight.db", key)
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=30)
    async with aiohttp.ClientSession(connector=connector) as session:
        hosts = authorities(port)
        cold = await line.deliver(session, hosts, activity(1))
        warm = await line.deliver(session, hosts, activity(2))
    return cold, warm


async def ours(port: int, folder: Path, *, hubs: bool) -> tuple[float, float]:
    """Return the seconds of our outbox and courier, cold and warm. hubs: Ed25519, else RSA."""
    hosts = authorities(port)
    async with open_node(folder, trusting=hosts, clock=WallClock()) as node:
        to = [Destination(f"http://{host}/inbox", hubs) for host in hosts]
        courier = Courier(node)

        async def deliver(number: int) -> float:
            started = time.perf_counter()
            body, at = activity(number), node.clock.now()
            await node.database.write(
                lambda db: Outbox(db).enqueue(f"https://hub.example/{number}", body, to, at)
            )
            await courier.start_due()
            done = await courier.finish()
            assert done.delivered == INBOXES
            return time.perf_counter() - started

        return await deliver(1), await deliver(2)


def main(rounds: int = 3) -> dict[str, float]:
    """Measure both, print both, and return the figures by name."""
    port = free_port()
    cores = sorted(os.sched_getaffinity(0))
    sink = subprocess.Popen(
        [sys.executable, str(HERE / "sink.py"), str(port)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    os.sched_setaffinity(sink.pid, {cores[0]})
    if len(cores) > 1:
        os.sched_setaffinity(0, set(cores[1:]))
    found: dict[str, list[tuple[float, float]]] = {"straight": [], "rsa": [], "ed25519": []}
    try:
        time.sleep(1)
        for _ in range(rounds):
            for name, results in found.items():
                with tempfile.TemporaryDirectory() as folder:
                    place = Path(folder)
                    work: Any = (
                        straight(port, place)
                        if name == "straight"
                        else ours(port, place, hubs=name == "ed25519")
                    )
                    results.append(uvloop.run(work))
    finally:
        os.sched_setaffinity(0, set(cores))
        sink.kill()
        sink.wait()
    figures: dict[str, float] = {}
    for name, results in found.items():
        figures[f"delivery.{name}.cold_s"] = statistics.median(cold for cold, _ in results)
        figures[f"delivery.{name}.warm_s"] = statistics.median(warm for _, warm in results)
    for kind in ("cold", "warm"):
        line = figures[f"delivery.straight.{kind}_s"]
        mine = figures[f"delivery.rsa.{kind}_s"]
        figures[f"delivery.{kind}.ratio"] = line / mine
        print(
            f"delivery to {INBOXES} inboxes, {kind}: straight line {line:.2f} s   ours {mine:.2f} s"
            f" (to hubs, Ed25519: {figures[f'delivery.ed25519.{kind}_s']:.2f} s)"
            f"   ratio {line / mine:.2f}"
        )
    return figures


if __name__ == "__main__":
    main()
