"""Peering between real hubs: two approvals, pinned keys, and every way to end it."""

from dataclasses import replace

import pytest

from content.hubs import HubDirectory
from federation.delivery import deliver_due
from federation.discovery import DiscoveryFailed, ManifestWrong, discover
from federation.followers import Followers
from federation.inbox_store import MOST_ATTEMPTS
from federation.inbox_worker import finish_beside, work_inbox
from federation.notices import NoticeStore
from federation.outbox import Outbox
from federation.peering import (
    FingerprintDiffers,
    ManifestChanged,
    OwnAddress,
    PeerMoveRefused,
    add_peer,
    approve_peer,
    block_peer,
    remove_peer,
    resume_peer,
    suspend_peer,
)
from federation.peers import PeerStore
from federation.publishing import add_resource
from node.assembly import renew_search
from tests.hubs.running import Network, RunningHub, a_record
from tests.hubs.test_sharing import held_titles


async def two_hubs(network: Network) -> tuple[RunningHub, RunningHub]:
    return await network.hub("Amsterdam"), await network.hub("Barcelona")


async def publish(hub: RunningHub, title: str) -> None:
    await hub.do(lambda db: add_resource(db, hub.hub, a_record(title), hub.act()))


async def test_an_offer_that_went_to_quarantine_counts_once_its_hub_is_approved(
    network: Network,
) -> None:
    """Found by the simulation: one hub was active, and the other one waited for ever."""
    amsterdam, barcelona = await two_hubs(network)
    await barcelona.knows(amsterdam)
    await barcelona.approves(amsterdam)
    await deliver_due(barcelona.node)
    barcelona.is_up = False  # who asks cannot be looked at
    for _ in range(MOST_ATTEMPTS):
        await work_inbox(amsterdam.node)
        await finish_beside(amsterdam.node)
        amsterdam.clock.advance(seconds=3600)
    assert await amsterdam.rows("select state from inbox") == [("quarantined",)]
    barcelona.is_up = True

    await amsterdam.knows(barcelona)
    await amsterdam.approves(barcelona)
    await network.settle()

    assert (await amsterdam.peer(barcelona)).state == "active"
    assert (await barcelona.peer(amsterdam)).state == "active"


async def test_a_hub_is_discovered_by_url_host_and_handle_with_its_fingerprint(
    network: Network,
) -> None:
    amsterdam, barcelona = await two_hubs(network)
    addresses = [
        barcelona.origin,
        f"{barcelona.origin}/",
        f"{barcelona.origin}/actor",
        barcelona.host,
        f"@hub@{barcelona.host}",
        f"hub@{barcelona.host}",
    ]

    found = [await discover(amsterdam.node, address) for address in addresses]

    assert all(each == found[0] for each in found)
    assert (found[0].kind, found[0].host, found[0].name) == ("hub", barcelona.host, "Hub Barcelona")
    assert found[0].g == barcelona.hub.identity.g
    assert found[0].pinned_keys[0].multibase == barcelona.hub.keys.signing.public.multibase
    assert len(found[0].fingerprint.split()) == 8


@pytest.mark.parametrize("address", ["", "not a url", "ftp://x.example/", "@a@b@c", "a b@c"])
async def test_an_address_that_leads_nowhere_is_refused(network: Network, address: str) -> None:
    amsterdam = await network.hub("Amsterdam")

    with pytest.raises(DiscoveryFailed):
        await discover(amsterdam.node, address)


async def test_adding_sends_nothing_and_is_no_approval(network: Network) -> None:
    amsterdam, barcelona = await two_hubs(network)

    peer = await amsterdam.knows(barcelona)
    await network.settle()

    assert (peer.state, peer.active) == ("new", False)
    assert barcelona.received == []
    assert await barcelona.read(lambda db: PeerStore(db).list()) == []


async def test_one_approval_shows_at_the_other_hub_as_a_question(network: Network) -> None:
    amsterdam, barcelona = await two_hubs(network)
    await amsterdam.knows(barcelona)

    await amsterdam.approves(barcelona)
    await network.settle()

    asked = await barcelona.peer(amsterdam)
    assert (asked.state, asked.added_by) == ("new", f"hub:{amsterdam.host}")
    assert asked.words.startswith("Asks to be a peer.")
    assert asked.fingerprint
    assert asked.pinned_keys
    assert (await amsterdam.peer(barcelona)).state == "offered"


