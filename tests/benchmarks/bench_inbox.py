"""
Signed inbox accepts a second: ours beside the straight line, in one run, in turns.

The target runs in a process of its own, pinned to one core; the load generator here, on another.
All requests are signed beforehand. A figure is the median of the rounds.
"""

import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from cryptography.hazmat.primitives import serialization

from tests.strangers_at_work import PUBLIC, HubStranger, Stranger, rsa_key

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CONCURRENCY = 32
SENDERS = 8
Signed = tuple[dict[str, str], bytes]


def senders() -> tuple[list[Stranger], list[HubStranger]]:
    """Return senders that are never asked anything: their keys are known beforehand."""
    runner: Any = None
    strangers = [
        Stranger(f"s{n}.example", 443, f"s{n}", runner, rsa_key("bench")) for n in range(SENDERS)
    ]
    hubs = [
        HubStranger(f"h{n}.example", 443, f"h{n}", runner, rsa_key("bench")) for n in range(SENDERS)
    ]
    return strangers, hubs


def keyfile(strangers: list[Stranger], hubs: list[HubStranger]) -> str:
    """Return key id -> (owner, PEM) as JSON, for both targets."""

    def pem(key: Any) -> str:
        return str(
            key.public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            ).decode()
        )

    found = {each.key_id: (each.actor, pem(each.key.public_key())) for each in strangers}
    found.update(
        {each.signing_key_id: (each.actor, pem(each.signing.public_key())) for each in hubs}
    )
    return json.dumps(found)


def activity(sender: Stranger, number: int, origin: str) -> bytes:
    """Return a Create of a Note of about 3 KB that replies to the target."""
    note = {
        "id": f"{sender.origin}/notes/{number}",
        "type": "Note",
        "attributedTo": sender.actor,
        "inReplyTo": f"{origin}/resources/1",
        "published": "2026-11-24T09:30:00Z",
        "to": [PUBLIC],
        "tag": [{"type": "Hashtag", "name": f"#tag{n}"} for n in range(4)],
        "content": "<p>" + "What a helpdesk has to know about this. " * 58 + "</p>",
    }
    return json.dumps(sender.activity("Create", number, note)).encode()


def sign_all(count: int, origin: str, offset: int, *, hubs: bool) -> list[Signed]:
    """Return signed requests, each with an activity of its own."""
    plain, peers = senders()
    now = datetime.now(UTC)
    found = []
    for number in range(offset, offset + count):
        if hubs:
            peer = peers[number % SENDERS]
            body = activity(peer, number, origin)
            headers = peer.as_hub(f"{origin}/inbox", body, now)
        else:
            stranger = plain[number % SENDERS]
            body = activity(stranger, number, origin)
            headers = stranger.cavage(f"{origin}/inbox", body, now)
        found.append((dict(headers), body))
    return found


async def send_all(requests: list[Signed], origin: str) -> tuple[float, list[float]]:
    """Send all; return requests a second, and how long each took in seconds."""
    left = iter(requests)
    took: list[float] = []

    async def one_after_the_other(session: aiohttp.ClientSession) -> None:
        for headers, body in left:
            started = time.perf_counter()
            async with session.post(f"{origin}/inbox", data=body, headers=headers) as answer:
                if answer.status != 202:
                    raise RuntimeError(f"refused: {answer.status} {await answer.text()}")
            took.append(time.perf_counter() - started)

    connector = aiohttp.TCPConnector(limit=0)
    patience = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(connector=connector, timeout=patience) as session:
        started = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(CONCURRENCY):
                group.create_task(one_after_the_other(session))
        return len(requests) / (time.perf_counter() - started), took


@contextmanager
def target(script: str, port: int, storage: Path, keys: Path) -> Iterator[int]:
    """Run a target on the first core until it is ready; kill it at the end."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, str(HERE / script), str(port), str(storage), str(keys)],
        env=environment,
        cwd=ROOT,
    )
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(process.pid, {cores[0]})
    try:
        for _ in range(400):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield process.pid
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def peak_megabytes(pid: int | str) -> float:
    """Return the largest resident size of a process so far; pid may be "self"."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def one_round(script: str, count: int, *, hubs: bool) -> tuple[float, float, float]:
    """Return accepts a second, the 95th percentile in ms, and the peak memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "keys.json"
        keys.write_text(keyfile(*senders()))
        port = free_port()
        origin = f"http://127.0.0.1:{port}"
        storage = Path(folder) / "straight.db" if script.startswith("straight") else Path(folder)
        warm = sign_all(200, origin, 0, hubs=hubs)
        requests = sign_all(count, origin, 1000, hubs=hubs)
        with target(script, port, storage, keys) as pid:
            uvloop.run(send_all(warm, origin))
            rate, took = uvloop.run(send_all(requests, origin))
            return rate, statistics.quantiles(took, n=20)[-1] * 1000, peak_megabytes(pid)


def main(count: int = 4000, rounds: int = 3) -> dict[str, float]:
    """Measure both, print both, and return the figures by name."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(0, set(cores[1:]))
    figures: dict[str, float] = {}
    try:
        for name, hubs in (("rsa", False), ("ed25519", True)):
            found: dict[str, list[tuple[float, float, float]]] = {"straight": [], "ours": []}
            for _ in range(rounds):
                for who in found:
                    found[who].append(one_round(f"{who}_inbox.py", count, hubs=hubs))
            for who, results in found.items():
                rate, p95, memory = (statistics.median(each) for each in zip(*results, strict=True))
                figures[f"inbox.{name}.{who}.per_second"] = rate
                figures[f"inbox.{name}.{who}.p95_ms"] = p95
                figures[f"inbox.{name}.{who}.peak_mb"] = memory
            ratio = (
                figures[f"inbox.{name}.ours.per_second"]
                / figures[f"inbox.{name}.straight.per_second"]
            )
            figures[f"inbox.{name}.ratio"] = ratio
            print(
                f"inbox, {name:8} straight line {figures[f'inbox.{name}.straight.per_second']:6.0f}"
                f"/s   ours {figures[f'inbox.{name}.ours.per_second']:6.0f}/s"
                f"   ratio {ratio:.2f}   p95 {figures[f'inbox.{name}.ours.p95_ms']:.1f} ms"
                f"   peak {figures[f'inbox.{name}.ours.peak_mb']:.0f} MB"
            )
    finally:
        os.sched_setaffinity(0, set(cores))
    return figures


if __name__ == "__main__":
    main()
