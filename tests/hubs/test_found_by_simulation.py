"""What the simulation found (tests/simulation), each as the shortest story that shows it."""

from dataclasses import dataclass, replace

import pytest
import sqlite_utils

from content.cases.case import Case, read_case_content
from content.cases.store import CaseErased, CaseStore
from content.changes import Act
from content.ids import new_id
from federation.delivery import Courier
from federation.escalation.answering import accept_offer
from federation.escalation.offering import offer_case
from federation.hub import Hub
from federation.inbox_worker import prune_wire, work_inbox
from federation.law.erasing import erase_case
from federation.log_pages import PAGE_LIMITS
from federation.peering import remove_peer, resume_peer, suspend_peer
from federation.policy import StaysHere
from federation.publishing import add_resource
from federation.publishing_experts import add_expert, update_expert
from federation.transport import Limits, Transport, Unreachable
from protocol.http import HttpRequest, HttpResponse
from tests.hubs.running import Network, RunningHub, a_record
from tests.hubs.test_case_erasure import acts, asked, incoming, offers, passes, three_peers
from tests.hubs.test_catching_up import stand_between
from tests.hubs.test_experts import an_expert
from tests.hubs.test_gaps import lose_deliveries, publish
from tests.hubs.test_polling import poll
from tests.hubs.test_replicas import an_origin_with_a_replica
from tests.hubs.test_rotating import opens_a_case, rotates
from tests.hubs.test_sharing import held_titles


@dataclass
class Breaks:
    """A way out on which requests for some paths break."""

    real: Transport
    paths: tuple[str, ...]

    async def send(self, request: HttpRequest, *, limits: Limits = PAGE_LIMITS) -> HttpResponse:
        if any(path in request.url for path in self.paths):
            raise Unreachable("The connection broke.")
        return await self.real.send(request, limits=limits)

    async def close(self) -> None:
        await self.real.close()


async def test_a_coalition_sends_hubs_nothing_that_they_would_refuse(network: Network) -> None:
    hub, coalition = (
        await network.hub("Amsterdam"),
        await network.hub("Coalition", kind="coalition"),
    )
    await network.peers(hub, coalition)
    record = a_record(label="tlp-green")

    kept = await coalition.do(lambda db: add_resource(db, coalition.hub, record, coalition.act()))
    await network.settle()

    assert kept.state == "published"
    assert await coalition.rows("select ref from published") == []
    assert await hub.rows("select state from inbox where state <> 'done'") == []


async def test_a_coalition_says_that_it_cannot_list_an_expert_for_hubs_only(
    network: Network,
) -> None:
    coalition = await network.hub("Coalition", kind="coalition")
    expert = an_expert(scope="network")

    with pytest.raises(StaysHere, match="coalition"):
        await coalition.do(lambda db: add_expert(db, coalition.hub, expert, coalition.act()))


async def test_a_network_log_that_could_not_be_read_is_read_at_the_next_poll(
    network: Network,
) -> None:
    """Replicas gave the public log meanwhile, and the head of the other one counted as read."""
    origin, replica = await an_origin_with_a_replica(network)
    reader = await network.hub("New York")
    await network.peers(reader, origin)
    await network.peers(reader, replica)
    await reader.catches_up(origin)
    await publish(origin, "Green", label="tlp-green")
    await lose_deliveries(origin)
    network_log = f"/hub/log/{origin.hub.identity.g}/network"
    broken = Breaks(reader.node.transport, (network_log,))
    reader.node = replace(reader.node, transport=broken)

    await poll(reader)
    broken.paths = ()
    assert "Green" not in (await held_titles(reader, origin)).values()
    await poll(reader)

    assert "Green" in (await held_titles(reader, origin)).values()


async def ask_while_away(network: Network, *, hours: int) -> tuple[RunningHub, RunningHub, Breaks]:
    """Let one hub ask another to be its peer, and not show its manifest for some hours."""
    asked, asking = await network.hub("Amsterdam"), await network.hub("Barcelona")
    away = Breaks(asked.node.transport, (f"{asking.origin}/hub/manifest",))
    asked.node = replace(asked.node, transport=away)
    await asking.knows(asked)
    await asking.approves(asked)
    for _ in range(hours * 2):
        await network.settle()
        network.clock.advance(1800)
    return asked, asking, away


