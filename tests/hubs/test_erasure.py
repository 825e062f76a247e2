"""What is taken back is gone everywhere, and every hub that had it says so in a signed receipt."""

import io
from datetime import timedelta
from typing import Any

import pytest

from federation.adopting import adopt_own
from federation.bundling import export_bundle, import_bundle
from federation.delivery import deliver_due
from federation.erasing import remind, settle_erasure
from federation.erasures import Asked, ErasureStore, NoSuchErasure
from federation.inbox_worker import work_inbox
from federation.log import Log
from federation.outbox import Destination
from federation.peering import block_peer, remove_peer, resume_peer, suspend_peer
from federation.polling import poll_heads
from federation.publishing import retract_resource, update_resource
from federation.publishing_experts import add_expert, remove_expert
from federation.replicas import keep_replica
from federation.sending import new_activity_id, send, send_to_peer, signed
from federation.sweeping import sweep
from protocol.canonical import canonicalize
from protocol.document_verdicts import verdict_on_document
from protocol.documents.erasure import erasure_receipt, read_erasure_receipt
from protocol.keyrings import ring_of_entries
from protocol.log_entries import check_page, from_line
from protocol.moments import stamp
from tests.hubs.running import Network, RunningHub, a_record
from tests.hubs.test_experts import an_expert
from tests.hubs.test_replicas import peer_with, public_log, publish

WORD = "zqcanarium"
"""It stands in the title, the summary and the link; indexes fold it, and it stays itself."""
WEEK = timedelta(days=7)


async def two_peers(network: Network) -> tuple[RunningHub, RunningHub]:
    origin, holder = await network.hub("Amsterdam"), await network.hub("Barcelona")
    await network.peers(origin, holder)
    return origin, holder


async def publish_canary(hub: RunningHub, title: str = f"Guide to {WORD}") -> str:
    (ref,) = await publish(hub, title, summary=f"All about {WORD}, twice: {WORD}.")
    return ref


async def erase(hub: RunningHub, ref: str) -> None:
    await hub.do(lambda db: retract_resource(db, hub.hub, ref, hub.act()))


async def asked(hub: RunningHub, ref: str) -> dict[str, Asked]:
    standing = await hub.read(lambda db: ErasureStore(db).get(ref))
    return {each.host: each for each in standing.asked}


async def state_of(hub: RunningHub, ref: str, other: RunningHub) -> str:
    found = (await asked(hub, ref)).get(other.host)
    return "not asked" if found is None else found.state(hub.clock.now(), WEEK)


async def test_content_is_gone_from_every_file_and_the_holder_gives_a_receipt(
    network: Network,
) -> None:
    origin, holder = await two_peers(network)
    ref = await publish_canary(origin)
    await origin.do(
        lambda db: update_resource(db, origin.hub, ref, a_record(f"Second {WORD}"), origin.act())
    )
    await network.settle()
    await holder.catches_up(origin)
    assert network.traces(origin, WORD)
    assert network.traces(holder, WORD)

    await erase(origin, ref)
    await network.settle()
    assert await state_of(origin, ref, holder) == "missing"
    await network.sweep()

    assert network.traces(origin, WORD) == []
    assert network.traces(holder, WORD) == []
    assert await state_of(origin, ref, holder) == "erased"
    (told,) = (await asked(origin, ref)).values()
    receipt = read_erasure_receipt(told.receipt or {})
    assert receipt.actor == holder.hub.identity.actor
    assert receipt.erasure.subject == f"{origin.origin}/resources/{ref}"
    assert receipt.erasure.held


async def test_the_chain_still_verifies_and_says_what_is_erased(network: Network) -> None:
    origin, holder = await two_peers(network)
    ref = await publish_canary(origin)
    await holder.catches_up(origin)
    await erase(origin, ref)
    await network.settle()
    await holder.catches_up(origin)
    await network.sweep()

    for hub in (origin, holder):
        lines = await public_log(hub, origin.hub.identity.g)
        page = check_page(
            [from_line(line) for line in lines],
            log=origin.hub.identity.g,
            manifest=None,
            after=None,
        )
        assert [entry.h.op for entry in page.entries] == ["Manifest", "Create", "Delete"]
        assert [entry.a is None for entry in page.entries] == [False, True, False]


