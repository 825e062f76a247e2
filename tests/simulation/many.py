"""Many seeds side by side, one process a core: they share nothing but the files of the program."""

import faulthandler
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from time import process_time

from tests.simulation.running import Outcome, Plan, run


class ProcessDied(Exception):
    """A process ended without an answer: it crashed, or somebody killed it."""

    def __init__(self, seeds: Sequence[int]) -> None:
        told = ", ".join(map(str, seeds))
        super().__init__(f"A process died. It was probably at one of the seeds {told}.")


@dataclass(frozen=True)
class Ran:
    """A plan that was run. took: seconds of a processor."""

    outcome: Outcome
    took: float


def run_all(plans: Sequence[Plan], jobs: int, *, trace: bool = False) -> Iterator[Ran]:
    """
    Run plans, in the order in which they end.

    jobs: how many at the same time. trace: whether the outcomes hold their lines.
    Raises ProcessDied.
    """
    if jobs == 1 or len(plans) == 1:
        yield from (run_one(plan, trace=trace) for plan in plans)
        return
    with ProcessPoolExecutor(
        min(jobs, len(plans)),
        mp_context=get_context("spawn"),
        initializer=_begin,
    ) as processes:
        waiting = {processes.submit(run_one, plan, trace=trace): plan for plan in plans}
        open_seeds = {plan.seed for plan in plans}
        for each in as_completed(waiting):
            try:
                ran = each.result()
            except BrokenProcessPool:
                raise ProcessDied(sorted(open_seeds)[: jobs * 2]) from None
            open_seeds.remove(ran.outcome.plan.seed)
            yield ran


def _begin() -> None:
    """Let a process say where it crashed, and end with the one that started it."""
    faulthandler.enable()
    parent = parent_process()
    if parent is not None:
        Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait((sentinel,))
    os._exit(1)


def run_one(plan: Plan, *, trace: bool = False) -> Ran:
    """Run one plan here."""
    began = process_time()
    outcome = run(plan)
    return Ran(outcome if trace else replace(outcome, lines=[]), process_time() - began)
