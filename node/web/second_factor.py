"""Who must show more than a password, by the setting `second_factor` (SECURITY.md S43)."""

from typing import ClassVar

from content.people.permissions import Role
from node.refusals import RequestRefused
from node.settings import Settings
from node.web.speaking import N_


class SecondFactorNeeded(RequestRefused):
    """The session was begun with a password alone, and the hub asks this role for more."""

    code: ClassVar[str] = "mfa-required"

    def __init__(self) -> None:
        super().__init__(
            N_(
                "This needs a second factor, such as an authenticator app."
                " Set one up in your account."
            )
        )


def needs_second_factor(settings: Settings, role: Role) -> bool:
    """Return whether people of a role must show a second factor."""
    if settings.second_factor == "operators":
        return role is Role.OPERATOR
    return settings.second_factor == "staff" and role is not Role.READER
