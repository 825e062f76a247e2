"""
Search over HTTP as programs and people do it: a real `hub serve` over a large catalogue.

Records go straight into the database of a hub, as `bench_search` imports them; then its API and its
pages are asked on one connection, words of all classes, with facets, and with the pages that people
open. Run as a module: python -m tests.benchmarks.bench_search_http 100000
"""

import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from content.database import connect
from node.home import HubHome
from tests.benchmarks.bench_inbox import free_port, peak_megabytes
from tests.benchmarks.bench_search import CLASSES, USER_MIX, _line, _queries, _spread, fill
from tests.benchmarks.bench_start import _answers, _found
from tests.benchmarks.records import synthetic_records

OF_EACH = 100
WARM = 5
Figures = dict[str, Any]


def main(records: int = 100_000) -> Figures:
    """Measure with that many records; return and print milliseconds by name."""
    figures: Figures = {"records": records}
    with tempfile.TemporaryDirectory(prefix="bench-http-") as folder:
        port, home = free_port(), Path(folder) / "hub"
        environment = _found(home, port)
        began = time.perf_counter()
        database = HubHome(home).database
        with closing(connect(database, writes=True)) as db:
            fill(db, [_line(record) for record in synthetic_records(records, hubs=50)])
        seconds = time.perf_counter() - began
        figures["import per second"] = round(records / seconds)
        figures["megabytes"] = round(database.stat().st_size / 1e6)
        server = subprocess.Popen(
            [sys.executable, "-m", "node.cli.main", "--home", str(home), "serve"],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while not _answers(port):
                time.sleep(0.1)
            for door, path in (("api", "/api/v1/resources"), ("page", "/resources")):
                figures[door] = _ask_all(port, path)
            figures["server MB at most"] = round(peak_megabytes(server.pid))
        finally:
            server.terminate()
            server.wait()
    print(json.dumps(figures, indent=2), flush=True)
    return figures


def _ask_all(port: int, path: str) -> Figures:
    dice = random.Random(7)
    questions = {
        **{name: [{"q": q} for q in _queries(name, dice, OF_EACH + WARM)] for name in CLASSES},
        "user mix": [
            {"q": next(_queries(name, dice, 1))}
            for name in dice.choices(list(USER_MIX), list(USER_MIX.values()), k=4 * OF_EACH)
        ],
        "all, newest": [{}] * (OF_EACH + WARM),
        "topic": [{"topic": "procurement"}] * (OF_EACH + WARM),
        "word and kind": [
            {"q": q, "kind": "guide"} for q in _queries("common", dice, OF_EACH + WARM)
        ],
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    found = {name: _times(connection, path, asked) for name, asked in questions.items()}
    connection.close()
    return found


def _times(connection: http.client.HTTPConnection, path: str, asked: list[dict[str, str]]) -> Any:
    times = []
    for query in asked:
        start = time.perf_counter()
        connection.request("GET", f"{path}?{urlencode(query)}", headers={"Accept": "*/*"})
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - start) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}.")
    return _spread(times[WARM:])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
