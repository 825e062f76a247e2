"""
Catching up with a hub that published much while we were away, beside the straight line.

One hub publishes records of 1 KB and serves its log over HTTP on loopback, on the first core. On
the other core our follower and the straight line read all of it in turns, each in a process of its
own with an empty database; afterwards the records can be searched. Run as a module:
python -m tests.benchmarks.bench_catch_up 100000
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmarks.bench_inbox import HERE, ROOT, free_port

FOLLOWERS = ("straight", "ours")
Figures = dict[str, float]


def main(records: int = 100_000) -> Figures:
    """Measure both, print both, and return the figures by name."""
    figures: Figures = {}
    with origin_of(records) as origin:
        for who in FOLLOWERS:
            for name, value in follow(f"{who}_catch_up.py", origin).items():
                figures[f"catch-up.{who}.{name}"] = value
    for who in FOLLOWERS:
        entries, seconds = (figures[f"catch-up.{who}.{name}"] for name in ("entries", "seconds"))
        figures[f"catch-up.{who}.per_second"] = entries / seconds
    straight, ours = (figures[f"catch-up.{who}.per_second"] for who in FOLLOWERS)
    figures["catch-up.ratio"] = ours / straight
    print(
        f"catching up {records} records: straight line {straight:.0f}/s   ours {ours:.0f}/s"
        f"   ratio {ours / straight:.2f}\n"
        f"memory: straight line {figures['catch-up.straight.peak_mb']:.0f} MB   ours"
        f" {figures['catch-up.ours.early_mb']:.0f} MB after 10,000 entries,"
        f" {figures['catch-up.ours.peak_mb']:.0f} MB at the end"
    )
    return figures


@contextmanager
def origin_of(records: int) -> Iterator[str]:
    """Run the hub that published on the first core; yield its origin."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, str(HERE / "serve_log.py"), str(port), str(records)],
        env=_environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    os.sched_setaffinity(process.pid, {min(os.sched_getaffinity(0))})
    try:
        assert process.stdout is not None
        if process.stdout.readline() != b"ready\n":
            raise RuntimeError("The hub that publishes did not start.")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def follow(script: str, origin: str) -> Figures:
    """Let one follower read everything on the last core; return its figures."""
    with tempfile.TemporaryDirectory(prefix="bench-follower-") as folder:
        found = subprocess.run(
            [sys.executable, str(HERE / script), origin, folder],
            env=_environment(),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=True,
            preexec_fn=_on_the_last_core,
        )
    figures: Figures = json.loads(found.stdout)
    return figures


def _on_the_last_core() -> None:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
