"""Asking for one page of a list after the other: limits and cursors that are checked."""

from typing import ClassVar

from content.errors import ContentError

LARGEST_PAGE = 100


class BadLimit(ContentError):
    """The number of items asked for is out of range (SECURITY.md S48)."""

    code: ClassVar[str] = "bad-limit"

    def __init__(self, limit: int) -> None:
        super().__init__(f"A page holds 1 to {LARGEST_PAGE} items; {limit} were asked for.")


def check_limit(limit: int) -> int:
    """Return limit, or raise BadLimit unless it is 1 to `LARGEST_PAGE`."""
    if not 1 <= limit <= LARGEST_PAGE:
        raise BadLimit(limit)
    return limit
