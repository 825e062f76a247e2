"""
What the bytes of a JSON text show at a glance, so that its values need not be walked one by one.

Counting bytes is many times faster than visiting values, and most documents are far within every
limit. It may only err to one side: a text that a glance lets through, a walk would let through too
(tests/protocol/test_glance.py compares them).
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from protocol.canonical import canonicalize
from protocol.context import CONTEXT

_OWN_CONTEXT: Final = b'"@context":' + canonicalize(CONTEXT)
_LEFT_OUT: Final = b'"context":0'
_UNUSUAL_ID: Final = re.compile(rb'id":"(?:[^"\\]{2000}|[^"\\]*+\\)')
"""An `id` that is long or has escapes."""
_EXPONENT: Final = re.compile(rb"e[+-]?[0-9]++[,}\]]")
_ALL_ZEROS: Final = bytes.maketrans(b"123456789", b"0" * 9)
_MANY_DIGITS: Final = b"0" * 16


def _depth(value: Any) -> int:
    members = value.values() if isinstance(value, dict) else value
    if not isinstance(value, dict | list):
        return 0
    return 1 + max(map(_depth, members), default=0)


def _parts(value: Any) -> int:
    if not isinstance(value, dict | list):
        return 1
    return 1 + sum(map(_parts, value.values() if isinstance(value, dict) else value))


_CONTEXT_DEPTH: Final = _depth(CONTEXT)
_CONTEXT_PARTS: Final = _parts(CONTEXT)


@dataclass(frozen=True, slots=True)
class Glance:
    """
    Bounds of what is in a JSON text that orjson writes back byte for byte.

    depth, parts, members: no more levels, values, and members of one list than this.
    size: bytes of the text, so none of its texts is longer.
    is_plain: no id of more than 2,000 bytes, no number beyond 2^53, no escaped letters.
    has_keywords: perhaps keywords of JSON-LD other than the context that all hubs send.
    """

    depth: int
    parts: int
    members: int
    size: int
    is_plain: bool
    has_keywords: bool


def glance_at(body: bytes) -> Glance:
    """Return what the bytes show. body: JSON without white space between its parts."""
    # A quote inside a text is escaped, so what is left out here was a context of ours.
    lean = body.replace(_OWN_CONTEXT, _LEFT_OUT)
    contexts = (len(body) - len(lean)) // (len(_OWN_CONTEXT) - len(_LEFT_OUT))
    # Every part stands behind a bracket or a comma; those inside texts only raise the bounds.
    brackets, commas = lean.count(b"{") + lean.count(b"["), lean.count(b",")
    return Glance(
        depth=brackets + (_CONTEXT_DEPTH if contexts else 0),
        parts=1 + brackets + commas + contexts * _CONTEXT_PARTS,
        members=1 + max(commas, len(CONTEXT)),
        size=len(body),
        is_plain=not (
            b"\\u" in lean
            or _UNUSUAL_ID.search(lean)
            or _EXPONENT.search(lean)
            or _MANY_DIGITS in lean.translate(_ALL_ZEROS)
        ),
        has_keywords=b'"@' in lean,
    )
