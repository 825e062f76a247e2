"""RFC 9421, appendix B. Some cases use algorithms that we take from nobody: library classes do."""

import json
from base64 import urlsafe_b64decode
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from http_message_signatures import HTTPSignatureAlgorithm, MappingKeyResolver
from http_message_signatures.algorithms import (
    ECDSA_P256_SHA256,
    ED25519,
    HMAC_SHA256,
    RSA_PSS_SHA512,
    RSA_V1_5_SHA256,
)

from protocol.errors import SignatureInvalid
from protocol.http import HttpRequest
from protocol.message_signatures import Headers, Verifier, verify_as

VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("rfc9421.json").read_text())
ALGORITHMS: dict[str, type[HTTPSignatureAlgorithm]] = {
    algorithm.algorithm_id: algorithm
    for algorithm in (ECDSA_P256_SHA256, ED25519, HMAC_SHA256, RSA_PSS_SHA512, RSA_V1_5_SHA256)
}


def key_named(name: str) -> Any:
    key = VECTORS["keys"][name]
    if "public_pem" in key:
        return load_pem_public_key(key["public_pem"].encode())
    secret = next(value for field, value in key.items() if isinstance(value, str) and value)
    return urlsafe_b64decode(key.get("jwk", {}).get("k", secret) + "==")


def with_signature(message: dict[str, Any], case: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    headers = [(name, value) for name, value in message["headers"]]
    if "signature_input" in case:
        headers += [("Signature-Input", case["signature_input"]), ("Signature", case["signature"])]
    return tuple(headers)


@pytest.mark.parametrize(
    "case", VECTORS["cases"], ids=lambda case: f"{case['section']}.{case.get('case', '')}"
)
def test_a_published_signature_verifies_or_fails_as_published(case: dict[str, Any]) -> None:
    message = case.get("message_inline") or VECTORS["messages"][case["message"]]
    headers, key = with_signature(message, case), key_named(case["key"])
    algorithm = ALGORITHMS[case["algorithm"]]

    if "status" in message or "status_code" in message:
        resolver = MappingKeyResolver(public_keys={case["key"]: key}, private_keys={})
        verifier = Verifier(signature_algorithm=algorithm, key_resolver=resolver)
        response = SimpleNamespace(status_code=message["status"], headers=Headers(headers))
        assert verifier.verify(response, max_age=None)
        return

    url = message.get("url") or f"https://example.com{message['target']}"
    request = HttpRequest(message["method"], url, headers, message["body"].encode())
    if case["valid"]:
        verify_as(request, case["key"], key, algorithm)
    else:
        with pytest.raises(SignatureInvalid):
            verify_as(request, case["key"], key, algorithm)