@pytest.mark.parametrize("who_adds_first", ["one", "both", "both at once"])
async def test_two_approvals_make_both_active_and_each_follows_the_other(
    network: Network, who_adds_first: str
) -> None:
    amsterdam, barcelona = await two_hubs(network)
    await amsterdam.knows(barcelona)
    if who_adds_first != "one":
        await barcelona.knows(amsterdam)

    await amsterdam.approves(barcelona)
    if who_adds_first != "both at once":
        await network.settle()
    await barcelona.approves(amsterdam)
    await network.settle()

    for hub, other in ((amsterdam, barcelona), (barcelona, amsterdam)):
        peer = await hub.peer(other)
        assert peer.active
        assert peer.words == "Peers: both hubs approved."
        assert (peer.we_approved_by, peer.agreement) == ("olga", "Letter")
        follower = await hub.read(
            lambda db, other=other: Followers(db).get(f"{other.origin}/actor")
        )
        assert follower is not None
        listed = await hub.read(lambda db, other=other: HubDirectory(db).find(other.host))
        assert listed is not None
        assert listed.name == other.hub.identity.name
    assert await amsterdam.read(lambda db: Outbox(db).failed()) == []


async def test_a_wrong_fingerprint_approves_nothing_and_sends_nothing(network: Network) -> None:
    amsterdam, barcelona = await two_hubs(network)
    await amsterdam.knows(barcelona)
    wrong = " ".join(["dead"] * 8)

    with pytest.raises(FingerprintDiffers):
        await amsterdam.do(
            lambda db: approve_peer(
                db, amsterdam.hub, barcelona.host, amsterdam.act(), fingerprint=wrong
            )
        )

    assert (await amsterdam.peer(barcelona)).state == "new"
    assert await amsterdam.read(lambda db: Outbox(db).waiting()) == []


async def test_a_hub_is_not_its_own_peer(network: Network) -> None:
    amsterdam = await network.hub("Amsterdam")

    with pytest.raises(OwnAddress):
        await amsterdam.knows(amsterdam)


async def test_a_known_hub_with_another_name_is_refused_and_keeps_its_keys(
    network: Network,
) -> None:
    amsterdam, barcelona = await two_hubs(network)
    await network.peers(amsterdam, barcelona)
    found = await discover(amsterdam.node, barcelona.origin)
    other = replace(found, g="u" + "B" * 43, pinned_keys=())

    with pytest.raises(ManifestChanged):
        await amsterdam.do(lambda db: add_peer(db, amsterdam.hub, other, amsterdam.act()))

    assert (await amsterdam.peer(barcelona)).pinned_keys == found.pinned_keys


async def test_an_actor_with_a_key_that_its_manifest_lacks_cannot_become_a_peer(
    network: Network,
) -> None:
    amsterdam, barcelona = await two_hubs(network)
    newyork = await network.hub("New York")
    await barcelona.do(
        lambda db: db.execute(
            "update log_entries set document = replace(document, ?, ?) where op = 'Manifest'",
            (
                barcelona.hub.keys.signing.public.multibase,
                newyork.hub.keys.signing.public.multibase,
            ),
        )
    )

    with pytest.raises(ManifestWrong):
        await discover(amsterdam.node, barcelona.origin)


async def test_what_a_suspended_hub_sends_is_not_taken_and_resuming_fills_the_gap(
    network: Network,
) -> None:
    amsterdam, barcelona = await two_hubs(network)
    await network.peers(amsterdam, barcelona)
    await amsterdam.do(lambda db: suspend_peer(db, amsterdam.hub, barcelona.host, amsterdam.act()))
    await publish(barcelona, "Missed")
    await publish(amsterdam, "Not sent")
    await network.settle()
    assert await held_titles(amsterdam, barcelona) == {}
    assert await held_titles(barcelona, amsterdam) == {}

    await amsterdam.do(lambda db: resume_peer(db, amsterdam.hub, barcelona.host, amsterdam.act()))
    await amsterdam.catches_up(barcelona)
    await barcelona.catches_up(amsterdam)

    assert list((await held_titles(amsterdam, barcelona)).values()) == ["Missed"]
    assert list((await held_titles(barcelona, amsterdam)).values()) == ["Not sent"]


