"""What a handler is: how one type of activity is taken in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import sqlite_utils

from content.changes import Act
from federation.hub import Hub, Node
from protocol.activity import Activity
from protocol.authority import Verified


class Apply(Protocol):
    """Take an activity in, inside the transaction that also marks it as done. May run twice."""

    def __call__(
        self,
        db: sqlite_utils.Database,
        hub: Hub,
        activity: Verified[Activity],
        act: Act,
        prepared: Any,
        /,
    ) -> None:
        """Change what is stored. prepared: what `prepare` returned, None where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Handler:
    """
    How one type of activity is taken in.

    prepare: runs before the transaction and may fetch at most five documents (SECURITY.md S31).
    """

    apply: Apply
    prepare: Callable[[Node, Verified[Activity]], Awaitable[Any]] | None = None
