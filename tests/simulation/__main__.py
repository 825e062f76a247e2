"""
Run many seeds: `python -m tests.simulation --seeds 1-1000 [--hubs 4] [--jobs 2] [--trace]`.

Seeds run side by side, one process a core. Tells now and then how far it is; prints for each seed
that fails what is wrong and how to replay it, and exits 1 if there was one.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter
from typing import Final

from tests.simulation.many import ProcessDied, run_all
from tests.simulation.running import USUAL, Outcome, Plan

TELL_EVERY: Final = 10.0
"""Seconds between two lines that say how far it is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the arguments ask for; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", default="1-200", help="one seed, or the first and the last")
    parser.add_argument("--hubs", type=int, help="2 to 8; 3 to 5 by the seed unless given")
    parser.add_argument("--steps", type=int, default=60, help="how long the stories are")
    parser.add_argument("--subjects", default=",".join(USUAL), help="what they are about: a,b")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="seeds at the same time")
    parser.add_argument("--trace", action="store_true", help="print what happened")
    asked = parser.parse_args(arguments)
    first, _, last = asked.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    subjects = tuple(asked.subjects.split(","))
    plans = [replace(Plan.of(seed, asked.hubs, subjects), steps=asked.steps) for seed in seeds]
    began = told_at = perf_counter()
    failed, took = 0, list[tuple[float, int]]()
    for ran in run_all(plans, asked.jobs, trace=asked.trace):
        failed += bool(ran.outcome.problems)
        took.append((ran.took, ran.outcome.plan.seed))
        if asked.trace:
            print(*ran.outcome.lines, sep="\n")
        if asked.trace or ran.outcome.problems:
            print(told(ran.outcome), flush=True)
        if perf_counter() - told_at > TELL_EVERY:
            told_at = perf_counter()
            line = f"{len(took)} of {len(plans)} seeds, {failed} failed, {told_at - began:.0f} s"
            print(line, file=sys.stderr, flush=True)
    seconds, (longest, slowest) = perf_counter() - began, max(took)
    print(
        f"{len(plans)} seeds, {failed} failed, {seconds:.1f} s;"
        f" {sum(each for each, _ in took) / len(took):.1f} s of a processor each,"
        f" seed {slowest} longest with {longest:.1f} s."
    )
    return 1 if failed else 0


def told(outcome: Outcome) -> str:
    """Return what became of a seed, and how to see it again."""
    plan = outcome.plan
    head = f"seed {plan.seed} ({plan.hubs} hubs, {plan.way}), trace {outcome.digest}"
    if not outcome.problems:
        return f"{head}: all is well"
    again = (
        f"make simulate ARGS='--seeds {plan.seed} --hubs {plan.hubs} --steps {plan.steps}"
        f" --subjects {','.join(plan.subjects)} --trace'"
    )
    few = "\n  ".join(outcome.problems[:8])
    return f"{head}: {len(outcome.problems)} problems\n  {few}\n  again: {again}"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ProcessDied as error:
        sys.exit(str(error))
