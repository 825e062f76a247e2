"""Another hub proposes a correction; the hub that made the record decides; both know the end."""

from dataclasses import replace
from typing import Any

import pytest

from content.cases.retention import Periods
from content.proposals.proposal import (
    NotOursToDecide,
    Proposal,
    ProposalDecided,
    ProposalOutdated,
)
from content.proposals.store import ProposalStore
from content.resources.held import HeldResource, HeldResourceStore
from content.resources.resource import Resource
from content.resources.store import ResourceStore
from federation.law.retention_run import run_retention
from federation.merging import merge_resources
from federation.notices import NoticeStore
from federation.peering import suspend_peer
from federation.proposals import (
    NobodyToAsk,
    accept_proposal,
    decline_proposal,
    propose_here,
    propose_there,
    withdraw_proposal,
)
from federation.proposals_received import MOST_WAITING
from federation.proposals_shown import shown
from federation.publishing import add_resource, retract_resource, update_resource
from protocol.documents.resource import read_resource
from protocol.intake import parse_document
from tests.hubs.running import Network, RunningHub, a_record

WHY = "The second edition came out in 2026."


async def two_hubs(network: Network, **fields: Any) -> tuple[RunningHub, RunningHub, Resource]:
    """Return the hub that made a record, another one that holds it, and the record."""
    origin, other = await network.hub("Barcelona"), await network.hub("Amsterdam")
    await network.peers(origin, other)
    made = await origin.do(
        lambda db: add_resource(db, origin.hub, a_record(**fields), origin.act())
    )
    await network.settle()
    return origin, other, made


async def propose(
    other: RunningHub, origin: RunningHub, made: Resource, why: str = WHY, **changes: Any
) -> Proposal:
    return await other.do(
        lambda db: propose_there(
            db, other.hub, origin.host, made.id, changes or {"year": 2026}, why, other.act("ana")
        )
    )


async def proposals(hub: RunningHub) -> tuple[Proposal, ...]:
    return (await hub.read(lambda db: ProposalStore(db).list(limit=100))).items


async def held(hub: RunningHub, origin: RunningHub, made: Resource) -> HeldResource:
    return await hub.read(lambda db: HeldResourceStore(db).get(origin.host, made.id))


async def notices(hub: RunningHub) -> list[str]:
    found = await hub.read(lambda db: list(NoticeStore(db).all()))
    return [notice.kind for notice in found if notice.kind.startswith("proposal")]


async def test_a_correction_is_accepted_published_with_thanks_and_both_know(
    network: Network,
) -> None:
    origin, other, made = await two_hubs(network)
    await propose(other, origin, made)
    await network.settle()
    (waiting,) = await proposals(origin)
    seen = await origin.read(lambda db: shown(db, origin.hub.identity, waiting))

    assert (waiting.direction, waiting.peer, waiting.reason) == ("in", other.host, WHY)
    assert (seen.before, waiting.changes, seen.changed_since) == (
        {"year": 2024},
        {"year": 2026},
        False,
    )
    assert await notices(origin) == ["proposal"]
    assert (await origin.read(lambda db: ResourceStore(db).get(made.id))).record.year == 2024

    await origin.do(
        lambda db: accept_proposal(db, origin.hub, waiting.id, origin.act(), credit=True)
    )
    await network.settle()

    (ours,), (theirs,) = await proposals(other), await proposals(origin)
    assert (ours.state, theirs.state, ours.decided_by) == (
        "accepted",
        "accepted",
        f"hub:{origin.host}",
    )
    assert ours.result == f"{origin.origin}/resources/{made.id}"
    record = await held(other, origin, made)
    assert record.record.year == 2026
    document = read_resource(parse_document(record.document.encode()))
    assert document.facts.thanks == (other.hub.identity.actor,)
    assert (await notices(origin), await notices(other)) == ([], ["proposal-answered"])


async def test_a_correction_is_declined_with_a_reason(network: Network) -> None:
    origin, other, made = await two_hubs(network)
    await propose(other, origin, made)
    await network.settle()
    (waiting,) = await proposals(origin)

    await origin.do(
        lambda db: decline_proposal(
            db, origin.hub, waiting.id, "The first edition is meant.", origin.act()
        )
    )
    await network.settle()

    (ours,) = await proposals(other)
    assert (ours.state, ours.answer) == ("declined", "The first edition is meant.")
    assert (await held(other, origin, made)).record.year == 2024
    with pytest.raises(ProposalDecided):
        await origin.do(lambda db: accept_proposal(db, origin.hub, waiting.id, origin.act()))


