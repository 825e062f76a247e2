"""An independent library agrees with our proofs, and with what is no proof."""

from typing import Any

import pytest
from apsig import ProofSigner, ProofVerifier
from apsig.exceptions import VerificationFailedError

from protocol.proofs import verify_proof
from tests.protocol.samples import NOW, SIGNING_A, create_activity


def verifier() -> Any:
    return ProofVerifier(SIGNING_A.private.public_key())


def test_another_library_verifies_our_activity_and_the_resource_in_it() -> None:
    activity = create_activity()

    for document in (activity, activity["object"]):
        assert verifier().verify({**document, "proof": dict(document["proof"])}, True)


def test_another_library_refuses_what_was_altered() -> None:
    activity = create_activity()
    altered = {**activity, "to": [], "proof": dict(activity["proof"])}

    with pytest.raises(VerificationFailedError):
        verifier().verify(altered, True)


def test_we_verify_what_another_library_signed() -> None:
    document = {"@context": ["https://www.w3.org/ns/activitystreams"], "id": "https://a.example/1"}
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "proofPurpose": "assertionMethod",
        "verificationMethod": SIGNING_A.id,
        "created": "2026-11-24T09:30:00Z",
    }

    signed = ProofSigner(SIGNING_A.private).sign(document, options)

    verify_proof(signed, SIGNING_A.public, NOW)
