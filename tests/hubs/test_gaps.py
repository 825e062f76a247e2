"""Deliveries say how far the log has come; who sees a gap reads the log."""

from federation.delivery import deliver_due
from federation.publishing import add_resource
from federation.told_heads import HUB_HEAD, hear_head, pull_told
from protocol.http import HttpRequest
from tests.hubs.running import Network, RunningHub, a_record
from tests.hubs.test_sharing import held_titles


async def publish(hub: RunningHub, title: str, **fields: object) -> None:
    await hub.do(lambda db: add_resource(db, hub.hub, a_record(title, **fields), hub.act()))


async def lose_deliveries(hub: RunningHub) -> None:
    """Let everything that waits to be delivered get lost without a trace."""
    await hub.do(lambda db: db.execute("update deliveries set state = 'dropped'"))


async def two_peers(network: Network) -> tuple[RunningHub, RunningHub]:
    reader, origin = await network.hub("Amsterdam"), await network.hub("Barcelona")
    await network.peers(reader, origin)
    await reader.catches_up(origin)
    return reader, origin


async def test_the_delivery_after_a_lost_one_brings_both(network: Network) -> None:
    reader, origin = await two_peers(network)
    await publish(origin, "Lost")
    await lose_deliveries(origin)
    await publish(origin, "Arrived")
    await network.settle()
    assert list((await held_titles(reader, origin)).values()) == ["Arrived"]

    (done,) = await pull_told(reader.node)

    assert (done.host, done.entries, done.problem) == (origin.host, 2, "")
    assert sorted((await held_titles(reader, origin)).values()) == ["Arrived", "Lost"]
    assert await pull_told(reader.node) == []


async def test_a_gap_in_what_is_for_hubs_only_is_noticed_too(network: Network) -> None:
    reader, origin = await two_peers(network)
    await publish(origin, "Lost", label="tlp-green")
    await lose_deliveries(origin)
    await publish(origin, "Arrived", label="tlp-green")
    await network.settle()

    await pull_told(reader.node)

    assert sorted((await held_titles(reader, origin)).values()) == ["Arrived", "Lost"]


async def test_every_delivery_between_hubs_says_where_the_log_is_and_none_to_others(
    network: Network,
) -> None:
    reader, origin = await two_peers(network)
    await publish(origin, "Public")
    await publish(origin, "Green", label="tlp-green")

    heads = await origin.rows(
        "select h.log, h.seq from log_heads h where h.own order by length(h.log)"
    )
    done = await deliver_due(origin.node)

    assert done.delivered == 2
    told = reader.node.memory.told.take()
    assert told == {(origin.hub.identity.actor, log): seq for log, seq in heads}


async def test_what_a_hub_says_of_the_log_of_another_is_ignored(network: Network) -> None:
    reader, origin = await two_peers(network)
    third = await network.hub("New York")
    await network.peers(reader, third)
    told = HttpRequest(
        "POST",
        reader.hub.identity.inbox,
        ((HUB_HEAD, f'"{origin.hub.identity.g}";seq=999'),),
    )
    reader.node.memory.told.clear()

    hear_head(reader.node, told, third.hub.identity.actor)

    assert await pull_told(reader.node) == []


async def test_a_malformed_head_is_nothing(network: Network) -> None:
    reader = await network.hub("Amsterdam")
    for text in ("", "u", '"u";seq=1', '"' + "u" + "A" * 43 + '";seq=0', "x" * 5000):
        hear_head(reader.node, HttpRequest("POST", reader.origin, ((HUB_HEAD, text),)), "a")

    assert len(reader.node.memory.told) == 0
