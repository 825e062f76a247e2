"""How the story is told: numbered steps, plain sentences, and what was seen from outside."""

import sys
import textwrap
import time
from typing import Final, NamedTuple

import click

QUOTED: Final = 96
"""Quoted sentences are broken after so many signs."""


class Seen(NamedTuple):
    """One thing that was looked at from outside, and whether it was as it must be."""

    good: bool
    what: str


class Teller:
    """Prints the story on stdout as it happens. check: also prints each thing that is seen."""

    def __init__(self, steps: int, *, check: bool) -> None:
        self.check = check
        self.seen: list[Seen] = []
        self._steps = steps
        self._step = 0
        self._began = time.monotonic()

    def step(self, text: str) -> None:
        """Begin the next step."""
        self._step += 1
        passed = f"{time.monotonic() - self._began:.0f} s"
        head = click.style(f"[{self._step}/{self._steps}] {text}", bold=True)
        self._print(f"\n{head}  {click.style(passed, dim=True)}")

    def say(self, text: str) -> None:
        """Tell what happens, in a sentence."""
        self._print(f"  {text}")

    def quote(self, text: str) -> None:
        """Show what a program printed, or a person typed."""
        for line in text.splitlines():
            indented = not line.strip() or line.startswith(" ")
            for part in [line] if indented else textwrap.wrap(line, QUOTED):
                self._print(click.style(f"    {part}", dim=True))

    def see(self, good: bool, what: str) -> None:
        """Note what was seen from outside; what is not good is always printed."""
        self.seen.append(Seen(good, what))
        if self.check or not good:
            mark = click.style("✓", fg="green") if good else click.style("✗", fg="red", bold=True)
            self._print(f"  {mark} {what}")

    @property
    def all_good(self) -> bool:
        """Whether everything that was seen was as it must be."""
        return all(item.good for item in self.seen)

    @property
    def seconds(self) -> float:
        """How long the story takes so far."""
        return time.monotonic() - self._began

    def _print(self, text: str) -> None:
        # Colours only where a person watches; click strips them elsewhere.
        click.echo(text)
        sys.stdout.flush()
