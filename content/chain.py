"""
The chain of the audit: each row's hash covers the hash of the row before (docs/adr/0035-audit.md).

Pure. What may have to be forgotten (who, which thing, a note) is only covered by a salted digest:
it can be dropped for ever, and the chain still verifies.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import orjson

SALT_BYTES: Final = 16
HASH_BYTES: Final = 32
GENESIS: Final = sha256(b"rights-hub audit 1").digest()
"""What stands in the place of the hash of a row before the first one."""


@dataclass(frozen=True, slots=True)
class Details:
    """The part of a row that can be forgotten. by: who. subject: id of the thing."""

    by: str
    subject: str
    note: str


def digest_of(details: Details, salt: bytes) -> bytes:
    """Return the SHA-256 of salt and details, as a canonical JSON array (RFC 8785)."""
    parts = ["details", salt.hex(), details.by, details.subject, details.note]
    return sha256(orjson.dumps(parts)).digest()


def hash_of(before: bytes, seq: int, at: str, what: str, access: int, digest: bytes) -> bytes:
    """
    Return the hash of a row: SHA-256 of a canonical JSON array of its parts.

    before: hash of the row before, GENESIS for the first. at: as the database keeps moments.
    access: 1 if something was only read, 0 if something was changed.
    """
    parts = ["row", before.hex(), seq, at, what, access, digest.hex()]
    return sha256(orjson.dumps(parts)).digest()
