"""
What happened in a world, line by line: the same seed writes the same lines.

Lines hold ids and outcomes, never ciphertext: sealing draws randomness of its own (DESIGN.md 6).
"""

import asyncio
import hashlib


class Trace:
    """Grows by one line for each event. problems: lines that no event should have caused."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.problems: list[str] = []

    def note(self, *words: object) -> None:
        """Add a line: the virtual time and the words."""
        moment = asyncio.get_running_loop().time()
        self.lines.append(" ".join((f"{moment:12.3f}", *map(str, words))))

    def blame(self, *words: object) -> None:
        """Add a line that makes the run a failure."""
        self.note("PROBLEM", *words)
        self.problems.append(self.lines[-1].strip())

    @property
    def digest(self) -> str:
        """Return what two runs of one seed have in common, and two different runs do not."""
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()[:16]
