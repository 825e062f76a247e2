"""Items of frameworks between hubs: shared one by one, held, merged, and taken back."""

from typing import Any

import pytest

from content.framework.customizing import drop_item, reword
from content.framework.files import shipped
from content.framework.merge_work import begin_merge, file_of_shown
from content.framework.scores import assess, take_score_back
from content.framework.sharing import HeldFrameworkStore, Out, OutStore, SharedItem
from content.framework.store import FrameworkNotAdopted, FrameworkStore
from content.framework.work import adopt_framework, customize
from content.labels import Label
from federation.adopting import adopt_own
from federation.peering import resume_peer, suspend_peer
from federation.policy import Audience, Door, StaysHere, visible_labels
from federation.publishing_framework import (
    NoScoreToPublish,
    NotPublished,
    PersonalTraces,
    publish_items,
    standings,
    withdraw_items,
    withdraw_what_went,
)
from federation.shared_frameworks import hubs_that_show, items_of, newest_items
from tests.hubs.running import Network, RunningHub

ITEM = "tool-dpia"
STAFF = visible_labels(Door.API, Audience.STAFF)
PUBLIC = visible_labels(Door.API, Audience.EVERYONE)


async def adopt(hub: RunningHub) -> None:
    await hub.do(lambda db: adopt_framework(db, shipped(), hub.act()))


async def say(hub: RunningHub, text: str, item: str = ITEM) -> None:
    await hub.do(
        lambda db: customize(
            db, item, "reword", lambda f: reword(f, item, texts={"why": text}), hub.act()
        )
    )


async def score(hub: RunningHub, level: int, note: str = "", item: str = ITEM) -> None:
    values = {"level": level, "note": note}
    await hub.do(lambda db: assess(db, item, values, hub.act()))


async def publish(hub: RunningHub, *items: str, **more: Any) -> list[Out]:
    return await hub.do(lambda db: publish_items(db, hub.hub, items or (ITEM,), hub.act(), **more))


async def held(hub: RunningHub, origin: RunningHub) -> dict[str, SharedItem]:
    found = await hub.read(lambda db: list(HeldFrameworkStore(db).of(origin.host)))
    return {each.record.item.id: each.record for each in found}


async def two_peers(network: Network) -> tuple[RunningHub, RunningHub]:
    origin, reader = await network.hub("Amsterdam"), await network.hub("Barcelona")
    await network.peers(origin, reader)
    await adopt(origin)
    return origin, reader


async def test_an_item_goes_out_as_it_is_and_reads_well_to_anyone(network: Network) -> None:
    origin, reader = await two_peers(network)
    await say(origin, "Because people were not asked.")
    await score(origin, 2, "canary: a draft rule")

    (out,) = await publish(origin)
    await network.settle()

    assert (await held(reader, origin)) == {ITEM: out.shared}
    assert out.shared.score is None
    status, document = await origin.get(f"/framework/{out.ref}")
    assert status == 200
    assert document["type"] == ["Article", "hub:FrameworkItem"]
    assert document["name"] == "Data protection impact assessment"
    assert "<p>Because people were not asked.</p>" in document["content"]
    assert document["hub:framework"]["upstream"] == "2026-11"
    assert not any(b"canary" in body for body in reader.received)


async def test_a_score_goes_out_only_where_it_is_published_and_never_with_a_name(
    network: Network,
) -> None:
    origin, reader = await two_peers(network)
    await score(origin, 3, "In force since May.")
    await score(origin, 1, "Not yet.", item="tool-hria")

    await publish(origin, scored=True)
    await publish(origin, "tool-hria")
    await network.settle()

    found = await held(reader, origin)
    assert found[ITEM].score is not None
    assert (found[ITEM].score.level, found[ITEM].score.note) == (3, "In force since May.")
    assert found["tool-hria"].score is None
    assert not any(b"olga" in body or b"Not yet." in body for body in reader.received)
    with pytest.raises(NoScoreToPublish):
        await publish(origin, "str-dpo", scored=True)


async def test_changes_wait_until_they_are_published_again(network: Network) -> None:
    origin, reader = await two_peers(network)
    (first,) = await publish(origin)
    await say(origin, "Thought over.")
    await network.settle()

    (standing,) = await origin.read(lambda db: list(standings(db)))
    assert standing.changed_since
    assert "Thought over." not in str(await held(reader, origin))
    (again,) = await publish(origin)
    (same,) = await publish(origin)
    await network.settle()

    assert (again.ref, same) == (first.ref, again)
    assert (await held(reader, origin))[ITEM].item.why["en"] == "Thought over."
    entries = await origin.rows("select count(*) from log_entries where ref = ?", first.ref)
    assert entries == [(2,)]


