"""What a request's signature says about itself, before it is proven."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Scheme = Literal["cavage", "rfc9421"]
"""draft-cavage-http-signatures-12, or RFC 9421."""


@dataclass(frozen=True, slots=True)
class SignatureClaim:
    """A signature that passed all checks that need no key. Nothing in it is proven yet."""

    scheme: Scheme
    key_id: str
    """An http or https URL: where the key is to be found."""
    algorithm: str | None
    """As the sender names it, None where it leaves that to the key; never one we refuse."""
    covered: tuple[str, ...]
    """The components or fields that are signed, lower case."""
    signature: bytes
    created: datetime | None
    expires: datetime | None
    tag: str | None = None
    """RFC 9421 only: the application the signature is for, `hub-v1` between hubs."""
