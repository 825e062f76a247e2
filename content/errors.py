"""The root of the refusals of the domain."""

from typing import ClassVar


class ContentError(Exception):
    """Root of all refusals in content/. The message is safe to show to a stranger."""

    code: ClassVar[str] = "content-error"