async def test_only_the_hub_that_made_the_record_decides(network: Network) -> None:
    origin, other, made = await two_hubs(network)
    sent = await propose(other, origin, made)
    await network.settle()
    (waiting,) = await proposals(origin)

    with pytest.raises(NotOursToDecide):
        await other.do(lambda db: accept_proposal(db, other.hub, sent.id, other.act()))
    with pytest.raises(NotOursToDecide):
        await origin.do(lambda db: withdraw_proposal(db, origin.hub, waiting.id, origin.act()))


async def test_a_correction_is_withdrawn_before_or_after_it_arrived(network: Network) -> None:
    origin, other, made = await two_hubs(network)
    await propose(other, origin, made)
    await network.settle()
    (sent,) = await proposals(other)
    await other.do(lambda db: withdraw_proposal(db, other.hub, sent.id, other.act()))
    await network.settle()

    (there,) = await proposals(origin)
    assert (there.state, there.changes, there.reason) == ("withdrawn", {}, "")
    assert await notices(origin) == []

    origin.is_up = False
    late = await propose(other, origin, made, year=2025)
    await network.settle()
    await other.do(lambda db: withdraw_proposal(db, other.hub, late.id, other.act()))
    origin.is_up = True
    network.clock.advance(days=0.5)
    await network.settle()
    assert {each.state for each in await proposals(origin)} == {"withdrawn"}


async def test_a_record_that_changed_since_asks_a_person_to_look_again(network: Network) -> None:
    origin, other, made = await two_hubs(network)
    await propose(other, origin, made)
    await origin.do(
        lambda db: update_resource(
            db, origin.hub, made.id, a_record(publisher="Other"), origin.act()
        )
    )
    await network.settle()
    (waiting,) = await proposals(origin)

    with pytest.raises(ProposalOutdated):
        await origin.do(lambda db: accept_proposal(db, origin.hub, waiting.id, origin.act()))
    await origin.do(
        lambda db: accept_proposal(db, origin.hub, waiting.id, origin.act(), anyway=True)
    )
    await network.settle()

    record = (await held(other, origin, made)).record
    assert (record.year, record.publisher) == (2026, "Other")


async def test_what_was_proposed_about_a_record_goes_with_it(network: Network) -> None:
    origin, other, made = await two_hubs(network)
    await propose(other, origin, made, "PROPOSALCANARY", publisher="PROPOSALCANARY")
    await network.settle()

    await origin.do(lambda db: retract_resource(db, origin.hub, made.id, origin.act()))
    await network.settle()
    await network.sweep()

    for hub in (origin, other):
        (proposal,) = await proposals(hub)
        assert (proposal.state, proposal.changes, proposal.reason) == ("gone", {}, "")
        assert network.files_with(hub, b"PROPOSALCANARY") == []
    assert await notices(origin) == []


async def test_what_could_never_be_made_is_refused_at_once_and_not_kept(network: Network) -> None:
    origin, other, made = await two_hubs(network)
    kept = await origin.do(
        lambda db: add_resource(
            db,
            origin.hub,
            a_record("Kept", label="tlp-amber", url="https://b.example/2"),
            origin.act(),
        )
    )
    record = await held(other, origin, made)
    # Another program at the other hub may send anything.
    for number, ref in enumerate((kept.id, "01KAT3Q8T6W3Y6M0S0V4N8Z2XH")):
        url = f"{origin.origin}/resources/{ref}"
        forged = replace(record, ref=ref, url=url)
        await other.do(lambda db, forged=forged: HeldResourceStore(db).put(forged))
        await propose(other, origin, replace_id(made, ref), f"{number}")
    await network.settle()

    answers = {each.answer for each in await proposals(other)}
    assert answers == {"There is no such record here, or it was taken back."}
    assert {each.changes == {} for each in await proposals(origin)} == {True}
    assert await notices(origin) == []


def replace_id(made: Resource, ref: str) -> Resource:
    return made.model_copy(update={"id": ref})


