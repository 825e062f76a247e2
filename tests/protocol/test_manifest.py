"""Manifests: the permanent name, and who may change keys."""

from typing import Any

import pytest

from protocol.digests import document_link
from protocol.errors import ManifestInvalid
from protocol.ids import manifest_id
from protocol.json import JsonObject
from protocol.keys import SigningKey
from protocol.manifest import (
    LastGood,
    check_manifest,
    check_successor,
    fingerprint,
    first_manifest,
    name_of,
    next_manifest,
    recovered_manifest,
    recovery_hash,
)
from protocol.proofs import add_proof
from tests.protocol.samples import (
    NOW,
    RECOVERY_A,
    RECOVERY_A2,
    SIGNING_A,
    SIGNING_B,
    A,
    sealing_key,
)

C = "https://c.example"
NEW_KEY = SigningKey.from_seed(f"{A}/actor#ed25519-2", b"n" * 32)
MOVED_KEY = SigningKey.from_seed(f"{C}/actor#ed25519-1", b"m" * 32)
SEALING = sealing_key(A).public


def founded() -> JsonObject:
    return first_manifest(
        origin=A,
        signing=SIGNING_A,
        sealing=(SEALING,),
        recovery=RECOVERY_A.public,
        now=NOW,
    )


def changed(document: JsonObject, signer: SigningKey = SIGNING_A, **fields: Any) -> JsonObject:
    """Return the document with other fields, signed anew."""
    fitting = {**document, **fields}
    return add_proof({k: v for k, v in fitting.items() if v != "gone"}, signer, NOW)


def test_a_first_manifest_names_keys_and_the_hash_of_the_recovery_key() -> None:
    manifest = check_manifest(founded())

    assert manifest.version == 1
    assert manifest.origin == A
    assert manifest.verify_keys() == {SIGNING_A.id: SIGNING_A.public}
    assert manifest.public_sealing_keys() == (SEALING,)
    assert manifest.next == (recovery_hash(RECOVERY_A.public),)
    assert RECOVERY_A.public.multibase not in str(founded())


def test_the_permanent_name_is_the_digest_with_the_proof() -> None:
    name = name_of(founded())

    assert name == document_link(founded())
    assert name.startswith("u")
    assert len(name) == 44
    assert name_of(changed(founded(), published="2026-11-24T09:31:00.000Z")) != name


def test_a_fingerprint_is_eight_groups_of_four_hex_digits() -> None:
    groups = fingerprint(name_of(founded())).split(" ")

    assert [len(group) for group in groups] == [4] * 8
    assert all(int(group, 16) >= 0 for group in groups)
    with pytest.raises(ManifestInvalid):
        fingerprint("u123")


@pytest.mark.parametrize(
    "fields",
    [
        {"version": 0},
        {"version": 2},
        {"version": "1"},
        {"prev": "u" + "A" * 43},
        {"type": "Manifest"},
        {"keys": []},
        {"keys": "none"},
        {"keys": [{"id": f"{A}/actor#1"}]},
        {"next": []},
        {"next": ["not a hash"]},
        {"published": "yesterday"},
        {"id": manifest_id(C)},
        {"attributedTo": f"{A}/other"},
        {"attributedTo": f"{C}/actor"},
        {"recovery": RECOVERY_A.public.multibase},
        {"formerOrigins": ["https://old.example/"]},
        {"surprise": 1},
        {"sealingKeys": [{"id": f"{A}/actor#x", "suite": "ROT13"}]},
        {"published": "gone"},
    ],
    ids=repr,
)
def test_a_malformed_manifest_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ManifestInvalid):
        check_manifest(changed(founded(), **fields))


def test_a_manifest_signed_by_another_key_or_altered_is_refused() -> None:
    by_another = add_proof(founded(), SIGNING_B, NOW)
    unsigned = {name: value for name, value in founded().items() if name != "proof"}

    for document in (by_another, unsigned, {**founded(), "published": "2027-01-01T00:00:00Z"}):
        with pytest.raises(ManifestInvalid):
            check_manifest(document)


def test_a_key_of_somebody_else_cannot_be_in_a_manifest() -> None:
    foreign = {**founded()["keys"][0], "id": SIGNING_B.id}
    twice = founded()["keys"] * 2

    for keys in ([foreign], twice, [{**founded()["keys"][0], "controller": f"{C}/actor"}]):
        with pytest.raises(ManifestInvalid):
            check_manifest(changed(founded(), keys=keys))


# Successors


def test_a_key_in_force_may_change_the_keys() -> None:
    first = founded()

    second = next_manifest(first, signer=SIGNING_A, now=NOW, keys=(NEW_KEY.public,), sealing=())
    third = next_manifest(second, signer=NEW_KEY, now=NOW)

    assert check_successor(first, second).verify_keys() == {NEW_KEY.id: NEW_KEY.public}
    assert check_successor(second, third).version == 3
    with pytest.raises(ManifestInvalid):
        next_manifest(second, signer=SIGNING_A, now=NOW)


@pytest.mark.parametrize(
    "fields",
    [
        {"next": [recovery_hash(RECOVERY_A2.public)]},
        {"formerOrigins": [C]},
        {"version": 3},
        {"version": 1},
        {"prev": "u" + "A" * 43},
        {"prev": None},
        {"recovery": RECOVERY_A2.public.multibase},
        {"recovery": "z123"},
        {"after": [{"log": "u", "seq": 1, "hash": "u" + "A" * 43}]},
    ],
    ids=repr,
)
def test_a_key_in_force_may_change_nothing_else(fields: dict[str, Any]) -> None:
    first = founded()
    second = next_manifest(first, signer=SIGNING_A, now=NOW, keys=(NEW_KEY.public,))

    with pytest.raises(ManifestInvalid):
        check_successor(first, changed(second, **fields))


def recovered(first: JsonObject, **changes: Any) -> JsonObject:
    arguments: dict[str, Any] = {
        "recovery": RECOVERY_A,
        "next_recovery": RECOVERY_A2.public,
        "origin": C,
        "keys": (MOVED_KEY.public,),
        "sealing": (),
        "after": (LastGood(log=name_of(first), seq=1, hash="u" + "A" * 43),),
        "now": NOW,
    }
    return recovered_manifest(first, **(arguments | changes))


def test_the_recovery_key_may_change_all_even_the_origin() -> None:
    first = founded()

    second = check_successor(first, recovered(first))

    assert second.origin == C
    assert second.origins == {A, C}
    assert second.next == (recovery_hash(RECOVERY_A2.public),)


def test_a_wrong_or_used_recovery_key_changes_nothing() -> None:
    first = founded()

    for changes in ({"recovery": RECOVERY_A2}, {"next_recovery": RECOVERY_A.public}):
        with pytest.raises(ManifestInvalid):
            recovered(first, **changes)
    with pytest.raises(ManifestInvalid):
        recovered(recovered(first))


def test_a_recovery_cannot_drop_the_origin_that_was() -> None:
    first = founded()
    second = recovered(first)
    signer = SigningKey(f"{C}/actor#recovery", RECOVERY_A.private)

    with pytest.raises(ManifestInvalid):
        check_successor(first, changed(second, signer, formerOrigins=[]))


def test_the_recovery_key_that_is_shown_must_have_signed() -> None:
    first = founded()

    with pytest.raises(ManifestInvalid):
        check_successor(first, changed(recovered(first), MOVED_KEY))
