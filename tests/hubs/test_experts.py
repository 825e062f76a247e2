"""Experts between hubs: shared as agreed, corrected by a new id, erased when they leave."""

from typing import Any

import pytest

from content.experts.contacts import ExpertContactStore
from content.experts.expert import Expert
from content.experts.held import HeldExpertStore
from content.experts.hours import ExpertHoursStore
from content.experts.record import ExpertRecord, read_expert
from federation.catching_up import catch_up_new
from federation.erasures import ErasureStore
from federation.listing_care import leave_by_link, make_link, turn_pauses
from federation.publishing_experts import (
    add_expert,
    confirm_expert,
    pause_expert,
    remove_expert,
    resume_expert,
    update_expert,
)
from federation.sweeping import sweep
from tests.hubs.running import Network, RunningHub


def an_expert(name: str = "Example Person", **fields: Any) -> ExpertRecord:
    """Return a valid, invented expert."""
    return read_expert(
        {
            "name": name,
            "organisation": "Example University",
            "bio": "Reviews algorithm registers.",
            "topics": ["algorithm-registers"],
            "jurisdictions": ["NL"],
            "languages": ["nl", "en"],
            "offers": ["review"],
            "capacity_hours": 8,
            "conflicts": "Not for vendors.",
            "scope": "network",
            "example": True,
            **fields,
        }
    )


async def add(hub: RunningHub, record: ExpertRecord) -> Expert:
    return await hub.do(lambda db: add_expert(db, hub.hub, record, hub.act()))


async def held_names(hub: RunningHub, origin: RunningHub) -> list[str]:
    held = await hub.read(lambda db: list(HeldExpertStore(db).of(origin.host)))
    return [each.record.name for each in held]


@pytest.mark.parametrize(
    ("scope", "hub_has", "coalition_has", "public_status"),
    [
        ("hub", [], [], 404),
        ("network", ["Canary"], [], 404),
        ("public", ["Canary"], ["Canary"], 200),
    ],
)
async def test_an_expert_is_shared_as_far_as_was_agreed(
    network: Network,
    scope: str,
    hub_has: list[str],
    coalition_has: list[str],
    public_status: int,
) -> None:
    origin, hub = await network.hub("Amsterdam"), await network.hub("New York")
    coalition = await network.hub("Coalition", kind="coalition")
    await network.peers(origin, hub)
    await network.peers(origin, coalition)

    expert = await add(origin, an_expert("Canary", scope=scope))
    await network.settle()
    await hub.catches_up(origin)
    await coalition.catches_up(origin)

    assert await held_names(hub, origin) == hub_has
    assert await held_names(coalition, origin) == coalition_has
    assert any(b"Canary" in body for body in coalition.received) == bool(coalition_has)
    assert (await origin.get(f"/experts/{expert.id}"))[0] == public_status
    found = await hub.rows("select hub, label from directory where not own")
    assert found == [(origin.host, f"tlp-{'clear' if scope == 'public' else 'green'}")] * len(
        hub_has
    )


async def test_what_arrives_is_what_was_entered(network: Network) -> None:
    origin, hub = await network.hub("Amsterdam"), await network.hub("New York")
    await network.peers(origin, hub)
    expert = await add(origin, an_expert())
    await network.settle()

    (held,) = await hub.read(lambda db: list(HeldExpertStore(db).all()))

    assert held.record == expert.record
    assert held.url == f"{origin.origin}/experts/{expert.id}"


async def test_a_new_peer_is_read_once_by_itself(network: Network) -> None:
    origin, hub = await network.hub("Amsterdam"), await network.hub("New York")
    await add(origin, an_expert("Public Person", scope="public"))
    await add(origin, an_expert("Shared Person"))
    await network.peers(origin, hub)

    first = await catch_up_new(hub.node)
    second = await catch_up_new(hub.node)

    assert [(done.host, done.entries) for done in first] == [(origin.host, 3)]
    assert second == []
    assert await held_names(hub, origin) == ["Public Person", "Shared Person"]


async def test_a_new_peer_that_cannot_be_read_is_tried_ever_more_seldom(network: Network) -> None:
    origin, hub = await network.hub("Amsterdam"), await network.hub("New York")
    await network.peers(origin, hub)
    origin.is_up = False
    tried_at = []

    for minute in range(60):
        if await catch_up_new(hub.node):
            tried_at.append(minute)
        hub.clock.advance(seconds=60)
    origin.is_up = True
    hub.clock.advance(seconds=900)
    read = await catch_up_new(hub.node)

    assert tried_at == [0, 1, 2, 3, 5, 8, 14, 25, 40, 55]
    assert [(done.host, done.problem) for done in read] == [(origin.host, "")]
    assert await catch_up_new(hub.node) == []
    assert not hub.node.memory.first_readings


async def test_a_correction_gets_a_new_id_and_the_old_text_is_in_no_log(network: Network) -> None:
    origin, hub = await network.hub("Amsterdam"), await network.hub("New York")
    await network.peers(origin, hub)
    expert = await add(origin, an_expert("Misspelt Name"))
    await network.settle()
    await hub.catches_up(origin)

    corrected = await origin.do(
        lambda db: update_expert(db, origin.hub, expert.id, an_expert("Right Name"), origin.act())
    )
    await network.settle()
    await hub.catches_up(origin)

    assert corrected.id != expert.id
    assert await held_names(hub, origin) == ["Right Name"]
    for each in (origin, hub):
        logged = "select seq from log_entries where document like '%Misspelt%'"
        assert await each.rows(logged) == []