async def test_one_hub_cannot_fill_the_desk_of_another(network: Network) -> None:
    origin, other, made = await two_hubs(network)
    for number in range(MOST_WAITING + 1):
        await propose(other, origin, made, year=1900 + number)
    await network.settle()

    states = [each.state for each in await proposals(origin)]
    assert (states.count("waiting"), states.count("declined")) == (MOST_WAITING, 1)


async def test_who_is_no_peer_is_not_asked_and_not_heard(network: Network) -> None:
    origin, other, made = await two_hubs(network)
    await origin.do(lambda db: suspend_peer(db, origin.hub, other.host, origin.act()))
    await propose(other, origin, made)
    await network.settle()

    assert await proposals(origin) == ()
    failed = await other.rows("select reason from deliveries where state = 'failed'")
    assert any("not-a-peer" in reason or "403" in reason for (reason,) in failed), failed
    await other.do(lambda db: suspend_peer(db, other.hub, origin.host, other.act()))
    with pytest.raises(NobodyToAsk):
        await propose(other, origin, made, year=2025)


async def test_somebody_of_the_own_hub_proposes_without_sending_anything(
    network: Network,
) -> None:
    origin, _, made = await two_hubs(network)
    before = await origin.rows("select count(*) from outgoing")
    proposal = await origin.do(
        lambda db: propose_here(
            db,
            origin.hub,
            made.id,
            {"year": 2026},
            WHY,
            origin.act("reader"),
            labels=frozenset({"tlp-clear"}),
        )
    )
    assert await origin.rows("select count(*) from outgoing") == before

    done, resource = await origin.do(
        lambda db: accept_proposal(db, origin.hub, proposal.id, origin.act(), credit=True)
    )

    assert (done.state, done.credit, resource.record.year) == ("accepted", False, 2026)


async def test_thanks_stay_with_a_record_that_goes_to_other_readers(network: Network) -> None:
    origin, other, made = await two_hubs(network)
    await propose(other, origin, made)
    await network.settle()
    (waiting,) = await proposals(origin)
    await origin.do(
        lambda db: accept_proposal(db, origin.hub, waiting.id, origin.act(), credit=True)
    )
    raised = await origin.do(
        lambda db: update_resource(
            db, origin.hub, made.id, a_record(year=2026, label="tlp-green"), origin.act()
        )
    )
    await network.settle()

    document = read_resource(parse_document((await held(other, origin, raised)).document.encode()))
    assert document.facts.thanks == (other.hub.identity.actor,)


async def test_thanks_go_along_when_two_records_become_one(network: Network) -> None:
    origin, other, made = await two_hubs(network)
    stays = await origin.do(
        lambda db: add_resource(db, origin.hub, a_record(url="https://b.example/2"), origin.act())
    )
    await propose(other, origin, made)
    await network.settle()
    (waiting,) = await proposals(origin)
    await origin.do(
        lambda db: accept_proposal(db, origin.hub, waiting.id, origin.act(), credit=True)
    )

    await origin.do(lambda db: merge_resources(db, origin.hub, stays.id, made.id, origin.act()))
    await network.settle()

    thanked = await origin.read(
        lambda db: ProposalStore(db).thanked(f"{origin.origin}/resources/{stays.id}")
    )
    assert thanked == (other.hub.identity.actor,)


async def test_texts_of_what_was_decided_are_kept_as_long_as_those_of_cases(
    network: Network,
) -> None:
    origin, other, made = await two_hubs(network)
    await propose(other, origin, made)
    await propose(other, origin, made, year=2025)
    await network.settle()
    first, waiting = await proposals(origin)
    await origin.do(
        lambda db: decline_proposal(db, origin.hub, first.id, "No, it is not.", origin.act())
    )
    network.clock.advance(days=300)
    await run_retention(origin.node, Periods(case_months=12), origin.act("system"))
    assert (await proposals(origin))[0].reason == WHY

    network.clock.advance(days=100)
    late = await run_retention(origin.node, Periods(case_months=12), origin.act("system"))
    decided, still = await proposals(origin)

    assert (decided.state, decided.reason, decided.changes, decided.answer) == (
        "declined",
        "",
        {},
        "",
    )
    assert still.id == waiting.id
    assert still.reason == WHY
    assert late.forgotten == 1
