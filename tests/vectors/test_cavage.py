"""draft-cavage-http-signatures, appendix C."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from protocol.cavage import signing_string
from protocol.claims import SignatureClaim
from protocol.digests import check_digest
from protocol.http import HttpRequest
from protocol.keys import RsaPublicKey

VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("draft-cavage.json").read_text())


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["section"])
def test_a_published_signature_has_its_published_base_and_verifies(case: dict[str, Any]) -> None:
    message = VECTORS["message"]
    headers = tuple((name, value) for name, value in message["headers"])
    url = f"https://example.com{message['target']}"
    request = HttpRequest(message["method"], url, headers, message["body"].encode())
    covered = tuple((case["headers"] or "date").split(" "))
    claim = SignatureClaim("cavage", "Test", None, covered, b"", None, None)
    public = load_pem_public_key(VECTORS["key"]["public_pem"].encode())
    assert isinstance(public, RSAPublicKey)

    base = signing_string(request, claim, message["target"])

    assert base.decode() == case["signing_string"]
    RsaPublicKey("Test", public).verify(b64decode(case["signature"]), base)
    check_digest(request.header("digest") or "", request.body)
