"""Keys in and out of text and files, and whose they are (S9)."""

from contextlib import suppress
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import InvalidKey, KeyOwnerUnproven, ProtocolError, SignatureInvalid
from protocol.key_documents import find_key, keys_of_actor
from protocol.keys import (
    HYBRID_SUITE,
    SEALING_SEED_SIZES,
    X25519_SUITE,
    RsaKey,
    RsaPublicKey,
    SealingKey,
    SealingPublicKey,
    SealingSuite,
    SigningKey,
    VerifyKey,
    public_key_from_multibase,
)
from protocol.multikey import RSA_PUBLIC, decode_multibase, encode_base58, encode_base64url
from tests.protocol.samples import NOW, SIGNING_A, SIGNING_B, A, B, rsa_key, sealing_key

ACTOR = f"{A}/actor"


def test_keys_read_back_from_their_files() -> None:
    assert SigningKey.from_pem(SIGNING_A.id, SIGNING_A.to_pem()).public == SIGNING_A.public
    assert RsaKey.from_pem("k", rsa_key().to_pem()).sign(b"x") == rsa_key().sign(b"x")
    assert b"PRIVATE KEY" in rsa_key().to_pem()


def test_what_a_key_signs_verifies_and_nothing_else() -> None:
    for key in (SIGNING_A, rsa_key()):
        key.public.verify(key.sign(b"data"), b"data")
        for signature, data in ((key.sign(b"data"), b"other"), (b"", b"data"), (b"x" * 64, b"")):
            with pytest.raises(SignatureInvalid):
                key.public.verify(signature, data)


def test_private_keys_do_not_show_themselves() -> None:
    key = sealing_key()

    assert "seed" not in repr(key)
    assert "private" not in repr(SIGNING_A)
    assert "qqqq" not in repr(key)


@pytest.mark.parametrize("pem", [b"", b"x", SIGNING_A.to_pem()[:60]])
def test_an_unreadable_key_file_is_refused(pem: bytes) -> None:
    for load in (SigningKey.from_pem, RsaKey.from_pem):
        with pytest.raises(InvalidKey):
            load("k", pem)


def test_a_key_file_of_another_kind_is_refused() -> None:
    with pytest.raises(InvalidKey):
        SigningKey.from_pem("k", rsa_key().to_pem())
    with pytest.raises(InvalidKey):
        RsaKey.from_pem("k", SIGNING_A.to_pem())


def test_a_weak_rsa_key_is_refused() -> None:
    weak = RsaKey("k", rsa.generate_private_key(65537, 1024))  # noqa: S505

    with pytest.raises(InvalidKey):
        RsaPublicKey.from_pem("k", weak.public.pem)
    with pytest.raises(InvalidKey):
        RsaKey.from_pem("k", weak.to_pem())


@pytest.mark.parametrize("suite", [X25519_SUITE, HYBRID_SUITE])
def test_a_sealing_key_reads_back_from_what_is_published(suite: SealingSuite) -> None:
    public = sealing_key(suite=suite).public

    read = SealingPublicKey.from_multibase(public.id, suite, public.multibase, public.expires)

    assert read == public
    other: SealingSuite = X25519_SUITE if suite == HYBRID_SUITE else HYBRID_SUITE
    with pytest.raises(InvalidKey):
        SealingPublicKey.from_multibase(public.id, other, public.multibase, public.expires)
    with pytest.raises(InvalidKey):
        SealingKey.from_seed("k", suite, b"x" * (SEALING_SEED_SIZES[suite] + 1), NOW)


def test_an_rsa_multikey_is_read() -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    raw = rsa_key().public.public.public_bytes(Encoding.DER, PublicFormat.PKCS1)

    key = public_key_from_multibase("k", encode_base58(RSA_PUBLIC + raw))

    assert key.id == "k"
    key.verify(rsa_key().sign(b"x"), b"x")


@given(st.text(max_size=60) | st.binary(max_size=60).map(encode_base64url) | st.none())
def test_any_text_gives_a_key_or_a_refusal(text: object) -> None:
    with suppress(InvalidKey):
        public_key_from_multibase("k", text)
    with suppress(InvalidKey):
        RsaPublicKey.from_pem("k", text)


@given(st.binary(min_size=1, max_size=60))
def test_multibase_reads_back(data: bytes) -> None:
    assert decode_multibase(encode_base58(data)) == data
    assert decode_multibase(encode_base64url(data)) == data


@pytest.mark.parametrize(
    "text", ["", "z", "u", "x123", "zO0Il", "uA=", "uA!A", "uAB", "z" + "1" * 9999, 7]
)
def test_malformed_multibase_is_refused(text: object) -> None:
    with pytest.raises(InvalidKey):
        decode_multibase(text)