async def test_confirming_keeps_the_id_and_tells_the_date(network: Network) -> None:
    origin, hub = await network.hub("Amsterdam"), await network.hub("New York")
    await network.peers(origin, hub)
    expert = await add(origin, an_expert())
    await network.settle()

    act = origin.act()
    confirmed = await origin.do(lambda db: confirm_expert(db, origin.hub, expert.id, act))
    await network.settle()

    (held,) = await hub.read(lambda db: list(HeldExpertStore(db).all()))
    assert (confirmed.id, held.ref) == (expert.id, expert.id)
    assert held.record.confirmed_at == act.at


async def test_pausing_takes_the_listing_off_and_confirming_brings_it_back(
    network: Network,
) -> None:
    origin, hub = await network.hub("Amsterdam"), await network.hub("New York")
    await network.peers(origin, hub)
    expert = await add(origin, an_expert())
    await network.settle()

    paused = await origin.do(lambda db: pause_expert(db, origin.hub, expert.id, origin.act()))
    await network.settle()
    assert await held_names(hub, origin) == []
    assert await origin.rows("select url from directory") == []

    back = await origin.do(lambda db: confirm_expert(db, origin.hub, paused.id, origin.act()))
    await network.settle()
    assert back.id != expert.id
    assert await held_names(hub, origin) == ["Example Person"]


async def test_who_leaves_is_erased_everywhere(network: Network) -> None:
    origin, hub = await network.hub("Amsterdam"), await network.hub("New York")
    await network.peers(origin, hub)
    expert = await add(origin, an_expert("Canary", scope="public"))
    await network.settle()
    await hub.catches_up(origin)

    await origin.do(lambda db: remove_expert(db, origin.hub, expert.id, origin.act()))
    await network.settle()
    await hub.catches_up(origin)

    status, tombstone = await origin.get(f"/experts/{expert.id}")
    assert (status, tombstone["type"], tombstone["formerType"]) == (410, "Tombstone", "hub:Expert")
    for each in (origin, hub):
        for table in ("log_entries", "held_experts", "experts", "directory"):
            rows = await each.rows(f"select * from {table}")  # noqa: S608
            assert "Canary" not in repr(rows)


async def test_who_leaves_by_their_own_link_is_erased_at_all_hubs_with_receipts(
    network: Network,
) -> None:
    origin, hub, third = [await network.hub(name) for name in ("Amsterdam", "New York", "Helsinki")]
    await network.peers(origin, hub)
    await network.peers(origin, third)
    expert = await add(origin, an_expert("Canary"))
    await network.settle()
    link = await origin.do(lambda db: make_link(db, origin.hub, expert.id, origin.act()))
    token = link.rpartition("/")[2]

    await origin.do(lambda db: leave_by_link(db, origin.hub, token, origin.act().at))
    for each in (origin, hub, third):
        await sweep(each.node)
    await network.settle()
    for each in (hub, third):
        await sweep(each.node)
    await network.settle()

    assert await held_names(hub, origin) == await held_names(third, origin) == []
    standing = await origin.read(lambda db: ErasureStore(db).get(expert.id))
    assert {each.host for each in standing.asked} == {hub.host, third.host}
    assert all(each.erased_at is not None for each in standing.asked)


async def test_what_belongs_to_an_expert_goes_along_with_the_new_id(network: Network) -> None:
    origin, hub = await network.hub("Amsterdam"), await network.hub("New York")
    await network.peers(origin, hub)
    expert = await add(origin, an_expert())
    act = origin.act()

    def work(db: Any) -> None:
        contacts = ExpertContactStore(db, origin.hub.vault)
        contacts.put(expert.id, "person@example.org", act, origin.hub.chance)
        ExpertHoursStore(db).log(expert.id, 2, act.at.date(), act)

    await origin.do(work)
    await network.settle()
    corrected = await origin.do(
        lambda db: update_expert(db, origin.hub, expert.id, an_expert("Right Name"), origin.act())
    )

    contact = await origin.read(
        lambda db: ExpertContactStore(db, origin.hub.vault).find(corrected.id)
    )
    hours = await origin.read(lambda db: ExpertHoursStore(db).of_month(act.at.date()))
    assert contact is not None
    assert contact.address == "person@example.org"
    assert hours == {corrected.id: 120}
    await network.settle()
    assert not any(b"person@example.org" in body for body in hub.received)


async def test_a_paused_listing_is_put_on_again_without_being_confirmed(network: Network) -> None:
    origin, hub = await network.hub("Amsterdam"), await network.hub("New York")
    await network.peers(origin, hub)
    expert = await add(origin, an_expert())
    await network.settle()
    await origin.do(lambda db: pause_expert(db, origin.hub, expert.id, origin.act()))
    await network.settle()
    assert await held_names(hub, origin) == []

    back = await origin.do(lambda db: resume_expert(db, origin.hub, expert.id, origin.act()))
    await network.settle()

    assert back.record.confirmed_at is None
    assert await held_names(hub, origin) == ["Example Person"]
    assert await origin.do(lambda db: turn_pauses(db, origin.hub, origin.act())) == 0
