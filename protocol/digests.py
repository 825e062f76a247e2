"""
Digests of bodies and documents. Bytes in, text out.

Content-Digest is RFC 9530, Digest is RFC 3230 as draft-cavage signatures use it, and a hash link is
our own: `u` (multibase base64url) and the SHA-256.
"""

import hashlib
import hmac
import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from binascii import Error as Base64Error
from typing import Any

from protocol.canonical import canonicalize
from protocol.errors import DigestMismatch

_LINK = re.compile(r"u[A-Za-z0-9_-]{43}", re.ASCII)
_HASHES = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}
_MEMBERS_LIMIT = 8


def content_digest(body: bytes) -> str:
    """Return the value of Content-Digest for a body (RFC 9530, section 2)."""
    return f"sha-256=:{b64encode(hashlib.sha256(body).digest()).decode()}:"


def check_content_digest(field: str, body: bytes) -> None:
    """
    Raise DigestMismatch unless a sha-256 or sha-512 member is there and all such fit the body.

    Weaker or unknown members are passed over; they prove nothing.
    """
    members = [member.strip() for member in field.split(",")]
    pairs = [
        (name.strip(), value.strip()) for name, _, value in (m.partition("=") for m in members)
    ]
    if any(name in _HASHES and not _wrapped(value) for name, value in pairs):
        raise DigestMismatch("Content-Digest is malformed; write sha-256=:<base64>:.")
    _check(
        [(name, value[1:-1]) for name, value in pairs if name in _HASHES],
        body,
        "Content-Digest has no sha-256 or sha-512 member that fits the body.",
    )


def _wrapped(value: str) -> bool:
    return len(value) > 2 and value[0] == value[-1] == ":"


def digest(body: bytes) -> str:
    """Return the value of Digest for a body (RFC 3230, as fediverse servers send it)."""
    return f"SHA-256={b64encode(hashlib.sha256(body).digest()).decode()}"


def check_digest(field: str, body: bytes) -> None:
    """Raise DigestMismatch unless a SHA-256 or SHA-512 member is there and all such fit."""
    members = [member.strip().partition("=") for member in field.split(",")]
    _check(
        [(name.lower(), value) for name, _, value in members if name.lower() in _HASHES],
        body,
        "Digest has no SHA-256 or SHA-512 member that fits the body.",
    )


def _check(members: list[tuple[str, str]], body: bytes, refusal: str) -> None:
    if not 0 < len(members) <= _MEMBERS_LIMIT:
        raise DigestMismatch(refusal)
    for name, value in members:
        try:
            claimed = b64decode(value, validate=True)
        except (Base64Error, ValueError) as error:
            raise DigestMismatch(refusal) from error
        if not hmac.compare_digest(claimed, _HASHES[name](body).digest()):
            raise DigestMismatch(refusal)


def hash_link(data: bytes) -> str:
    """Return `u` and the base64url SHA-256 of the bytes: 44 characters."""
    return "u" + urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")


def document_link(document: Any) -> str:
    """Return the hash link of a JSON value in canonical form. Raises NotCanonical."""
    return hash_link(canonicalize(document))


def is_hash_link(text: object) -> bool:
    """Tell whether this is a hash link: `u` and 43 characters of base64url."""
    return isinstance(text, str) and _LINK.fullmatch(text) is not None


def same_link(one: str, other: str) -> bool:
    """Compare two hash links in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())
