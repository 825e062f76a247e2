"""The root of the refusals of federation/."""

from typing import ClassVar


class FederationError(Exception):
    """Root of all refusals in federation/. The message is safe to show to a stranger."""

    code: ClassVar[str] = "federation-error"
