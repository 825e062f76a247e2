"""Forks of a hub's logs, and logs that became shorter, on the terminal and as JSON."""

from collections.abc import Sequence

from federation.forks import Fork
from federation.shorter import Shorter
from node.cli.output import say, when


def plain_forks(forks: Sequence[Fork]) -> list[dict[str, object]]:
    """Return forks as programs read them; `evidence` is what `hub verify` takes."""
    return [
        {
            "log": fork.log,
            "seq": fork.seq,
            "said_by": fork.said_by,
            "found_at": fork.found_at,
            "settled_at": fork.settled_at,
            "settled_by": fork.settled_by,
            "evidence": fork.evidence.to_json(),
        }
        for fork in forks
    ]


def print_forks(forks: Sequence[Fork]) -> None:
    """Print a line or two for each fork; nothing where there is none."""
    for fork in forks:
        said = f"shown by {fork.said_by} at {when(fork.found_at)} UTC"
        if fork.settled_at is None:
            say(f"\nFORKED: two entries with the number {fork.seq}, both signed by it; {said}.")
            say("  Nothing more is taken of this log. What was held before stays readable.")
        else:
            done = f"settled by {fork.settled_by} at {when(fork.settled_at)} UTC"
            say(f"\nForked once: two entries with the number {fork.seq}; {said}; {done}.")


def plain_shorter(found: Sequence[Shorter]) -> list[dict[str, object]]:
    """Return logs that became shorter as programs read them; `evidence` is for `hub verify`."""
    return [
        {
            "log": each.log,
            "held": each.evidence.held.seq,
            "shown": each.evidence.shown.seq,
            "said_by": each.said_by,
            "found_at": each.found_at,
            "settled_at": each.settled_at,
            "settled_by": each.settled_by,
            "evidence": each.evidence.to_json(),
        }
        for each in found
    ]


def print_shorter(found: Sequence[Shorter]) -> None:
    """Print a line or two for each time a log was shown shorter; nothing where it never was."""
    for each in found:
        seen = f"showed {each.evidence.shown.seq} entries at {when(each.found_at)} UTC"
        had = f"after it had signed {each.evidence.held.seq}"
        if each.settled_at is None:
            say(f"\nSHORTER: it {seen}, {had}. Nothing more is taken of this log.")
            say("  It ends by itself once all of it is shown again, or by hub peer settle.")
        else:
            say(f"\nShorter once: it {seen}, {had}; over at {when(each.settled_at)} UTC.")
