"""My account: the password, and where I am signed in."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Final

import sqlite_utils
from aiohttp import web
from pydantic import StringConstraints

from content.people.identities import IdentityStore
from content.people.passkeys import PasskeyStore
from content.people.passwords import PasswordStore
from content.people.permissions import Role
from content.people.sessions import IssuedSession, SessionNotFound, SessionStore
from content.people.totp import TotpStore
from node.app_keys import LIMITER
from node.web.cookies import rules_of, set_cookie
from node.web.flashes import FLASHES, Flash
from node.web.forms import Filled, PageForm, filled
from node.web.navigation import ACCOUNT
from node.web.passwords import PASSWORDS
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Visit, staff_page
from node.web.views.welcome import NewPasswordForm, check_new

ROLES: Final[dict[Role, str]] = {
    Role.READER: N_("Reader: sees what hubs share among each other"),
    Role.EXPERT: N_("Expert: answers the cases that are assigned to them"),
    Role.CASEWORKER: N_("Caseworker: works on cases, catalogue and experts"),
    Role.OPERATOR: N_("Operator: looks after the hub, its users and its peers"),
}


class ChangePasswordForm(NewPasswordForm):
    """The password before, and the new one twice."""

    missing: ClassVar = {
        **NewPasswordForm.missing,
        "current": N_("Write the password you have now."),
    }

    current: str


class SessionForm(PageForm):
    """Which session to end."""

    session: Annotated[str, StringConstraints(max_length=64)]


@staff_page(None)
async def account_page(visit: Visit) -> web.Response:
    """GET /account."""
    return await _shown(visit, filled())


@staff_page(None)
async def change_password(visit: Visit) -> web.Response:
    """POST /account/password: all other sessions end, and this one gets a new secret."""
    app, name = visit.request.app, visit.person.name
    form = visit.form(ChangePasswordForm)
    check_new(form, name)
    if form.mistakes:
        return await _shown(visit, form)
    app[LIMITER].begin_sign_in(name)
    phc = await visit.read(lambda db: PasswordStore(db).find(name))
    current = form.value.current
    if not await app[PASSWORDS].check(current, phc, before=lambda: None):
        form.refuse(_("This is not the password you have now."), "current")
        return await _shown(visit, form)
    app[LIMITER].forget_sign_ins(name)
    changed = await app[PASSWORDS].hash(form.value.password, visit.hub.chance)
    act, before = visit.act(), visit.person.session

    def work(db: sqlite_utils.Database) -> IssuedSession:
        PasswordStore(db).put(name, changed, act)
        return SessionStore(db, rules_of(visit.settings)).renew(
            before, act, chance=visit.hub.chance, second_factor=before.second_factor
        )

    issued = await visit.write(work)
    app[FLASHES].add(issued.session.id, Flash(_("Your password is changed.")))
    answer = visit.go(ACCOUNT)
    set_cookie(answer, visit.settings, issued.secret)
    return answer


@staff_page(None)
async def end_session(visit: Visit) -> web.Response:
    """POST /account/sessions/end: one of my sessions ends, such as one on a lost phone."""
    form, act = visit.form(SessionForm), visit.act()
    if form.mistakes:
        return visit.go(ACCOUNT)
    session_id = form.value.session
    try:
        await visit.write(lambda db: SessionStore(db).end(session_id, act, user=visit.person.name))
    except SessionNotFound:
        return visit.go(ACCOUNT, _("That session had ended already."))
    return visit.go(ACCOUNT, _("That session has ended."))


@staff_page(None)
async def end_other_sessions(visit: Visit) -> web.Response:
    """POST /account/sessions/end-others: all my sessions end but this one."""
    person, act = visit.person, visit.act()
    await visit.write(
        lambda db: SessionStore(db).end_others(person.session.id, act, user=person.name)
    )
    return visit.go(ACCOUNT, _("You are signed in here only."))


async def _shown(visit: Visit, form: Filled[ChangePasswordForm]) -> web.Response:
    now, name = visit.now(), visit.person.name
    rules = rules_of(visit.settings)

    def work(db: sqlite_utils.Database) -> dict[str, Any]:
        return {
            "sessions": SessionStore(db, rules).list(name, now),
            "has_password": PasswordStore(db).find(name) is not None,
            "passkeys": len(PasskeyStore(db).list(name)),
            "city_since": _linked_since(db, visit),
            "has_app": TotpStore(db, visit.hub.vault).is_used(name),
        }

    return visit.page(
        "account.html",
        city=visit.settings.oidc_name if visit.settings.oidc_issuer else "",
        **await visit.read(work),
        section="account",
        form=form,
        role=_(ROLES[visit.person.role]),
    )


def _linked_since(db: sqlite_utils.Database, visit: Visit) -> datetime | None:
    found = IdentityStore(db).of(visit.person.name, visit.settings.oidc_issuer)
    return None if found is None else found.made_at
