"""
Challenges of passkeys: random, for one purpose, for five minutes, and taken once.

They are marked with a key of this process instead of being kept, so that strangers who ask for many
cost nothing; kept is only which were taken. A restart makes those under way useless: people try
again.
"""

import hmac
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

from aiohttp import web

from content.chance import Chance
from content.clock import Clock

LASTS: Final = timedelta(minutes=5)
_RANDOM_BYTES: Final = 16
_TIME_BYTES: Final = 8
_MARK_BYTES: Final = 32


class Challenges:
    """Gives out challenges, and knows its own again."""

    def __init__(self, chance: Chance, clock: Clock) -> None:
        self._chance = chance
        self._clock = clock
        self._key = chance.bytes(32)
        self._taken: OrderedDict[bytes, datetime] = OrderedDict()

    def issue(self, purpose: str) -> bytes:
        """Return a new challenge. purpose: what may be done with the answer, and by whom."""
        now = int(self._clock.now().timestamp())
        body = self._chance.bytes(_RANDOM_BYTES) + now.to_bytes(_TIME_BYTES, "big")
        return body + self._mark(purpose, body)

    def take(self, challenge: bytes, purpose: str) -> bool:
        """Return whether it is one of ours for that purpose, in time; the second time never."""
        body, mark = challenge[:-_MARK_BYTES], challenge[-_MARK_BYTES:]
        if len(body) != _RANDOM_BYTES + _TIME_BYTES:
            return False
        if not hmac.compare_digest(mark, self._mark(purpose, body)):
            return False
        now = self._clock.now()
        made = int.from_bytes(body[_RANDOM_BYTES:], "big")
        if not 0 <= now.timestamp() - made <= LASTS.total_seconds():
            return False
        while self._taken and next(iter(self._taken.values())) < now - LASTS:
            self._taken.popitem(last=False)
        if body in self._taken:
            return False
        self._taken[body] = now
        return True

    def _mark(self, purpose: str, body: bytes) -> bytes:
        return hmac.digest(self._key, purpose.encode() + b"\x00" + body, "sha256")


CHALLENGES = web.AppKey("challenges", Challenges)
