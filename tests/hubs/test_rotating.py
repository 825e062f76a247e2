"""Keys of hubs at work: nothing in flight is lost, thieves are beaten, people are told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from content.cases.case import Case, read_case_content
from content.cases.store import CaseStore
from content.ids import new_id
from content.people.permissions import Role
from content.people.store import UserStore
from content.people.user import User
from federation.escalation.offering import offer_case
from federation.escalation.reading import get_escalation, list_escalations
from federation.log import KeysReplaced, Log
from federation.notices import NoticeStore
from federation.own_keys import (
    OVERLAP,
    newest_manifest,
    recover_keys,
    renew_manifest,
    rotate_keys,
)
from federation.publishing import add_resource, import_resources
from protocol.ids import sealing_key_id, signing_key_id
from protocol.keys import X25519_SUITE, SealingKey, SigningKey
from protocol.log_entries import check_page, from_line
from protocol.manifest import next_manifest
from protocol.proofs import add_proof
from tests.hubs.running import Network, RunningHub, a_record
from tests.hubs.test_forks import publish, rewind
from tests.hubs.test_replicas import public_log
from tests.hubs.test_sharing import held_titles
from tests.hubs.test_verifying import verified
from tests.seams import SeededChance


def signing_key(hub: RunningHub, number: int, seed: bytes = b"k") -> SigningKey:
    return SigningKey.from_seed(signing_key_id(hub.origin, number), seed.ljust(32, b"."))


def sealing_key(hub: RunningHub, number: int) -> SealingKey:
    now = hub.clock.now()
    return SealingKey.from_seed(
        f"{sealing_key_id(hub.origin, now)}-{number}",
        X25519_SUITE,
        bytes([number]) * 32,
        now + timedelta(days=62),
    )


def recovery_key(hub: RunningHub, name: str) -> SigningKey:
    """Return the key on the paper of a hub: drawn third when it was founded (nodes_at_work.py)."""
    chance = SeededChance(name)
    for _ in range(2):
        chance.bytes(32)
    return SigningKey.from_seed(f"{hub.origin}/actor#recovery", chance.bytes(32))


async def rotates(hub: RunningHub, number: int, *, sealing: bool = False) -> None:
    """Rotate the keys of a running hub, as its operator's command and its own server do."""
    now = hub.act("olga")
    signing = signing_key(hub, number)
    fresh = (sealing_key(hub, number),) if sealing else ()
    hub.node.hub = await hub.do(
        lambda db: rotate_keys(db, hub.hub, now, signing=signing, sealing=fresh)
    )


async def recovers(hub: RunningHub, name: str, number: int = 99) -> None:
    """Let a hub recover all its keys with its paper."""
    act = hub.act("olga")
    keys = replace(
        hub.hub.keys,
        signing=signing_key(hub, number, b"after"),
        sealing=(sealing_key(hub, number), *hub.hub.keys.sealing),
    )
    fresh = replace(hub.hub, keys=replace(keys, sealing=keys.sealing[:1]))
    await hub.do(
        lambda db: recover_keys(
            db,
            fresh,
            act,
            recovery=recovery_key(hub, name),
            next_recovery=SigningKey.from_seed(f"{hub.origin}/actor#recovery", b"n" * 32).public,
        )
    )
    hub.node.hub = replace(hub.hub, keys=keys)


async def told(hub: RunningHub) -> list[str]:
    return [notice.kind for notice in await hub.read(lambda db: list(NoticeStore(db).all()))]


async def opens_a_case(hub: RunningHub) -> str:
    """File a case at a hub; return its id."""
    act = hub.act("ana")
    content = read_case_content(
        {
            "title": "Chatbot clauses",
            "question": "Which clauses do we need?",
            "topics": ["procurement"],
            "language": "en",
            "country": "US",
            "requester": {"role": "who-city-official"},
            "sensitivity": "data-none",
            "consents": {"escalate": "yes"},
        }
    )
    case = Case.received(content, act, case_id=new_id(act.at, hub.hub.chance))

    def work(db: object) -> None:
        UserStore(db).add(User.new("ana", "Ana", Role.CASEWORKER, act), act)  # type: ignore[arg-type]
        CaseStore(db, hub.hub.vault).add(case, act)  # type: ignore[arg-type]

    await hub.do(work)
    return case.id


