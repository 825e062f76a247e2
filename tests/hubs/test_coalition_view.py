"""Two coalitions that follow the same hubs tell the same, down to the last figure."""

import dataclasses
from typing import Any

from content.framework.files import shipped
from content.framework.scores import assess
from content.framework.work import adopt_framework
from content.resources.statistics import summarise
from federation.coverage import CoalitionView, view
from federation.forks import ForkStore
from federation.publishing import add_resource, retract_resource, update_resource
from federation.publishing_experts import add_expert
from federation.publishing_framework import publish_items
from federation.statistics import statistics_record
from tests.hubs.running import Network, RunningHub, a_record
from tests.hubs.test_experts import an_expert

ITEM = "tool-dpia"


async def seen_by(hub: RunningHub) -> CoalitionView:
    return await hub.read(lambda db: view(db, hub.node, hub.clock.now()))


def of_the_logs(found: CoalitionView) -> CoalitionView:
    """Return all of the view but when this node last heard from whom, which is its own."""
    hubs = tuple(dataclasses.replace(each, last_contact_at=None) for each in found.hubs)
    return dataclasses.replace(found, hubs=hubs)


async def publish(hub: RunningHub, title: str, **fields: Any) -> str:
    made = await hub.do(lambda db: add_resource(db, hub.hub, a_record(title, **fields), hub.act()))
    return made.id


async def tell(hub: RunningHub, topics: dict[str, int], unmet: dict[str, int]) -> None:
    statistics = summarise("2026-Q3", 40, topics, unmet, {"sent": 6, "received": 11})
    record = statistics_record(hub.hub.identity, statistics)
    await hub.do(lambda db: add_resource(db, hub.hub, record, hub.act()))


async def fill(amsterdam: RunningHub, barcelona: RunningHub) -> None:
    first = await publish(amsterdam, "Guide", language="nl", topics=["procurement"])
    await publish(amsterdam, "For hubs", label="tlp-green")
    gone = await publish(barcelona, "Taken back", country="ES")
    await publish(barcelona, "Guia", language="ca", country="ES", topics=["education-data"])
    await amsterdam.do(
        lambda db: update_resource(
            db, amsterdam.hub, first, a_record("Guide", topics=["privacy"]), amsterdam.act()
        )
    )
    await barcelona.do(lambda db: retract_resource(db, barcelona.hub, gone, barcelona.act()))
    for scope in ("public", "network"):
        expert = an_expert(f"Expert {scope}", scope=scope)
        await barcelona.do(
            lambda db, expert=expert: add_expert(db, barcelona.hub, expert, barcelona.act())
        )
    await amsterdam.do(lambda db: adopt_framework(db, shipped(), amsterdam.act()))
    await amsterdam.do(lambda db: assess(db, ITEM, {"level": 3, "note": ""}, amsterdam.act()))
    await amsterdam.do(
        lambda db: publish_items(db, amsterdam.hub, (ITEM,), amsterdam.act(), scored=True)
    )
    await tell(amsterdam, {"privacy": 6, "education-data": 12}, {"education-data": 5})
    await tell(barcelona, {"education-data": 5}, {"education-data": 5})


async def test_two_coalitions_agree_whatever_way_the_records_came(network: Network) -> None:
    amsterdam, barcelona = await network.hub("Amsterdam"), await network.hub("Barcelona")
    one = await network.hub("Coalition", kind="coalition")
    await network.peers(one, amsterdam)
    await network.peers(one, barcelona)
    await fill(amsterdam, barcelona)
    await network.settle()
    # The other one comes a week later, after everything, and reads the logs the other way round.
    network.clock.advance(days=7)
    other = await network.hub("Newcomer", kind="coalition")
    for hub in (barcelona, amsterdam):
        await network.peers(other, hub)
        await other.catches_up(hub)
    for hub in (amsterdam, barcelona):
        await one.catches_up(hub)

    first, second = await seen_by(one), await seen_by(other)

    assert of_the_logs(first) == of_the_logs(second)
    assert (first.coverage.resources, first.coverage.experts) == (2, 1)
    assert first.coverage.on("procurement").resources == 0
    (gap,) = (each for each in first.gaps.gaps if each.topic == "education-data")
    assert (gap.hubs, gap.hubs_unmet, gap.requests_at_least) == (2, 2, 15)
    assert gap.missing_languages == ("nl",)
    assert [(each.city, each.verified) for each in first.hubs] == [
        ("Amsterdam", "whole"),
        ("Barcelona", "whole"),
    ]
    (item,) = (each for each in first.framework.items if each.item == ITEM)
    assert (first.framework.hubs, item.adopted, item.assessed, item.levels) == (1, 1, 1, None)
    (flow,) = first.flow
    assert (flow.hubs, flow.telling, flow.steps[0].at_least) == (2, 2, 10)
    (month,) = [each for each in first.trends.months if each.published]
    assert (month.changed, month.taken_back, month.hubs) == (1, 1, 2)


async def test_a_hub_counts_itself_and_nothing_that_is_not_for_everybody(
    network: Network,
) -> None:
    amsterdam, barcelona = await network.hub("Amsterdam"), await network.hub("Barcelona")
    await network.peers(amsterdam, barcelona)
    await fill(amsterdam, barcelona)
    await network.settle()
    await amsterdam.catches_up(barcelona)

    found = await seen_by(amsterdam)

    # Barcelona's guide for hubs, and its expert for hubs, are held here and not counted.
    assert (found.coverage.resources, found.coverage.experts) == (2, 1)
    assert [each.city for each in found.hubs] == ["Amsterdam", "Barcelona"]
    assert found.hubs[0].last_contact_at is None
    assert found.hubs[1].last_contact_at is not None


async def test_a_log_that_contradicts_itself_is_told_as_disputed(network: Network) -> None:
    amsterdam, coalition = (
        await network.hub("Amsterdam"),
        await network.hub("Coalition", kind="coalition"),
    )
    await network.peers(coalition, amsterdam)
    await publish(amsterdam, "Guide")
    await network.settle()
    await coalition.catches_up(amsterdam)
    g = amsterdam.hub.identity.g
    await coalition.do(
        lambda db: db.execute(
            "insert into log_forks (log, seq, held, other, other_hash, manifests, said_by,"
            " found_at) values (?, 1, '{}', '{}', 'x', '[]', 'y', '2026-11-24T00:00:00.000Z')",
            (g,),
        )
    )
    assert await coalition.read(lambda db: ForkStore(db).frozen_at(g)) == 1

    (hub,) = (await seen_by(coalition)).hubs

    assert (hub.verified, hub.age) == ("disputed", "week")
