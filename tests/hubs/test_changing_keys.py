"""A hub's keys change only by a lawful manifest in its log; all else waits for a person."""

from collections.abc import Callable

import pytest

from federation.discovery import DiscoveryFailed, discover
from federation.log import Log, found_log
from federation.publishing import add_resource
from protocol.json import JsonObject
from protocol.keys import SigningKey
from protocol.manifest import next_manifest
from tests.hubs.running import Network, RunningHub, a_record
from tests.hubs.test_catching_up import stand_between


async def new_manifest(hub: RunningHub, added: SigningKey, signer: SigningKey) -> JsonObject:
    """Let a hub publish a manifest with one more key, signed by signer."""
    (first,) = await hub.read(lambda db: Log(db).manifests(hub.hub.identity.g))
    manifest = next_manifest(
        first,
        signer=signer,
        now=hub.clock.now(),
        keys=(hub.hub.keys.signing.public, added.public),
    )
    await hub.do(lambda db: found_log(db, hub.hub, manifest, hub.clock.now()))
    return manifest


def another_key(hub: RunningHub) -> SigningKey:
    return SigningKey.from_seed(f"{hub.origin}/actor#ed25519-2", b"2" * 32)


async def test_a_lawful_manifest_in_the_log_pins_the_new_keys(network: Network) -> None:
    amsterdam, barcelona = await network.hub("Amsterdam"), await network.hub("Barcelona")
    await network.peers(amsterdam, barcelona)
    await amsterdam.catches_up(barcelona)
    added = another_key(barcelona)
    await new_manifest(barcelona, added, barcelona.hub.keys.signing)
    await barcelona.do(lambda db: add_resource(db, barcelona.hub, a_record(), barcelona.act()))

    caught = await amsterdam.catches_up(barcelona)

    assert (caught.problem, caught.seq) == ("", 3)
    pinned = (await amsterdam.peer(barcelona)).pinned_keys
    assert [key.id for key in pinned] == [barcelona.hub.keys.signing.id, added.id]
    whats = await amsterdam.rows("select note from changes where what = 'peer.renew-keys'")
    assert whats == [("manifest 2",)]


async def test_a_hub_with_a_later_manifest_is_discovered_by_its_whole_history(
    network: Network,
) -> None:
    amsterdam, barcelona = await network.hub("Amsterdam"), await network.hub("Barcelona")
    manifest = await new_manifest(barcelona, another_key(barcelona), barcelona.hub.keys.signing)

    found = await discover(amsterdam.node, barcelona.origin)

    assert found.g == barcelona.hub.identity.g
    assert found.manifest == manifest
    assert len(found.pinned_keys) == 2


@pytest.mark.parametrize(
    "cut",
    [
        lambda body: body[:-9],  # in the last line
        lambda body: body.splitlines(keepends=True)[0],  # between two lines
        lambda _body: b"",
    ],
)
async def test_a_history_that_was_cut_off_is_no_lie_of_the_hub(
    network: Network, cut: Callable[[bytes], bytes]
) -> None:
    amsterdam, barcelona = await network.hub("Amsterdam"), await network.hub("Barcelona")
    await new_manifest(barcelona, another_key(barcelona), barcelona.hub.keys.signing)
    stand_between(amsterdam, cut)

    with pytest.raises(DiscoveryFailed):
        await discover(amsterdam.node, barcelona.origin)


async def test_a_new_hub_at_an_old_address_is_not_taken_for_the_old_one(network: Network) -> None:
    amsterdam, barcelona = await network.hub("Amsterdam"), await network.hub("Barcelona")
    newyork = await network.hub("New York")
    await network.peers(amsterdam, barcelona)
    before = (await amsterdam.peer(barcelona)).pinned_keys

    # Somebody else answers at Barcelona's address with a log of New York's making.
    await barcelona.do(lambda db: db.execute("delete from log_entries"))
    await barcelona.do(lambda db: db.execute("delete from log_heads"))
    (foreign,) = await newyork.read(lambda db: Log(db).manifests(newyork.hub.identity.g))
    await barcelona.do(lambda db: found_log(db, barcelona.hub, foreign, barcelona.clock.now()))
    caught = await amsterdam.catches_up(barcelona)

    assert caught.problem
    assert caught.entries == 0
    assert (await amsterdam.peer(barcelona)).pinned_keys == before
