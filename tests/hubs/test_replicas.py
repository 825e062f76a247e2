"""Any hub serves the public logs it holds, and who reads them can check them."""

from typing import Any

import pytest

from content.resources.held import HeldResourceStore
from federation.catching_up import catch_up
from federation.hub import HubKind
from federation.log import Log
from federation.peering import block_peer, resume_peer, suspend_peer
from federation.peers import PeerStore
from federation.polling import poll_heads
from federation.publishing import add_resource, import_resources, retract_resource
from federation.replicas import NoReplica, keep_replica
from protocol.log_entries import check_page, from_line
from tests.hubs.running import Network, RunningHub, a_record
from tests.hubs.test_catching_up import on_lines, stand_between
from tests.hubs.test_sharing import held_titles


async def public_log(hub: RunningHub, g: str) -> list[bytes]:
    """Return a log as a hub holds it, line by line."""
    return await hub.read(
        lambda db: Log(db).lines(g, after=0, limit=10**6, most_bytes=10**9),
    )


async def publish(hub: RunningHub, *titles: str, **fields: Any) -> tuple[str, ...]:
    records = [a_record(title, **fields) for title in titles]
    report = await hub.do(lambda db: import_resources(db, hub.hub, records, hub.act()))
    return report.ids


async def peer_with(hub: RunningHub, other: RunningHub) -> Any:
    return await hub.read(lambda db: PeerStore(db).get(other.host))


async def an_origin_with_a_replica(
    network: Network, kind: HubKind = "hub"
) -> tuple[RunningHub, RunningHub]:
    origin, replica = await network.hub("Barcelona"), await network.hub("Amsterdam", kind=kind)
    await network.peers(origin, replica)
    ids = await publish(origin, "One", "Two", "Three")
    await origin.do(lambda db: retract_resource(db, origin.hub, ids[1], origin.act()))
    await network.settle()
    await replica.catches_up(origin)
    return origin, replica


async def test_a_replica_serves_the_log_byte_for_byte_as_the_origin_does(network: Network) -> None:
    origin, replica = await an_origin_with_a_replica(network)
    g = origin.hub.identity.g

    async with (
        origin.session.get(f"{origin.origin}/hub/log/{g}") as first,
        origin.session.get(f"{replica.origin}/hub/log/{g}") as second,
    ):
        assert await first.read() == await second.read()
        assert first.headers["Hub-Head"] == second.headers["Hub-Head"]


async def test_a_log_is_taken_from_a_peer_that_has_it_while_its_hub_is_down(
    network: Network,
) -> None:
    origin, replica = await an_origin_with_a_replica(network)
    reader = await network.hub("New York")
    await network.peers(reader, origin)
    await network.peers(reader, replica)
    origin.is_up = False

    done = await reader.catches_up(origin)

    assert (done.entries, done.seq, done.problem) == (5, 5, "")
    assert done.replicas == (replica.host,)
    assert await held_titles(reader, origin) == await held_titles(replica, origin)
    origin.is_up = True
    again = await reader.catches_up(origin)
    assert (again.entries, again.problem, again.replicas) == (0, "", ())


async def test_a_replica_that_alters_is_noticed_and_the_next_one_is_asked(
    network: Network,
) -> None:
    # Coalitions are asked first.
    origin, replica = await an_origin_with_a_replica(network, "coalition")
    reader, other = await network.hub("New York"), await network.hub("Helsinki")
    for hub in (origin, replica, other):
        await network.peers(reader, hub)
    await network.peers(other, origin)
    await other.catches_up(origin)
    origin.is_up = False

    def alter(lines: list[dict[str, Any]]) -> None:
        lines[1]["a"]["object"]["name"] = "Forged"

    stand_between(reader, on_lines(alter), only=replica.host)
    done = await reader.catches_up(origin)

    assert (done.entries, done.problem, done.replicas) == (5, "", (other.host,))
    notices = await reader.rows("select kind, subject from notices")
    assert notices == [("refused", replica.host)]


async def test_what_is_for_hubs_only_is_served_by_its_origin_and_by_nobody_else(
    network: Network,
) -> None:
    origin, replica = await an_origin_with_a_replica(network)
    await publish(origin, "Green", label="tlp-green")
    await replica.catches_up(origin)
    reader = await network.hub("New York")
    await network.peers(reader, origin)
    await network.peers(reader, replica)
    origin.is_up = False

    await reader.catches_up(origin)

    assert "Green" not in (await held_titles(reader, origin)).values()
    assert "Green" in (await held_titles(replica, origin)).values()
    _, heads = await replica.get("/hub/heads")
    assert not any(head["log"].endswith("/network") for head in heads["heads"])


