"""The randomness of the operating system. This module alone asks for it (docs/adr/0002)."""

import secrets


class SystemChance:
    """The source of chance of a running node; see `content.chance.Chance`. Safe in any thread."""

    def bytes(self, count: int) -> bytes:
        """Return that many random bytes, fit for keys and tokens."""
        return secrets.token_bytes(count)

    def uniform(self) -> float:
        """Return a number from 0.0 up to, not including, 1.0."""
        return secrets.randbits(53) / 2**53