async def test_a_holder_that_reads_the_delete_in_the_log_gives_a_receipt_too(
    network: Network,
) -> None:
    origin, holder = await two_peers(network)
    ref = await publish_canary(origin)
    await holder.catches_up(origin)
    holder.is_up = False
    await erase(origin, ref)
    await deliver_due(origin.node)
    holder.is_up = True

    await holder.catches_up(origin)
    assert (await sweep(holder.node)).receipts == 1
    await network.settle()

    assert await state_of(origin, ref, holder) == "erased"
    assert network.traces(holder, WORD) == []


async def test_push_and_pull_and_bundle_of_one_delete_give_one_receipt(network: Network) -> None:
    origin, holder = await two_peers(network)
    ref = await publish_canary(origin)
    await network.settle()
    await holder.catches_up(origin)
    await erase(origin, ref)
    bundle = io.BytesIO()
    await export_bundle(origin.node, None, bundle)
    bundle.seek(0)

    await import_bundle(holder.node, bundle)
    await network.sweep()
    await holder.catches_up(origin)
    await network.settle()
    await network.sweep()

    receipts = [body for body in origin.received if b'"erasedAt"' in body]
    assert len(receipts) == 1
    assert await state_of(origin, ref, holder) == "erased"


async def test_a_hub_that_was_down_for_long_erases_when_it_is_back(network: Network) -> None:
    origin, holder = await two_peers(network)
    ref = await publish_canary(origin)
    await network.settle()
    await holder.catches_up(origin)
    holder.is_up = False
    await erase(origin, ref)
    for _ in range(100):
        network.clock.advance(days=0.5)
        await deliver_due(origin.node)
    assert await state_of(origin, ref, holder) == "overdue"
    holder.is_up = True

    await origin.do(lambda db: remind(db, origin.act()))
    await network.settle()
    await network.sweep()

    assert await state_of(origin, ref, holder) == "erased"
    assert network.traces(holder, WORD) == []


async def test_a_silent_hub_is_asked_again_and_its_answer_changes_nothing_twice(
    network: Network,
) -> None:
    origin, holder = await two_peers(network)
    ref = await publish_canary(origin)
    await network.settle()
    await erase(origin, ref)
    await network.settle()
    origin.is_up = False
    await sweep(holder.node)
    await deliver_due(holder.node)
    await holder.do(lambda db: db.execute("delete from deliveries") and None)  # it lost its queue
    origin.is_up = True
    before = network.clock.now()

    asks = []
    for day in range(30):
        network.clock.advance(days=1)
        if await origin.do(lambda db: remind(db, origin.act())):
            asks.append(day)
            if len(asks) == 1:
                holder.is_up = False
            await deliver_due(origin.node)
            await origin.do(
                lambda db: db.execute("update deliveries set state = 'delivered'") and None
            )
    holder.is_up = True
    await origin.do(lambda db: db.execute("update erasures_asked set next_ask = asked_at") and None)
    await origin.do(lambda db: remind(db, origin.act()))
    await network.settle()
    await network.sweep()

    assert asks == [0, 2, 6, 13, 20, 27]
    (told,) = (await asked(origin, ref)).values()
    assert told.receipt is not None
    assert told.received_at is not None
    assert told.received_at > before


async def test_the_receipt_of_a_hub_that_nobody_asked_is_refused(network: Network) -> None:
    origin, _holder = await two_peers(network)
    other = await network.hub("Helsinki")
    ref = await publish_canary(origin)
    await network.settle()
    await erase(origin, ref)
    await network.settle()
    await network.peers(origin, other)
    await other.catches_up(origin)
    standing = await origin.read(lambda db: ErasureStore(db).get(ref))

    peer = await other.peer(origin)
    forged = erasure_receipt(
        new_activity_id(other.hub, other.clock.now()),
        other.hub.identity.actor,
        standing.request.request,
        asker=origin.hub.identity.actor,
        subject=standing.request.subject,
        log=standing.request.log,
        held=True,
        erased_at=stamp(other.clock.now()),
        at=stamp(other.clock.now()),
    )
    await other.do(lambda db: send_to_peer(db, other.hub, peer, forged, other.clock.now()))
    await network.settle()
    await network.sweep()

    states = await other.rows("select state, reason from deliveries order by id desc limit 1")
    assert states == [("failed", "Answered 403.")]
    assert await state_of(origin, ref, other) == "not asked"
    assert await other.rows("select * from erasures_owed") == []


