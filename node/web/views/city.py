"""Signing in with the identity provider of the city: there, back, and linked with a user here."""

import hmac
from typing import Final

import sqlite_utils
from aiohttp import web

from content.changes import Act
from content.people.identities import IdentityStore, IdentityTaken
from content.people.invitations import InvitationStore, NoSuchInvitation
from content.people.sessions import IssuedSession, SessionStore
from node.app_keys import LIMITER, NODE, SETTINGS
from node.oidc.errors import ProviderRefused
from node.oidc.pending import LASTS, Pending, Purpose, opened
from node.oidc.provider import Provider
from node.settings import Settings
from node.web.cookies import set_cookie
from node.web.flashes import FLASHES, Flash
from node.web.forms import PageForm, Sure, filled
from node.web.navigation import ACCOUNT
from node.web.sign_in_page import show_sign_in
from node.web.speaking import gettext as _
from node.web.staff import PageHidden, Visit, person_of, staff_page
from node.web.views.second_factor import renewed
from node.web.views.sign_in import begin_session, checked_next, to_page
from node.web.views.welcome import invited, welcome_gone

PROVIDER: Final = web.AppKey("provider", Provider)
WAY: Final = "city"


class UnlinkForm(PageForm):
    """To go without the provider."""

    sure: Sure


async def sign_in_with_city(request: web.Request) -> web.Response:
    """GET /sign-in/city: on to the provider. Nothing changes here."""
    wanted = checked_next(request.query.get("next", ""))
    return await _sent(request, _provider(request), "sign-in", wanted=wanted)


async def welcome_with_city(request: web.Request) -> web.Response:
    """GET /welcome/{token}/city: somebody invited goes on to the provider, without a password."""
    if await invited(request) is None:
        return welcome_gone(request)
    return await _sent(request, _provider(request), "welcome", subject=request.match_info["token"])


@staff_page(None)
async def link_city(visit: Visit) -> web.Response:
    """POST /account/city: the page with the way to the provider, since forms stay on this hub."""
    provider = _provider(visit.request)
    pending = Pending.begin(visit.hub.chance, visit.now(), "link", subject=visit.person.name)
    address = await provider.address_for(pending, visit.now())
    answer = visit.page(
        "city.html", section="account", address=address, provider=provider.client.name
    )
    _bind(answer, pending, visit.request)
    return answer


@staff_page(None)
async def unlink_city(visit: Visit) -> web.Response:
    """POST /account/city/remove: the provider opens this account no more; other sessions end."""
    issuer, name, act = _provider(visit.request).client.issuer, visit.person.name, visit.act()
    if visit.form(UnlinkForm).mistakes:
        return visit.go(ACCOUNT, _("Tick the box if you really want this."))

    def work(db: sqlite_utils.Database) -> IssuedSession:
        IdentityStore(db).unlink(name, issuer, act)
        return renewed(db, visit, second_factor=visit.person.session.second_factor)

    return _back_to_account(visit.request, await visit.write(work), _("It opens nothing any more."))


async def back_from_city(request: web.Request) -> web.StreamResponse:
    """GET /sign-in/city/back: what the provider says of who was sent there from this browser."""
    provider, node = _provider(request), request.app[NODE]
    request.app[LIMITER].check_sign_in(request)
    now = node.clock.now()
    pending = opened(request.cookies.get(_cookie(request.app[SETTINGS]), ""), node.hub.vault, now)
    state, code = request.query.get("state", ""), request.query.get("code", "")
    if pending is None or not hmac.compare_digest(
        state.encode("utf-8", "replace"), pending.state.encode()
    ):
        raise ProviderRefused
    if not code or "error" in request.query:
        raise ProviderRefused
    issuer = request.query.get("iss", "")
    subject = await provider.subject_of(code, issuer, pending, now)
    if pending.purpose == "link":
        answer = await _linked(request, provider, pending, subject)
    else:
        answer = await _entered(request, provider, pending, subject)
    _unbind(answer, request)
    return answer


async def _entered(
    request: web.Request, provider: Provider, pending: Pending, subject: str
) -> web.Response:
    """Begin a session of the user whom the identity belongs to, or to whom it is linked now."""
    node, client = request.app[NODE], provider.client
    now = node.clock.now()

    def work(db: sqlite_utils.Database) -> str | None:
        if pending.purpose == "welcome":
            user = InvitationStore(db).use(pending.subject, now)
            IdentityStore(db).link(client.issuer, subject, user.name, Act(user.name, now))
            return user.name
        found = IdentityStore(db).user_of(client.issuer, subject)
        if found is None:
            SessionStore(db).refuse("", now)
        return found

    try:
        name = await node.database.write(work)
    except NoSuchInvitation:
        return welcome_gone(request)
    if name is None:
        request.app[LIMITER].count_failed_sign_in(request)
        form = filled(next=pending.next)
        form.refuse(
            _(
                "Your account of the city is not linked with a user of this hub. Sign in as you did"
                " before, and link it under My account; or ask the operator for a link."
            )
        )
        return show_sign_in(request, form, status=401)
    return await begin_session(
        request, name, way=WAY, second_factor=client.strong, wanted=pending.next
    )


async def _linked(
    request: web.Request, provider: Provider, pending: Pending, subject: str
) -> web.Response:
    """Link the identity with who began this, if they are the one who is signed in now."""
    node, person = request.app[NODE], await person_of(request)
    if person is None or person.name != pending.subject:
        raise ProviderRefused
    visit = Visit(request, person)
    act = visit.act()

    def work(db: sqlite_utils.Database) -> IssuedSession:
        IdentityStore(db).link(provider.client.issuer, subject, person.name, act)
        return renewed(db, visit, second_factor=person.session.second_factor)

    try:
        issued = await node.database.write(work)
    except IdentityTaken:
        told = _("That account of the city belongs to another user of this hub.")
        return visit.go(ACCOUNT, told)
    return _back_to_account(request, issued, _("From now on you can sign in with it."))


async def _sent(
    request: web.Request,
    provider: Provider,
    purpose: Purpose,
    *,
    subject: str = "",
    wanted: str = "",
) -> web.Response:
    node = request.app[NODE]
    now = node.clock.now()
    pending = Pending.begin(node.hub.chance, now, purpose, subject=subject, wanted=wanted)
    answer = to_page(await provider.address_for(pending, now))
    _bind(answer, pending, request)
    return answer


def _back_to_account(request: web.Request, issued: IssuedSession, told: str) -> web.Response:
    request.app[FLASHES].add(issued.session.id, Flash(told))
    answer = to_page(ACCOUNT)
    set_cookie(answer, request.app[SETTINGS], issued.secret)
    return answer


def _provider(request: web.Request) -> Provider:
    provider = request.app.get(PROVIDER)
    if provider is None:
        raise PageHidden
    return provider


def _cookie(settings: Settings) -> str:
    if settings.https:
        return "__Host-hub-city"
    return f"hub-city-{settings.authority.rpartition(':')[2]}"


def _bind(answer: web.Response, pending: Pending, request: web.Request) -> None:
    settings = request.app[SETTINGS]
    answer.set_cookie(
        _cookie(settings),
        pending.sealed(request.app[NODE].hub.vault),
        max_age=int(LASTS.total_seconds()),
        path="/",
        httponly=True,
        secure=settings.https,
        samesite="Lax",
    )


def _unbind(answer: web.Response, request: web.Request) -> None:
    settings = request.app[SETTINGS]
    answer.del_cookie(
        _cookie(settings), path="/", httponly=True, secure=settings.https, samesite="Lax"
    )
