"""eddsa-jcs-2022: W3C Data Integrity EdDSA Cryptosuites and FEP-8b32."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from protocol.canonical import canonicalize
from protocol.keys import SigningKey, VerifyKey
from protocol.multikey import ED25519_SECRET, decode_key
from protocol.proofs import add_proof_with, verify_proof

VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("eddsa-jcs-2022.json").read_text())


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_a_published_document_is_signed_and_verified_as_published(case: dict[str, Any]) -> None:
    options = {k: v for k, v in case["secured"]["proof"].items() if k != "proofValue"}
    method = options["verificationMethod"]
    seed = decode_key(case["secretKeyMultibase"], ED25519_SECRET, 32)
    key = SigningKey.from_seed(method, seed)

    signed = add_proof_with(case["unsecured"], key, options)

    assert signed == case["secured"]
    assert key.public.multibase == case["publicKeyMultibase"]
    verify_proof(signed, VerifyKey.from_multibase(method, case["publicKeyMultibase"]), None)
    if "canonical_document" in case:
        canonical = canonicalize(case["unsecured"])
        assert canonical.decode() == case["canonical_document"]
        assert hashlib.sha256(canonical).hexdigest() == case["document_hash"]
