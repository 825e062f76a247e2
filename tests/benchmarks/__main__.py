"""
All benchmarks, one after the other: `make bench`, or `make bench ARGS="inbox search"` for some.

Each measures ours and a straight-line script beside it in the same run: compare the ratios, since
machines differ and drift (docs/operate.md says what to expect).
"""

import json
import sys
from collections.abc import Callable
from typing import Any

from tests.benchmarks import (
    bench_catch_up,
    bench_coverage,
    bench_delivery,
    bench_idle,
    bench_inbox,
    bench_search,
    bench_search_http,
    bench_search_quality,
    bench_start,
)

BENCHES: dict[str, Callable[[], Any]] = {
    "start": bench_start.main,
    "inbox": bench_inbox.main,
    "delivery": bench_delivery.main,
    "catch-up": bench_catch_up.main,
    "idle": bench_idle.main,
    "search": lambda: print(json.dumps(bench_search.main(100_000), indent=2)),
    "search-http": bench_search_http.main,
    "coverage": bench_coverage.main,
    "search-quality": bench_search_quality.main,
}


def run(names: list[str]) -> int:
    """Run the benches of these names, or all. Returns the exit status."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"No bench {unknown[0]!r}. There are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    for name in names or BENCHES:
        print(f"\n== {name} ==", flush=True)
        BENCHES[name]()
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
