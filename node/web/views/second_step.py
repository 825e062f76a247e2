"""
The second step of signing in: a code of the authenticator app, or a recovery code.

Between the steps the browser has a session that opens nothing but this page, for ten minutes.
"""

from typing import ClassVar

import sqlite_utils
from aiohttp import web

from content.changes import Act
from content.people.recovery_codes import RecoveryCodeStore
from content.people.sessions import Session, SessionStore
from content.people.totp import CodeWrong, NoAuthenticator, TotpStore
from node.app_keys import LIMITER, NODE, SETTINGS
from node.web.cookies import secret_of, signed_in
from node.web.forms import Filled, PageForm, fill, filled, read_fields
from node.web.pages import render
from node.web.same_site import check_form_token, check_origin, form_token
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import SIGN_IN
from node.web.views.sign_in import begin_session, checked_next, to_page


class CodeForm(PageForm):
    """A code. next: where to go then."""

    missing: ClassVar = {"code": N_("Write the code that the app shows now.")}

    code: str
    next: str = ""


async def second_step_page(request: web.Request) -> web.Response:
    """GET /sign-in/code: the form, for somebody whose password was right."""
    wanted = checked_next(request.query.get("next", ""))
    if await _waiting(request) is None:
        return to_page(SIGN_IN)
    return _shown(request, filled(next=wanted))


async def second_step(request: web.Request) -> web.Response:
    """POST /sign-in/code: the session begins, with a secret of its own."""
    app = request.app
    check_origin(request, app[SETTINGS].origin)
    waiting = await _waiting(request)
    if waiting is None:
        return to_page(SIGN_IN)
    fields = await read_fields(request)
    check_form_token(fields, form_token(secret_of(request)))
    form = fill(CodeForm, fields)
    wanted = checked_next(form.first("next"))
    if form.mistakes:
        return _shown(request, form)
    name, limiter = waiting.user, app[LIMITER]
    limiter.check_sign_in(request)
    limiter.begin_sign_in(f"code of {name}")
    if not await take_code(request, name, form.value.code):
        limiter.count_failed_sign_in(request)
        form.refuse(_("This code is not right. Wait for the next one, and type that."), "code")
        return _shown(request, form, status=401)
    limiter.forget_sign_ins(f"code of {name}")
    return await begin_session(
        request, name, way=f"{waiting.way}-and-code", second_factor=True, wanted=wanted
    )


async def take_code(request: web.Request, name: str, code: str) -> bool:
    """Return whether a code of the app or of the paper is right; it is used up, or recorded."""
    node = request.app[NODE]
    act = Act(name, node.clock.now())

    def work(db: sqlite_utils.Database) -> bool:
        try:
            TotpStore(db, node.hub.vault).check(name, code, act.at)
        except (CodeWrong, NoAuthenticator):
            try:
                RecoveryCodeStore(db).use(name, code, act)
            except CodeWrong:
                SessionStore(db).refuse(name, act.at)
                return False
        return True

    return await node.database.write(work)


async def _waiting(request: web.Request) -> Session | None:
    """Return the session of somebody who is between the two steps."""
    found = await signed_in(request)
    if found is None or found.session.state != "second-factor":
        return None
    return found.session


def _shown(request: web.Request, form: Filled[CodeForm], *, status: int = 0) -> web.Response:
    answer = render(
        request,
        "second_step.html",
        {"form": form, "form_token": form_token(secret_of(request))},
        status=status or (422 if form.mistakes else 200),
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
