"""Integrity proofs in documents (FEP-8b32)."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import ProofInvalid, ProofMissing, ProtocolError
from protocol.keys import SigningKey, VerifyKey
from protocol.proofs import add_proof, add_proof_with, verification_method_of, verify_proof
from tests.protocol.samples import NOW, SIGNING_A, SIGNING_B, create_activity, rsa_key

KEY = SIGNING_A.public


def test_what_is_signed_verifies_and_leaves_the_original_alone() -> None:
    document = {"@context": ["https://x.example"], "id": "https://a.example/1", "n": 1.5}

    signed = add_proof(document, SIGNING_A, NOW)

    verify_proof(signed, KEY, NOW)
    assert "proof" not in document
    assert signed["proof"]["@context"] == document["@context"]
    assert signed["proof"]["created"] == "2026-11-24T09:30:00Z"
    assert verification_method_of(signed) == SIGNING_A.id


def test_an_embedded_object_keeps_its_own_proof() -> None:
    activity = create_activity()

    verify_proof(activity, KEY, NOW)
    verify_proof(activity["object"], KEY, NOW)


def test_an_old_signature_beside_the_proof_is_left_out() -> None:
    signed = add_proof({"id": "https://a.example/1"}, SIGNING_A, NOW)

    verify_proof({**signed, "signature": {"type": "RsaSignature2017"}}, KEY, NOW)
    resigned = add_proof({"id": "x", "signature": {}, "proof": {}}, SIGNING_A, NOW)
    assert resigned.keys() == {"id", "proof"}


SIGNED: dict[str, Any] = add_proof({"@context": ["https://x.example"], "n": 1}, SIGNING_A, NOW)


def with_proof(**changes: Any) -> dict[str, Any]:
    proof = {**SIGNED["proof"], **changes}
    return {**SIGNED, "proof": {name: value for name, value in proof.items() if value != "gone"}}


@pytest.mark.parametrize(
    "document",
    [
        {**SIGNED, "n": 2},
        {**SIGNED, "more": 1},
        {**SIGNED, "@context": ["https://y.example"]},
        {"n": 1, "proof": SIGNED["proof"]},
        with_proof(proofValue="z1111"),
        with_proof(proofValue="gone"),
        with_proof(proofValue=7),
        with_proof(proofValue="m" + SIGNED["proof"]["proofValue"][1:]),
        with_proof(created="2026-11-24T09:30:01Z"),
        with_proof(created="2026-11-24T09:30:00.000Z"),
        with_proof(created="never"),
        with_proof(created="gone"),
        with_proof(expires=7),
        with_proof(**{"@context": ["https://y.example"]}),
        with_proof(**{"@context": "gone"}),
        with_proof(domain="x"),
    ],
)
def test_anything_altered_breaks_the_proof(document: dict[str, Any]) -> None:
    with pytest.raises(ProofInvalid):
        verify_proof(document, KEY, NOW)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"proof": None},
        {"proof": "z"},
        {"proof": []},
        {"proof": [7]},
        with_proof(type="Ed25519Signature2020"),
        with_proof(cryptosuite="eddsa-rdfc-2022"),
        with_proof(proofPurpose="authentication"),
        with_proof(verificationMethod=SIGNING_B.id),
        with_proof(verificationMethod=7),
    ],
)
def test_a_document_without_a_usable_proof_of_the_key_is_told_so(document: dict[str, Any]) -> None:
    with pytest.raises(ProofMissing):
        verify_proof(document, KEY, NOW)


def test_another_key_of_the_same_name_does_not_verify() -> None:
    impostor = VerifyKey(SIGNING_A.id, SIGNING_B.public.public)

    with pytest.raises(ProofInvalid):
        verify_proof(SIGNED, impostor, NOW)
    with pytest.raises(ProofMissing):
        verify_proof(SIGNED, rsa_key().public, NOW)


def test_one_of_several_proofs_suffices() -> None:
    document = {**SIGNED, "proof": [{"type": "Other"}, SIGNED["proof"]]}

    verify_proof(document, KEY, NOW)
    assert verification_method_of(document) == SIGNING_A.id


def test_a_proof_ends_when_it_says_so() -> None:
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": SIGNING_A.id,
        "proofPurpose": "assertionMethod",
        "expires": "2026-11-24T09:30:00Z",
    }
    signed = add_proof_with({"n": 1}, SIGNING_A, options)

    verify_proof(signed, KEY, NOW - timedelta(seconds=1))
    verify_proof(signed, KEY, None)
    with pytest.raises(ProofInvalid):
        verify_proof(signed, KEY, NOW)


@given(
    st.recursive(
        st.none() | st.text(max_size=6) | st.floats() | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(["type", "cryptosuite", "proofPurpose", "verificationMethod"])
                | st.sampled_from(["proofValue", "created", "expires", "@context"]),
                inner,
                max_size=8,
            )
        ),
        max_leaves=8,
    )
)
def test_any_proof_is_refused_in_our_own_words(proof: Any) -> None:
    mixed = {**SIGNED["proof"], **proof} if isinstance(proof, dict) else proof

    for document in ({**SIGNED, "proof": proof}, {**SIGNED, "proof": mixed}):
        if document["proof"] == SIGNED["proof"]:
            continue
        with pytest.raises(ProtocolError):
            verify_proof(document, KEY, NOW)


def test_the_key_of_another_seed_signs_differently() -> None:
    other = SigningKey.from_seed(SIGNING_A.id, b"x" * 32)

    assert add_proof({"n": 1}, other, NOW) != add_proof({"n": 1}, SIGNING_A, NOW)
