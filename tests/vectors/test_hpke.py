"""
RFC 9180, appendix A: the library that sealing.py stands on opens the published messages.

The published messages carry associated data, which the public interface of the library does not
take (we bind the envelope with `info` instead), so the decryption with AAD is the library's own
test interface. The last test is of our suite without AAD.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

CASES: list[Any] = json.loads(Path(__file__).with_name("hpke.json").read_text())["cases"]
KEMS = {16: KEM.P256, 32: KEM.X25519}
AEADS = {1: AEAD.AES_128_GCM, 3: AEAD.CHACHA20_POLY1305}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"][:5])
def test_the_published_single_shot_message_opens(case: dict[str, Any]) -> None:
    suite = Suite(KEMS[case["kem_id"]], KDF.HKDF_SHA256, AEADS[case["aead_id"]])
    secret = bytes.fromhex(case["skRm"])
    private = (
        x25519.X25519PrivateKey.from_private_bytes(secret)
        if case["kem_id"] == 32
        else ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())
    )
    first = case["encryptions"][0]
    sealed = bytes.fromhex(case["enc"]) + bytes.fromhex(first["ct"])

    opened = openssl.hpke._decrypt_with_aad(
        suite, sealed, private, bytes.fromhex(case["info"]), bytes.fromhex(first["aad"])
    )

    assert opened == bytes.fromhex(first["pt"])


def test_the_published_key_opens_what_is_sealed_with_our_suite() -> None:
    case = next(case for case in CASES if (case["kem_id"], case["aead_id"]) == (32, 3))
    private = x25519.X25519PrivateKey.from_private_bytes(bytes.fromhex(case["skRm"]))
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    info = bytes.fromhex(case["info"])

    sealed = suite.encrypt(b"Beauty is truth", private.public_key(), info)

    assert private.public_key().public_bytes_raw().hex() == case["pkRm"]
    assert suite.decrypt(sealed, private, info) == b"Beauty is truth"
