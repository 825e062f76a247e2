"""
The page behind the link that a user was given: they choose a password, and are signed in.

Looking changes nothing, since programs that check mails open links too. The link is all that opens
the page, so wrong ones count against the address.
"""

from typing import ClassVar, Final, TypeVar

from aiohttp import web

from content.people.invitations import InvitationStore, NoSuchInvitation
from content.people.passwords import Fault, PasswordInvalid, check_password
from content.people.user import User
from node.app_keys import LIMITER, NODE, SETTINGS
from node.web.forms import Filled, PageForm, fill, filled, read_fields
from node.web.pages import render
from node.web.passwords import PASSWORDS
from node.web.same_site import check_origin
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.views.sign_in import begin_session

FAULTS: Final[dict[Fault, str]] = {
    "short": N_("Take at least 12 characters. Four or five words in a row are good."),
    "long": N_("Take at most 200 characters."),
    "same-signs": N_("These are the same few characters again and again. Take other words."),
    "has-name": N_("The name is part of this password. Take other words."),
}


class NewPasswordForm(PageForm):
    """A password, typed twice."""

    missing: ClassVar = {
        "password": N_("Choose a password."),
        "again": N_("Write the password again."),
    }

    password: str
    again: str


P = TypeVar("P", bound=NewPasswordForm)


async def welcome_page(request: web.Request) -> web.Response:
    """GET /welcome/{token}: who is invited, and the form."""
    user = await invited(request)
    return welcome_gone(request) if user is None else _shown(request, user, filled())


async def welcome(request: web.Request) -> web.Response:
    """POST /welcome/{token}: the password is kept, the link is used up, a session begins."""
    node, token = request.app[NODE], request.match_info["token"]
    user = await invited(request)
    if user is None:
        return welcome_gone(request)
    check_origin(request, request.app[SETTINGS].origin)
    form = fill(NewPasswordForm, await read_fields(request))
    check_new(form, user.name)
    if form.mistakes:
        return _shown(request, user, form)
    phc = await request.app[PASSWORDS].hash(form.value.password, node.hub.chance)
    now = node.clock.now()
    try:
        await node.database.write(lambda db: InvitationStore(db).accept(token, phc, now))
    except NoSuchInvitation:
        return welcome_gone(request)
    return await begin_session(request, user.name, way="link")


def check_new(form: Filled[P], name: str) -> None:
    """Add to the form what is wrong with a new password of that user."""
    if form.mistakes:
        return
    password, again = form.value.password, form.value.again
    try:
        check_password(password, name)
    except PasswordInvalid as error:
        form.refuse(_(FAULTS[error.fault]), "password")
    if password != again:
        form.refuse(_("The two passwords differ. Write the same one twice."), "again")


async def invited(request: web.Request) -> User | None:
    """Return whom the link invites, or None for a wrong one, which is counted."""
    limiter, node = request.app[LIMITER], request.app[NODE]
    limiter.check_codes(request)
    token, now = request.match_info["token"], node.clock.now()
    try:
        return await node.database.read(lambda db: InvitationStore(db).opened_by(token, now))
    except NoSuchInvitation:
        limiter.count_wrong_code(request)
        return None


def _shown(request: web.Request, user: User, form: Filled[NewPasswordForm]) -> web.Response:
    status = 422 if form.mistakes else 200
    city = request.app[SETTINGS].oidc_name if request.app[SETTINGS].oidc_issuer else ""
    context = {"user": user, "form": form, "city": city, "token": request.match_info["token"]}
    return _private(render(request, "welcome.html", context, status=status))


def welcome_gone(request: web.Request) -> web.Response:
    """Return the page that a link leads to which is not valid."""
    return _private(render(request, "welcome_gone.html", {}, status=404))


def _private(answer: web.Response) -> web.Response:
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
