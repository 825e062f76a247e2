"""Mireia: nothing arrives in Sofia for a while, and then its keys are others (DOMAIN.md 5)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from node.demo.cast import Cast
from node.demo.network import RunningHub
from node.demo.outside import post
from node.web.page_refusals import ON_PAGES
from tests.browser.conftest import Comes
from tests.browser.contents import RECORD
from tests.browser.person import Person
from tests.browser.sofia import Sofia, approves, become_peers
from tests.browser.ways import WAYS, Way, unlike_any

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.timeout(1200),
]
BACKED_OFF = 400
"""Seconds: a hub that failed is asked again after one minute, then two, then four."""

IN = ("most-people", "arabic")
"""Each takes the minute and more that hubs wait; the other ways are walked on her Monday."""


@pytest.fixture
def sofia(cast: Cast, beside: list[str], way: Way, tmp_path: Path) -> Iterator[Sofia]:
    there = Sofia(beside[WAYS.index(way)], tmp_path, cast.barcelona.trusted)
    yield there
    there.goes_away()


@pytest.mark.parametrize(
    "way", [way for way in WAYS if way.name in IN], ids=lambda way: way.name, indirect=True
)
def test_mireia_accepts_the_new_keys_of_a_peer_after_a_call(
    cast: Cast, sofia: Sofia, comes: Comes, way: Way
) -> None:
    hub = cast.barcelona
    before = sofia.founded()
    become_peers(hub, before)
    sofia.goes_away()
    record = {**RECORD, "title": unlike_any("A guide for Sofia")}
    post(f"{hub.origin}/api/v1/resources?publish=true", record, hub.token)

    mireia = comes(hub, hub.place.operator, way=way)
    sees_that_nothing_arrives(mireia, before)

    # Their disk was lost, and nobody had a backup: the same address, but nobody knows its keys.
    now = sofia.founded()
    approves(now, hub)
    is_warned(mireia, now)
    compares(mireia, sofia.name, before, now)


def sees_that_nothing_arrives(mireia: Person, sofia: RunningHub) -> None:
    """What waits for Sofia says where it should go, how often it was tried, and why it failed."""
    mireia.turns_to("Duty room")
    mireia.follows("Other hubs")
    mireia.follows("On its way")
    mireia.waits_for("%(num)s attempt so far", num=1)
    row = mireia.main.locator("li").filter(has_text=sofia.authority).first
    expect(row).to_contain_text(mireia.way.words("%(num)s attempt so far", num=1))


def is_warned(mireia: Person, sofia: RunningHub) -> None:
    """She asks it for its keys, and is told that they are others, and what to do about it."""
    mireia.visits("/duty/peers")
    mireia.writes("address", sofia.origin)
    mireia.goes_to(mireia.main.locator("form.form button"))
    mireia.reads(ON_PAGES["manifest-changed"])


def compares(mireia: Person, name: str, before: RunningHub, now: RunningHub) -> None:
    """The peering under the old keys ends; she hears the new fingerprint, and approves it."""
    mireia.visits("/duty/peers")
    mireia.follows(name)
    shown = mireia.main.locator(".fingerprint code")
    expect(shown).to_have_text(before.fingerprint)
    mireia.follows("End the peering")
    mireia.picks("sure")
    mireia.presses("End it")
    mireia.reads("The peering is ended.")
    mireia.visits("/duty/peers")
    mireia.writes("address", now.origin)
    mireia.presses("Find it")
    expect(shown).to_have_text(now.fingerprint)
    mireia.follows("Approve this hub")
    mireia.writes("fingerprint", before.fingerprint)  # from an old letter: not what they read out
    mireia.goes_to(mireia.main.locator("form.form button"))
    mireia.reads(ON_PAGES["fingerprint-differs"])
    mireia.writes("fingerprint", now.fingerprint)
    mireia.presses("Approve it")
    mireia.reads("Approved. It becomes an active peer once its people approve this hub too.")
    # Both sent their approval while the other would not take it, and try again by themselves.
    mireia.waits_for("Active", seconds=BACKED_OFF)
    mireia.turns_to("Duty room")
    mireia.misses(now.authority)  # nothing of Sofia wants a look any more
