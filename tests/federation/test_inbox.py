"""The door for activities, attacked on the real stack: SECURITY.md S1 to S26."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from content.times import to_text
from federation.errors import FederationError
from federation.facts import standing_in
from federation.followers import Following
from federation.hub import Node
from federation.inbox import InboxFull, accept
from federation.inbox_store import Tombstones
from federation.notices import NoticeStore
from federation.peers import PeerStore, standing_of
from protocol.errors import ProtocolError
from protocol.http import HttpRequest
from protocol.keys import VerifyKey
from tests.nodes_at_work import do, make_peer, make_source, post, rows
from tests.strangers_at_work import (
    PUBLIC,
    Headers,
    HubStranger,
    Stranger,
    content_digest_of,
    digest_of,
    rsa_key,
)


def as_bytes(activity: dict[str, Any]) -> bytes:
    return json.dumps(activity).encode()


def a_follow(node: Node, ann: Stranger, number: int | str = 1, **more: Any) -> bytes:
    return as_bytes(ann.activity("Follow", number, node.hub.identity.actor, **more))


def a_note(ann: Stranger, number: int | str = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{ann.origin}/notes/{number}",
        "type": "Note",
        "attributedTo": ann.actor,
        "content": "Hello",
        "to": [PUBLIC],
        **more,
    }


def signed(node: Node, ann: Stranger, body: bytes, **more: Any) -> HttpRequest:
    headers = ann.cavage(node.hub.identity.inbox, body, node.clock.now(), **more)
    return post(node, body, headers)


def by_hub(node: Node, peer: HubStranger, activity: dict[str, Any]) -> HttpRequest:
    body = as_bytes(activity)
    return post(node, body, peer.as_hub(node.hub.identity.inbox, body, node.clock.now()))


async def refusal(node: Node, request: HttpRequest) -> str:
    """Return the code of the refusal; fail when it was taken, or when anything was stored."""
    before = await rows(node, "select count(*) from inbox")
    with pytest.raises((ProtocolError, FederationError)) as caught:
        await accept(node, request)
    assert await rows(node, "select count(*) from inbox") == before
    return str(caught.value.code)


async def stored(node: Node) -> int:
    return int((await rows(node, "select count(*) from inbox"))[0][0])


async def test_a_signed_follow_is_on_disk_when_it_is_answered_with_202(
    node: Node, ann: Stranger, tmp_path: Path
) -> None:
    body = a_follow(node, ann)

    answer = await accept(node, signed(node, ann, body))

    assert answer.status == 202
    ((activity_id, kind, kept),) = await rows(node, "select activity_id, type, body from inbox")
    assert (activity_id, kind, kept) == (f"{ann.origin}/activities/1", "Follow", body)


async def test_rfc_9421_by_a_stranger_is_taken_and_remembered_for_the_way_back(
    node: Node, ann: Stranger
) -> None:
    body = a_follow(node, ann)
    headers = ann.rfc9421(node.hub.identity.inbox, body, node.clock.now())

    answer = await accept(node, post(node, body, headers))

    assert answer.status == 202
    assert await rows(node, "select takes_rfc9421 from actors") == [(1,)]


async def test_a_peers_activity_is_taken_by_its_pinned_key_without_any_request(
    node: Node, peer: HubStranger
) -> None:
    await make_peer(node, peer)

    answer = await accept(node, by_hub(node, peer, peer.activity("Create", 1, a_note(peer))))

    assert answer.status == 202
    assert peer.received == []


# S1 to S7: nothing is fetched


async def test_s1_without_a_signature_it_is_refused_and_nothing_is_fetched(
    node: Node, ann: Stranger
) -> None:
    body = a_follow(node, ann)
    headers = [
        pair
        for pair in ann.cavage(node.hub.identity.inbox, body, node.clock.now())
        if pair[0] != "signature"
    ]

    assert await refusal(node, post(node, body, headers)) == "signature-missing"
    assert ann.received == []


def with_signature(headers: Headers, change: Any) -> Headers:
    return [(n, change(v) if n == "signature" else v) for n, v in headers]


@pytest.mark.parametrize(
    "change",
    [
        lambda _: "",
        lambda _: "nonsense",
        lambda value: value.replace("rsa-sha256", "hmac-sha256"),
        lambda value: value.replace("rsa-sha256", "none"),
        lambda value: value.replace("rsa-sha256", "rsa-sha1"),
        lambda value: value.partition(",signature=")[0] + ',signature=""',
        lambda value: value.partition(",signature=")[0] + ',signature="AAAA"',
        lambda value: value.replace("keyId=", "keyid="),
    ],
)
async def test_s2_a_wrong_empty_or_foreign_signature_is_invalid(
    node: Node, ann: Stranger, change: Any
) -> None:
    body = a_follow(node, ann)
    headers = ann.cavage(node.hub.identity.inbox, body, node.clock.now())

    request = post(node, body, with_signature(headers, change))

    assert await refusal(node, request) in ("signature-invalid", "signature-missing")


async def test_s2_another_key_than_the_published_one_is_invalid(node: Node, ann: Stranger) -> None:
    body = a_follow(node, ann)

    request = signed(node, ann, body, key=rsa_key("mallory"))

    assert await refusal(node, request) == "signature-invalid"


@pytest.mark.parametrize("left_out", ["(request-target)", "host", "date", "digest"])
async def test_s3_target_host_time_and_digest_must_be_covered(
    node: Node, ann: Stranger, left_out: str
) -> None:
    body = a_follow(node, ann)
    covered = [n for n in ("(request-target)", "host", "date", "digest") if n != left_out]

    assert await refusal(node, signed(node, ann, body, covered=covered)) == ("signature-coverage")
    assert ann.received == []


@pytest.mark.parametrize(
    "covered",
    [
        ("@method", "@target-uri", "content-type"),
        ("@method", "content-digest"),
        ("@target-uri", "content-digest"),
    ],
)
async def test_s3_likewise_by_rfc_9421(node: Node, ann: Stranger, covered: tuple[str, ...]) -> None:
    body = a_follow(node, ann)
    headers = ann.rfc9421(node.hub.identity.inbox, body, node.clock.now(), covered=covered)

    assert await refusal(node, post(node, body, headers)) == "signature-coverage"


@pytest.mark.parametrize("digest", [None, "", "MD5=rL0Y20zC+Fzt72VPzMSk2A==", digest_of(b"other")])
async def test_s4_the_digest_must_be_there_strong_and_right(
    node: Node, ann: Stranger, digest: str | None
) -> None:
    body = a_follow(node, ann)

    request = signed(node, ann, body, change={"digest": digest})

    assert await refusal(node, request) == "digest-mismatch"
    assert ann.received == []


async def test_s4_a_body_that_was_swapped_on_the_way_is_refused(node: Node, ann: Stranger) -> None:
    request = signed(node, ann, a_follow(node, ann))
    other = replace(request, body=a_follow(node, ann, 2))
    body = a_follow(node, ann)
    headers = ann.rfc9421(node.hub.identity.inbox, body, node.clock.now())
    swapped = [
        (n, content_digest_of(other.body)) if n == "content-digest" else (n, v) for n, v in headers
    ]

    assert await refusal(node, other) == "digest-mismatch"
    assert await refusal(node, post(node, other.body, swapped)) == "signature-invalid"


@pytest.mark.parametrize("off", [timedelta(minutes=61), timedelta(minutes=-61)])
async def test_s5_a_time_more_than_an_hour_off_is_refused(
    node: Node, ann: Stranger, off: timedelta
) -> None:
    body = a_follow(node, ann)
    inbox, now = node.hub.identity.inbox, node.clock.now()

    assert await refusal(node, post(node, body, ann.cavage(inbox, body, now + off))) == (
        "clock-skew"
    )
    almost = off * 59 / 61
    assert await accept(node, post(node, body, ann.cavage(inbox, body, now + almost)))


@pytest.mark.parametrize("off", [timedelta(minutes=6), timedelta(minutes=-6)])
async def test_s5_by_rfc_9421_it_is_five_minutes(node: Node, ann: Stranger, off: timedelta) -> None:
    body = a_follow(node, ann)
    inbox, now = node.hub.identity.inbox, node.clock.now()

    request = post(node, body, ann.rfc9421(inbox, body, now + off))

    assert await refusal(node, request) == "clock-skew"


async def test_s6_what_was_signed_for_another_host_is_misdirected(
    node: Node, ann: Stranger
) -> None:
    body = a_follow(node, ann)
    elsewhere = ann.cavage("https://other.example/inbox", body, node.clock.now())

    assert await refusal(node, post(node, body, elsewhere)) == "misdirected"
    assert ann.received == []


@pytest.mark.parametrize("name", ["signature", "digest", "date", "host"])
async def test_s7_a_field_that_stands_twice_is_ambiguous(
    node: Node, ann: Stranger, name: str
) -> None:
    body = a_follow(node, ann)
    request = signed(node, ann, body)
    twice = replace(request, headers=(*request.headers, (name, request.header(name) or "")))

    assert await refusal(node, twice) == "signature-ambiguous"
    assert ann.received == []


# S11 to S19: who may say what


async def test_s11_an_activity_of_somebody_else_is_refused(node: Node, ann: Stranger) -> None:
    async with await Stranger.start("victim", "127.0.0.2") as victim:
        body = as_bytes({**json.loads(a_follow(node, ann)), "actor": victim.actor})

        assert await refusal(node, signed(node, ann, body)) == "actor-mismatch"
        assert victim.received == []
        assert ann.received == []


async def test_s11_nor_of_somebody_else_on_the_same_server(node: Node, ann: Stranger) -> None:
    body = a_follow(node, ann)
    body = body.replace(f'"{ann.actor}"'.encode(), f'"{ann.origin}/users/bob"'.encode())

    assert await refusal(node, signed(node, ann, body)) == "actor-mismatch"


@pytest.mark.parametrize("form", ["list", "object", "both"])
async def test_s11_also_in_lists_and_embedded(node: Node, ann: Stranger, form: str) -> None:
    other = f"{ann.origin}/users/bob"
    actor: Any = {
        "list": [ann.actor, other],
        "object": {"id": other, "type": "Person"},
        "both": [{"id": ann.actor}, {"id": other}],
    }[form]
    body = as_bytes({**json.loads(a_follow(node, ann)), "actor": actor})

    assert await refusal(node, signed(node, ann, body)) == "actor-mismatch"


async def test_s12_an_id_on_another_origin_is_refused_before_any_fetch(
    node: Node, ann: Stranger
) -> None:
    body = a_follow(node, ann, id="https://elsewhere.example/1")

    assert await refusal(node, signed(node, ann, body)) == "origin-mismatch"
    assert ann.received == []


async def test_s12_a_peer_creates_nothing_on_another_origin(node: Node, peer: HubStranger) -> None:
    await make_peer(node, peer)
    note = a_note(peer, id="https://elsewhere.example/notes/1")

    assert await refusal(node, by_hub(node, peer, peer.activity("Create", 1, note))) == (
        "origin-mismatch"
    )


async def test_s14_a_blocked_peer_is_refused_without_a_fetch(node: Node, peer: HubStranger) -> None:
    await make_peer(node, peer, state="blocked")
    body = a_follow(node, peer)
    headers = peer.cavage(node.hub.identity.inbox, body, node.clock.now())

    assert await refusal(node, by_hub(node, peer, json.loads(body))) == "not-a-peer"
    assert await refusal(node, post(node, body, headers)) == "not-a-peer"
    assert peer.received == []


async def test_s14_a_peer_blocked_after_its_key_was_remembered_is_refused_too(
    node: Node, peer: HubStranger
) -> None:
    await make_peer(node, peer)
    await accept(node, by_hub(node, peer, peer.activity("Create", 1, a_note(peer))))
    await do(node, lambda db: db.execute("update peers set state = 'blocked'"))

    request = by_hub(node, peer, peer.activity("Create", 2, a_note(peer, 2)))

    assert await refusal(node, request) == "not-a-peer"


@pytest.mark.parametrize("kind", ["Create", "Update", "Add", "Block", "Move", "Remove"])
async def test_s14_strangers_send_only_what_strangers_may(
    node: Node, ann: Stranger, kind: str
) -> None:
    body = as_bytes(ann.activity(kind, 1, a_note(ann)))

    assert await refusal(node, signed(node, ann, body)) == "not-a-peer"


async def test_s14_a_reply_to_us_is_taken_from_strangers(node: Node, ann: Stranger) -> None:
    note = a_note(ann, inReplyTo=f"{node.hub.identity.origin}/resources/1")

    answer = await accept(node, signed(node, ann, as_bytes(ann.activity("Create", 1, note))))

    assert answer.status == 202


async def test_s15_a_source_cannot_delete_the_post_of_its_neighbour(
    node: Node, ann: Stranger
) -> None:
    await make_source(node, ann)
    theirs = f"{ann.origin}/notes/of-bob"
    bob = f"{ann.origin}/users/bob"
    await do(node, lambda db: db.execute("insert into owners values (?, ?)", [theirs, bob]))
    tombstone = {"id": theirs, "type": "Tombstone"}

    request = signed(node, ann, as_bytes(ann.activity("Delete", 1, tombstone)))

    assert await refusal(node, request) == "not-owner"


async def test_s16_an_accept_of_what_we_never_asked_is_refused(node: Node, ann: Stranger) -> None:
    ours = f"{node.hub.identity.origin}/activities/1"

    def accepting(number: int) -> bytes:
        return as_bytes(ann.activity("Accept", number, ours))

    assert await refusal(node, signed(node, ann, accepting(1))) == "no-such-request"
    await do(
        node,
        lambda db: Following(db).ask("https://other.example/u", ours, node.clock.now()),
    )
    assert await refusal(node, signed(node, ann, accepting(2))) == "no-such-request"
    await do(node, lambda db: Following(db).ask(ann.actor, f"{ours}0", node.clock.now()))
    right = as_bytes(ann.activity("Accept", 3, f"{ours}0"))
    assert (await accept(node, signed(node, ann, right))).status == 202


async def test_s17_the_same_bytes_again_are_answered_202_and_kept_once(
    node: Node, ann: Stranger
) -> None:
    body = a_follow(node, ann)

    answers = await asyncio.gather(*(accept(node, signed(node, ann, body)) for _ in range(10)))

    assert {answer.status for answer in answers} == {202}
    assert await stored(node) == 1


async def test_s18_the_same_id_with_other_bytes_is_refused(node: Node, ann: Stranger) -> None:
    await accept(node, signed(node, ann, a_follow(node, ann)))

    request = signed(node, ann, a_follow(node, ann, published="2026-11-24T09:00:00Z"))

    assert await refusal(node, request) == "id-reuse"


async def test_s18_nobody_learns_of_ids_of_others_by_reusing_them(
    node: Node, ann: Stranger
) -> None:
    await accept(node, signed(node, ann, a_follow(node, ann)))
    async with await Stranger.start("mallory", "127.0.0.2") as mallory:
        body = as_bytes({**json.loads(a_follow(node, ann)), "actor": mallory.actor})

        assert await refusal(node, signed(node, mallory, body)) == "origin-mismatch"


async def test_s19_what_was_deleted_does_not_come_back(
    node: Node, peer: HubStranger, tmp_path: Path
) -> None:
    await make_peer(node, peer)
    note = a_note(peer)
    await do(node, lambda db: Tombstones(db).add(note["id"], peer.actor, node.clock.now()))

    for kind in ("Create", "Update"):
        request = by_hub(node, peer, peer.activity(kind, kind, note))
        assert await refusal(node, request) == "gone"


# S20 to S26: what it must look like


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'"text"',
        b"{",
        b"{} {}",
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":1e999}',
        b'{"a":9007199254740993}',
        b'{"a":"\\ud800"}',
        b'{"a":"\\u0000"}',
        b'{"a":"\xff"}',
    ],
)
async def test_s20_what_is_not_plain_json_is_malformed_and_nothing_is_fetched(
    node: Node, ann: Stranger, body: bytes
) -> None:
    assert await refusal(node, signed(node, ann, body)) == "malformed-json"
    assert ann.received == []


@pytest.mark.parametrize(
    "more",
    [
        {"x": [0] * 257},
        {"x": "a" * 65537},
        {"x": json.loads("[" * 40 + "]" * 40)},
        {"x": [{str(n): n for n in range(100)}] * 60},
    ],
)
async def test_s21_what_exceeds_the_limits_is_refused(
    node: Node, ann: Stranger, more: dict[str, Any]
) -> None:
    request = signed(node, ann, a_follow(node, ann, **more))

    assert await refusal(node, request) == "limits-exceeded"
    assert ann.received == []


async def test_s21_depth_without_end_is_refused(node: Node, ann: Stranger) -> None:
    for body in (b"[" * 100_000, b'{"a":' * 100_000):
        assert await refusal(node, signed(node, ann, body)) == "limits-exceeded"


async def test_s22_more_than_a_mebibyte_is_too_large(node: Node, ann: Stranger) -> None:
    body = b" " * (1024 * 1024 + 1)

    assert await refusal(node, signed(node, ann, body)) == "too-large"


async def test_s23_a_packed_body_is_refused(node: Node, ann: Stranger) -> None:
    request = signed(node, ann, a_follow(node, ann), change={"content-encoding": "gzip"})

    assert await refusal(node, request) == "unsupported-encoding"


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "application/ld+json", "application/octet-stream"]
)
async def test_s24_another_media_type_is_refused(node: Node, ann: Stranger, kind: str) -> None:
    request = signed(node, ann, a_follow(node, ann), content_type=kind)

    assert await refusal(node, request) == "unsupported-media-type"


@pytest.mark.parametrize(
    "more",
    [
        {"@graph": []},
        {"@included": []},
        {"@reverse": {}},
        {"@context": ["https://www.w3.org/ns/activitystreams", {"actor": "https://evil/x"}]},
        {"@context": [{"id": "https://evil/x"}]},
    ],
)
async def test_s25_json_ld_that_changes_the_meaning_is_refused(
    node: Node, ann: Stranger, more: dict[str, Any]
) -> None:
    request = signed(node, ann, a_follow(node, ann, **more))

    assert await refusal(node, request) == "unsupported-json-ld"


async def test_s25_a_signature_inside_and_other_contexts_count_for_nothing(
    node: Node, ann: Stranger
) -> None:
    body = a_follow(
        node,
        ann,
        signature={"type": "RsaSignature2017", "creator": "https://evil.example/#key"},
        proof={"type": "DataIntegrityProof", "proofValue": "zzz"},
        **{
            "@context": [
                "https://www.w3.org/ns/activitystreams",
                {"toot": "http://joinmastodon.org/ns#"},
            ]
        },
    )

    assert (await accept(node, signed(node, ann, body))).status == 202


@pytest.mark.parametrize(
    "more",
    [
        {"type": "Frobnicate"},
        {"type": 5},
        {"type": None},
        {"object": None},
        {"object": 5},
        {"object": [5]},
        {"actor": None},
        {"id": 5},
        {"id": "relative"},
        {"id": None},
        {"to": 5},
        {"to": {"a": 1}},
        {"cc": [[]]},
    ],
)
async def test_s26_fields_of_the_wrong_kind_are_invalid(
    node: Node, ann: Stranger, more: dict[str, Any]
) -> None:
    request = signed(node, ann, a_follow(node, ann, **more))

    assert await refusal(node, request) == "invalid-activity"
    assert ann.received == []


async def test_s34_blind_copies_are_not_kept(node: Node, peer: HubStranger) -> None:
    await make_peer(node, peer)
    note = a_note(peer, bcc=["https://secret.example/u"])
    activity = peer.activity("Create", 1, note, bto=["https://secret.example/v"])

    await accept(node, by_hub(node, peer, activity))
    again = await accept(node, by_hub(node, peer, activity))

    ((body,),) = await rows(node, "select body from inbox")
    assert b"secret.example" not in body
    assert json.loads(body)["object"]["content"] == "Hello"
    assert again.status == 202


# S36: keys of hubs are pinned


async def test_s36_a_hub_with_another_key_is_refused_and_a_person_is_told(
    node: Node, peer: HubStranger
) -> None:
    await make_peer(node, peer)
    thief = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
    body = as_bytes(peer.activity("Create", 1, a_note(peer)))
    inbox, now = node.hub.identity.inbox, node.clock.now()

    same_id = post(node, body, peer.as_hub(inbox, body, now, key=thief))
    new_id = post(
        node, body, peer.as_hub(inbox, body, now, key=thief, key_id=f"{peer.actor}#ed25519-2")
    )

    assert await refusal(node, same_id) == "signature-invalid"
    assert await refusal(node, new_id) == "key-changed"
    assert len(peer.received) == 1  # it was asked whether its manifests lead to that key
    assert await refusal(node, new_id) == "key-unavailable"
    (notice,) = await node.database.read(lambda db: list(NoticeStore(db).all()))
    assert (notice.kind, notice.subject, notice.times) == ("key-changed", peer.authority, 1)
    assert "key that nobody here confirmed" in notice.text


async def test_keys_that_a_person_approved_anew_count_at_once(
    node: Node, peer: HubStranger
) -> None:
    known = await make_peer(node, peer)
    await accept(node, by_hub(node, peer, peer.activity("Create", 1, a_note(peer))))
    new = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
    pinned = (VerifyKey(peer.signing_key_id, new.public_key()),)
    await node.database.write(lambda db: PeerStore(db).replace(replace(known, pinned_keys=pinned)))
    body = as_bytes(peer.activity("Create", 2, a_note(peer)))
    inbox, now = node.hub.identity.inbox, node.clock.now()

    taken = await accept(node, post(node, body, peer.as_hub(inbox, body, now, key=new)))
    old = by_hub(node, peer, peer.activity("Create", 3, a_note(peer)))

    assert taken.status == 202
    assert await refusal(node, old) == "signature-invalid"


# What else must hold


async def test_the_farewell_of_an_actor_we_never_knew_causes_no_request(
    node: Node, ann: Stranger
) -> None:
    body = as_bytes(ann.activity("Delete", 1, ann.actor))

    assert await refusal(node, signed(node, ann, body)) == "key-unavailable"
    assert ann.received == []
    await accept(node, signed(node, ann, a_follow(node, ann, 2)))
    assert (await accept(node, signed(node, ann, body))).status == 202


async def test_nobody_writes_in_our_own_name(node: Node, ann: Stranger) -> None:
    us = node.hub.identity
    body = as_bytes(
        {"id": f"{us.origin}/activities/1", "type": "Follow", "actor": us.actor, "object": us.actor}
    )

    request = signed(node, ann, body, key_id=f"{us.actor}#main-key")

    assert await refusal(node, request) == "actor-mismatch"


async def test_one_activity_of_a_new_stranger_costs_one_request_and_the_next_none(
    node: Node, ann: Stranger
) -> None:
    for number in range(5):
        await accept(node, signed(node, ann, a_follow(node, ann, number)))

    assert len(ann.received) == 1


async def test_when_too_much_waits_senders_are_asked_to_come_back(
    node: Node, ann: Stranger
) -> None:
    node.memory.waiting = 20_000

    with pytest.raises(InboxFull) as caught:
        await accept(node, signed(node, ann, a_follow(node, ann)))

    assert caught.value.retry_after == 60
    assert ann.received == []


async def test_a_request_of_a_host_that_failed_wakes_what_waits_for_it(
    node: Node, peer: HubStranger
) -> None:
    await make_peer(node, peer)
    later = to_text(node.clock.now() + timedelta(hours=12))
    await do(
        node,
        lambda db: db.execute(
            "insert into destinations (inbox, host, is_hub, scheme, failures, next_try)"
            " values (?, ?, 1, 'rfc9421', 9, ?)",
            [peer.inbox, peer.authority, later],
        ),
    )

    await accept(node, by_hub(node, peer, peer.activity("Create", 1, a_note(peer))))

    assert await rows(node, "select next_try from destinations") == [(None,)]


@pytest.mark.parametrize("state", ["new", "offered", "active", "suspended", "blocked", "ended"])
@pytest.mark.parametrize("kind", ["hub", "coalition", "source"])
async def test_the_door_sees_the_same_standing_as_everybody_else(
    node: Node, peer: HubStranger, state: Any, kind: Any
) -> None:
    await make_peer(node, peer, state=state, kind=kind)

    known = await node.database.read(lambda db: standing_of(db, peer.actor))

    assert standing_in(f"{state} {kind}") is known
    assert standing_in(None) is await node.database.read(
        lambda db: standing_of(db, "https://nobody.example/")
    )
