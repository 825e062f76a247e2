"""
Sealing: encrypt to one hub (RFC 9180 HPKE, single shot, base mode; docs/adr/0009-sealing.md).

The envelope (message id, sender, recipient, key, suite) is bound as HPKE `info`, so a sealed text
cannot be moved into another. Plaintexts are padded to few sizes, so that length says little. The
library draws its own randomness here, and only here: sealing twice gives different bytes.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from protocol.canonical import canonicalize
from protocol.errors import SealBroken, SealTooLarge
from protocol.keys import (
    HYBRID_SUITE,
    SEALING_SUITES,
    X25519_SUITE,
    SealingKey,
    SealingPublicKey,
    SealingSuite,
)

SEALED_LIMIT: Final = 512 * 1024
"""Largest padded plaintext, in bytes (DESIGN.md 6)."""
SIZE_CLASSES: Final = tuple(1024 * size for size in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512))
"""The padded sizes, in bytes."""
_LENGTH = 4
_INFO_PREFIX = b"hub-sealed-v1\n"
_KEMS = {X25519_SUITE: KEM.X25519, HYBRID_SUITE: KEM.MLKEM768_X25519}


@dataclass(frozen=True, slots=True)
class SealInfo:
    """The envelope that a sealed text is bound to."""

    id: str
    """Id of the sealed object."""
    from_: str
    """Actor id of the sender."""
    to: str
    """Actor id of the one reader."""
    kid: str
    """Id of the reader's sealing key."""
    suite: str


def choose_key(
    theirs: tuple[SealingPublicKey, ...], ours: frozenset[SealingSuite]
) -> SealingPublicKey | None:
    """
    Return the best of a hub's current keys whose suite we publish too; None without one.

    theirs: keys that have not expired; the caller knows the time. Hybrid is used when both ends
    have it, else X25519; of one suite the key that lasts longest.
    """
    for suite in SEALING_SUITES:
        fitting = [key for key in theirs if key.suite == suite and suite in ours]
        if fitting:
            return max(fitting, key=lambda key: (key.expires, key.id))
    return None


def seal(plaintext: bytes, *, to: SealingPublicKey, info: SealInfo) -> bytes:
    """
    Return the encapsulated key and the ciphertext of the padded text.

    Raises SealTooLarge beyond SEALED_LIMIT - 4 bytes; ValueError if info names another key.
    """
    if (info.kid, info.suite) != (to.id, to.suite):
        raise ValueError("The envelope names another sealing key.")
    return _suite(to.suite).encrypt(pad(plaintext), to.public, _bound(info))


def open_sealed(sealed: bytes, *, key: SealingKey, info: SealInfo) -> bytes:
    """
    Return the plaintext that was sealed to this key under exactly this envelope.

    Raises SealBroken if the key, the envelope or the bytes are not those that were sealed.
    """
    if (info.kid, info.suite) != (key.id, key.suite):
        raise SealBroken("The message was sealed to another key.")
    try:
        padded = _suite(key.suite).decrypt(sealed, key.private, _bound(info))
    except (InvalidTag, ValueError) as error:
        raise SealBroken("The sealed message cannot be opened.") from error
    return unpad(padded)


def pad(plaintext: bytes) -> bytes:
    """Return length (4 bytes, big-endian), text and zeros, of the next size class."""
    needed = _LENGTH + len(plaintext)
    size = next((size for size in SIZE_CLASSES if size >= needed), None)
    if size is None:
        raise SealTooLarge(f"Sealed content may have at most {SEALED_LIMIT - _LENGTH} bytes.")
    return len(plaintext).to_bytes(_LENGTH, "big") + plaintext + bytes(size - needed)


def unpad(padded: bytes) -> bytes:
    """Return the text; SealBroken unless it is padded exactly as `pad` does."""
    length = int.from_bytes(padded[:_LENGTH], "big")
    plaintext = padded[_LENGTH : _LENGTH + length]
    if len(padded) > SEALED_LIMIT or len(plaintext) != length or pad(plaintext) != padded:
        raise SealBroken("The padding of the sealed message is wrong.")
    return plaintext


def _bound(info: SealInfo) -> bytes:
    envelope = {
        "id": info.id,
        "from": info.from_,
        "to": info.to,
        "kid": info.kid,
        "suite": info.suite,
    }
    return _INFO_PREFIX + canonicalize(envelope)


def _suite(name: str) -> Suite:
    return Suite(_KEMS[name], KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
