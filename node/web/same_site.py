"""
Forms that come from our own pages and from nowhere else (SECURITY.md S42).

Browsers say where a request comes from; and every form of the staff holds a text that only its
session knows. Our pages send no referrer, so a browser may name its origin "null".
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import ClassVar, Final

from aiohttp import web

from node.refusals import RequestRefused
from node.web.speaking import N_

UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
FIELD: Final = "form_token"
_PURPOSE: Final = b"rights-hub form token"


class ForgedForm(RequestRefused):
    """A form that did not come from a page of this session."""

    code: ClassVar[str] = "csrf"

    def __init__(self) -> None:
        super().__init__(
            N_(
                "This form is from another page or from before you signed in. Nothing was changed."
                " Open the page anew, then try again."
            )
        )


def check_origin(request: web.Request, origin: str) -> None:
    """Raise ForgedForm if the browser says that another site sends this. origin: our own."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        raise ForgedForm
    named = request.headers.get("Origin")
    if named in (None, "null"):
        return
    if named != origin:
        raise ForgedForm


def form_token(secret: str) -> str:
    """Return what forms of a session hold. secret: that of the session; it is not told by this."""
    digest = hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def check_form_token(fields: Mapping[str, str], expected: str) -> None:
    """Raise ForgedForm unless the form holds the token of its session."""
    given = fields.get(FIELD, "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        raise ForgedForm
