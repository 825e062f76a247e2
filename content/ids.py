"""Ids of our own records: ULIDs, which sort by the time they were made (docs/adr/0012-ids.md)."""

import re
from datetime import datetime

from ulid import ULID

from content.chance import Chance

_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")


def new_id(at: datetime, chance: Chance) -> str:
    """Return a new ULID for the moment at (timezone-aware): 48 bits of time, 80 of chance."""
    milliseconds = int(at.timestamp() * 1000)
    return str(ULID(milliseconds.to_bytes(6, "big") + chance.bytes(10)))


def is_id(text: str) -> bool:
    """Return whether text has the one canonical form of a ULID: 26 signs, upper case."""
    return _ULID.fullmatch(text) is not None
