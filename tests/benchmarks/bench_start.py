"""
How soon a hub answers after its start, and how much memory it holds when it has nothing to do.

A real `hub serve` with the starter catalogue, in a process of its own; each round a new process.
Compiled modules are kept between rounds, as wherever a hub is installed, whatever the shell says.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.benchmarks.bench_inbox import ROOT, free_port

HUB = [sys.executable, "-m", "node.cli.main"]
IDLE_SECONDS = 2.0


def main(rounds: int = 5) -> dict[str, float]:
    """Measure, print, and return the medians: seconds to the first answer, MB idle, --help ms."""
    starts, sizes = [], []
    with tempfile.TemporaryDirectory(prefix="bench-start-") as folder:
        port = free_port()
        environment = _found(Path(folder) / "hub", port)
        for _ in range(rounds):
            seconds, megabytes = _one_round(environment, port)
            starts.append(seconds)
            sizes.append(megabytes)
        helps = [_help_milliseconds(environment) for _ in range(rounds)]
    figures = {
        "first answer s": statistics.median(starts),
        "idle MB": statistics.median(sizes),
        "--help ms": statistics.median(helps),
    }
    print(
        f"start to first answer {figures['first answer s']:.2f} s,"
        f" idle {figures['idle MB']:.0f} MB,"
        f" hub --help {figures['--help ms']:.0f} ms (medians of {rounds})"
    )
    return figures


def _found(home: Path, port: int) -> dict[str, str]:
    environment = {
        **{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
        "PYTHONPATH": str(ROOT),
        "HUB_HOME": str(home),
        "HUB_TRUSTED_AUTHORITIES": f"127.0.0.1:{port}",
    }
    where = ["--origin", f"http://127.0.0.1:{port}", "--port", str(port), "--operator", "olga"]
    what = ["--name", "Bench", "--city", "Bench", "--country", "NL", "--language", "en"]
    for arguments in (["init", *where, *what], ["resource", "import", "--starter"]):
        subprocess.run(
            [*HUB, *arguments, "--json"], env=environment, check=True, capture_output=True
        )
    return environment


def _one_round(environment: dict[str, str], port: int) -> tuple[float, float]:
    begun = time.perf_counter()
    server = subprocess.Popen(
        [*HUB, "serve"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not _answers(port):
            time.sleep(0.005)
        seconds = time.perf_counter() - begun
        time.sleep(IDLE_SECONDS)
        status = Path(f"/proc/{server.pid}/status").read_text()
    finally:
        server.terminate()
        server.wait(20)
    kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]
    return seconds, int(kilobytes) / 1024


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1) as answer:
            return bool(json.load(answer))
    except (OSError, urllib.error.URLError):
        return False


def _help_milliseconds(environment: dict[str, str]) -> float:
    begun = time.perf_counter()
    subprocess.run([*HUB, "--help"], env=environment, check=True, capture_output=True)
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    main()