# Key documents


def actor_document(**changes: Any) -> dict[str, Any]:
    return {
        "id": ACTOR,
        "type": "Person",
        "publicKey": {
            "id": f"{ACTOR}#main-key",
            "owner": ACTOR,
            "publicKeyPem": rsa_key().public.pem,
        },
        "assertionMethod": [
            {
                "id": SIGNING_A.id,
                "type": "Multikey",
                "controller": ACTOR,
                "publicKeyMultibase": SIGNING_A.public.multibase,
            }
        ],
        **changes,
    }


def test_both_keys_of_an_actor_are_found_and_proven() -> None:
    for key_id in (f"{ACTOR}#main-key", SIGNING_A.id):
        found = find_key(actor_document(), key_id, fetched_from=ACTOR)

        assert (found.owner, found.proven, found.key.id) == (ACTOR, True, key_id)
    assert len(keys_of_actor(actor_document())) == 2


def test_a_key_that_is_a_document_of_its_own_must_be_proven_by_its_owner() -> None:
    key_id = f"{ACTOR}/main-key"
    key = {"id": key_id, "owner": ACTOR, "publicKeyPem": rsa_key().public.pem}
    stub = {"id": ACTOR, "type": "Person", "publicKey": key}

    alone = find_key(key, key_id, fetched_from=key_id)
    stubbed = find_key(stub, key_id, fetched_from=key_id)
    owner = find_key(stub, alone.owner + "/main-key", fetched_from=alone.owner)

    assert (alone.owner, alone.proven) == (ACTOR, False)
    assert (stubbed.owner, stubbed.proven) == (ACTOR, False)
    assert owner.proven


def key_owned_by(owner: object, **changes: Any) -> dict[str, Any]:
    key = {"id": f"{ACTOR}#main-key", "owner": owner, "publicKeyPem": rsa_key().public.pem}
    return actor_document(publicKey={**key, **changes}, assertionMethod=[])


@pytest.mark.parametrize(
    ("document", "fetched_from"),
    [
        (actor_document(), f"{B}/actor"),
        (actor_document(), f"{A}/upload.json"),
        (actor_document(id=f"{A}/other"), ACTOR + "x"),
        (key_owned_by(f"{B}/actor"), ACTOR),
        (key_owned_by("nobody"), ACTOR),
        (key_owned_by(7), ACTOR),
        (key_owned_by(ACTOR, id=f"{ACTOR}#other"), ACTOR),
        (actor_document(publicKey="https://a.example/key", assertionMethod="x"), ACTOR),
        ({}, ACTOR),
    ],
)
def test_a_document_that_does_not_prove_the_owner_is_refused(
    document: dict[str, Any], fetched_from: str
) -> None:
    with pytest.raises(KeyOwnerUnproven):
        find_key(document, f"{ACTOR}#main-key", fetched_from=fetched_from)


def test_a_key_owned_by_another_actor_of_the_same_host_is_not_proven() -> None:
    found = find_key(key_owned_by(f"{A}/other"), f"{ACTOR}#main-key", fetched_from=ACTOR)

    assert not found.proven


def test_keys_of_others_and_unreadable_ones_in_an_actor_are_passed_over() -> None:
    methods = [
        {"id": SIGNING_B.id, "controller": f"{B}/actor", "publicKeyMultibase": "z6Mk"},
        {"id": f"{ACTOR}#x", "controller": ACTOR, "publicKeyMultibase": "zzz"},
        {"id": f"{B}/x", "controller": ACTOR, "publicKeyMultibase": SIGNING_B.public.multibase},
        "https://a.example/actor#linked",
        7,
    ]

    assert keys_of_actor(actor_document(publicKey=None, assertionMethod=methods)) == ()


@given(
    st.recursive(
        st.none() | st.text(max_size=5) | st.integers() | st.sampled_from([ACTOR, f"{ACTOR}#k"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["id", "owner", "controller", "publicKey", "assertionMethod"])
                | st.sampled_from(["publicKeyPem", "publicKeyMultibase"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=8,
    )
)
def test_any_key_document_gives_a_key_or_a_refusal(document: Any) -> None:
    if isinstance(document, dict):
        keys_of_actor(document)
        with suppress(ProtocolError):
            find_key(document, f"{ACTOR}#k", fetched_from=ACTOR)


def test_a_verify_key_compares_by_its_bytes() -> None:
    assert VerifyKey.from_multibase(SIGNING_A.id, SIGNING_A.public.multibase) == SIGNING_A.public
