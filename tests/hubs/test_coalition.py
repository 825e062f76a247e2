"""A coalition follows the hubs and passes on to the fediverse what they publish for everybody."""

import json

from federation.publishing import add_resource, retract_resource
from tests.hubs.running import Network, a_record
from tests.hubs.test_sharing import held_titles
from tests.strangers_at_work import Stranger


async def test_its_followers_get_each_public_record_once_as_a_reference(network: Network) -> None:
    async with await Stranger.start("reader") as reader:
        network.trust(reader.authority)
        barcelona = await network.hub("Barcelona")
        coalition = await network.hub("Coalition", kind="coalition")
        await network.peers(coalition, barcelona)
        body = json.dumps(reader.activity("Follow", 1, f"{coalition.origin}/actor", to=[])).encode()
        inbox = f"{coalition.origin}/inbox"
        headers = reader.cavage(inbox, body, network.clock.now())
        async with coalition.session.post(inbox, data=body, headers=headers) as answer:
            assert answer.status == 202
        await network.settle()

        added = await barcelona.do(
            lambda db: add_resource(db, barcelona.hub, a_record(), barcelona.act())
        )
        green = a_record("Green", label="tlp-green")
        await barcelona.do(lambda db: add_resource(db, barcelona.hub, green, barcelona.act()))
        await network.settle()
        await coalition.catches_up(barcelona)
        await network.settle()

        told = [each.json for each in reader.received if each.method == "POST"]
        assert [each["type"] for each in told] == ["Accept", "Announce"]
        assert told[1]["object"] == f"{barcelona.origin}/resources/{added.id}"
        assert told[1]["actor"] == f"{coalition.origin}/actor"
        # The hub itself is told nothing about its own record.
        assert not any(b"Announce" in each for each in barcelona.received)


async def test_it_holds_what_all_hubs_publish_and_forgets_what_they_take_back(
    network: Network,
) -> None:
    barcelona, amsterdam = await network.hub("Barcelona"), await network.hub("Amsterdam")
    coalition = await network.hub("Coalition", kind="coalition")
    kept = {}
    for hub in (barcelona, amsterdam):
        await network.peers(coalition, hub)
        kept[hub.host] = await hub.do(
            lambda db, hub=hub: add_resource(db, hub.hub, a_record(hub.host), hub.act())
        )
    await network.settle()
    assert len(await coalition.rows("select url from catalogue")) == 2

    taken = kept[barcelona.host]
    await barcelona.do(lambda db: retract_resource(db, barcelona.hub, taken.id, barcelona.act()))
    await network.settle()

    assert await held_titles(coalition, barcelona) == {}
    assert len(await held_titles(coalition, amsterdam)) == 1
