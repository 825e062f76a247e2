"""Harvest sources and runs on the terminal and as JSON."""

from typing import Any

from content.harvest.report import HarvestRun
from content.harvest.source import HarvestSource, Progress
from node.cli.output import note, say, when

_OUTCOMES = {
    "done": "done",
    "not-modified": "nothing new, says the source",
    "failed": "failed, and nothing of it was kept",
    "stopped": "stopped before anything was changed",
}
MOST_SHOWN = 20


def plain_source(
    source: HarvestSource,
    progress: Progress | None = None,
    last: HarvestRun | None = None,
    held: int = 0,
) -> dict[str, Any]:
    """Return a source as programs read it."""
    shown = source.model_dump()
    if progress is not None:
        shown.update(next_at=progress.due_at, failures=progress.failures)
    return {
        **shown,
        "records": held,
        "last_run": None if last is None else plain_run(last),
    }


def plain_run(run: HarvestRun, *, dry: bool = False) -> dict[str, Any]:
    """Return a run as programs read it."""
    return {
        "id": run.id,
        "by": run.by,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "outcome": run.outcome,
        "dry_run": dry,
        **run.report.model_dump(),
    }


def print_run(run: HarvestRun, *, dry: bool = False) -> None:
    """Print the report of a run."""
    report = run.report
    say(f"{when(run.started_at)} UTC by {run.by}: {_OUTCOMES[run.outcome]}.")
    if report.problem:
        say(f"  {report.problem}")
    if run.outcome == "done":
        say(f"  {'It would be: ' if dry else ''}{report.words()}")
    for each in report.notes:
        say(f"  {each}")
    for bad in report.bad_items[:MOST_SHOWN]:
        note(f"  not taken: {bad.place}: {bad.reason}")
    if report.bad > MOST_SHOWN:
        note(f"  ... and {report.bad - MOST_SHOWN} more; --json names {len(report.bad_items)}.")
