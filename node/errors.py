"""The root of the refusals of the process itself: settings, folder, keys, start and requests."""

from typing import ClassVar


class NodeError(Exception):
    """Root of all refusals in node/. The message says what to do, and is safe to show."""

    code: ClassVar[str] = "node-error"
