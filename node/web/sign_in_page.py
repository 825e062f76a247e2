"""The page on which people sign in, as it is shown at its address and in place of other pages."""

from typing import Any

from aiohttp import web

from node.app_keys import SETTINGS
from node.refusals import TokenMissing
from node.web.challenges import CHALLENGES
from node.web.forms import Filled, filled
from node.web.pages import render
from node.web.passkeys import SIGN_IN as BY_PASSKEY
from node.web.passkeys import ask_to_sign, passkey_name


def show_sign_in(
    request: web.Request,
    form: Filled[Any],
    *,
    status: int = 0,
    signed_out: bool = False,
    in_place: bool = False,
) -> web.Response:
    """
    Return the page with the form, and with a button for passkeys where the hub has a name.

    in_place: whether somebody asked for another page, for which they have to sign in first.
    """
    settings = request.app[SETTINGS]
    city = settings.oidc_name if settings.oidc_issuer else ""
    rp = passkey_name(settings)
    passkey = None if rp is None else ask_to_sign(rp, request.app[CHALLENGES].issue(BY_PASSKEY))
    answer = render(
        request,
        "sign_in.html",
        {
            "form": form,
            "signed_out": signed_out,
            "in_place": in_place,
            "passkey": passkey,
            "city": city,
        },
        status=status or (422 if form.mistakes else 200),
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def sign_in_first(request: web.Request) -> web.Response:
    """
    Return what strangers get instead of a page of the staff: 401 and the form (SECURITY.md S41).

    The address stays, so whoever signs in is where they wanted to be. The challenge is that of the
    API, which no browser asks people for.
    """
    answer = show_sign_in(request, filled(next=request.raw_path), status=401, in_place=True)
    answer.headers.update(TokenMissing.headers)
    return answer
