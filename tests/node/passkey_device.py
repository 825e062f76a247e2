"""A device with passkeys, as a browser has one: it makes keys, and signs what it is asked."""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def as_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def as_bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(slots=True)
class Device:
    """One device. flags: that somebody is there, and that it checked who."""

    credential_id: bytes = b"credential of a test"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    handle: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, options: str, origin: str) -> str:
        """Answer what a page asks that wants a new passkey."""
        asked = json.loads(options)
        self.handle = as_bytes(asked["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = {
            1: 2,
            3: -7,
            -1: 1,
            -2: numbers.x.to_bytes(32, "big"),
            -3: numbers.y.to_bytes(32, "big"),
        }
        attested = (
            b"\x00" * 16
            + len(self.credential_id).to_bytes(2, "big")
            + self.credential_id
            + cbor2.dumps(cose)
        )
        data = self._data(asked["rp"]["id"], self.flags | ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            {
                "clientDataJSON": self._client("webauthn.create", asked["challenge"], origin),
                "attestationObject": as_text(attestation),
            }
        )

    def sign(self, options: str, origin: str, **other: Any) -> str:
        """Answer what a page asks that wants to know who is there. other: to be false with."""
        asked = {**json.loads(options), **other}
        self.count += 1
        data = self._data(asked["rpId"], self.flags)
        client = self._client("webauthn.get", asked["challenge"], origin)
        signed = data + hashlib.sha256(as_bytes(client)).digest()
        return self._answer(
            {
                "clientDataJSON": client,
                "authenticatorData": as_text(data),
                "signature": as_text(self.key.sign(signed, ec.ECDSA(SHA256()))),
                "userHandle": as_text(self.handle),
            }
        )

    def _data(self, rp: str, flags: int) -> bytes:
        return hashlib.sha256(rp.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str, origin: str) -> str:
        said = {"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}
        return as_text(json.dumps(said).encode())

    def _answer(self, response: dict[str, str]) -> str:
        own = as_text(self.credential_id)
        said = {"id": own, "rawId": own, "type": "public-key", "response": response}
        return json.dumps(said)