async def test_a_hub_that_asks_and_then_is_away_for_hours_is_found_once_it_is_back(
    network: Network,
) -> None:
    """Its Offer was answered 202, and went to quarantine while its manifest could not be had."""
    asked, asking, away = await ask_while_away(network, hours=12)
    states = await asked.rows("select state, attempts from inbox where type = 'Offer'")
    assert states == [("waiting", 0)]

    away.paths = ()
    network.clock.advance(3600)
    await network.settle()

    assert (await asked.peer(asking)).state == "new"  # and people decide


async def test_who_asks_and_is_away_for_days_becomes_the_business_of_a_person(
    network: Network,
) -> None:
    asked, _, _ = await ask_while_away(network, hours=80)

    ((state, reason),) = await asked.rows("select state, reason from inbox where type = 'Offer'")
    assert state == "quarantined"
    assert "connection broke" in reason


async def test_an_expert_whom_only_this_hub_knows_is_corrected_without_a_trace(
    network: Network,
) -> None:
    """The old name stayed in the text index and in pages of the file until something was erased."""
    hub = await network.hub("Amsterdam")
    before, after = an_expert("Zqcanarium", scope="hub"), an_expert("Somebody Else", scope="hub")
    expert = await hub.do(lambda db: add_expert(db, hub.hub, before, hub.act()))
    assert network.traces(hub, "zqcanarium")

    await hub.do(lambda db: update_expert(db, hub.hub, expert.id, after, hub.act()))
    await network.sweep()

    assert network.traces(hub, "zqcanarium") == []


async def test_what_was_said_of_a_peering_during_a_suspension_is_done_when_it_ends(
    network: Network,
) -> None:
    """The Offer that came meanwhile was kept and never accepted, so the hubs never were peers."""
    one, other = await network.hub("Amsterdam"), await network.hub("Barcelona")
    await one.knows(other)
    await one.approves(other)
    await one.do(lambda db: suspend_peer(db, one.hub, other.host, one.act()))
    await other.knows(one)
    await other.approves(one)
    await network.settle()

    await one.do(lambda db: resume_peer(db, one.hub, other.host, one.act()))
    await network.settle()

    assert (await one.peer(other)).state == (await other.peer(one)).state == "active"
    await publish(other, "News")
    await network.settle()
    assert list((await held_titles(one, other)).values()) == ["News"]


async def test_what_is_signed_with_a_new_key_arrives_although_it_could_not_be_proven_at_first(
    network: Network,
) -> None:
    """The answer 403 ended its delivery; of an Offer no log tells, so hubs never became peers."""
    one, other = await network.hub("Amsterdam"), await network.hub("Barcelona")
    await one.knows(other)
    await one.approves(other)
    await rotates(other, 2)
    straight = one.node.transport
    stand_between(one, lambda body: body.splitlines(keepends=True)[0], only="only=manifests")
    await other.knows(one)
    await other.approves(one)
    await network.settle()
    assert (await one.peer(other)).state == "offered"

    one.node = replace(one.node, transport=straight)
    for _ in range(8):
        network.clock.advance(900)
        await network.settle()

    assert (await one.peer(other)).state == (await other.peer(one)).state == "active"


async def test_a_coalition_offers_no_case_since_no_hub_would_take_it(network: Network) -> None:
    """Its offers were answered 202, waited in quarantine there, and nobody at either end knew."""
    hub, coalition = (
        await network.hub("Amsterdam"),
        await network.hub("Coalition", kind="coalition"),
    )
    await network.peers(hub, coalition)
    case = await coalition.do(lambda db: file_case(db, coalition.hub, coalition.act()))

    with pytest.raises(StaysHere, match="coalition"):
        await coalition.do(
            lambda db: offer_case(db, coalition.hub, case.id, hub.host, coalition.act())
        )

    await network.settle()
    assert await coalition.rows("select id from escalations") == []
    assert await hub.rows("select state from inbox where state <> 'done'") == []


def file_case(db: sqlite_utils.Database, hub: Hub, act: Act) -> Case:
    content = read_case_content(
        {
            "title": "Chatbot clauses",
            "question": "Which clauses do we need?",
            "topics": ["procurement"],
            "language": "en",
            "country": "NL",
            "requester": {"role": "who-city-official"},
            "sensitivity": "data-none",
        }
    )
    case = Case.received(content, act, case_id=new_id(act.at, hub.chance))
    CaseStore(db, hub.vault).add(case, act)
    return case


