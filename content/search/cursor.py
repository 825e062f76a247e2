"""
Where a search goes on: opaque to the asker, checked when it comes back.

A cursor is bound to its query by a digest. It is not secret and gives no right: whatever it says,
the labels of the asker still apply.
"""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass

from content.search.query import BadCursor

_VERSION = 2
_LONGEST = 2048
_LARGEST = 2**62


@dataclass(frozen=True, slots=True)
class Cursor:
    """
    The last record shown. last: its number in the index. value: what it was sorted by.

    offset: how many were shown; upto: the highest number when the search began. Both serve
    relevance only, whose order cannot be told from one record. wide: records that have only
    most of the words are shown too.
    """

    last: int
    offset: int
    upto: int
    value: str = ""
    wide: bool = False


def write_cursor(cursor: Cursor, asked: str) -> str:
    """Return the cursor as text. asked: the query in words that tell it from all others."""
    fields = [
        _VERSION,
        _digest(asked),
        cursor.last,
        cursor.offset,
        cursor.upto,
        cursor.value,
        cursor.wide,
    ]
    text = json.dumps(fields, separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str, asked: str) -> Cursor:
    """Return what `write_cursor` wrote for the same query. Raises BadCursor."""
    if len(text) > _LONGEST or not text.isascii():
        raise BadCursor
    try:
        padded = text + "=" * (-len(text) % 4)
        fields = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeDecodeError, ValueError, RecursionError):
        raise BadCursor from None
    if not isinstance(fields, list) or len(fields) != 7 or fields[:2] != [_VERSION, _digest(asked)]:
        raise BadCursor
    last, offset, upto, value, wide = fields[2:]
    if not all(type(each) is int and 0 <= each < _LARGEST for each in (last, offset, upto)):
        raise BadCursor
    if not isinstance(value, str) or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise BadCursor
    if not isinstance(wide, bool):
        raise BadCursor
    return Cursor(last, offset, upto, value, wide)


def _digest(asked: str) -> str:
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()[:16]