@pytest.mark.parametrize("flaw", ["another subject", "no proof", "changed"])
async def test_a_receipt_that_proves_nothing_is_not_taken(network: Network, flaw: str) -> None:
    origin, holder = await two_peers(network)
    ref, other_ref = await publish_canary(origin), await publish_canary(origin, "Other")
    await network.settle()
    await erase(origin, ref)
    await deliver_due(origin.node)
    standing = await origin.read(lambda db: ErasureStore(db).get(ref))
    now, peer = holder.clock.now(), await holder.peer(origin)
    subject = standing.request.subject
    receipt = erasure_receipt(
        new_activity_id(holder.hub, now),
        holder.hub.identity.actor,
        standing.request.request,
        asker=origin.hub.identity.actor,
        subject=subject.replace(ref, other_ref) if flaw == "another subject" else subject,
        log=standing.request.log,
        held=True,
        erased_at=stamp(now),
        at=stamp(now),
    )
    receipt = signed(holder.hub, receipt, now)
    if flaw == "no proof":
        del receipt["proof"]
    if flaw == "changed":
        receipt["published"] = stamp(now + timedelta(days=1))

    body = canonicalize(receipt)
    place = [Destination(peer.inbox, is_hub=True)]
    await holder.do(lambda db: send(db, str(receipt["id"]), body, place, now))
    await deliver_due(holder.node)
    for _ in range(8):
        await work_inbox(origin.node)
        network.clock.advance(days=1)

    assert await state_of(origin, ref, holder) in ("missing", "overdue")
    reasons = await origin.rows("select reason from inbox where state = 'quarantined'")
    assert len(reasons) == 1


async def test_a_replica_keeper_that_is_no_peer_erases_and_its_receipt_is_not_wanted(
    network: Network,
) -> None:
    origin, holder = await two_peers(network)
    keeper = await network.hub("Helsinki")
    await network.peers(holder, keeper)
    ref = await publish_canary(origin)
    await holder.catches_up(origin)
    g = origin.hub.identity.g
    await keep_replica(keeper.node, g, [await peer_with(keeper, holder)])
    assert network.traces(keeper, WORD)

    await erase(origin, ref)
    await network.settle()
    await holder.catches_up(origin)
    await keep_replica(keeper.node, g, [await peer_with(keeper, holder)])
    await network.sweep()

    assert network.traces(keeper, WORD) == []
    assert await state_of(origin, ref, keeper) == "not asked"
    assert await state_of(origin, ref, holder) == "erased"
    sent = await keeper.rows(
        "select d.state, d.reason from deliveries d join outgoing o on o.id = d.outgoing_id"
        " join erasures_owed w on w.receipt = o.activity_id"
    )
    assert sent == [("dropped", "Answered 403.")]


async def test_a_coalition_confirms_as_a_hub_does(network: Network) -> None:
    origin = await network.hub("Amsterdam")
    coalition = await network.hub("Coalition", kind="coalition")
    await network.peers(origin, coalition)
    ref = await publish_canary(origin)
    await network.settle()

    await erase(origin, ref)
    await network.settle()
    await network.sweep()

    assert await state_of(origin, ref, coalition) == "erased"
    assert network.traces(coalition, WORD) == []


async def test_a_hub_that_is_no_peer_any_more_is_asked_and_confirms(network: Network) -> None:
    origin, holder = await two_peers(network)
    ref = await publish_canary(origin)
    await network.settle()
    await origin.do(lambda db: remove_peer(db, origin.hub, holder.host, origin.act()))
    await network.settle()
    await origin.do(lambda db: db.execute("delete from deliveries") and None)  # long ago

    await erase(origin, ref)
    await network.settle()
    await network.sweep()

    assert await state_of(origin, ref, holder) == "erased"
    assert network.traces(holder, WORD) == []


async def test_a_blocked_hub_is_not_written_to_and_is_shown_as_missing(network: Network) -> None:
    origin, holder = await two_peers(network)
    ref = await publish_canary(origin)
    await network.settle()
    await origin.do(lambda db: block_peer(db, origin.hub, holder.host, origin.act()))
    before = len(holder.received)

    await erase(origin, ref)
    network.clock.advance(days=8)
    assert await origin.do(lambda db: remind(db, origin.act())) == 0
    await network.settle()
    assert len(holder.received) == before
    assert await state_of(origin, ref, holder) == "overdue"

    await origin.do(lambda db: resume_peer(db, origin.hub, holder.host, origin.act()))
    network.clock.advance(days=8)
    assert await origin.do(lambda db: remind(db, origin.act())) == 1
    await network.settle()
    await network.sweep()
    assert await state_of(origin, ref, holder) == "erased"