async def test_what_is_withdrawn_is_deleted_everywhere_with_a_receipt(network: Network) -> None:
    origin, reader = await two_peers(network)
    await say(origin, "Zqcanarium stands here.")
    (out,) = await publish(origin)
    await network.settle()

    await origin.do(lambda db: withdraw_items(db, origin.hub, [ITEM], origin.act()))
    await network.settle()
    await network.sweep()

    assert await held(reader, origin) == {}
    assert network.traces(reader, "zqcanarium") == []
    status, tombstone = await origin.get(f"/framework/{out.ref}")
    assert (status, tombstone["formerType"]) == (410, "hub:FrameworkItem")
    receipts = await origin.rows("select count(*) from erasures_asked where receipt is not null")
    assert receipts == [(1,)]
    kinds = await origin.rows("select kind, ref from erasures")
    assert kinds == [("framework-item", out.ref)]
    with pytest.raises(NotPublished):
        await origin.do(lambda db: withdraw_items(db, origin.hub, [ITEM], origin.act()))


async def test_a_score_that_is_taken_back_leaves_the_logs_of_all(network: Network) -> None:
    origin, reader = await two_peers(network)
    await score(origin, 1, "Zqcanarium is our evidence.")
    (first,) = await publish(origin, scored=True)
    await network.settle()

    await origin.do(lambda db: take_score_back(db, ITEM, origin.act()))
    went = await origin.do(lambda db: withdraw_what_went(db, origin.hub, origin.act()))
    await network.settle()
    await network.sweep()

    assert went == [ITEM]
    (now,) = await origin.read(lambda db: OutStore(db).all())
    assert now.ref != first.ref
    assert (await held(reader, origin))[ITEM].score is None
    assert network.traces(reader, "zqcanarium") == []


async def test_a_dropped_item_is_taken_back_too(network: Network) -> None:
    origin, reader = await two_peers(network)
    await publish(origin, ITEM, "tool-hria")
    await network.settle()

    await origin.do(
        lambda db: customize(db, ITEM, "drop", lambda f: drop_item(f, ITEM), origin.act())
    )
    await origin.do(lambda db: withdraw_what_went(db, origin.hub, origin.act()))
    await network.settle()

    assert set(await held(reader, origin)) == {"tool-hria"}


async def test_green_goes_to_hubs_only_and_changing_the_label_takes_a_new_id(
    network: Network,
) -> None:
    origin, reader = await two_peers(network)
    coalition = await network.hub("Coalition", kind="coalition")
    await network.peers(origin, coalition)

    (green,) = await publish(origin, label=Label.GREEN)
    await network.settle()
    assert (await origin.get(f"/framework/{green.ref}"))[0] == 404
    assert (set(await held(reader, origin)), await held(coalition, origin)) == ({ITEM}, {})
    assert await reader.read(lambda db: list(items_of(db, origin.host, PUBLIC))) == []
    (clear,) = await publish(origin, label=Label.CLEAR)
    await network.settle()
    await coalition.catches_up(origin)

    assert clear.ref != green.ref
    assert (set(await held(reader, origin)), set(await held(coalition, origin))) == (
        {ITEM},
        {ITEM},
    )


@pytest.mark.parametrize("label", [Label.AMBER, Label.AMBER_STRICT, Label.RED])
async def test_stricter_labels_stay_here(network: Network, label: Label) -> None:
    origin = await network.hub("Amsterdam")
    await adopt(origin)

    with pytest.raises(StaysHere):
        await publish(origin, label=label)

    assert await origin.rows("select * from log_entries where op <> 'Manifest'") == []
    assert await origin.read(lambda db: OutStore(db).all()) == []


async def test_what_looks_like_personal_data_goes_out_only_once_somebody_looked(
    network: Network,
) -> None:
    origin = await network.hub("Amsterdam")
    with pytest.raises(FrameworkNotAdopted):
        await publish(origin)
    await adopt(origin)
    await say(origin, "Ask j.jansen@city.example about it.")

    with pytest.raises(PersonalTraces, match="mail-address"):
        await publish(origin)
    assert await origin.read(lambda db: OutStore(db).all()) == []
    await publish(origin, confirmed=True)

    assert len(await origin.read(lambda db: OutStore(db).all())) == 1


