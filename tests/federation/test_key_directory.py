"""Whose key is that? Strangers' keys are fetched with suspicion (SECURITY.md S8 to S10)."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from federation.hub import Node
from federation.inbox import accept
from federation.key_directory import KeyUnavailable, key_of, refetched_key
from protocol.errors import KeyOwnerUnproven, SignatureInvalid
from tests.nodes_at_work import make_peer, open_node, post, rows
from tests.seams import FixedClock
from tests.strangers_at_work import Answer, HubStranger, Stranger, public_pem, rsa_key


async def follow(node: Node, stranger: Stranger, number: int, **more: Any) -> int:
    body = json.dumps(stranger.activity("Follow", number, node.hub.identity.actor)).encode()
    headers = stranger.cavage(node.hub.identity.inbox, body, node.clock.now(), **more)
    return (await accept(node, post(node, body, headers))).status


async def test_the_key_of_a_new_stranger_is_fetched_by_a_signed_request_and_kept(
    node: Node, ann: Stranger
) -> None:
    known = await key_of(node, ann.key_id)

    assert known.owner.actor == ann.actor
    (asked,) = ann.received
    assert asked.path == "/users/ann"
    assert f'keyId="{node.hub.identity.application}#main-key"' in asked.headers["signature"]
    assert await rows(node, "select id, actor from actor_keys") == [(ann.key_id, ann.actor)]


async def test_what_was_fetched_once_is_known_also_to_the_next_process(
    node: Node, ann: Stranger, bob: Stranger, tmp_path: Path
) -> None:
    await key_of(node, ann.key_id)

    async with open_node(tmp_path, trusting=[ann], clock=node.clock) as later:
        await key_of(later, ann.key_id)

    assert len(ann.received) == 1


async def test_a_key_document_like_that_of_gotosocial_is_followed_to_its_owner(
    node: Node, ann: Stranger
) -> None:
    ann.key_fragment = "/main-key"
    ann.publish()
    stub = {
        key: value
        for key, value in ann.actor_document().items()
        if key in ("@context", "id", "type", "preferredUsername", "publicKey")
    }
    ann.serve("/users/ann/main-key", stub)

    known = await key_of(node, ann.key_id)

    assert known.owner.actor == ann.actor
    assert [asked.path for asked in ann.received] == ["/users/ann/main-key", "/users/ann"]


async def test_a_bare_key_document_is_followed_to_its_owner(node: Node, ann: Stranger) -> None:
    ann.key_fragment = "/keys/1"
    ann.publish()
    ann.serve("/users/ann/keys/1", {"@context": [], **ann.actor_document()["publicKey"]})

    assert (await key_of(node, ann.key_id)).owner.actor == ann.actor


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404),
        Answer(500),
        Answer(410),
        Answer(200, b"{"),
        Answer(200, b"{}"),
        Answer(200, b"[]"),
        Answer(302, headers={"Location": "https://elsewhere.example/"}),
        Answer(302, headers={"Location": "/users/ann"}),
        Answer(302),
    ],
)
async def test_s8_a_key_that_cannot_be_had_is_unavailable_and_not_asked_for_again_at_once(
    node: Node, ann: Stranger, clock: FixedClock, answer: Answer
) -> None:
    ann.answers["/users/ann"] = answer

    for _ in range(3):
        with pytest.raises((KeyUnavailable, KeyOwnerUnproven)):
            await key_of(node, ann.key_id)

    assert len(ann.received) == 1
    ann.publish()
    clock.advance(299)
    with pytest.raises(KeyUnavailable):
        await key_of(node, ann.key_id)
    clock.advance(2)
    assert (await key_of(node, ann.key_id)).owner.actor == ann.actor


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "text/html", "application/octet-stream"]
)
async def test_s8_json_that_somebody_uploaded_is_no_key_document(
    node: Node, ann: Stranger, kind: str
) -> None:
    ann.serve("/users/ann", ann.actor_document(), content_type=kind)

    with pytest.raises(KeyUnavailable):
        await key_of(node, ann.key_id)


async def test_s8_a_packed_or_too_large_key_document_is_refused(node: Node, ann: Stranger) -> None:
    ann.publish(summary="x" * 256 * 1024)
    with pytest.raises(KeyUnavailable):
        await key_of(node, ann.key_id)

    ann.serve("/users/ann", ann.actor_document(), headers={"Content-Encoding": "gzip"})
    with pytest.raises(KeyUnavailable):
        await key_of(node, ann.actor + "#other")


async def test_s8_two_redirects_on_one_origin_are_followed_and_no_third(
    node: Node, ann: Stranger
) -> None:
    ann.answers["/users/a"] = Answer(301, headers={"Location": "/users/b"})
    ann.answers["/users/b"] = Answer(302, headers={"Location": "/users/ann"})
    ann.answers["/users/0"] = Answer(307, headers={"Location": "/users/a"})

    with pytest.raises((KeyUnavailable, KeyOwnerUnproven)):
        await key_of(node, f"{ann.origin}/users/0#main-key")

    assert [asked.path for asked in ann.received] == ["/users/0", "/users/a", "/users/b"]


async def test_s8_a_host_causes_at_most_thirty_look_ups_a_minute(
    node: Node, ann: Stranger, clock: FixedClock
) -> None:
    for number in range(40):
        with pytest.raises((KeyUnavailable, KeyOwnerUnproven)):
            await key_of(node, f"{ann.origin}/users/{number}#main-key")

    assert len(ann.received) == 30
    clock.advance(61)
    await key_of(node, ann.key_id)
    assert len(ann.received) == 31


async def test_s8_a_key_on_a_forbidden_address_is_never_asked_for(node: Node) -> None:
    async with await Stranger.start("inside", "127.0.0.9") as inside:
        with pytest.raises(KeyUnavailable):
            await key_of(node, inside.key_id)

        assert inside.received == []


async def test_many_requests_of_one_new_stranger_cause_one_look_up(
    node: Node, ann: Stranger
) -> None:
    statuses = await asyncio.gather(*(follow(node, ann, number) for number in range(20)))

    assert statuses == [202] * 20
    assert len(ann.received) == 1


async def test_a_look_up_goes_on_when_who_asked_first_has_gone(node: Node, ann: Stranger) -> None:
    first = asyncio.create_task(key_of(node, ann.key_id))
    second = asyncio.create_task(key_of(node, ann.key_id))
    async with asyncio.timeout(5):
        await ann.asked.wait()
    first.cancel()

    assert (await second).owner.actor == ann.actor


async def test_s9_a_document_with_another_id_than_its_url_is_no_proof_of_anything(
    node: Node, ann: Stranger, bob: Stranger
) -> None:
    await key_of(node, ann.key_id)
    forged = {**ann.actor_document(), "publicKey": {**ann.actor_document()["publicKey"]}}
    forged["publicKey"]["publicKeyPem"] = public_pem(bob.key)
    bob.serve("/users/bob", forged)

    for key_id in (bob.key_id, f"{bob.origin}/users/bob#x"):
        with pytest.raises((KeyOwnerUnproven, KeyUnavailable)):
            await key_of(node, key_id)

    assert (await key_of(node, ann.key_id)).key.pem == public_pem(ann.key)  # type: ignore[union-attr]
    assert await follow(node, ann, 1) == 202


@pytest.mark.parametrize(
    "change",
    [
        {"owner": "https://elsewhere.example/users/ann"},
        {"owner": "http://127.0.0.2/users/ann"},
        {"id": "https://elsewhere.example/key"},
        {"publicKeyPem": "nonsense"},
        {"publicKeyPem": 5},
        {"publicKeyPem": None},
    ],
)
async def test_s9_a_key_that_its_owner_does_not_name_is_refused(
    node: Node, ann: Stranger, change: dict[str, Any]
) -> None:
    document = ann.actor_document()
    document["publicKey"] = {**document["publicKey"], **change}
    ann.serve("/users/ann", document)

    with pytest.raises((KeyOwnerUnproven, KeyUnavailable)):
        await key_of(node, ann.key_id)

    assert await rows(node, "select id from actor_keys") == []


async def test_s9_a_key_whose_owner_does_not_link_back_is_refused(
    node: Node, ann: Stranger
) -> None:
    ann.serve(
        "/users/ann/keys/9",
        {
            "id": f"{ann.actor}/keys/9",
            "owner": ann.actor,
            "publicKeyPem": public_pem(rsa_key("mallory")),
        },
    )

    with pytest.raises(KeyOwnerUnproven):
        await key_of(node, f"{ann.actor}/keys/9")


async def test_s9_a_neighbour_on_the_same_server_cannot_take_over_a_key(
    node: Node, ann: Stranger
) -> None:
    await key_of(node, ann.key_id)
    bob = f"{ann.origin}/users/bob"
    own = {"id": f"{bob}#main-key", "owner": bob, "publicKeyPem": public_pem(rsa_key("bob"))}
    stolen = {"id": ann.key_id, "owner": bob, "publicKeyPem": public_pem(rsa_key("bob"))}
    ann.serve("/users/bob", {"id": bob, "type": "Person", "publicKey": [own, stolen]})

    await key_of(node, f"{bob}#main-key")

    assert sorted(await rows(node, "select id, actor from actor_keys")) == [
        (ann.key_id, ann.actor),
        (f"{bob}#main-key", bob),
    ]


async def test_s10_a_rotated_key_is_fetched_once_and_the_old_one_opens_nothing_then(
    node: Node, ann: Stranger, clock: FixedClock
) -> None:
    old = ann.key
    await follow(node, ann, 1)
    ann.key = rsa_key("ann after rotation")
    ann.publish()

    assert await follow(node, ann, 2) == 202
    assert len(ann.received) == 2
    with pytest.raises(SignatureInvalid):
        await follow(node, ann, 3, key=old)
    assert len(ann.received) == 2
    clock.advance(61)
    with pytest.raises(SignatureInvalid):
        await follow(node, ann, 3, key=old)
    assert len(ann.received) == 3


async def test_s10_bad_signatures_do_not_make_us_fetch_each_time(node: Node, ann: Stranger) -> None:
    await follow(node, ann, 1)

    for number in range(10):
        with pytest.raises(SignatureInvalid):
            await follow(node, ann, number, key=rsa_key("mallory"))

    assert len(ann.received) == 2


async def test_pinned_keys_of_hubs_are_never_fetched(tmp_path: Path, clock: FixedClock) -> None:
    async with (
        await HubStranger.start("barcelona") as peer,
        open_node(tmp_path, trusting=[peer], clock=clock) as node,
    ):
        await make_peer(node, peer)

        known = await key_of(node, peer.signing_key_id)
        again = await refetched_key(node, peer.signing_key_id)

        assert known.pinned
        assert again is None
        assert peer.received == []


async def test_an_actor_that_is_gone_loses_its_keys(
    node: Node, ann: Stranger, clock: FixedClock
) -> None:
    await key_of(node, ann.key_id)
    ann.answers["/users/ann"] = Answer(410)

    with pytest.raises(SignatureInvalid):
        await follow(node, ann, 1, key=rsa_key("mallory"))

    assert await rows(node, "select id from actor_keys") == []
    assert await rows(node, "select gone_at is not null from actors") == [(1,)]


async def test_what_strangers_fill_the_memory_with_is_bounded(node: Node) -> None:
    memory = node.memory

    for number in range(25_000):
        memory.unavailable.put(f"https://h{number}.example/#k", node.clock.now())
        memory.refetched.put(f"https://h{number}.example/#k", node.clock.now())

    assert len(memory.unavailable) == 10_000
    assert len(memory.refetched) == 10_000
