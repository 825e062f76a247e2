"""A hub that signs two entries with one number: noticed, kept as evidence, frozen, and told."""

import json

import pytest

from federation.fork_search import weigh_heads
from federation.forks import (
    ForkStore,
    LogFrozen,
    NotForked,
    refuse_frozen,
    refuse_frozen_hub,
    settle_peer,
)
from federation.log import Log
from federation.notices import NoticeStore
from federation.peers import PeerStore
from federation.polling import poll_heads, weigh_told
from federation.publishing import add_resource, retract_resource
from federation.shorter import ShorterStore
from protocol.fork_evidence import verdict_on_evidence
from protocol.keys import SigningKey
from protocol.log_entries import header_hash, make_entry, read_page
from protocol.shorter_evidence import verdict_on_shorter
from tests.hubs.running import Network, RunningHub, a_record
from tests.hubs.test_catching_up import on_lines, stand_between
from tests.hubs.test_sharing import held_titles


async def publish(hub: RunningHub, title: str) -> str:
    added = await hub.do(lambda db: add_resource(db, hub.hub, a_record(title), hub.act()))
    return added.id


async def rewind(hub: RunningHub, seq: int) -> None:
    """Let a hub forget the end of its log, as one does that was restored from an old copy."""
    g = hub.hub.identity.g

    def work(db: object) -> None:
        run = db.execute  # type: ignore[attr-defined]
        run("delete from log_entries where log = ? and seq > ?", (g, seq))
        header = Log(db).header(g, seq)  # type: ignore[arg-type]
        assert header is not None
        run(
            "update log_heads set seq = ?, hash = ?, header = ? where log = ?",
            (seq, header_hash(header), json.dumps(header.to_json()), g),
        )

    await hub.do(work)


async def two_hubs(network: Network) -> tuple[RunningHub, RunningHub]:
    """Return a reader that holds three entries of the other's log: manifest, One, Two."""
    reader, origin = await network.hub("Amsterdam"), await network.hub("Barcelona")
    await publish(origin, "One")
    await publish(origin, "Two")
    await network.peers(reader, origin)
    assert (await reader.catches_up(origin)).seq == 3
    return reader, origin


async def poll_after(hub: RunningHub, seconds: float) -> None:
    """Let time pass, then let a hub ask everybody whose turn it is."""
    await poll_heads(hub.node)
    hub.clock.advance(seconds)
    await poll_heads(hub.node)


async def notices(hub: RunningHub) -> list[str]:
    return [n.kind for n in await hub.read(lambda db: list(NoticeStore(db).all()))]


async def forked(network: Network) -> tuple[RunningHub, RunningHub]:
    """Return the two after the other was restored, published anew, and was caught."""
    reader, origin = await two_hubs(network)
    await rewind(origin, 2)
    await publish(origin, "Another Two")
    await publish(origin, "Three")
    caught = await reader.catches_up(origin)
    assert (caught.entries, caught.code) == (0, "log-frozen")
    return reader, origin


async def test_a_fork_is_kept_as_evidence_and_told_to_a_person(network: Network) -> None:
    reader, origin = await forked(network)

    (fork,) = await reader.read(lambda db: ForkStore(db).of_hub(origin.hub.identity.g))

    assert (fork.seq, fork.said_by, fork.settled_at) == (3, origin.host, None)
    assert await notices(reader) == ["forked"]
    verdict = verdict_on_evidence(fork.evidence.to_json())
    assert (verdict.code, verdict.hub) == ("log-fork", origin.hub.identity.g)


async def test_of_a_frozen_log_nothing_more_is_taken_and_what_is_held_stays(
    network: Network,
) -> None:
    reader, origin = await forked(network)
    await publish(origin, "Four")
    await network.settle()

    caught = await reader.catches_up(origin)

    assert (caught.entries, caught.seq, caught.code) == (0, 3, "log-frozen")
    assert sorted((await held_titles(reader, origin)).values()) == ["One", "Two"]


async def test_a_frozen_log_does_not_keep_anybody_from_deleting(network: Network) -> None:
    reader, origin = await two_hubs(network)
    doomed = await publish(origin, "Doomed")
    await network.settle()
    await reader.catches_up(origin)
    await rewind(origin, 3)
    await publish(origin, "Other")
    await reader.catches_up(origin)

    await origin.do(lambda db: retract_resource(db, origin.hub, doomed, origin.act()))
    await network.settle()

    assert "Doomed" not in (await held_titles(reader, origin)).values()


