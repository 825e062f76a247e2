"""
What a browser was sent to the provider for, until it comes back: in a cookie only we can read.

The cookie binds the answer to the browser that asked. It holds state, nonce and the PKCE verifier,
encrypted under a key of the hub, and is good for ten minutes.
"""

import base64
from datetime import datetime, timedelta
from typing import Final, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from content.cases.vault import CaseTextDamaged, CaseVault
from content.chance import Chance
from content.people.sessions import new_secret

LASTS: Final = timedelta(minutes=10)
_LONGEST: Final = 4000
_FIELD: Final = "pending"

Purpose = Literal["sign-in", "link", "welcome"]


class Pending(BaseModel):
    """
    One way to the provider and back.

    purpose: to sign in; to link the identity with `subject`, a user who is signed in; or to accept
    the invitation whose secret is `subject`. next: where to go then.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    state: str
    nonce: str
    verifier: str
    purpose: Purpose
    subject: str = ""
    next: str = ""
    ends_at: AwareDatetime

    @classmethod
    def begin(
        cls, chance: Chance, at: datetime, purpose: Purpose, *, subject: str = "", wanted: str = ""
    ) -> Self:
        """Return a new one, with state, nonce and verifier of 256 random bits each."""
        return cls(
            state=new_secret(chance),
            nonce=new_secret(chance),
            verifier=new_secret(chance),
            purpose=purpose,
            subject=subject,
            next=wanted,
            ends_at=at + LASTS,
        )

    def sealed(self, vault: CaseVault) -> str:
        """Return it as a cookie holds it."""
        stored = vault.key_of("oidc").encrypt(_FIELD, self.model_dump_json())
        return base64.urlsafe_b64encode(stored).decode().rstrip("=")


def opened(cookie: str, vault: CaseVault, at: datetime) -> Pending | None:
    """Return what a cookie holds; None if it is not ours, or too old."""
    if not cookie or len(cookie) > _LONGEST:
        return None
    try:
        stored = base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))
        pending = Pending.model_validate_json(vault.key_of("oidc").decrypt(_FIELD, stored))
    except (ValueError, CaseTextDamaged, ValidationError):
        return None
    return pending if pending.ends_at > at else None
