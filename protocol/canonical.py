"""
Canonical JSON (RFC 8785): one value, one sequence of bytes, to be hashed and signed.

Most of what we see (ASCII keys, no floats, safe integers) takes the fast path: orjson with sorted
keys writes exactly the same bytes. Anything else goes to rfc8785 (docs/adr/0005-canonical-json.md).
"""

from typing import Any

import orjson
import rfc8785

from protocol.errors import NotCanonical

SAFE_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly (RFC 8785, appendix D)."""


def canonicalize(value: Any) -> bytes:
    """
    Return the canonical form of a JSON value: None, bool, int, float, str, list, tuple or dict.

    Raises NotCanonical for integers beyond 2^53 - 1, NaN and infinities, lone surrogates, keys that
    are not text, values of other types, and nesting that cannot be walked.
    """
    if _takes_fast_path(value):
        try:
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except TypeError:  # lone surrogates or deep nesting: let the exact one decide
            pass
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeError, TypeError) as error:
        raise NotCanonical("The value has no canonical JSON form (RFC 8785).") from error


def _takes_fast_path(value: Any) -> bool:
    """Tell whether orjson is byte-equal to RFC 8785 here. Exact types only: no subclasses."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        kind = type(item)
        if kind is str or kind is bool or item is None:
            continue
        if kind is dict:
            try:
                if not "".join(item).isascii():
                    return False
            except TypeError:  # a key that is no text
                return False
            # Most members are text, of which nothing has to be known.
            waiting.extend([member for member in item.values() if type(member) is not str])
        elif kind is list or kind is tuple:
            waiting.extend(item)
        elif kind is int:
            if not -SAFE_INTEGER <= item <= SAFE_INTEGER:
                return False
        else:
            return False
    return True