async def test_a_suspended_origin_still_has_its_records_erased(network: Network) -> None:
    origin, holder = await two_peers(network)
    ref = await publish_canary(origin)
    await network.settle()
    await holder.do(lambda db: suspend_peer(db, holder.hub, origin.host, holder.act()))

    await erase(origin, ref)
    await network.settle()
    await network.sweep()

    assert await state_of(origin, ref, holder) == "erased"
    assert network.traces(holder, WORD) == []


@pytest.mark.parametrize("scope", ["network", "public"])
async def test_an_expert_who_leaves_is_erased_with_receipts(network: Network, scope: str) -> None:
    origin, holder = await two_peers(network)
    record = an_expert(f"Person {WORD}", bio=f"Knows {WORD}.", scope=scope)
    expert = await origin.do(lambda db: add_expert(db, origin.hub, record, origin.act()))
    await network.settle()
    await holder.catches_up(origin)

    await origin.do(lambda db: remove_expert(db, origin.hub, expert.id, origin.act()))
    await network.settle()
    await network.sweep()

    assert await state_of(origin, expert.id, holder) == "erased"
    for hub in (origin, holder):
        assert network.traces(hub, WORD) == []


async def test_what_waited_to_be_sent_or_failed_is_never_sent(network: Network) -> None:
    origin, holder = await two_peers(network)
    holder.is_up = False
    ref = await publish_canary(origin)
    await deliver_due(origin.node)

    await erase(origin, ref)
    await sweep(origin.node)
    assert network.traces(origin, WORD) == []
    network.clock.advance(days=1)
    holder.is_up = True
    await network.settle()

    assert not any(WORD.encode() in body for body in holder.received)
    assert await state_of(origin, ref, holder) == "told"


async def test_what_waits_in_the_inbox_or_in_quarantine_goes_too(network: Network) -> None:
    origin, holder = await two_peers(network)
    ref = await publish_canary(origin)
    await deliver_due(origin.node)
    await holder.do(
        lambda db: (
            db.execute("update inbox set state = 'quarantined' where type = 'Create'") and None
        )
    )
    assert network.traces(holder, WORD)

    await erase(origin, ref)
    await network.settle()
    await network.sweep()

    assert network.traces(holder, WORD) == []
    assert await state_of(origin, ref, holder) == "erased"


async def test_a_copy_does_not_bring_back_what_was_erased_by_push(network: Network) -> None:
    origin, holder = await two_peers(network)
    keeper = await network.hub("Helsinki")
    await network.peers(origin, keeper)
    await network.peers(holder, keeper)
    ref = await publish_canary(origin)
    await keeper.catches_up(origin)
    await erase(origin, ref)
    await deliver_due(origin.node)
    await work_inbox(holder.node)
    stale = await public_log(keeper, origin.hub.identity.g)
    assert any(WORD.encode() in line for line in stale)

    origin.is_up = False
    await holder.catches_up(origin)  # the keeper, which has not handled the Delete, is asked
    await sweep(holder.node)

    logged = await holder.read(lambda db: Log(db).head(origin.hub.identity.g))
    assert logged is not None
    assert logged.seq == 2
    assert network.traces(holder, WORD) == []


@pytest.mark.parametrize("how", ["delivery", "log", "head"])
async def test_each_way_of_having_it_is_noticed(network: Network, how: str) -> None:
    origin, holder = await two_peers(network)
    holder.is_up = how == "delivery"
    ref = await publish_canary(origin)
    await network.settle()
    if how != "delivery":
        await origin.do(lambda db: db.execute("update deliveries set state = 'dropped'") and None)
        await holder.catches_up(origin)
        holder.is_up = True
    if how == "head":
        await origin.do(lambda db: db.execute("delete from acknowledgements") and None)
        network.clock.advance(seconds=60)
        await poll_heads(origin.node)
        network.clock.advance(seconds=60)
        await poll_heads(origin.node)

    await erase(origin, ref)

    assert (await asked(origin, ref))[holder.host].got == how


