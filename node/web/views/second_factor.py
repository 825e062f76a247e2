"""My account: the authenticator app, and the recovery codes on paper (SECURITY.md S40, S43)."""

from typing import ClassVar

import sqlite_utils
from aiohttp import web

from content.people.recovery_codes import RecoveryCodeStore
from content.people.sessions import IssuedSession, SessionStore
from content.people.totp import CodeWrong, NewAuthenticator, NoAuthenticator, TotpStore
from node.app_keys import LIMITER
from node.web.cookies import rules_of, set_cookie
from node.web.flashes import FLASHES, Flash
from node.web.forms import Filled, PageForm, Sure, filled
from node.web.passkeys import passkey_name
from node.web.qr import qr_code
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import SECOND_FACTOR, Visit, lacks_second_factor, staff_page
from node.web.views.second_step import take_code

_WRONG = N_("This code is not right. Wait for the next one, and type that.")


class ConfirmForm(PageForm):
    """A code of the app."""

    missing: ClassVar = {"code": N_("Write the code that the app shows now.")}

    code: str


class RemoveForm(ConfirmForm):
    """A code, and the will to go without."""

    sure: Sure


@staff_page(None)
async def second_factor_page(visit: Visit) -> web.Response:
    """GET /account/second-factor: what there is, or how to set it up."""
    return await _shown(visit, filled())


@staff_page(None)
async def begin_totp(visit: Visit) -> web.Response:
    """POST /account/second-factor/begin: a secret is drawn, and then shown."""
    name, act, hub = visit.person.name, visit.act(), visit.hub
    await visit.write(lambda db: TotpStore(db, hub.vault).begin(name, act, hub.chance))
    return visit.go(SECOND_FACTOR)


@staff_page(None)
async def confirm_totp(visit: Visit) -> web.Response:
    """POST /account/second-factor/confirm: the app is used from now on; codes on paper come too."""
    name, act, hub = visit.person.name, visit.act(), visit.hub
    form = visit.form(ConfirmForm)
    if form.mistakes:
        return await _shown(visit, form)
    visit.request.app[LIMITER].begin_sign_in(f"code of {name}")
    code = form.value.code

    def work(db: sqlite_utils.Database) -> tuple[tuple[str, ...], IssuedSession]:
        TotpStore(db, hub.vault).confirm(name, code, act)
        codes = RecoveryCodeStore(db).renew(name, act, hub.chance)
        return codes, renewed(db, visit, second_factor=True)

    try:
        codes, issued = await visit.write(work)
    except CodeWrong:
        form.refuse(_(_WRONG), "code")
        return await _shown(visit, form)
    except NoAuthenticator:
        return visit.go(SECOND_FACTOR)
    visit.request.app[LIMITER].forget_sign_ins(f"code of {name}")
    answer = visit.page("recovery_codes.html", section="account", codes=codes, first=True)
    set_cookie(answer, visit.settings, issued.secret)
    return answer


@staff_page(None)
async def renew_recovery_codes(visit: Visit) -> web.Response:
    """POST /account/second-factor/recovery: new codes on paper, in exchange for a code."""
    name, act, hub = visit.person.name, visit.act(), visit.hub
    form = visit.form(ConfirmForm)
    if form.mistakes or not await _is_right(visit, form):
        return await _shown(visit, form)
    codes = await visit.write(lambda db: RecoveryCodeStore(db).renew(name, act, hub.chance))
    return visit.page("recovery_codes.html", section="account", codes=codes, first=False)


@staff_page(None)
async def remove_totp(visit: Visit) -> web.Response:
    """POST /account/second-factor/remove: the app is not asked for any more."""
    name, act, hub = visit.person.name, visit.act(), visit.hub
    form = visit.form(RemoveForm)
    if form.mistakes or not await _is_right(visit, form):
        return await _shown(visit, form)

    def work(db: sqlite_utils.Database) -> IssuedSession:
        TotpStore(db, hub.vault).remove(name, act)
        RecoveryCodeStore(db).remove(name)
        return renewed(db, visit, second_factor=False)

    issued = await visit.write(work)
    told = _("The authenticator app is not asked for any more.")
    visit.request.app[FLASHES].add(issued.session.id, Flash(told))
    answer = visit.go(SECOND_FACTOR)
    set_cookie(answer, visit.settings, issued.secret)
    return answer


def renewed(db: sqlite_utils.Database, visit: Visit, *, second_factor: bool) -> IssuedSession:
    """Begin the session anew, and end all others: how this person signs in has changed."""
    return SessionStore(db, rules_of(visit.settings)).renew(
        visit.person.session, visit.act(), chance=visit.hub.chance, second_factor=second_factor
    )


async def _is_right(visit: Visit, form: Filled[ConfirmForm] | Filled[RemoveForm]) -> bool:
    name, limiter = visit.person.name, visit.request.app[LIMITER]
    limiter.begin_sign_in(f"code of {name}")
    if not await take_code(visit.request, name, form.value.code):
        form.refuse(_(_WRONG), "code")
        return False
    limiter.forget_sign_ins(f"code of {name}")
    return True


async def _shown(visit: Visit, form: Filled[ConfirmForm] | Filled[RemoveForm]) -> web.Response:
    name, hub = visit.person.name, visit.hub

    def work(db: sqlite_utils.Database) -> tuple[NewAuthenticator | None, bool, int]:
        apps = TotpStore(db, hub.vault)
        new = apps.to_set_up(name, hub.identity.name)
        return new, apps.is_used(name), RecoveryCodeStore(db).left(name)

    new, used, left = await visit.read(work)
    return visit.page(
        "second_factor.html",
        section="account",
        form=form,
        used=used,
        left=left,
        new=new,
        qr=None if new is None else qr_code(new.uri, _("QR code for the authenticator app")),
        passkeys=passkey_name(visit.settings) is not None,
        needed=lacks_second_factor(visit.request, visit.person),
    )
