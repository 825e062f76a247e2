"""
What it costs to follow 1,000 hubs at which nothing happens, beside the straight line, in one run.

A round asks each of them once for its heads, signed, and is told 304. Hubs that rest are asked
every quarter of an hour, so the share of a core is the processor time of a round over 900 s, and
what the loops of the node need besides while no hub is due. The straight line is aiohttp's client
with the same 1,000 conditional requests, unsigned. 10 and 100 hubs show that the cost of one is
flat.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import uvloop
from aiohttp import web

from federation.hub import Node
from federation.memory import Poll
from federation.peers import PeerStore
from federation.polling import LATEST, TOGETHER, poll_heads
from node.clock import WallClock
from node.workers import Workers
from tests.benchmarks.bench_inbox import HERE, ROOT, free_port
from tests.nodes_at_work import make_peer, open_node
from tests.strangers_at_work import HubStranger, rsa_key

SIZES = (10, 100, 1000)
MARK = "mark.1"
AT_REST_SECONDS = 20.0
ROUNDS = 3
Figures = dict[str, float]


def authorities(port: int, count: int) -> list[str]:
    """Return host and port of every hub."""
    return [f"127.0.{1 + n // 250}.{1 + n % 250}:{port}" for n in range(count)]


async def straight_round(hosts: Sequence[str]) -> float:
    """Ask every hub once; return the processor seconds it took."""
    headers = {"Accept": "application/json", "If-None-Match": f'"{MARK}"'}
    left = iter(hosts)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one_after_the_other() -> None:
            for host in left:
                url = f"http://{host}/hub/heads?since={MARK}"
                async with session.get(url, headers=headers) as answer:
                    assert answer.status == 304

        began = time.process_time()
        async with asyncio.TaskGroup() as group:
            for _ in range(TOGETHER):
                group.create_task(one_after_the_other())
        return time.process_time() - began


async def follow(node: Node, hosts: Sequence[str]) -> None:
    """Make every hub an approved peer, whose log was read."""
    runner = web.AppRunner(web.Application())
    for number, authority in enumerate(hosts):
        host, _, port = authority.partition(":")
        hub = HubStranger(host, int(port), f"hub{number}", runner, rsa_key("bench"))
        peer = await make_peer(node, hub)
        at = node.clock.now()
        await node.database.write(lambda db, a=peer.actor, at=at: PeerStore(db).caught_up(a, at))


async def our_round(node: Node) -> float:
    """Let every hub be due and ask them; return the processor seconds it took."""
    names = await node.database.read(lambda db: PeerStore(db).active_names())
    now = node.clock.now()
    node.memory.polls.update({actor: Poll(now, LATEST, MARK) for actor, _ in names})
    began = time.process_time()
    done = await poll_heads(node)
    seconds = time.process_time() - began
    assert (done.asked, done.told) == (len(names), 0)
    return seconds


async def at_rest(node: Node) -> float:
    """Run the loops of the node while no hub is due; return their share of a core."""
    workers = Workers(node)
    workers.start()
    await asyncio.sleep(2)
    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.sleep(AT_REST_SECONDS)
    share = (time.process_time() - cpu) / (time.perf_counter() - began)
    await workers.stop()
    return share


async def measure(port: int, count: int, folder: Path) -> Figures:
    """Return the figures for so many hubs."""
    hosts = authorities(port, count)
    async with open_node(folder, trusting=hosts, clock=WallClock()) as node:
        await follow(node, hosts)
        pairs = [(await straight_round(hosts), await our_round(node)) for _ in range(ROUNDS)]
        rest = await at_rest(node)
    straight, ours = (statistics.median(side) for side in zip(*pairs, strict=True))
    return {"straight_s": straight, "ours_s": ours, "rest_share": rest}


def main() -> Figures:
    """Measure, print, and return the figures by name."""
    port = free_port()
    cores = sorted(os.sched_getaffinity(0))
    hubs = subprocess.Popen(
        [sys.executable, str(HERE / "resting_hubs.py"), str(port)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    os.sched_setaffinity(hubs.pid, {cores[0]})
    os.sched_setaffinity(0, set(cores[1:] or cores))
    figures: Figures = {}
    try:
        assert hubs.stdout is not None
        if hubs.stdout.readline() != b"ready\n":
            raise RuntimeError("The hubs did not start.")
        for count in SIZES:
            with tempfile.TemporaryDirectory(prefix="bench-idle-") as folder:
                found = uvloop.run(measure(port, count, Path(folder)))
            figures |= {f"idle.{count}.{name}": value for name, value in found.items()}
            share = found["ours_s"] / LATEST.total_seconds() + found["rest_share"]
            figures[f"idle.{count}.share"] = share
            print(
                f"{count} hubs at rest: a round takes {found['ours_s'] * 1000:.0f} ms of a core,"
                f" {found['ours_s'] / count * 1e6:.0f} us a hub (straight line"
                f" {found['straight_s'] * 1000:.0f} ms); with the loops of the node"
                f" {share * 100:.2f} % of a core"
            )
    finally:
        os.sched_setaffinity(0, set(cores))
        hubs.kill()
        hubs.wait()
    return figures


if __name__ == "__main__":
    main()