async def two_peers(network: Network) -> tuple[RunningHub, RunningHub]:
    reader, origin = await network.hub("Amsterdam"), await network.hub("Barcelona")
    await network.peers(reader, origin)
    await reader.catches_up(origin)
    return reader, origin


async def test_fifty_deliveries_and_a_sealed_offer_in_flight_survive_a_rotation_of_all_keys(
    network: Network,
) -> None:
    reader, origin = await two_peers(network)
    reader.is_up = False
    case = await opens_a_case(origin)
    for number in range(50):
        await publish(origin, f"Guide {number}")
    offered = await origin.do(
        lambda db: offer_case(db, origin.hub, case, reader.host, origin.act("ana"))
    )
    await network.settle()

    await rotates(origin, 2, sealing=True)
    await publish(origin, "Signed by the new key")
    await network.settle()
    assert await held_titles(reader, origin) == {}
    reader.is_up = True
    for _ in range(3):
        network.clock.advance(seconds=3600)
        await network.settle()

    assert len(await held_titles(reader, origin)) == 51
    theirs = await reader.read(lambda db: list_escalations(db, reader.hub, direction="in"))
    assert [each.state for each in theirs.items] == ["esc-offered"]
    ours = await origin.read(lambda db: get_escalation(db, origin.hub, offered.id))
    assert ours.delivery is not None
    assert ours.delivery.word == "read"
    assert await origin.rows("select state from deliveries where state = 'failed'") == []
    pinned = [key.id for key in (await reader.peer(origin)).pinned_keys]
    assert pinned == [origin.hub.keys.signing.id, signing_key_id(origin.origin)]
    assert await told(reader) == []


async def test_what_is_sealed_to_a_hub_that_rotates_meanwhile_arrives_too(
    network: Network,
) -> None:
    sender, taker = await two_peers(network)
    taker.is_up = False
    case = await opens_a_case(sender)
    await sender.do(lambda db: offer_case(db, sender.hub, case, taker.host, sender.act("ana")))
    await network.settle()
    await rotates(taker, 2, sealing=True)
    # So long ago that the private half it was sealed to is gone: it has to be sealed anew.
    taker.node.hub = replace(
        taker.hub, keys=replace(taker.hub.keys, sealing=taker.hub.keys.sealing[:1])
    )
    taker.is_up = True

    for _ in range(3):
        network.clock.advance(seconds=3600)
        await network.settle()

    theirs = await taker.read(lambda db: list_escalations(db, taker.hub, direction="in"))
    assert [each.state for each in theirs.items] == ["esc-offered"]


async def test_a_sealed_offer_in_flight_survives_a_recovery_of_all_keys(network: Network) -> None:
    reader, origin = await two_peers(network)
    reader.is_up = False
    case = await opens_a_case(origin)
    offered = await origin.do(
        lambda db: offer_case(db, origin.hub, case, reader.host, origin.act("ana"))
    )
    await network.settle()
    await recovers(origin, "Barcelona")
    reader.is_up = True

    for _ in range(3):
        network.clock.advance(seconds=3600)
        await network.settle()

    theirs = await reader.read(lambda db: list_escalations(db, reader.hub, direction="in"))
    assert [each.state for each in theirs.items] == ["esc-offered"]
    ours = await origin.read(lambda db: get_escalation(db, origin.hub, offered.id))
    assert ours.delivery is not None
    assert ours.delivery.word == "read"