async def test_a_newcomer_gets_the_whole_log_of_a_lost_hub_and_verifies_it(
    network: Network,
) -> None:
    origin, replica = await an_origin_with_a_replica(network)
    g = origin.hub.identity.g
    before = await public_log(origin, g)
    await network.lose(origin)
    newcomer = await network.hub("New York")
    await network.peers(newcomer, replica)

    done = await keep_replica(newcomer.node, g, [await peer_with(newcomer, replica)])

    assert (done.host, done.entries, done.problem) == (origin.host, 5, "")
    assert await public_log(newcomer, g) == before
    entries = [from_line(line) for line in before]
    assert check_page(entries, log=g, manifest=None, after=None).head == entries[-1].h
    async with newcomer.session.get(f"{newcomer.origin}/hub/log/{g}") as served:
        assert await served.read() == b"".join(before)
    # It is kept for others; our people decide whose records they show.
    assert await newcomer.read(lambda db: list(HeldResourceStore(db).all())) == []


async def test_what_a_replica_altered_is_not_kept(network: Network) -> None:
    origin, replica = await an_origin_with_a_replica(network)
    newcomer = await network.hub("New York")
    await network.peers(newcomer, replica)
    stand_between(newcomer, on_lines(lambda lines: lines.pop(2)))

    done = await keep_replica(
        newcomer.node, origin.hub.identity.g, [await peer_with(newcomer, replica)]
    )

    assert (done.entries, done.seq) == (0, 0)
    assert done.problem


async def test_a_log_we_keep_for_others_is_read_anew_when_its_hub_becomes_a_peer(
    network: Network,
) -> None:
    origin, replica = await an_origin_with_a_replica(network)
    newcomer = await network.hub("New York")
    await network.peers(newcomer, replica)
    await keep_replica(newcomer.node, origin.hub.identity.g, [await peer_with(newcomer, replica)])

    await network.peers(newcomer, origin)
    done = await catch_up(newcomer.node, await peer_with(newcomer, origin))

    assert (done.entries, done.problem) == (5, "")
    assert sorted((await held_titles(newcomer, origin)).values()) == ["One", "Three"]


async def test_the_log_of_a_known_hub_that_is_no_active_peer_is_kept_like_a_strangers(
    network: Network,
) -> None:
    origin, replica = await an_origin_with_a_replica(network)
    newcomer = await network.hub("New York")
    await network.peers(newcomer, replica)
    await network.peers(newcomer, origin)
    await newcomer.catches_up(origin)
    await newcomer.do(lambda db: suspend_peer(db, newcomer.hub, origin.host, newcomer.act()))
    await publish(origin, "Four")
    await network.settle()
    await replica.catches_up(origin)
    await poll_heads(newcomer.node)
    g = origin.hub.identity.g

    done = await keep_replica(newcomer.node, g, [await peer_with(newcomer, replica)])
    meanwhile = await held_titles(newcomer, origin)
    await publish(origin, "Five")
    await replica.catches_up(origin)
    newcomer.clock.advance(1800)
    await poll_heads(newcomer.node)
    newest = await newcomer.read(lambda db: Log(db).head(g))
    await newcomer.do(lambda db: resume_peer(db, newcomer.hub, origin.host, newcomer.act()))
    await newcomer.catches_up(origin)

    assert (done.host, done.entries, done.problem) == (origin.host, 1, "")
    assert newest is not None
    assert newest.seq == 7  # its neighbours tell of it, as of any log that is kept
    assert "Four" not in meanwhile.values()
    assert sorted((await held_titles(newcomer, origin)).values()) == [
        "Five",
        "Four",
        "One",
        "Three",
    ]


async def test_the_log_of_a_peer_is_no_replica_and_that_of_a_blocked_hub_is_not_kept(
    network: Network,
) -> None:
    origin, replica = await an_origin_with_a_replica(network)
    await replica.do(lambda db: block_peer(db, replica.hub, origin.host, replica.act()))

    with pytest.raises(NoReplica, match="hub peer resume"):
        await keep_replica(replica.node, origin.hub.identity.g, [])


async def test_only_what_is_a_log_of_another_hub_can_be_kept_as_a_replica(
    network: Network,
) -> None:
    origin, replica = await an_origin_with_a_replica(network)
    for name in (origin.hub.identity.g, replica.hub.identity.g, "u", "../../etc"):
        with pytest.raises(NoReplica):
            await keep_replica(replica.node, name, [])


async def test_a_hub_gets_its_own_network_log_from_a_peer_and_nobody_elses(
    network: Network,
) -> None:
    origin, replica = await an_origin_with_a_replica(network)
    third = await network.hub("New York")
    await network.peers(third, replica)
    await origin.do(
        lambda db: add_resource(db, origin.hub, a_record("Green", label="tlp-green"), origin.act())
    )
    await replica.catches_up(origin)
    name = f"{origin.hub.identity.g}/network"

    assert (await network.signed_get(origin, f"{replica.origin}/hub/log/{name}"))[0] == 200
    assert (await network.signed_get(third, f"{replica.origin}/hub/log/{name}"))[0] == 404
