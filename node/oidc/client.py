"""Who the hub is to its identity provider: out of the settings, with the secret from a file."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final

from node.errors import NodeError
from node.private_files import KeyFilesUnsafe, read_private
from node.settings import Settings

OIDC_SECRET: Final = "HUB_OIDC_CLIENT_SECRET"  # noqa: S105 - the name of a variable
BACK: Final = "/sign-in/city/back"


class OidcUnusable(NodeError):
    """What the settings say of the identity provider cannot be used; says what to do."""

    code: ClassVar[str] = "oidc-unusable"


@dataclass(frozen=True, slots=True)
class OidcClient:
    """
    The hub as a client of its provider.

    secret: "" for a public client, which PKCE protects. redirect: where the provider sends people
    back; it must be registered there in these very signs. strong: whether a sign-in there counts
    as two factors.
    """

    issuer: str
    name: str
    client_id: str
    secret: str = field(repr=False)
    redirect: str
    strong: bool


def oidc_client(settings: Settings) -> OidcClient | None:
    """Return who we are to the provider, or None without one. Raises OidcUnusable."""
    if not settings.oidc_issuer:
        return None
    return OidcClient(
        settings.oidc_issuer,
        settings.oidc_name,
        settings.oidc_client_id,
        _secret(settings.oidc_client_secret_file),
        settings.origin + BACK,
        settings.oidc_second_factor,
    )


def _secret(file: str) -> str:
    given = os.environ.get(OIDC_SECRET, "")
    if given or not file:
        return given
    try:
        return read_private(Path(file)).decode().rstrip("\r\n")
    except KeyFilesUnsafe as error:
        raise OidcUnusable(f"oidc_client_secret_file: {error}") from None
    except UnicodeDecodeError:
        raise OidcUnusable(f"oidc_client_secret_file: {file} is not UTF-8.") from None
