"""
What a page says once after a form was sent: "The case is yours now."

Kept in memory until the next page of that session; a restart forgets it, which harms nobody.
"""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, Literal

from aiohttp import web

_MOST_SESSIONS: Final = 1000
_MOST_EACH: Final = 5

Kind = Literal["done", "note"]


@dataclass(frozen=True, slots=True)
class Flash:
    """One sentence. kind: done, or note for what needs another look."""

    text: str
    kind: Kind = "done"


class Flashes:
    """The sentences that wait, by session."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, list[Flash]] = OrderedDict()

    def add(self, session_id: str, flash: Flash) -> None:
        """Say it on the next page of the session."""
        waiting = self._waiting.setdefault(session_id, [])
        del waiting[: -_MOST_EACH + 1]
        waiting.append(flash)
        self._waiting.move_to_end(session_id)
        if len(self._waiting) > _MOST_SESSIONS:
            self._waiting.popitem(last=False)

    def take(self, session_id: str) -> tuple[Flash, ...]:
        """Return what waits, and forget it."""
        return tuple(self._waiting.pop(session_id, ()))


FLASHES = web.AppKey("flashes", Flashes)