async def test_the_key_before_counts_for_a_month_and_then_no_more(network: Network) -> None:
    reader, origin = await two_peers(network)
    before = origin.hub
    await rotates(origin, 2)
    # A server that has not noticed yet goes on.
    await origin.do(lambda db: add_resource(db, before, a_record("By the old key"), origin.act()))
    await network.settle()
    assert "By the old key" in (await held_titles(reader, origin)).values()

    network.clock.advance(seconds=OVERLAP.total_seconds() + 60)
    sealing = (sealing_key(origin, 7),)
    assert await origin.do(lambda db: renew_manifest(db, origin.hub, sealing, origin.act("system")))
    with pytest.raises(KeysReplaced):
        await origin.do(lambda db: add_resource(db, before, a_record("Too late"), origin.act()))
    await reader.catches_up(origin)

    assert [key.id for key in (await reader.peer(origin)).pinned_keys] == [
        origin.hub.keys.signing.id
    ]
    g = origin.hub.identity.g
    entries = [from_line(line) for line in await public_log(reader, g)]
    check_page(entries, log=g, manifest=None, after=None)


async def test_a_key_that_no_manifest_leads_to_is_refused_and_a_person_is_told(
    network: Network,
) -> None:
    reader, origin = await two_peers(network)
    before = (await reader.peer(origin)).pinned_keys
    thief = signing_key(origin, 5, b"thief")
    honest = origin.hub

    # Somebody sits at its address with a key of their own, and publishes nothing in its log.
    await publish(origin, "In flight")
    origin.node.hub = replace(honest, keys=replace(honest.keys, signing=thief))
    await network.settle()

    assert await held_titles(reader, origin) == {}
    assert await told(reader) == ["key-changed"]
    assert (await reader.peer(origin)).pinned_keys == before


async def steals(network: Network, origin: RunningHub, title: str) -> None:
    """Let a thief of the live key put a key of his own into the log, and publish with it."""
    thief = signing_key(origin, 66, b"thief")
    mine = replace(origin.hub, keys=replace(origin.hub.keys, signing=thief))
    at = origin.act("thief")

    def work(db: object) -> None:
        manifest = next_manifest(
            newest_manifest(db, origin.hub),  # type: ignore[arg-type]
            signer=origin.hub.keys.signing,
            now=at.at,
            keys=(thief.public,),
        )
        ref = new_id(at.at, origin.hub.chance)
        Log(db).append(mine, "public", "Manifest", ref, manifest, at.at)  # type: ignore[arg-type]

    await origin.do(work)
    await origin.do(lambda db: add_resource(db, mine, a_record(title), origin.act("thief")))
    await network.settle()


async def test_a_thief_of_the_live_key_is_beaten_by_the_paper_at_who_met_the_thief_already(
    network: Network,
) -> None:
    reader, origin = await two_peers(network)
    copy = await network.hub("Coalition", kind="coalition")
    await network.peers(copy, origin)
    await publish(origin, "Ours")
    await network.settle()
    for hub in (reader, copy):
        await hub.catches_up(origin)
    good = await origin.read(lambda db: Log(db).head(origin.hub.identity.g))
    assert good is not None
    await steals(network, origin, "Forged")
    for hub in (reader, copy):
        await hub.catches_up(origin)
        assert "Forged" in (await held_titles(hub, origin)).values()
        assert [k.id for k in (await hub.peer(origin)).pinned_keys] == [
            signing_key_id(origin.origin, 66)
        ]

    # The hub puts back what it had before, as from a backup, and takes out the paper.
    await rewind(origin, good.seq)
    await origin.do(lambda db: db.execute("delete from resources where record like '%Forged%'"))
    await recovers(origin, "Barcelona")
    await publish(origin, "After")
    for _ in range(3):
        network.clock.advance(seconds=3600)
        await network.settle()
    for hub in (reader, copy):
        assert (await hub.catches_up(origin)).problem == ""
        titles = sorted((await held_titles(hub, origin)).values())
        assert titles == ["After", "Ours"]
        assert [k.id for k in (await hub.peer(origin)).pinned_keys] == [origin.hub.keys.signing.id]
        assert "keys-recovered" in await told(hub)
        assert await hub.rows("select log from log_forks where settled_at is null") == []
    assert await public_log(reader, origin.hub.identity.g) == await public_log(
        origin, origin.hub.identity.g
    )

    # What the thief signs after that is refused everywhere, and nothing of it is taken in.
    thief = signing_key(origin, 66, b"thief")
    honest = origin.hub
    origin.node.hub = replace(honest, keys=replace(honest.keys, signing=thief))
    with pytest.raises(KeysReplaced):
        await publish(origin, "Forged again")
    origin.node.hub = honest


