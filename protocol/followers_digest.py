"""
Followers synchronisation (FEP-8fcf): do we and they agree on who of them follows us?

The digest is the XOR of the SHA-256 of each follower's id, so order does not matter.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from protocol.errors import InvalidDocument
from protocol.ids import same_origin

_PARAMETER = re.compile(r'\s*([A-Za-z]{1,32})="([^"\\]{1,2048}+)"\s*', re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


def followers_digest(followers: Iterable[str]) -> str:
    """Return the digest of actor ids: 64 hex digits; all zeros for nobody."""
    total = 0
    for follower in set(followers):
        total ^= int.from_bytes(hashlib.sha256(follower.encode()).digest(), "big")
    return f"{total:064x}"


@dataclass(frozen=True, slots=True)
class Synchronization:
    """The field Collection-Synchronization of a delivery."""

    collection: str
    """Id of the sender's followers collection."""
    url: str
    """Where the part of it that is on our host can be read."""
    digest: str


def write_synchronization(sync: Synchronization) -> str:
    """Return the value of the field."""
    return f'collectionId="{sync.collection}", url="{sync.url}", digest="{sync.digest}"'


def read_synchronization(field: str) -> Synchronization:
    """Return the parts of the field. InvalidDocument if it is malformed or names two origins."""
    if len(field) > 8192:
        raise InvalidDocument("The field Collection-Synchronization is too long.")
    found: dict[str, str] = {}
    for part in field.split(","):
        match = _PARAMETER.fullmatch(part)
        if match is None or match[1] in found:
            raise InvalidDocument("The field Collection-Synchronization is malformed.")
        found[match[1]] = match[2]
    if found.keys() != {"collectionId", "url", "digest"} or not _DIGEST.fullmatch(found["digest"]):
        raise InvalidDocument("The field Collection-Synchronization is malformed.")
    if not same_origin(found["collectionId"], found["url"]):
        raise InvalidDocument("The collection and its address are not of one origin.")
    return Synchronization(found["collectionId"], found["url"], found["digest"])
