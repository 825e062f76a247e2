"""
Sealed blobs: files that go with a sealed message, encrypted in parts under a key that is in it.

A blob is parts of one size, so its length tells how many there are and no more. Every part opens at
its place only, the last one as the last only (ChaCha20-Poly1305; the nonce is place and last). A
key belongs to one blob, so the same file sealed again with the same key is the same bytes.
"""

import hashlib
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from protocol.errors import SealBroken

PART_BYTES: Final = 256 * 1024
"""Of the file in one part; the last one is filled up with zeros."""
SEALED_PART_BYTES: Final = PART_BYTES + 16
LARGEST_FILE: Final = 10 * 1024 * 1024
KEY_BYTES: Final = 32


def parts_of(size: int) -> int:
    """Return how many parts a file of that many bytes has."""
    return -(-size // PART_BYTES)


def seal_part(data: bytes, key: bytes, place: int) -> bytes:
    """Return one part of a file, sealed. data: the whole file. place: from 0."""
    part = data[place * PART_BYTES : (place + 1) * PART_BYTES]
    return seal_one(part, key, place, len(data))


def seal_one(part: bytes, key: bytes, place: int, size: int) -> bytes:
    """Return a part sealed that was read by itself. size: of the whole file."""
    nonce = _nonce(place, parts_of(size))
    return _cipher(key).encrypt(nonce, part.ljust(PART_BYTES, b"\0"), None)


def open_part(sealed: bytes, key: bytes, place: int, size: int) -> bytes:
    """
    Return what one part holds of a file of that many bytes.

    Raises SealBroken if it is not that part of the blob of this key, or is filled up with else
    than zeros.
    """
    try:
        padded = _cipher(key).decrypt(_nonce(place, parts_of(size)), sealed, None)
    except (InvalidTag, ValueError) as error:
        raise SealBroken("A part of the sealed file cannot be opened.") from error
    length = min(PART_BYTES, size - place * PART_BYTES)
    if len(padded) != PART_BYTES or any(padded[length:]):
        raise SealBroken("A part of the sealed file has another length.")
    return padded[:length]


def name_of_blob(data: bytes, key: bytes) -> str:
    """Return the SHA-256 of the whole blob of a file, in hex: its address."""
    whole = hashlib.sha256()
    for place in range(parts_of(len(data))):
        whole.update(seal_part(data, key, place))
    return whole.hexdigest()


def _nonce(place: int, count: int) -> bytes:
    return place.to_bytes(11, "big") + bytes([place == count - 1])


def _cipher(key: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(key)
