"""Files of JSON lines that are imported: opened, measured, and their bad lines named."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

import click

from node.cli.output import note, plain
from node.cli.refusals import Refused

T = TypeVar("T")
MOST_SHOWN = 200
PROGRESS_FROM = 200


@contextmanager
def opened_lines(file: str) -> Iterator[Iterable[str]]:
    """
    Open a file of lines, or stdin for "-".

    What is not UTF-8 comes as lone surrogates, which no record may hold: so that line is named.
    """
    if file == "-":
        yield _decoded(sys.stdin.buffer)
        return
    with Path(file).open("rb") as stream:
        yield _decoded(stream)


def _decoded(stream: BinaryIO) -> Iterator[str]:
    return (line.decode("utf-8", "surrogateescape") for line in stream)


def report_problems(problems: Sequence[tuple[int | str, str]], *, skip_bad: bool) -> None:
    """Name every bad line on stderr, by its number or place; Refused unless they are skipped."""
    for line, reason in problems[:MOST_SHOWN]:
        note(f"{f'line {line}' if isinstance(line, int) else line}: {plain(reason)}")
    if len(problems) > MOST_SHOWN:
        note(f"... and {len(problems) - MOST_SHOWN} more bad lines.")
    if problems and not skip_bad:
        lines = "1 line is" if len(problems) == 1 else f"{len(problems)} lines are"
        raise Refused(
            f"{lines} not good, so nothing was imported. Correct the file, or take the good "
            "lines only: --skip-bad."
        )


def with_progress(items: Sequence[T], what: str) -> Iterator[T]:
    """Go through items and show on a terminal how far we are; nothing when there are few."""
    if len(items) < PROGRESS_FROM:
        yield from items
        return
    with click.progressbar(items, label=what, file=sys.stderr) as bar:
        yield from bar
