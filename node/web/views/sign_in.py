"""Signing in with name and password, and signing out (SECURITY.md S39, S40, S41, S51)."""

from typing import ClassVar, Final
from urllib.parse import urlencode

import sqlite_utils
from aiohttp import web

from content.changes import Act
from content.people.authentication import Principal
from content.people.passwords import PasswordStore
from content.people.sessions import IssuedSession, SessionNotFound, SessionStore
from content.people.store import UserStore
from content.people.totp import TotpStore
from node.app_keys import LIMITER, NODE, SETTINGS
from node.refusals import BadParameter
from node.web.browsers import browser_named
from node.web.cookies import clear_cookie, rules_of, secret_of, set_cookie
from node.web.forms import PageForm, fill, filled, read_fields
from node.web.navigation import first_place
from node.web.passwords import PASSWORDS
from node.web.same_site import check_origin
from node.web.sign_in_page import show_sign_in
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import SIGN_IN, Visit, person_of, staff_page

SIGN_IN_CODE: Final = f"{SIGN_IN}/code"
_LONGEST_NEXT: Final = 2000
_REFUSED: Final = N_(
    "This name with this password is not right. Look at both once more. If you forgot the"
    " password, ask the operator of this hub for a new link."
)


class SignInForm(PageForm):
    """Name and password. next: where to go then."""

    missing: ClassVar = {
        "name": N_("Write your name."),
        "password": N_("Write your password."),
    }

    name: str
    password: str
    next: str = ""


async def sign_in_page(request: web.Request) -> web.Response:
    """GET /sign-in: the form."""
    wanted = checked_next(request.query.get("next", ""))
    person = await person_of(request)
    if person is not None:
        return to_page(wanted or first_place(person.principal, request.app))
    return show_sign_in(request, filled(next=wanted), signed_out="signed-out" in request.query)


async def sign_in(request: web.Request) -> web.StreamResponse:
    """POST /sign-in: one and the same answer to an unknown name and to a wrong password."""
    app = request.app
    check_origin(request, app[SETTINGS].origin)
    form = fill(SignInForm, await read_fields(request))
    wanted = checked_next(form.first("next"))
    if form.mistakes:
        return show_sign_in(request, form)
    name, password = form.value.name.lower(), form.value.password
    node, limiter = app[NODE], app[LIMITER]
    limiter.check_sign_in(request)
    limiter.begin_sign_in(name)
    phc = await node.database.read(lambda db: PasswordStore(db).find(name))
    right = await app[PASSWORDS].check(password, phc, before=lambda: limiter.check_sign_in(request))
    if not right:
        limiter.count_failed_sign_in(request)
        now = node.clock.now()
        await node.database.write(lambda db: SessionStore(db).refuse(name, now))
        form.refuse(_(_REFUSED))
        return show_sign_in(request, form, status=401)
    limiter.forget_sign_ins(name)
    return await begin_session(request, name, way="password", wanted=wanted)


async def begin_session(
    request: web.Request, name: str, *, way: str, second_factor: bool = False, wanted: str = ""
) -> web.Response:
    """
    Begin a session of somebody who showed who they are, in place of one that the browser had.

    second_factor: whether they showed more than a password or a link. If they have not, and have an
    authenticator app, its code is asked for first. wanted: where to go, checked; else where they
    begin.
    """
    app = request.app
    node, settings = app[NODE], app[SETTINGS]
    before, browser = secret_of(request), browser_named(request.headers.get("User-Agent", ""))
    act = Act(name, node.clock.now())

    def work(db: sqlite_utils.Database) -> tuple[IssuedSession, Principal]:
        sessions = SessionStore(db, rules_of(settings))
        old = sessions.find(before, act.at)
        if old is not None and old.session.state == "open":
            sessions.end(old.session.id, act, user=old.user.name)
        elif old is not None:
            sessions.drop(old.session.id)
        user = UserStore(db).get(name)
        waits = not second_factor and TotpStore(db, node.hub.vault).is_used(name)
        issued = sessions.begin(
            name,
            act,
            chance=node.hub.chance,
            way=way,
            browser=browser,
            second_factor=second_factor,
            state="second-factor" if waits else "open",
        )
        return issued, Principal(user.name, user.role)

    issued, principal = await node.database.write(work)
    if issued.session.state == "open":
        answer = to_page(wanted or first_place(principal, app))
    else:
        answer = to_page(
            f"{SIGN_IN_CODE}?{urlencode({'next': wanted})}" if wanted else SIGN_IN_CODE
        )
    set_cookie(answer, settings, issued.secret)
    return answer


@staff_page(None)
async def sign_out(visit: Visit) -> web.Response:
    """POST /sign-out: the session ends, here and in the browser."""
    person, act = visit.person, visit.act()

    def work(db: sqlite_utils.Database) -> None:
        try:
            SessionStore(db).end(person.session.id, act, user=person.name)
        except SessionNotFound:
            return

    await visit.write(work)
    answer = to_page(f"{SIGN_IN}?signed-out=yes")
    clear_cookie(answer, visit.settings)
    return answer


def checked_next(path: str) -> str:
    """Return a path of this hub to go to, or "". Raises BadParameter (SECURITY.md S51)."""
    if not path:
        return ""
    bad = (
        len(path) > _LONGEST_NEXT
        or not path.startswith("/")
        or path.startswith("//")
        or "\\" in path
        or not path.isprintable()
    )
    if bad:
        raise BadParameter("next", "must be a path of this hub.")
    return path


def to_page(path: str) -> web.Response:
    """Return the answer that leads to a page of this hub."""
    return web.Response(status=303, headers={"Location": path, "Cache-Control": "no-store"})