async def test_a_fork_is_seen_in_heads_that_somebody_tells(network: Network) -> None:
    reader, origin = await two_hubs(network)
    await rewind(origin, 2)
    await publish(origin, "Another Two")
    told = await origin.read(lambda db: Log(db).head(origin.hub.identity.g))
    assert told is not None

    (fork,) = await weigh_heads(reader.node, "third.example", [told.header])

    assert (fork.seq, fork.said_by) == (3, "third.example")
    with pytest.raises(LogFrozen):
        await reader.read(lambda db: refuse_frozen(db, origin.hub.identity.g))


async def test_a_fork_of_the_same_length_is_seen_when_a_person_syncs(network: Network) -> None:
    reader, origin = await two_hubs(network)
    await rewind(origin, 2)
    await publish(origin, "Another Two")
    peer = await reader.read(lambda db: PeerStore(db).get(origin.host))

    pages = await reader.catches_up(origin)
    await weigh_told(reader.node, peer)
    heads = await reader.catches_up(origin)

    assert pages.problem == ""  # nothing comes after the third entry: no page shows it
    assert heads.code == "log-frozen"


async def test_a_header_that_the_hub_did_not_sign_proves_nothing(network: Network) -> None:
    reader, origin = await two_hubs(network)
    key = SigningKey.from_seed(origin.hub.keys.signing.id, b"x" * 32)
    forged = make_entry(
        log=origin.hub.identity.g,
        seq=3,
        prev=None,
        at=network.clock.now(),
        op="Create",
        ref="01KAV3X5B0ABCDEFGHJKMNPQRS",
        document={"type": "Create"},
        key=key,
    )

    assert await weigh_heads(reader.node, "third.example", [forged.h]) == []
    assert await notices(reader) == []


async def test_a_page_that_was_changed_on_its_way_is_refused_and_freezes_nothing(
    network: Network,
) -> None:
    reader, origin = await two_hubs(network)
    for title in ("Three", "Four", "Five"):
        await publish(origin, title)
    stand_between(reader, on_lines(lambda lines: lines.pop(0)))

    refused = await reader.catches_up(origin)
    stand_between(reader, lambda body: body)
    caught = await reader.catches_up(origin)

    assert refused.code == "log-entry-missing"
    assert (caught.entries, caught.problem) == (3, "")


async def test_a_log_that_became_shorter_is_noticed(network: Network) -> None:
    reader, origin = await two_hubs(network)
    await rewind(origin, 2)

    caught = await reader.catches_up(origin)

    assert (caught.entries, caught.seq, caught.code) == (0, 3, "log-frozen")
    assert "signed 3 entries of it and shows 2" in caught.problem
    assert await notices(reader) == ["shrunk"]
    assert sorted((await held_titles(reader, origin)).values()) == ["One", "Two"]
    assert await reader.read(lambda db: ForkStore(db).open()) == []
    (shorter,) = await reader.read(lambda db: ShorterStore(db).of_hub(origin.hub.identity.g))
    assert (shorter.evidence.held.seq, shorter.evidence.shown.seq) == (3, 2)
    assert shorter.said_by == origin.host
    verdict = verdict_on_shorter(shorter.evidence.to_json())
    assert (verdict.state, verdict.hub) == ("unproven", origin.hub.identity.g)
    assert [check.passed for check in verdict.checks] == [True, None]


async def put_back(reader: RunningHub, origin: RunningHub) -> None:
    """Let a hub take its lost entries back from the copy of another, as after a restore."""
    g = origin.hub.identity.g
    lines = await reader.read(lambda db: Log(db).lines(g, after=2, limit=9, most_bytes=10**6))
    entries = read_page(b"".join(lines))
    await origin.do(lambda db: Log(db).store(entries, own=True, at=origin.clock.now()) and None)


async def test_of_a_log_that_became_shorter_nothing_is_taken_until_all_of_it_is_shown_again(
    network: Network,
) -> None:
    reader, origin = await two_hubs(network)
    await rewind(origin, 2)
    await reader.catches_up(origin)

    with pytest.raises(LogFrozen, match="shows 2"):
        await reader.read(lambda db: refuse_frozen_hub(db, origin.hub.identity.actor))
    await put_back(reader, origin)
    await publish(origin, "Three")
    caught = await reader.catches_up(origin)

    assert (caught.entries, caught.seq, caught.problem) == (1, 4, "")
    assert await notices(reader) == []
    (shorter,) = await reader.read(lambda db: ShorterStore(db).of_hub(origin.hub.identity.g))
    assert shorter.settled_by == f"hub:{origin.host}"


