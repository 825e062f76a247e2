"""A case at two hubs is corrected at its origin: both end with the new words, and say so."""

from datetime import timedelta

from content.cases.store import CaseStore
from federation.escalation.answering import accept_offer
from federation.escalation.case_correcting import correct_case
from federation.escalation.copying import Edits
from federation.escalation.offering import offer_case
from federation.escalation.recipients import recipients_of
from federation.escalation.store import EscalationStore
from tests.hubs.running import Network, RunningHub
from tests.hubs.test_case_erasure import acts, incoming, offers, passes, three_peers
from tests.hubs.test_rotating import opens_a_case

WRONG = "Which clauses do we need?"
RIGHT = "Which clauses does a city need that buys a chatbot?"


async def question_at(hub: RunningHub) -> str:
    """Return the question as a hub has it: in its case, or in the offer that waits."""
    found = await incoming(hub)
    if found.case_id is not None:
        case_id = found.case_id
        return (await hub.read(lambda db: CaseStore(db, hub.hub.vault).get(case_id))).question
    offer = await hub.read(lambda db: EscalationStore(db, hub.hub.vault).offer(found.id))
    assert offer is not None
    return offer.question


async def said_of(origin: RunningHub, case: str) -> dict[str, tuple[int, int, str]]:
    """Return by host which version a hub confirmed, which was sent last, and that in words."""
    now = origin.clock.now()
    found = await origin.read(
        lambda db: recipients_of(db, origin.hub, case, now, timedelta(days=7))
    )
    return {each.host: (each.version, each.newest, each.says) for each in found}


async def test_a_correction_reaches_both_hubs_though_one_was_down_for_a_week(
    network: Network,
) -> None:
    origin, up, down = await three_peers(network)
    case = await opens_a_case(origin)
    await offers(origin, case, up)
    await offers(origin, case, down)
    await network.settle()
    await acts(up, accept_offer, (await incoming(up)).id)
    await network.settle()
    down.is_up = False

    act = origin.act("ana")
    changes = {"question": RIGHT}
    await origin.do(lambda db: correct_case(db, origin.hub, case, changes, act))
    await network.settle()
    await passes(network, days=7)
    meanwhile = await said_of(origin, case)
    down.is_up = True
    await passes(network, days=1)
    await network.settle()

    assert await question_at(up) == await question_at(down) == RIGHT
    assert meanwhile[up.host][:2] == (2, 2)
    assert meanwhile[down.host][:2] == (1, 2)
    assert "not confirmed yet" in meanwhile[down.host][2]
    assert {each[:2] for each in (await said_of(origin, case)).values()} == {(2, 2)}
    for hub in (up, down):
        assert network.traces(hub, WRONG) == []
        assert not any(RIGHT.encode() in body for body in hub.received)


async def test_a_third_hub_that_declined_learns_nothing_of_a_correction(network: Network) -> None:
    origin, other, third = await three_peers(network)
    case = await opens_a_case(origin)
    edits = Edits(question="Which clauses, in all?")
    act = origin.act("ana")
    await origin.do(lambda db: offer_case(db, origin.hub, case, other.host, act, edits))
    await network.settle()
    before = len(third.received)

    changes, later = {"question": RIGHT}, origin.act("ana")
    done = await origin.do(
        lambda db: correct_case(db, origin.hub, case, changes, later, here_only=True)
    )
    await network.settle()

    assert (done.told, done.behind) == ((), (other.host,))
    assert await question_at(other) == edits.question
    assert "not told of that yet" in (await said_of(origin, case))[other.host][2]
    assert len(third.received) == before