async def test_all_of_the_shipped_framework_may_go_out_as_it_is(network: Network) -> None:
    origin, reader = await two_peers(network)

    await publish(origin, *shipped().framework.ids)
    await network.settle()
    await reader.catches_up(origin)

    found = await held(reader, origin)
    assert {name: each.item for name, each in found.items()} == {
        item.id: item for item in shipped().framework.items
    }


async def test_a_hub_takes_over_what_another_one_published(network: Network) -> None:
    origin, reader = await two_peers(network)
    await adopt(reader)
    await say(origin, "As in Amsterdam.")
    await publish(origin)
    await network.settle()

    (showing,) = await reader.read(lambda db: hubs_that_show(db, STAFF))
    assert (showing.host, showing.items) == (origin.host, 1)

    def merge(db: Any) -> Any:
        shown = [each.record.item for each in items_of(db, origin.host, STAFF)]
        return begin_merge(db, file_of_shown(db, origin.host, shown), reader.act())

    view = await reader.do(merge)

    assert view.applied
    ours = await reader.read(lambda db: FrameworkStore(db).get().framework)
    assert ours.get(ITEM).why["en"] == "As in Amsterdam."
    assert len(ours.items) == 37


async def test_the_newest_items_of_active_hubs_are_found(network: Network) -> None:
    origin, reader = await two_peers(network)
    for item in ("tool-dpia", "tool-hria", "str-dpo"):
        await publish(origin, item)
    await publish(origin, "fnd-charter", label=Label.GREEN)
    await network.settle()

    async def newest(limit: int) -> list[str]:
        found = await reader.read(lambda db: newest_items(db, PUBLIC, limit))
        return [each.record.item.id for each in found]

    assert await newest(2) == ["str-dpo", "tool-hria"]
    assert await newest(9) == ["str-dpo", "tool-hria", "tool-dpia"]
    await reader.do(lambda db: suspend_peer(db, reader.hub, origin.host, reader.act()))
    assert await newest(9) == []


async def test_of_a_suspended_hub_nothing_is_shown_until_it_is_back(network: Network) -> None:
    origin, reader = await two_peers(network)
    await publish(origin)
    await network.settle()

    await reader.do(lambda db: suspend_peer(db, reader.hub, origin.host, reader.act()))
    assert await reader.read(lambda db: hubs_that_show(db, STAFF)) == []
    assert await reader.read(lambda db: list(items_of(db, origin.host, STAFF))) == []
    await reader.do(lambda db: resume_peer(db, reader.hub, origin.host, reader.act()))

    assert len(await reader.read(lambda db: hubs_that_show(db, STAFF))) == 1


async def test_after_a_loss_published_items_come_back_from_a_peer(network: Network) -> None:
    origin, reader = await two_peers(network)
    await publish(origin, "tool-hria")
    backup = network.backup(origin)
    await say(origin, "Written after the backup.")
    await score(origin, 3, "In force.")
    await publish(origin, scored=True)
    await origin.do(lambda db: withdraw_items(db, origin.hub, ["tool-hria"], origin.act()))
    await network.settle()
    await reader.catches_up(origin)
    restored = await network.start_again(origin, backup)

    await adopt_own(restored.node)

    (out,) = await restored.read(lambda db: OutStore(db).all())
    assert out.item == ITEM
    framework = await restored.read(lambda db: FrameworkStore(db).get().framework)
    assert framework.get(ITEM).why["en"] == "Written after the backup."
    assert await restored.rows("select item, level, note from framework_scores") == [
        (ITEM, 3, "In force.")
    ]
    await publish(restored, ITEM, scored=True)
    await restored.do(lambda db: withdraw_items(db, restored.hub, [ITEM], restored.act()))
    await network.settle()
    assert await held(reader, restored) == {}


async def test_what_is_published_while_the_log_rests_goes_out_afterwards(
    network: Network,
) -> None:
    origin, reader = await two_peers(network)
    backup = network.backup(origin)
    await publish(origin, "tool-hria")
    await network.settle()
    await reader.catches_up(origin)
    restored = await network.start_again(origin, backup)

    await publish(restored)
    await adopt_own(restored.node)
    await network.settle()

    assert set(await held(reader, restored)) == {ITEM, "tool-hria"}
