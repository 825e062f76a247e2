"""
The page behind the link in a mail: whoever wrote to the hub sees what will happen, and says yes.

Looking changes nothing, since programs that check mails open links too; only the form does. The
link is all that opens the page, so it is shown to nobody else, and kept nowhere.
"""

import json
from typing import Any, Final

from aiohttp import web

from content.cases.case import CaseInvalid, RequesterRole
from content.database import Work
from content.mail.unconfirmed import NoSuchMail, Unconfirmed
from federation.mail_intake import (
    Confirmed,
    confirm_mail,
    destroy_mail,
    language_of,
    redirect_mail,
    see_mail,
)
from federation.redirecting import is_personal
from node.app_keys import NODE
from node.refusals import BadParameter
from node.web import words
from node.web.pages import private, render
from protocol.json import JsonObject

ROLES: Final = tuple(RequesterRole)
"""Who may file by mail; a resident's own matter is redirected, as at every other door."""


async def mail_page(request: web.Request) -> web.Response:
    """GET /mail/{token}: what the hub received, and what would become of it."""
    token = request.match_info["token"]
    node = request.app[NODE]
    now = node.clock.now()
    try:
        mail = await node.database.read(lambda db: see_mail(db, node.hub, token, now))
    except NoSuchMail:
        return _gone(request)
    if mail.answer is not None:
        return _done(request, Confirmed(**mail.answer))
    return _asked(request, mail)


async def decide_mail(request: web.Request) -> web.Response:
    """POST /mail/{token}: the sender confirms the mail, or has it destroyed."""
    token = request.match_info["token"]
    node = request.app[NODE]
    now = node.clock.now()
    try:
        await node.database.read(lambda db: see_mail(db, node.hub, token, now))
    except NoSuchMail:
        return _gone(request)
    form = await request.post()
    decision = form.get("decision")
    if decision == "destroy":
        try:
            await _write(request, lambda db: destroy_mail(db, node.hub, token, now))
        except NoSuchMail:
            return _gone(request)
        await node.database.checkpoint()
        return private(render(request, "mail_destroyed.html", {}))
    if decision != "confirm":
        raise BadParameter("decision", "must be confirm or destroy.")
    role, language = str(form.get("role", "")), str(form.get("language", ""))
    if role in ROLES and is_personal(
        None, RequesterRole(role), personal_matter=form.get("personal_matter") == "yes"
    ):
        return await _redirected(request, token)
    try:
        done = await _write(
            request,
            lambda db: confirm_mail(
                db,
                node.hub,
                token,
                role=role,
                language=language,
                mail_notices=form.get("mail_notices") == "yes",
                now=now,
            ),
        )
    except NoSuchMail:
        return _gone(request)
    except CaseInvalid:
        mail = await node.database.read(lambda db: see_mail(db, node.hub, token, now))
        return _asked(request, mail, wrong=True)
    await node.database.checkpoint()
    return _done(request, done)


async def _write(request: web.Request, work: Work[Any]) -> Any:
    node = request.app[NODE]
    done = await node.database.write(work)
    node.bell.ring()
    return done


async def _redirected(request: web.Request, token: str) -> web.Response:
    node = request.app[NODE]
    now = node.clock.now()
    try:
        bodies = await _write(request, lambda db: redirect_mail(db, node.hub, token, now))
    except NoSuchMail:
        return _gone(request)
    await node.database.checkpoint()
    return private(render(request, "mail_redirected.html", {"bodies": bodies}))


def _asked(request: web.Request, mail: Unconfirmed, *, wrong: bool = False) -> web.Response:
    chosen = language_of(mail, request.app[NODE].hub)
    context = {
        "mail": mail,
        "files": [name for name, _ in mail.files],
        "roles": [(role.value, words.concept(role.value)) for role in ROLES],
        "languages": words.languages(chosen),
        "chosen": chosen,
        "wrong": wrong,
    }
    return private(render(request, "mail_confirm.html", context, status=422 if wrong else 200))


def _done(request: web.Request, done: Confirmed) -> web.Response:
    context = {
        "code": done.code,
        "receipt": _as_text(done.receipt),
        "kept": _as_text(done.kept),
    }
    return private(render(request, "mail_confirmed.html", context))


def _as_text(document: JsonObject | None) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False)


def _gone(request: web.Request) -> web.Response:
    return private(render(request, "mail_gone.html", {}, status=404))
