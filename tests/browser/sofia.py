"""
Sofia, a hub beside the network of the demo: it goes away, and comes back with other keys.

So the four hubs of the story stay as they are. Each way in which a story is told has a Sofia of
its own, at an address that the others trust from the beginning.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from node.demo.network import STOP_SECONDS, Place, RunningHub, choose_addresses
from node.demo.outside import get_json, wait_for
from node.demo.setting_up import found_one
from tests.browser.ways import unlike_any

SECONDS = 60


@contextmanager
def addresses_beside(hubs: Sequence[RunningHub], folder: Path, number: int) -> Iterator[list[str]]:
    """Keep as many addresses free as there will be hubs, and let all hubs trust them."""
    kept: list[RunningHub] = []
    while len(kept) < number:
        kept += choose_addresses(folder)[0]
    try:
        addresses = [each.authority for each in kept[:number]]
        trusted = ",".join([each.authority for each in hubs] + addresses)
        for hub in hubs:
            hub.trusted = trusted
        yield addresses
    finally:
        for each in kept:
            if each.reservation is not None:
                os.close(each.reservation)


class Sofia:
    """The hub of a city at one address, as often as it is founded there."""

    def __init__(self, authority: str, folder: Path, trusted: str) -> None:
        self.name = unlike_any("Rights Hub Sofia")
        self._authority, self._folder, self._trusted = authority, folder, trusted
        self._running: RunningHub | None = None

    def founded(self) -> RunningHub:
        """Found it, as if nothing had been there before: with keys that nobody knows."""
        self.goes_away()
        host, _, port = self._authority.rpartition(":")
        place = Place(
            "sofia",
            self.name,
            "Sofia",
            "BG",
            "en",
            "Europe/Sofia",
            host,
            int(port),
            "ivan",
            "Ivan (example operator)",
        )
        folder = self._folder / str(time.monotonic_ns())
        folder.mkdir(parents=True)
        self._running = RunningHub(place, self._authority, folder, trusted=self._trusted)
        found_one(self._running)
        self._running.wait_until_up()
        return self._running

    def goes_away(self) -> None:
        """Stop its server: nobody answers there any more."""
        if self._running is not None:
            self._running.ask_to_stop()
            self._running.wait_until_stopped(time.monotonic() + STOP_SECONDS)
            self._running = None


def approves(here: RunningHub, there: RunningHub) -> None:
    """People of one hub hear the fingerprint of the other on the phone, and approve it."""
    seen = here.command("peer", "add", there.origin)
    here.command("peer", "approve", seen["host"], "--fingerprint", there.fingerprint)


def become_peers(one: RunningHub, other: RunningHub) -> None:
    """Approve both ways; return when the other holds what the one published."""
    approves(one, other)
    approves(other, one)
    held = f"{other.origin}/api/v1/resources?hub={one.authority}&limit=1"
    wait_for(f"{other.city} follows", lambda: get_json(held)["total"] > 0, seconds=SECONDS)