async def test_a_shorter_log_is_seen_in_the_heads_of_its_hub_and_its_end_too(
    network: Network,
) -> None:
    reader, origin = await two_hubs(network)
    await rewind(origin, 2)
    await origin.do(lambda db: db.execute("update log_heads set change = change + 10") and None)
    await poll_after(reader, 1800)
    frozen = await reader.read(lambda db: ShorterStore(db).open())

    await put_back(reader, origin)
    await poll_after(reader, 1800)

    assert len(frozen) == 1
    assert await reader.read(lambda db: ShorterStore(db).open()) == []


async def test_a_shorter_log_that_goes_on_with_something_else_is_a_fork(network: Network) -> None:
    reader, origin = await two_hubs(network)
    await rewind(origin, 2)
    await reader.catches_up(origin)
    await publish(origin, "Another Two")

    await poll_after(reader, 1800)

    assert sorted(await notices(reader)) == ["forked", "shrunk"]
    assert (await reader.catches_up(origin)).code == "log-frozen"


async def test_a_person_settles_a_log_that_stays_shorter(network: Network) -> None:
    reader, origin = await two_hubs(network)
    await rewind(origin, 2)
    await reader.catches_up(origin)

    await reader.do(lambda db: settle_peer(db, origin.host, reader.act()))
    caught = await reader.catches_up(origin)

    assert (caught.entries, caught.seq, caught.problem) == (2, 2, "")
    assert list((await held_titles(reader, origin)).values()) == ["One"]


async def test_heads_that_prove_nothing_of_a_shorter_log_are_no_evidence(network: Network) -> None:
    reader, origin = await two_hubs(network)
    await rewind(origin, 2)
    await reader.catches_up(origin)
    (shorter,) = await reader.read(lambda db: ShorterStore(db).open())
    good = shorter.evidence.to_json()
    first, second = good["headers"]

    for bad in (
        {**good, "headers": [second, first]},
        {**good, "headers": [first, {**second, "seq": 1}]},
        {**good, "headers": [first]},
        {**good, "manifests": []},
        {**good, "manifests": None},
    ):
        assert verdict_on_shorter(bad).state == "invalid"


async def test_the_hub_that_forked_learns_of_it_from_its_peers(network: Network) -> None:
    """Whoever forked its log was not told: only those who hold the other branch knew."""
    reader, origin = await two_hubs(network)
    await publish(origin, "Three")
    await reader.catches_up(origin)
    await rewind(origin, 2)
    await publish(origin, "Another Two")  # three entries here, four there

    await weigh_told(origin.node, await origin.peer(reader))

    (fork,) = await origin.read(lambda db: ForkStore(db).open())
    assert (fork.seq, fork.said_by) == (3, reader.host)
    assert await notices(origin) == ["own-fork"]

    # The other side drops its branch and reads ours: then it is over here too.
    await weigh_told(reader.node, await reader.peer(origin))
    await reader.do(lambda db: settle_peer(db, origin.host, reader.act()))
    await reader.catches_up(origin)
    await weigh_told(origin.node, await origin.peer(reader))

    assert await origin.read(lambda db: ForkStore(db).open()) == []
    assert await notices(origin) == []


async def test_a_fork_of_our_own_is_also_found_by_the_polls_of_the_server(network: Network) -> None:
    reader, origin = await two_hubs(network)
    await rewind(origin, 2)
    await publish(origin, "Another Two")

    await poll_after(origin, 1800)

    assert len(await origin.read(lambda db: ForkStore(db).open())) == 1
    assert reader.host


async def test_a_giver_that_holds_back_the_end_of_a_log_is_noticed(network: Network) -> None:
    reader, origin = await two_hubs(network)
    await publish(origin, "Three")
    stand_between(reader, lambda _body: b"")

    caught = await reader.catches_up(origin)

    assert caught.code == "log-entry-missing"
    assert "says that the log has 4 entries, and shows none after 3" in caught.problem
    assert await notices(reader) == ["refused"]


async def test_a_person_settles_a_fork_and_reads_on(network: Network) -> None:
    reader, origin = await forked(network)
    g = origin.hub.identity.g

    await reader.do(lambda db: settle_peer(db, origin.host, reader.act()))
    caught = await reader.catches_up(origin)

    titles = sorted((await held_titles(reader, origin)).values())
    assert titles == ["Another Two", "One", "Three"]
    with pytest.raises(NotForked):
        await reader.do(lambda db: settle_peer(db, origin.host, reader.act()))
    assert (caught.entries, caught.seq, caught.problem) == (4, 4, "")
    (fork,) = await reader.read(lambda db: ForkStore(db).of_hub(g))
    assert fork.settled_by == "olga"
    assert await notices(reader) == []
