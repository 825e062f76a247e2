"""How far a long piece of work is, on stderr: one line for people, silent where it is short."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

SHOWN_AFTER_PAGES = 5000
"""Work below this many pages (20 MB) is over before anybody would read of it."""


@contextmanager
def progress_on_stderr(word: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Hand out a function that is told pages done and in all, and shows it in tenths."""
    shown = -1
    on_one_line = sys.stderr.isatty()

    def tell(done: int, total: int) -> None:
        nonlocal shown
        tenth = done * 10 // max(total, 1)
        if quiet or total < SHOWN_AFTER_PAGES or tenth == shown:
            return
        shown = tenth
        click.echo(f"\r  {word} {tenth * 10} %", err=True, nl=not on_one_line)

    yield tell
    if shown >= 0 and on_one_line:
        click.echo("", err=True)
