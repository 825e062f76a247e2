"""The seam for chance: whoever needs random bytes is handed a source (docs/adr/0002-seams.md)."""

from typing import Protocol


class Chance(Protocol):
    """A source of randomness. node/chance.py has the real one, a simulation a seeded one."""

    def bytes(self, count: int) -> bytes:
        """Return that many random bytes, fit for keys and tokens."""
        ...

    def uniform(self) -> float:
        """Return a number from 0.0 up to, not including, 1.0; for jitter, never for secrets."""
        ...
