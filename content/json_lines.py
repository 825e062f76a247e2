"""JSON objects as files of JSON lines and foreign catalogues hold them, refused in words."""

import json
from typing import Any

LONGEST_LINE_SIGNS = 256 * 1024


def read_object(text: str) -> dict[str, Any]:
    """Return the JSON object of one line; ValueError, in words, for anything else."""
    if len(text) > LONGEST_LINE_SIGNS:
        raise ValueError(f"is longer than {LONGEST_LINE_SIGNS} signs.")
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON: {error.msg} at sign {error.colno}.") from None
    except RecursionError:
        raise ValueError("is nested too deeply.") from None
    if not isinstance(value, dict):
        raise ValueError("is not a JSON object in braces.")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"has the field {twice[:60]!r} twice.")
    return values


def _no_constant(name: str) -> Any:
    raise ValueError(f"holds {name}, which is no JSON number.")
