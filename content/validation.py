"""From a model's refusal to field and reason, in words for the person who typed it."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from pydantic import ValidationError

Problems = tuple[tuple[str, str], ...]
_SHOWN = 8


def problems_of(error: ValidationError, whole: str) -> Problems:
    """
    Return field and reason of each mistake, without the values given.

    whole: what to call the thing itself, where the mistake is not in one field.
    """
    return tuple(
        (_place(mistake["loc"]) or whole, _reason(mistake["type"], mistake["msg"]))
        for mistake in error.errors(include_url=False, include_input=False, include_context=False)
    )


def in_one_line(problems: Problems) -> str:
    """Return all problems as one sentence each, for a message."""
    return " ".join(f"{field}: {reason.rstrip('.')}." for field, reason in problems)


def choose_one(wrong: str, allowed: Collection[str]) -> str:
    """Return what to write instead of a wrong word: all words if they are few, else the nearest."""
    if len(allowed) <= _SHOWN + 4:
        return f"allowed are {', '.join(allowed)}"
    near = get_close_matches(wrong[:64].lower(), list(allowed), n=4, cutoff=0.5)
    if not near:
        near = get_close_matches(wrong[:64].upper(), list(allowed), n=4, cutoff=0.5)
    if near:
        return f"the nearest are {', '.join(near)}"
    return f"allowed are {', '.join(sorted(allowed)[:_SHOWN])} and {len(allowed) - _SHOWN} more"


def shown(value: str) -> str:
    """Return a wrong value as a message may repeat it: short, quoted, without control signs."""
    return repr(value[:60])


def _place(location: Iterable[int | str]) -> str:
    return ".".join(str(part) for part in location if part != "[key]")


def _reason(kind: str, message: str) -> str:
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return "is not a field of this"
    return message.removeprefix("Value error, ")
