"""
Multikey: public keys as short text (FEP-521a; W3C Controlled Identifiers 1.0, section 2.2.2).

A key is its multicodec prefix and raw bytes, in multibase: `z` base58btc, or `u` base64url for the
long hybrid keys, which base58 would make slow. The hybrid has no registered prefix yet, so ours is
from multicodec's private range (docs/adr/0009-sealing.md).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from typing import Final

import base58

from protocol.errors import InvalidKey

ED25519_PUBLIC: Final = bytes.fromhex("ed01")
ED25519_SECRET: Final = bytes.fromhex("8026")
X25519_PUBLIC: Final = bytes.fromhex("ec01")
RSA_PUBLIC: Final = bytes.fromhex("8524")
HYBRID_PUBLIC: Final = bytes.fromhex("8180c001")
_TEXT_LIMIT = 4096


def encode_base58(data: bytes) -> str:
    """Return `z` and base58btc of the bytes."""
    return "z" + base58.b58encode(data).decode()


def decode_multibase(text: object) -> bytes:
    """Return the bytes of a multibase text of kind `z` or `u`. Raises InvalidKey."""
    if not isinstance(text, str) or not 1 < len(text) <= _TEXT_LIMIT or not text.isascii():
        raise InvalidKey("A multibase value must be ASCII text beginning with z or u.")
    try:
        if text[0] == "z" and len(text) <= 1024:
            return base58.b58decode(text[1:])
        if text[0] == "u" and "=" not in text:
            padded = text[1:] + "=" * (-len(text[1:]) % 4)
            decoded = urlsafe_b64decode(padded)
            if encode_base64url(decoded) == text:  # also refuses characters that base64 skips
                return decoded
    except (ValueError, Base64Error) as error:
        raise InvalidKey("The multibase value cannot be read.") from error
    raise InvalidKey("A multibase value must be base58btc (z) or base64url (u).")


def encode_base64url(data: bytes) -> str:
    """Return `u` and base64url of the bytes, without padding."""
    return "u" + urlsafe_b64encode(data).decode().rstrip("=")


def encode_key(prefix: bytes, raw: bytes) -> str:
    """Return the multibase text of a raw public key: base58btc, the hybrid base64url."""
    encode = encode_base64url if prefix == HYBRID_PUBLIC else encode_base58
    return encode(prefix + raw)


def decode_key(text: object, prefix: bytes, size: int | None = None) -> bytes:
    """
    Return the raw key behind a multibase text.

    prefix: the kind of key that is expected. size: its length in bytes, where it is fixed.
    Raises InvalidKey if it is another kind or length.
    """
    data = decode_multibase(text)
    if not data.startswith(prefix):
        raise InvalidKey("The key is of another kind than expected.")
    raw = data[len(prefix) :]
    if size is not None and len(raw) != size:
        raise InvalidKey(f"The key must have {size} bytes.")
    return raw
