"""A mapping that cannot grow beyond a number of entries: what was used longest ago goes first."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Bounded(Generic[K, V]):
    """A memory that strangers can fill but not blow up (SECURITY.md 1.5, state growth)."""

    def __init__(self, most: int) -> None:
        """most: entries kept, 1 or more."""
        self._most = most
        self._entries: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return the value and count it as used, or None."""
        value = self._entries.get(key)
        if value is not None:
            self._entries.move_to_end(key)
        return value

    def put(self, key: K, value: V) -> None:
        """Keep a value; when full, forget the one that was used longest ago."""
        self._entries[key] = value
        self._entries.move_to_end(key)
        if len(self._entries) > self._most:
            self._entries.popitem(last=False)

    def drop(self, key: K) -> None:
        """Forget a value, if it is there."""
        self._entries.pop(key, None)

    def drop_where(self, condition: Callable[[V], bool]) -> None:
        """Forget all values for which the condition holds."""
        for key in [key for key, value in self._entries.items() if condition(value)]:
            del self._entries[key]

    def take(self) -> dict[K, V]:
        """Return all entries and forget them."""
        taken = dict(self._entries)
        self._entries.clear()
        return taken

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()

    def __len__(self) -> int:
        """How many entries there are now."""
        return len(self._entries)
