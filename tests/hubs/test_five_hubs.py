"""Five hubs: one was away while the others published, and one is lost for ever."""

import time
from typing import Any

import pytest

from federation.catching_up import catch_up_all
from federation.publishing import import_resources, retract_resource, update_resource
from federation.replicas import keep_replica
from protocol.log_entries import check_page, from_line
from tests.hubs.running import Network, RunningHub, a_record
from tests.hubs.test_gaps import lose_deliveries
from tests.hubs.test_replicas import peer_with, public_log

NAMES = ("Amsterdam", "Barcelona", "New York", "Helsinki", "São Paulo")
BATCH = 500


async def five_hubs(network: Network) -> list[RunningHub]:
    """Return five hubs, each a peer of each."""
    hubs = [await network.hub(name) for name in NAMES]
    for number, one in enumerate(hubs):
        for other in hubs[:number]:
            await network.peers(one, other)
    for hub in hubs:
        await catch_up_all(hub.node)
    return hubs


async def publish(hub: RunningHub, count: int) -> None:
    """Publish count records; then change one in a hundred, and take one in a hundred back."""
    name = hub.hub.identity.name
    ids: list[str] = []
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        records = [a_record(f"{name}, guide {start + number}") for number in range(size)]
        report = await hub.do(
            lambda db, records=records: import_resources(db, hub.hub, records, hub.act())
        )
        ids += report.ids
    for ulid in ids[::100]:
        changed = a_record(f"{name}, changed {ulid}")
        await hub.do(lambda db, u=ulid, r=changed: update_resource(db, hub.hub, u, r, hub.act()))
    for ulid in ids[50::100]:
        await hub.do(lambda db, u=ulid: retract_resource(db, hub.hub, u, hub.act()))


async def own_records(hub: RunningHub) -> dict[str, Any]:
    """Return what a hub has published: url -> the object as it is served."""
    found = await hub.rows(
        "select json_extract(e.document, '$.object.id'), json_extract(e.document, '$.object')"
        " from published p join log_entries e on e.log = ? and e.seq = p.seq"
        " where p.state = 'live'",
        hub.hub.identity.g,
    )
    return dict(found)


async def held_records(hub: RunningHub, origin: RunningHub) -> dict[str, Any]:
    """Return what a hub holds of another: url -> the object as it came."""
    return dict(
        await hub.rows(
            "select url, json(document) from held_resources where hub = ? and document is not null",
            origin.host,
        )
    )


async def the_story(network: Network, records: int) -> tuple[float, int]:
    """One is away, the others publish, it comes back; return seconds and records of its sync."""
    hubs = await five_hubs(network)
    away, *others = hubs
    away.is_up = False
    for hub in others:
        await publish(hub, records // len(others))
        # None of it is delivered to anybody: all must come from the logs.
        await lose_deliveries(hub)

    away.is_up = True
    began = time.perf_counter()
    rounds = await catch_up_all(away.node)
    seconds = time.perf_counter() - began

    assert [done.problem for done in rounds] == [""] * 4
    total = 0
    for hub in others:
        published, held = await own_records(hub), await held_records(away, hub)
        assert held == published
        assert await public_log(away, hub.hub.identity.g) == await public_log(
            hub, hub.hub.identity.g
        )
        total += len(held)
    found = await away.rows("select count(*) from catalogue")
    assert found == [(total,)]
    await a_newcomer_reads_a_lost_hub(network, others[0], away)
    return seconds, total


async def a_newcomer_reads_a_lost_hub(
    network: Network, lost: RunningHub, replica: RunningHub
) -> None:
    g = lost.hub.identity.g
    whole = await public_log(lost, g)
    await network.lose(lost)
    newcomer = await network.hub("Newcomer")
    await network.peers(newcomer, replica)

    done = await keep_replica(newcomer.node, g, [await peer_with(newcomer, replica)])

    assert (done.problem, done.entries) == ("", len(whole))
    assert await public_log(newcomer, g) == whole
    entries = [from_line(line) for line in whole]
    assert check_page(entries, log=g, manifest=None, after=None).head == entries[-1].h


async def test_who_was_away_has_everything_after_one_sync_and_a_lost_hub_can_be_read(
    network: Network,
) -> None:
    _, total = await the_story(network, 600)

    assert total == 600 - 4


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_ten_thousand_records_come_in_one_sync(
    network: Network, record_property: Any
) -> None:
    seconds, total = await the_story(network, 10_000)

    record_property("records", total)
    record_property("seconds", round(seconds, 1))
    print(f"{total} records of four hubs in {seconds:.1f} s: {total / seconds:.0f} a second")
