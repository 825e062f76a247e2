"""Asking for heads: cheaply while nothing happens, and nothing stays lost."""

from datetime import timedelta

from federation.polling import LATEST, SOONEST, PollRound, poll_heads
from federation.replicas import keep_replica
from protocol.json import JsonObject
from tests.hubs.running import Network, RunningHub
from tests.hubs.test_gaps import lose_deliveries, publish, two_peers
from tests.hubs.test_replicas import an_origin_with_a_replica, peer_with, public_log
from tests.hubs.test_sharing import held_titles


async def poll(hub: RunningHub, *, after: timedelta = LATEST * 2) -> PollRound:
    """Let time pass, then let a hub ask everybody whose turn it is."""
    await poll_heads(hub.node)
    hub.clock.advance(after.total_seconds())
    return await poll_heads(hub.node)


async def heads_of(hub: RunningHub, query: str = "", **headers: str) -> tuple[int, JsonObject]:
    return await hub.get(f"/hub/heads{query}", **headers)


async def test_a_lost_delivery_is_found_by_the_next_poll(network: Network) -> None:
    reader, origin = await two_peers(network)
    await publish(origin, "Public")
    await publish(origin, "Green", label="tlp-green")
    await lose_deliveries(origin)

    round_ = await poll(reader)

    assert (round_.asked, round_.told) == (1, 1)
    assert [(done.host, done.entries) for done in round_.read] == [(origin.host, 2)]
    assert sorted((await held_titles(reader, origin)).values()) == ["Green", "Public"]


async def test_who_rests_is_asked_ever_more_seldom_and_news_change_that(network: Network) -> None:
    reader, origin = await two_peers(network)
    await poll(reader)
    (state,) = reader.node.memory.polls.values()

    waits = []
    for _ in range(6):
        reader.clock.advance((state.due - reader.clock.now()).total_seconds())
        now = reader.clock.now()
        round_ = await poll_heads(reader.node)
        waits.append(state.due - now)
        assert (round_.asked, round_.told) == (1, 0)
    await publish(origin, "News")
    await lose_deliveries(origin)
    reader.clock.advance((state.due - reader.clock.now()).total_seconds())
    now = reader.clock.now()
    round_ = await poll_heads(reader.node)

    assert round_.told == 1
    assert all(wait <= LATEST * 1.2 for wait in waits)
    assert waits[-1] >= LATEST * 0.8 > waits[0]
    assert state.due - now <= SOONEST * 1.2


async def test_between_their_turns_nobody_is_asked(network: Network) -> None:
    reader, _ = await two_peers(network)
    await poll(reader)

    assert (await poll_heads(reader.node)).asked == 0


async def test_who_knows_everything_gets_an_empty_answer(
    network: Network,
) -> None:
    reader, origin = await two_peers(network)
    await poll(reader)
    mark = next(iter(reader.node.memory.polls.values())).mark

    status, body = await network.signed_get(
        reader, f"{origin.origin}/hub/heads?since={mark}", ("If-None-Match", f'"{mark}"')
    )

    assert (status, body) == (304, b"")


async def test_only_what_changed_since_is_told(network: Network) -> None:
    origin, replica = await an_origin_with_a_replica(network)
    _, first = await heads_of(replica)

    status, nothing = await heads_of(replica, f"?since={first['next']}")
    await publish(origin, "News")
    await replica.catches_up(origin)
    _, news = await heads_of(replica, f"?since={first['next']}")

    assert {head["log"] for head in first["heads"]} == {
        origin.hub.identity.g,
        replica.hub.identity.g,
    }
    assert (status, nothing) == (200, {"heads": [], "next": first["next"]})
    assert [head["log"] for head in news["heads"]] == [origin.hub.identity.g]


async def test_a_mark_of_an_earlier_process_hides_nothing(network: Network) -> None:
    _, replica = await an_origin_with_a_replica(network)
    _, first = await heads_of(replica)
    replica.node.memory.epoch = ""

    _, again = await heads_of(replica, f"?since={first['next']}")

    assert again["heads"] == first["heads"]
    assert again["next"] != first["next"]


async def test_a_mark_that_we_never_gave_is_refused(network: Network) -> None:
    hub = await network.hub("Amsterdam")
    for mark in ("1", "x" * 16 + ".1", "0" * 16 + "." + "9" * 30, "%00", "a.b"):
        status, problem = await heads_of(hub, f"?since={mark}")
        assert (status, problem["type"].rpartition("/")[2]) == (400, "bad-parameter")


async def test_the_head_of_the_network_log_is_told_to_hubs_only(network: Network) -> None:
    reader, origin = await two_peers(network)
    await publish(origin, "Green", label="tlp-green")
    stranger = await network.hub("New York")
    url = f"{origin.origin}/hub/heads"

    _, anyone = await heads_of(origin)
    status, body = await network.signed_get(reader, url)
    refused, _ = await network.signed_get(stranger, url)

    network_log = f"{origin.hub.identity.g}/network"
    assert network_log not in {head["log"] for head in anyone["heads"]}
    assert (status, network_log.encode() in body) == (200, True)
    assert refused in (401, 403)


async def test_a_neighbour_tells_of_a_hub_that_is_down_and_has_its_log(network: Network) -> None:
    reader, origin = await two_peers(network)
    neighbour = await network.hub("New York")
    await network.peers(neighbour, origin)
    await network.peers(neighbour, reader)
    await poll(reader)
    await publish(origin, "Last words")
    await lose_deliveries(origin)
    await neighbour.catches_up(origin)
    origin.is_up = False

    round_ = await poll(reader)

    (done,) = round_.read
    assert (done.host, done.entries, done.replicas) == (origin.host, 1, (neighbour.host,))
    assert list((await held_titles(reader, origin)).values()) == ["Last words"]


async def test_a_head_that_the_hub_never_signed_moves_nobody(network: Network) -> None:
    reader, origin = await two_peers(network)
    liar = await network.hub("New York")
    await network.peers(liar, reader)
    await poll(reader)
    (log,) = await origin.rows("select header from log_heads where own and log not like '%/%'")
    forged = log[0].replace('"seq":1', '"seq":9')
    await liar.do(
        lambda db: db.execute(
            "insert into log_heads (log, seq, hash, header, own, heard_at, change)"
            " values (?, 9, 'u', ?, 0, '2026-11-24T09:30:00.000Z', 99)",
            (origin.hub.identity.g, forged),
        )
    )
    origin.received.clear()

    round_ = await poll(reader)

    assert (round_.told, round_.read) == (1, ())


async def test_a_log_that_we_keep_for_others_is_kept_up_to_date(network: Network) -> None:
    origin, replica = await an_origin_with_a_replica(network)
    keeper = await network.hub("New York")
    await network.peers(keeper, replica)
    g = origin.hub.identity.g
    await keep_replica(keeper.node, g, [await peer_with(keeper, replica)])
    await poll(keeper)
    await publish(origin, "News")
    await replica.catches_up(origin)

    round_ = await poll(keeper)

    assert [(done.host, done.entries) for done in round_.read] == [(g, 1)]
    assert await public_log(keeper, g) == await public_log(origin, g)


async def test_a_hub_that_answers_nonsense_or_nothing_stops_nobody(network: Network) -> None:
    reader, origin = await two_peers(network)
    silent = await network.hub("New York")
    await network.peers(reader, silent)
    await poll(reader)
    silent.is_up = False
    await publish(origin, "News")
    await lose_deliveries(origin)

    round_ = await poll(reader)

    assert (round_.asked, round_.told) == (2, 1)
    assert list((await held_titles(reader, origin)).values()) == ["News"]