async def test_a_person_may_settle_what_will_never_be_confirmed(network: Network) -> None:
    origin, holder = await two_peers(network)
    ref = await publish_canary(origin)
    await network.settle()
    await network.lose(holder)
    await erase(origin, ref)
    network.clock.advance(days=8)
    before = network.clock.now() - WEEK
    assert await origin.read(lambda db: ErasureStore(db).overdue(before)) == {holder.host: 1}

    await origin.do(
        lambda db: settle_erasure(db, ref, holder.host, origin.act(), note="Its disk burnt.")
    )

    assert await state_of(origin, ref, holder) == "settled"
    assert await origin.read(lambda db: ErasureStore(db).overdue(before)) == {}
    with pytest.raises(NoSuchErasure):
        await origin.do(
            lambda db: settle_erasure(db, ref, "x.example", origin.act(), note="Never asked.")
        )


async def test_a_receipt_is_a_document_that_anybody_can_verify(network: Network) -> None:
    origin, holder = await two_peers(network)
    ref = await publish_canary(origin)
    await network.settle()
    await erase(origin, ref)
    await network.settle()
    await network.sweep()
    (told,) = (await asked(origin, ref)).values()
    receipt: dict[str, Any] = dict(told.receipt or {})
    lines = await public_log(holder, holder.hub.identity.g)
    ring = ring_of_entries(from_line(line) for line in lines)

    good = verdict_on_document(receipt, ring, network.clock.now())
    changed = {**receipt, "hub:erasure": {**receipt["hub:erasure"], "held": False}}
    bad = verdict_on_document(changed, ring, network.clock.now())
    more = verdict_on_document({**receipt, "extra": 1}, ring, network.clock.now())
    alone = verdict_on_document(receipt, None, network.clock.now())

    assert (good.kind, good.state) == ("erasure receipt", "valid")
    assert f"{origin.origin}/resources/{ref}" in good.says
    assert good.facts["erased_at"] == receipt["hub:erasure"]["erasedAt"]
    assert good.facts["by"] == holder.hub.identity.actor
    assert (bad.state, bad.code) == ("invalid", "proof-invalid")
    assert more.state == "invalid"
    assert (alone.state, alone.code) == ("unproven", "key-unknown")


async def test_an_expert_who_was_never_shared_leaves_no_trace_either(network: Network) -> None:
    hub = await network.hub("Amsterdam")
    record = an_expert(f"Person {WORD}", bio=f"Knows {WORD}.", scope="hub")
    expert = await hub.do(lambda db: add_expert(db, hub.hub, record, hub.act()))
    assert network.traces(hub, WORD)

    await hub.do(lambda db: remove_expert(db, hub.hub, expert.id, hub.act()))
    assert await hub.rows("select count(*) from erasures_dropped where at <> ''") == [(1,)]
    await network.sweep()

    assert network.traces(hub, WORD) == []
    assert await hub.rows("select * from erasures_dropped") == []


async def test_a_restored_backup_takes_its_delete_back_and_asks_anew(network: Network) -> None:
    origin, holder = await two_peers(network)
    ref = await publish_canary(origin)
    await network.settle()
    old = network.backup(origin)
    await erase(origin, ref)
    await network.settle()
    await holder.catches_up(origin)
    await network.sweep()
    assert await state_of(origin, ref, holder) == "erased"

    origin = await network.start_again(origin, old)
    assert network.traces(origin, WORD)
    assert (await adopt_own(origin.node)).done
    await network.sweep()
    assert network.traces(origin, WORD) == []
    assert await state_of(origin, ref, holder) == "missing"
    network.clock.advance(days=1, seconds=1)
    await origin.do(lambda db: remind(db, origin.act()))
    await network.settle()
    await network.sweep()

    assert await state_of(origin, ref, holder) == "erased"


async def test_a_hub_that_stops_between_dropping_and_its_receipt_still_gives_it(
    network: Network,
) -> None:
    origin, holder = await two_peers(network)
    ref = await publish_canary(origin)
    await network.settle()
    await erase(origin, ref)
    await network.settle()
    assert await holder.rows("select receipt from erasures_owed") == [(None,)]

    await network.start_again(holder)
    await network.settle()
    await network.sweep()

    assert await state_of(origin, ref, network.hubs[1]) == "erased"
