"""A restored backup takes its own lost entries back before it appends, and never forks its log."""

import pytest

from content.resources.store import ResourceStore
from federation.adopting import adopt_own, go_on
from federation.catching_up import catch_up_all
from federation.log import Log
from federation.pause import LogPaused, Pause
from federation.publishing import add_resource, retract_resource, update_resource
from federation.publishing_experts import add_expert
from protocol.log_entries import check_page, from_line
from tests.hubs.running import Network, RunningHub, a_record
from tests.hubs.test_experts import an_expert
from tests.hubs.test_gaps import publish, two_peers
from tests.hubs.test_replicas import public_log
from tests.hubs.test_sharing import held_titles


async def own_titles(hub: RunningHub) -> list[str]:
    found = await hub.rows("select record from resources where state = 'published' order by id")
    return sorted(row[0].split('"en":"')[1].split('"')[0] for row in found)


async def notices(hub: RunningHub) -> list[str]:
    return [row[0] for row in await hub.rows("select text from notices where kind = 'own-log'")]


async def after_the_backup(
    network: Network, origin: RunningHub, reader: RunningHub, *, forget_mark: bool = False
) -> RunningHub:
    """Back up, let much happen that the reader gets, then restore the backup."""
    kept = await origin.do(lambda db: add_resource(db, origin.hub, a_record("Kept"), origin.act()))
    gone = await origin.do(lambda db: add_resource(db, origin.hub, a_record("Gone"), origin.act()))
    backup = network.backup(origin)
    changed = a_record("Changed")
    await origin.do(lambda db: update_resource(db, origin.hub, kept.id, changed, origin.act()))
    await origin.do(lambda db: retract_resource(db, origin.hub, gone.id, origin.act()))
    await publish(origin, "Lost")
    await publish(origin, "Lost green", label="tlp-green")
    await origin.do(lambda db: add_expert(db, origin.hub, an_expert(scope="network"), origin.act()))
    await network.settle()
    await reader.catches_up(origin)
    return await network.start_again(origin, backup, forget_mark=forget_mark)


@pytest.mark.parametrize("forget_mark", [False, True], ids=["same disk", "new disk"])
async def test_lost_entries_come_back_from_a_peer_before_anything_is_appended(
    network: Network, forget_mark: bool
) -> None:
    reader, origin = await two_peers(network)
    restored = await after_the_backup(network, origin, reader, forget_mark=forget_mark)
    assert await own_titles(restored) == ["Gone", "Kept"]
    with pytest.raises(LogPaused):
        await restored.do(
            lambda db: Log(db).append(
                restored.hub, "public", "Delete", "0" * 26, {}, restored.clock.now()
            )
        )

    await publish(restored, "Written meanwhile")
    waiting = await restored.read(lambda db: Pause(db).waiting())
    done = await adopt_own(restored.node)

    assert (len(waiting), done.entries, done.done) == (1, 5, True)
    assert await own_titles(restored) == ["Changed", "Lost", "Lost green", "Written meanwhile"]
    assert await restored.rows("select state from experts") == [("active",)]
    assert await notices(restored) == []
    await network.settle()
    await catch_up_all(reader.node)
    g = restored.hub.identity.g
    for log in (g, f"{g}/network"):
        assert await public_log(reader, log) == await public_log(restored, log)
    entries = [from_line(line) for line in await public_log(restored, g)]
    assert check_page(entries, log=g, manifest=None, after=None).head == entries[-1].h
    assert sorted((await held_titles(reader, restored)).values()) == await own_titles(restored)
    assert await reader.rows("select * from notices") == []