async def test_blocking_drops_the_queue_and_hides_the_records_until_it_is_resumed(
    network: Network,
) -> None:
    amsterdam, barcelona = await two_hubs(network)
    await network.peers(amsterdam, barcelona)
    await publish(barcelona, "Held")
    await network.settle()
    await publish(amsterdam, "Waits")

    await amsterdam.do(lambda db: block_peer(db, amsterdam.hub, barcelona.host, amsterdam.act()))
    await network.settle()

    assert await held_titles(barcelona, amsterdam) == {}
    assert await amsterdam.rows("select url from catalogue where not own") == []
    await amsterdam.do(lambda db: db.execute("delete from index_state").rowcount)
    await amsterdam.do(lambda db: renew_search(db, amsterdam.origin))
    assert await amsterdam.rows("select url from catalogue where not own") == []
    await amsterdam.do(lambda db: resume_peer(db, amsterdam.hub, barcelona.host, amsterdam.act()))
    assert len(await amsterdam.rows("select url from catalogue where not own")) == 1


@pytest.mark.parametrize("purge", [False, True])
async def test_removing_ends_it_on_both_sides_and_purging_deletes_the_records(
    network: Network, purge: bool
) -> None:
    amsterdam, barcelona = await two_hubs(network)
    await network.peers(amsterdam, barcelona)
    await publish(barcelona, "Held")
    await network.settle()
    await amsterdam.catches_up(barcelona)

    await amsterdam.do(
        lambda db: remove_peer(db, amsterdam.hub, barcelona.host, amsterdam.act(), purge=purge)
    )
    await network.settle()

    assert (await amsterdam.peer(barcelona)).state == "ended"
    assert (await barcelona.peer(amsterdam)).state == "ended"
    assert await barcelona.read(lambda db: Followers(db).count()) == 0
    assert len(await amsterdam.rows("select url from catalogue")) == (0 if purge else 1)


async def test_a_removed_hub_can_become_a_peer_again(network: Network) -> None:
    amsterdam, barcelona = await two_hubs(network)
    await network.peers(amsterdam, barcelona)
    await publish(barcelona, "Held")
    await amsterdam.do(
        lambda db: remove_peer(db, amsterdam.hub, barcelona.host, amsterdam.act(), purge=True)
    )
    await network.settle()

    await network.peers(amsterdam, barcelona)
    await amsterdam.catches_up(barcelona)

    assert (await amsterdam.peer(barcelona)).active
    assert (await barcelona.peer(amsterdam)).active
    assert list((await held_titles(amsterdam, barcelona)).values()) == ["Held"]


async def test_moves_that_do_not_fit_the_state_are_refused_in_words(network: Network) -> None:
    amsterdam, barcelona = await two_hubs(network)
    await amsterdam.knows(barcelona)

    for move in (suspend_peer, resume_peer):
        with pytest.raises(PeerMoveRefused, match=r"Compare the fingerprint|not suspended"):
            await amsterdam.do(
                lambda db, move=move: move(db, amsterdam.hub, barcelona.host, amsterdam.act())
            )


async def test_no_notice_is_raised_when_all_goes_well(network: Network) -> None:
    amsterdam, barcelona = await two_hubs(network)
    await network.peers(amsterdam, barcelona)
    await publish(barcelona, "Held")
    await network.settle()
    await amsterdam.catches_up(barcelona)

    for hub in (amsterdam, barcelona):
        assert await hub.read(lambda db: list(NoticeStore(db).all())) == []
        assert await hub.rows("select * from inbox where state = 'quarantined'") == []


async def test_what_a_purge_takes_out_is_nowhere_in_the_bytes_of_the_files(
    network: Network,
) -> None:
    """Records of a removed hub stayed in the text index and in pages of the file."""
    amsterdam, barcelona = await two_hubs(network)
    await network.peers(amsterdam, barcelona)
    for number in range(30):
        await publish(barcelona, f"Zqcanarium {number}")
    await network.settle()
    await amsterdam.catches_up(barcelona)
    assert network.traces(amsterdam, "zqcanarium")

    await amsterdam.do(
        lambda db: remove_peer(db, amsterdam.hub, barcelona.host, amsterdam.act(), purge=True)
    )
    await network.settle()
    await network.sweep()

    assert network.traces(amsterdam, "zqcanarium") == []