async def test_a_manifest_that_does_not_follow_from_the_one_before_is_refused_and_told(
    network: Network,
) -> None:
    reader, origin = await two_peers(network)
    before = (await reader.peer(origin)).pinned_keys
    thief, at = signing_key(origin, 66, b"thief"), network.clock.now()
    first = await origin.read(lambda db: newest_manifest(db, origin.hub))
    lawful = next_manifest(first, signer=origin.hub.keys.signing, now=at, keys=(thief.public,))
    bare = {name: value for name, value in lawful.items() if name != "proof"}
    unlawful = add_proof(bare, thief, at)  # signed by the key that it brings in itself
    mine = replace(origin.hub, keys=replace(origin.hub.keys, signing=thief))
    ref = new_id(at, origin.hub.chance)
    await origin.do(
        lambda db: Log(db).append(mine, "public", "Manifest", ref, unlawful, at) and None
    )

    caught = await reader.catches_up(origin)

    assert (caught.entries, caught.code) == (0, "manifest-invalid")
    assert await told(reader) == ["refused"]
    assert (await reader.peer(origin)).pinned_keys == before


async def test_records_that_waited_while_the_log_rested_are_published_by_a_recovery(
    network: Network,
) -> None:
    reader, origin = await two_peers(network)
    from federation.pause import Pause

    await origin.do(lambda db: Pause(db).begin("A test.", network.clock.now()))
    some = [a_record("Waited")]
    await origin.do(lambda db: import_resources(db, origin.hub, some, origin.act()))
    await network.settle()
    assert await held_titles(reader, origin) == {}

    await recovers(origin, "Barcelona")
    await network.settle()
    await reader.catches_up(origin)

    assert list((await held_titles(reader, origin)).values()) == ["Waited"]


async def test_a_fork_that_the_recovery_key_settled_is_history_to_who_verifies(
    network: Network,
) -> None:
    """Replicas went on saying INVALID of a log although its hub had settled the fork."""
    reader, origin = await two_peers(network)
    await publish(origin, "One")
    await publish(origin, "Two")
    await reader.catches_up(origin)
    g = origin.hub.identity.g
    await rewind(origin, 2)
    await publish(origin, "Another Two")
    await publish(origin, "Three")
    assert (await reader.catches_up(origin)).code == "log-frozen"
    before = await verified(reader, f"/hub/log/{g}")

    await recovers(origin, "Barcelona")
    network.clock.advance(seconds=3600)
    await network.settle()
    assert (await reader.catches_up(origin)).problem == ""
    log = await verified(reader, f"/hub/log/{g}")
    listed = await verified(reader, f"/hub/forks/{g}")
    itself = await verified(origin, f"/hub/log/{g}")

    assert (before.state, before.code) == ("invalid", "log-fork")
    assert (log.state, log.kind) == ("valid", "log")
    assert "forked once, at number 3" in log.says
    assert "settled that with manifest 2, which vouches for this log up to number 4" in log.says
    assert (listed.state, listed.kind) == ("valid", "fork")
    assert itself.state == "valid"


async def test_a_fork_after_a_recovery_is_not_settled_by_it(network: Network) -> None:
    reader, origin = await two_peers(network)
    await publish(origin, "One")
    await recovers(origin, "Barcelona")
    await publish(origin, "Two")
    await reader.catches_up(origin)
    await rewind(origin, 3)
    await publish(origin, "Another Two")
    await publish(origin, "Three")

    assert (await reader.catches_up(origin)).code == "log-frozen"

    verdict = await verified(reader, f"/hub/log/{origin.hub.identity.g}")
    assert (verdict.state, verdict.code) == ("invalid", "log-fork")