async def test_a_hub_that_never_shared_with_hubs_only_goes_on_when_its_peers_answered(
    network: Network,
) -> None:
    reader, origin = await two_peers(network)
    backup = network.backup(origin)
    await publish(origin, "Lost")
    await network.settle()
    await reader.catches_up(origin)
    restored = await network.start_again(origin, backup, forget_mark=True)
    await publish(restored, "Waits")

    done = await adopt_own(restored.node)

    # The reader holds no network log of it, since there is none: that is an answer too.
    assert (done.entries, done.silent, done.done) == (1, (), True)
    assert await own_titles(restored) == ["Lost", "Waits"]
    assert await notices(restored) == []


async def test_what_came_back_can_be_served_changed_and_taken_back(network: Network) -> None:
    reader, origin = await two_peers(network)
    restored = await after_the_backup(network, origin, reader)
    await adopt_own(restored.node)
    (lost,) = [url for url, t in (await held_titles(reader, restored)).items() if t == "Lost"]
    ulid = lost.rpartition("/")[2]

    status, shown = await restored.get(lost)
    await restored.do(lambda db: retract_resource(db, restored.hub, ulid, restored.act()))
    await network.settle()

    assert (status, shown["id"]) == (200, lost)
    assert (await restored.get(lost))[0] == 410
    assert lost not in await held_titles(reader, restored)


async def test_while_no_peer_answers_it_waits_and_tells_a_person(network: Network) -> None:
    reader, origin = await two_peers(network)
    restored = await after_the_backup(network, origin, reader)
    reader.is_up = False
    await publish(restored, "Waits")

    first = await adopt_own(restored.node)
    told = await notices(restored)
    before = await public_log(restored, restored.hub.identity.g)
    reader.is_up = True
    second = await adopt_own(restored.node)

    assert (first.done, first.silent) == (False, (reader.host,))
    assert reader.host in told[0]
    assert len(before) == 3
    assert (second.done, second.entries) == (True, 5)
    assert "Waits" in await own_titles(restored)
    assert await restored.read(lambda db: Pause(db).waiting()) == []


async def test_a_person_may_decide_to_go_on(network: Network) -> None:
    reader, origin = await two_peers(network)
    restored = await after_the_backup(network, origin, reader)
    reader.is_up = False
    await publish(restored, "Waits")
    await adopt_own(restored.node)

    published = await go_on(restored.node, restored.act())

    assert published == 1
    assert len(await public_log(restored, restored.hub.identity.g)) == 4
    again = await network.start_again(restored)
    assert await again.read(lambda db: Pause(db).why) == ""


async def test_a_restart_without_a_loss_asks_nobody_and_goes_on(network: Network) -> None:
    reader, origin = await two_peers(network)
    await publish(origin, "One")
    await network.settle()
    reader.is_up = False

    again = await network.start_again(origin)
    await publish(again, "Two")

    assert len(await public_log(again, again.hub.identity.g)) == 3


async def test_a_backup_that_nothing_was_shown_after_needs_nobody(network: Network) -> None:
    _, origin = await two_peers(network)
    await publish(origin, "Shown")
    await network.settle()
    backup = network.backup(origin)
    await publish(origin, "Never shown")

    restored = await network.start_again(origin, backup)

    assert await restored.read(lambda db: Pause(db).why) == ""


async def test_a_change_made_meanwhile_wins_over_what_came_back(network: Network) -> None:
    reader, origin = await two_peers(network)
    added = await origin.do(
        lambda db: add_resource(db, origin.hub, a_record("First"), origin.act())
    )
    backup = network.backup(origin)
    second = a_record("Second")
    await origin.do(lambda db: update_resource(db, origin.hub, added.id, second, origin.act()))
    await network.settle()
    await reader.catches_up(origin)
    restored = await network.start_again(origin, backup)
    third = a_record("Third")
    await restored.do(lambda db: update_resource(db, restored.hub, added.id, third, restored.act()))

    await adopt_own(restored.node)
    await network.settle()

    assert await own_titles(restored) == ["Third"]
    assert list((await held_titles(reader, restored)).values()) == ["Third"]
    stored = await restored.read(lambda db: ResourceStore(db).get(added.id))
    assert stored.record == third
