"""Signing in with a passkey, and my account: the passkeys I have (SECURITY.md S40, S43)."""

from typing import Annotated, Any, ClassVar, Final

import sqlite_utils
from aiohttp import web
from pydantic import StringConstraints

from content.people.passkeys import (
    LONGEST_LABEL,
    Passkey,
    PasskeyInvalid,
    PasskeyNotFound,
    PasskeyStore,
)
from content.people.passwords import PasswordStore
from content.people.sessions import IssuedSession, SessionStore
from federation.hub import Hub
from node.app_keys import LIMITER, NODE, SETTINGS
from node.web.challenges import CHALLENGES
from node.web.cookies import set_cookie
from node.web.flashes import FLASHES, Flash
from node.web.forms import Filled, PageForm, Sure, fill, filled, read_fields
from node.web.passkeys import (
    NewPasskey,
    PasskeyRefused,
    ask_to_make,
    check_made,
    check_signed,
    credential_id_of,
    passkey_name,
)
from node.web.passwords import PASSWORDS
from node.web.same_site import check_origin
from node.web.sign_in_page import show_sign_in
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Visit, staff_page
from node.web.views.second_factor import renewed
from node.web.views.sign_in import begin_session, checked_next

PASSKEYS: Final = "/account/passkeys"
_FAILED: Final = N_("That did not work. Try once more.")


class PasskeySignInForm(PageForm):
    """What the browser answered. next: where to go then."""

    missing: ClassVar = {"credential": _FAILED}

    credential: str
    next: str = ""


class NewPasskeyForm(PageForm):
    """What the browser answered, how to call it, and the password of who is there."""

    missing: ClassVar = {
        "label": N_("Give it a name, such as the device it is on."),
        "credential": _FAILED,
    }

    label: Annotated[str, StringConstraints(max_length=LONGEST_LABEL)]
    credential: str
    current: str = ""


class RemovePasskeyForm(PageForm):
    """Which passkey to take no more."""

    passkey: Annotated[str, StringConstraints(max_length=64)]
    sure: Sure


async def sign_in_with_passkey(request: web.Request) -> web.StreamResponse:
    """POST /sign-in/passkey: one and the same answer to whatever is wrong."""
    app = request.app
    settings, node, limiter = app[SETTINGS], app[NODE], app[LIMITER]
    check_origin(request, settings.origin)
    form = fill(PasskeySignInForm, await read_fields(request))
    wanted = checked_next(form.first("next"))
    if form.mistakes:
        return show_sign_in(request, form)
    limiter.check_sign_in(request)
    answer, now = form.value.credential, node.clock.now()
    found: Passkey | None = None
    try:
        credential_id = credential_id_of(answer)
        found = await node.database.read(lambda db: PasskeyStore(db).find(credential_id))
        if found is None:
            raise PasskeyRefused
        passkey = found
        count = check_signed(
            answer, passkey, handle_of(node.hub, passkey.user), settings, app[CHALLENGES]
        )
    except PasskeyRefused:
        limiter.count_failed_sign_in(request)
        named = "" if found is None else found.user
        await node.database.write(lambda db: SessionStore(db).refuse(named, now))
        form.refuse(_(_FAILED))
        return show_sign_in(request, form, status=401)
    await node.database.write(lambda db: PasskeyStore(db).note_use(passkey.id, count, now))
    return await begin_session(
        request, passkey.user, way="passkey", second_factor=True, wanted=wanted
    )


@staff_page(None)
async def passkeys_page(visit: Visit) -> web.Response:
    """GET /account/passkeys."""
    return await _shown(visit, filled())


@staff_page(None)
async def add_passkey(visit: Visit) -> web.Response:
    """POST /account/passkeys/add: with the password, since it opens the account from then on."""
    app, name = visit.request.app, visit.person.name
    form = visit.form(NewPasskeyForm)
    if form.mistakes:
        return await _shown(visit, form)
    phc = await visit.read(lambda db: PasswordStore(db).find(name))
    if phc is not None:
        app[LIMITER].begin_sign_in(name)
        current = form.value.current
        if not await app[PASSWORDS].check(current, phc, before=lambda: None):
            form.refuse(_("This is not the password you have now."), "current")
            return await _shown(visit, form)
        app[LIMITER].forget_sign_ins(name)
    act, hub, label = visit.act(), visit.hub, form.value.label

    def added(db: sqlite_utils.Database, made: NewPasskey) -> IssuedSession:
        PasskeyStore(db).add(
            name,
            act,
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            label=label,
            chance=hub.chance,
        )
        # The device has just checked who holds it.
        return renewed(db, visit, second_factor=True)

    try:
        made = check_made(form.value.credential, visit.settings, app[CHALLENGES], _purpose(name))
        issued = await visit.write(lambda db: added(db, made))
    except PasskeyRefused:
        form.refuse(_(_FAILED))
        return await _shown(visit, form)
    except PasskeyInvalid as error:
        form.refuse(str(error))
        return await _shown(visit, form)
    return _renewed_answer(visit, issued, _("From now on you can sign in with this passkey."))


@staff_page(None)
async def remove_passkey(visit: Visit) -> web.Response:
    """POST /account/passkeys/remove."""
    form, act = visit.form(RemovePasskeyForm), visit.act()
    if form.mistakes:
        return await _shown(visit, form)
    passkey_id = form.value.passkey

    def removed(db: sqlite_utils.Database) -> IssuedSession:
        PasskeyStore(db).remove(passkey_id, act, user=visit.person.name)
        return renewed(db, visit, second_factor=visit.person.session.second_factor)

    try:
        issued = await visit.write(removed)
    except PasskeyNotFound:
        return visit.go(PASSKEYS, _("That passkey was removed already."))
    return _renewed_answer(visit, issued, _("That passkey opens nothing any more."))


def _renewed_answer(visit: Visit, issued: IssuedSession, told: str) -> web.Response:
    visit.request.app[FLASHES].add(issued.session.id, Flash(told))
    answer = visit.go(PASSKEYS)
    set_cookie(answer, visit.settings, issued.secret)
    return answer


def handle_of(hub: Hub, user: str) -> bytes:
    """Return what a passkey knows its user by: 32 bytes that tell nobody a name."""
    return hub.vault.mark_of("passkey-user", user.encode())


async def _shown(visit: Visit, form: Filled[Any]) -> web.Response:
    name, user, hub = visit.person.name, visit.person.user, visit.hub
    rp = passkey_name(visit.settings)

    def work(db: sqlite_utils.Database) -> tuple[tuple[Passkey, ...], bool]:
        return PasskeyStore(db).list(name), PasswordStore(db).find(name) is not None

    known, has_password = await visit.read(work)
    options = None
    if rp is not None:
        challenge = visit.request.app[CHALLENGES].issue(_purpose(name))
        who = (name, user.display_name, handle_of(hub, name))
        options = ask_to_make(rp, hub.identity.name, who, known, challenge)
    return visit.page(
        "passkeys.html",
        section="account",
        form=form,
        known=known,
        has_password=has_password,
        options=options,
    )


def _purpose(name: str) -> str:
    return f"make/{name}"