async def test_what_is_sent_after_a_month_of_silence_is_not_what_was_sent_before(
    network: Network,
) -> None:
    """Rows of deliveries are pruned, and their numbers used again; bodies went by number."""
    one, other = await network.hub("Amsterdam"), await network.hub("Barcelona")
    await network.peers(one, other)
    courier = Courier(one.node)
    for title in ("Before", "After"):
        network.clock.advance(days=31)
        while await prune_wire(one.node):
            pass
        await publish(one, title)
        await courier.start_due()
        await courier.finish()
        await work_inbox(other.node)

    assert sorted((await held_titles(other, one)).values()) == ["After", "Before"]


async def test_a_hub_that_was_suspended_while_a_case_was_erased_is_told_when_it_is_resumed(
    network: Network,
) -> None:
    """The Delete could not be sent then and never was, so the copy stayed until somebody called."""
    origin, other, _ = await three_peers(network)
    case = await opens_a_case(origin)
    await offers(origin, case, other)
    await network.settle()
    copy = await acts(other, accept_offer, (await incoming(other)).id)
    await network.settle()
    await origin.do(lambda db: suspend_peer(db, origin.hub, other.host, origin.act()))
    await acts(origin, erase_case, case, asked=True)
    await passes(network, days=1)
    assert (await incoming(other)).state == "esc-accepted"
    assert await notices_to_call(origin) == [f"Tell {other.host} to erase"]

    await origin.do(lambda db: resume_peer(db, origin.hub, other.host, origin.act()))
    await passes(network, days=0.5)
    await network.settle()
    await network.sweep()
    await network.settle()

    assert (await incoming(other)).state == "esc-erased"
    with pytest.raises(CaseErased):
        await other.read(lambda db: CaseStore(db, other.hub.vault).get(str(copy.case_id)))
    assert (await asked(origin))[other.host].receipt is not None
    assert await notices_to_call(origin) == []


async def test_what_makes_two_hubs_peers_goes_before_a_part_of_a_case_that_is_refused_until_then(
    network: Network,
) -> None:
    """Behind an offer that was refused with 403 the Accept waited that would have let it pass."""
    asked, asking, away = await ask_while_away(network, hours=1)
    await network.settle()  # its Offer is looked at again in an hour
    away.paths = ()
    await asked.knows(asking)
    await asked.approves(asking)
    await network.settle()
    assert (await asked.peer(asking)).active
    assert not (await asking.peer(asked)).active  # the Accept of its Offer is still to come
    await offers(asked, await opens_a_case(asked), asking)
    await network.settle()
    assert await asking.rows("select state from escalations") == []

    for _ in range(4):
        network.clock.advance(3600)
        await network.settle()

    assert (await asking.peer(asked)).active
    assert await asking.rows("select state from escalations") == [("esc-offered",)]
    assert await asked.rows("select state from deliveries where state = 'waiting'") == []


async def notices_to_call(hub: RunningHub) -> list[str]:
    rows = await hub.rows("select text from notices where kind = 'tell-erasure'")
    return [text.partition(" what it got")[0] for (text,) in rows]


@pytest.mark.parametrize("days", [40, 120])
async def test_hubs_become_peers_although_one_of_them_was_away_for_longer_than_news_are_tried(
    network: Network, days: int
) -> None:
    """The Accept was given up after 30 days, no log tells of it, and one side waited for ever."""
    one, other = await network.hub("Amsterdam"), await network.hub("Barcelona")
    await one.knows(other)
    await one.approves(other)
    await network.settle()
    straight = other.node.transport
    other.node = replace(other.node, transport=Breaks(straight, (f"{one.origin}/inbox",)))
    await other.knows(one)
    await other.approves(one)
    for _ in range(days // 10):
        await network.settle()
        network.clock.advance(days=10)
    assert (await one.peer(other)).state == "offered"

    other.node = replace(other.node, transport=straight)
    await network.settle()

    assert (await one.peer(other)).state == (await other.peer(one)).state == "active"


async def test_a_hub_that_was_removed_is_not_asked_for_ever(network: Network) -> None:
    one, other = await network.hub("Amsterdam"), await network.hub("Barcelona")
    one.node = replace(one.node, transport=Breaks(one.node.transport, (f"{other.origin}/inbox",)))
    await one.knows(other)
    await one.approves(other)
    await network.settle()
    await one.do(lambda db: remove_peer(db, one.hub, other.host, one.act()))
    for _ in range(4):
        network.clock.advance(days=10)
        await network.settle()

    assert await one.rows("select distinct state from deliveries") == [("failed",)]
