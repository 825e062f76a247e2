"""A case that went to two hubs is erased: all files of all hubs end without it, and they say so."""

from datetime import timedelta
from typing import Any

import pytest

from content.cases.store import CaseErased, CaseStore
from federation.delivery import deliver_due
from federation.erasures import Asked, ErasureStore
from federation.escalation.answering import accept_offer, answer_origin, decline_offer
from federation.escalation.channel import resend_unacknowledged
from federation.escalation.erasing import tell_untold
from federation.escalation.escalation import Escalation
from federation.escalation.expiry import expire_due
from federation.escalation.offering import offer_case, withdraw
from federation.escalation.reading import list_escalations
from federation.law.erasing import erase_case
from protocol.document_verdicts import verdict_on_document
from protocol.documents.erasure import read_erasure_receipt
from protocol.keyrings import ring_of_entries
from protocol.log_entries import from_line
from tests.hubs.running import Network, RunningHub
from tests.hubs.test_replicas import public_log
from tests.hubs.test_rotating import opens_a_case

TITLE = "Chatbot clauses"
"""The canary: the title of the case that `opens_a_case` files."""
WEEK = timedelta(days=7)


async def three_peers(network: Network) -> tuple[RunningHub, RunningHub, RunningHub]:
    origin = await network.hub("New York")
    others = [await network.hub(name) for name in ("Amsterdam", "Barcelona")]
    for other in others:
        await network.peers(origin, other)
    return origin, others[0], others[1]


async def offers(origin: RunningHub, case: str, to: RunningHub) -> Escalation:
    return await origin.do(lambda db: offer_case(db, origin.hub, case, to.host, origin.act("ana")))


async def incoming(hub: RunningHub) -> Escalation:
    page = await hub.read(lambda db: list_escalations(db, hub.hub, direction="in"))
    return page.items[0]


async def acts(hub: RunningHub, function: Any, *values: Any, **named: Any) -> Any:
    return await hub.do(lambda db: function(db, hub.hub, *values, hub.act("ana"), **named))


async def passes(network: Network, *, days: float) -> None:
    """Let time pass, with what clocks cause at every hub that is up, in steps of half a day."""
    for _ in range(int(days * 2)):
        network.clock.advance(days=0.5)
        for hub in network.hubs:
            if hub.is_up:
                await acts(hub, expire_due)
                await acts(hub, resend_unacknowledged)
                await acts(hub, tell_untold)
                await deliver_due(hub.node)


async def asked(hub: RunningHub) -> dict[str, Asked]:
    page = await hub.read(lambda db: ErasureStore(db).list())
    return {each.host: each for item in reversed(page.items) for each in item.asked}


async def proves_itself(receipt: Any, giver: RunningHub) -> bool:
    """Check a receipt as a stranger does, with nothing but the log of the hub that gave it."""
    lines = await public_log(giver, giver.hub.identity.g)
    ring = ring_of_entries(from_line(line) for line in lines)
    return verdict_on_document(receipt, ring, giver.clock.now()).state == "valid"


async def test_a_case_at_two_hubs_of_which_one_is_down_for_a_week_is_erased_at_both(
    network: Network,
) -> None:
    origin, up, down = await three_peers(network)
    case = await opens_a_case(origin)
    await offers(origin, case, up)
    await offers(origin, case, down)
    await network.settle()
    await acts(up, accept_offer, (await incoming(up)).id)
    copy = await acts(down, accept_offer, (await incoming(down)).id)
    await network.settle()
    await acts(down, answer_origin, copy.id, "Take the standard ones.")
    down.is_up = False
    keys = {hub.host: await keys_of(hub) for hub in network.hubs}
    assert all(keys.values())

    done = await acts(origin, erase_case, case, asked=True)
    await network.settle()
    await network.sweep()
    assert {each.peer for each in done.taken_back} == {up.host, down.host}
    await passes(network, days=7.5)
    states = {
        host: each.state(network.clock.now(), WEEK) for host, each in (await asked(origin)).items()
    }
    assert states == {up.host: "erased", down.host: "overdue"}
    down.is_up = True
    await passes(network, days=1)
    await network.settle()
    await network.sweep()

    told = await asked(origin)
    for hub in (up, down):
        receipt = told[hub.host].receipt
        assert receipt is not None
        assert read_erasure_receipt(receipt).erasure.held
        assert await proves_itself(receipt, hub)
        assert (await incoming(hub)).state == "esc-erased"
    with pytest.raises(CaseErased):
        await down.read(lambda db: CaseStore(db, down.hub.vault).get(str(copy.case_id)))
    for hub in network.hubs:
        assert await keys_of(hub) == set()
        assert network.traces(hub, TITLE) == []
        for key in set().union(*keys.values()):
            assert network.files_with(hub, key) == []


async def keys_of(hub: RunningHub) -> set[bytes]:
    """Return the wrapped keys to all texts of cases that a hub has: without them, no text."""
    tables = ("cases", "escalations", "offers", "sealed_out", "sealed_in", "sent_copies")
    found = [
        await hub.rows(f"select wrapped_key from {table} where wrapped_key is not null")  # noqa: S608
        for table in tables
    ]
    return {bytes(row[0]) for rows in found for row in rows}


@pytest.mark.parametrize("ending", ["decline", "withdraw", "expire"])
async def test_a_hub_where_it_ended_and_a_third_hub_have_nothing_left_of_it(
    network: Network, ending: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Files, logs of the process and a backup made afterwards; and what crossed the wire."""
    origin, other, third = await three_peers(network)
    await network.peers(other, third)
    case = await opens_a_case(origin)
    outgoing = await offers(origin, case, other)
    await network.settle()
    if ending == "withdraw":
        await acts(other, accept_offer, (await incoming(other)).id)
        await network.settle()
    keys = await keys_of(other)
    assert keys

    if ending == "decline":
        await acts(other, decline_offer, (await incoming(other)).id, reason="No time.")
    elif ending == "withdraw":
        await acts(origin, withdraw, outgoing.id)
    else:
        await passes(network, days=20)
    await network.settle()
    await network.sweep()
    backup = network.backup(other)

    assert (await incoming(other)).state in ("esc-declined", "esc-withdrawn", "esc-expired")
    assert await keys_of(other) == set()
    for hub in (other, third):
        assert network.traces(hub, TITLE) == []
        for key in keys:
            assert network.files_with(hub, key) == []
    logged = "".join(capfd.readouterr())
    assert "/inbox" in logged
    assert TITLE not in logged
    assert backup.name in network.files_with(other, b"SQLite format 3")
    assert await third.rows("select count(*) from escalations") == [(0,)]
    assert not any(TITLE.encode() in body for hub in network.hubs for body in hub.received)
