"""The recovery key as text: printed once, kept on paper, and typed again after years."""

import base64
import hashlib

from node.private_files import KeyFilesUnsafe
from protocol.keys import SEED_SIZE


def recovery_text(seed: bytes) -> str:
    """Return a recovery key for paper: groups of five signs, the last ones a checksum."""
    whole = seed + hashlib.sha256(seed).digest()[:3]
    text = base64.b32encode(whole).decode().rstrip("=")
    return "-".join(text[start : start + 5] for start in range(0, len(text), 5))


def read_recovery(text: str) -> bytes:
    """Return the seed of a recovery key that a person typed. Raises KeyFilesUnsafe."""
    plain = "".join(text.split()).replace("-", "").upper()
    try:
        # No 0 and no 1 is ever printed: they are an O and an I that somebody read or typed so.
        whole = base64.b32decode(plain + "=" * (-len(plain) % 8), map01="I")
    except ValueError:
        whole = b""
    seed, check = whole[:SEED_SIZE], whole[SEED_SIZE:]
    if len(seed) != SEED_SIZE or hashlib.sha256(seed).digest()[:3] != check:
        raise KeyFilesUnsafe("That is no recovery key: a sign is missing or wrong.")
    return seed
