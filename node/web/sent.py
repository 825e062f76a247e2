"""
Receipts that were just handed out, for as long as somebody needs to print them.

A request that was filed leads to a page of its own, so that loading it again files nothing again.
The code is in no address: a handle is, which opens the page for a quarter of an hour and only from
the network that filed. It is kept in memory alone. Whoever comes too late sends the same form once
more and gets the same receipt (docs/adr/0034-taking-requests-in.md).
"""

from base64 import urlsafe_b64encode
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from content.chance import Chance
from protocol.json import JsonObject

SHOWN_FOR: Final = timedelta(minutes=15)
MOST: Final = 300
"""Receipts that are kept at once; beyond that the oldest goes."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One receipt. code: to come back with. receipt, kept: as `federation.taking_in` hands out."""

    code: str = field(repr=False)
    receipt: JsonObject = field(repr=False)
    kept: JsonObject = field(repr=False)
    urgent: bool = False


class SentBox:
    """The receipts by their handles."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, tuple[Sent, str | None, datetime]] = OrderedDict()

    def put(self, sent: Sent, address: str | None, now: datetime, chance: Chance) -> str:
        """Keep a receipt; return its handle. address: of who filed, as limits count it."""
        self._forget(now)
        while len(self._held) >= MOST:
            self._held.popitem(last=False)
        handle = urlsafe_b64encode(chance.bytes(24)).decode()
        self._held[handle] = (sent, address, now + SHOWN_FOR)
        return handle

    def find(self, handle: str, address: str | None, now: datetime) -> Sent | None:
        """Return a receipt; None for any handle that opens nothing, for whatever reason."""
        self._forget(now)
        found = self._held.get(handle)
        return found[0] if found is not None and found[1] == address else None

    def _forget(self, now: datetime) -> None:
        while self._held and next(iter(self._held.values()))[2] <= now:
            self._held.popitem(last=False)
