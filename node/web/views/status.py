"""
Coming back with the receipt code: how the request is doing, and what its requester can do.

The code travels in the body of forms alone, never in an address. Each form here sends it again, so
there is no session and no cookie. Missing, mistyped and wrong codes get one and the same page.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

import sqlite_utils
from aiohttp import web
from pydantic import ValidationError

from content.cases.attachment_store import AttachmentNotFound
from content.cases.case import CaseInvalid
from content.cases.holds import CaseHeld
from content.cases.receipt_store import ReceiptStore, RequestNotFound
from content.cases.request import Consents, Feedback
from content.cases.store import CaseChangedMeanwhile, CaseErased
from federation import requesters
from federation.escalation.case_correcting import NotAllCanBeToldNow
from federation.requester_correcting import CORRECTED, correct_own
from federation.requester_erasing import erase_own, plan_erasure
from federation.requesters import NotPossibleNow
from node.access import check_code
from node.api import requests as api
from node.app_keys import NODE, SETTINGS
from node.uploads import FORM, file_answer
from node.web.form_files import SentForm, read_sent_form
from node.web.own_request import SECTION, change, count, own_words, shown, view_of
from node.web.pages import private, render
from node.web.same_site import check_origin

_Action = Callable[[web.Request, SentForm, str], Awaitable[web.Response]]


async def come_back_page(request: web.Request) -> web.Response:
    """GET /ask/status: where the code is typed."""
    return private(render(request, "status_code.html", {"section": SECTION, "wrong": False}))


async def come_back(request: web.Request) -> web.Response:
    """POST /ask/status: what the code opens; do: what the requester wants besides seeing it."""
    check_origin(request, request.app[SETTINGS].origin)
    if request.content_type.lower() == FORM:
        # Before files are read, and so before it is known whether the code is right.
        count(request, api.reply_to_hub.__name__)
    form = await read_sent_form(request)
    try:
        code = await check_code(request, form.one("code"))
        action = _ACTIONS.get(form.one("do"), _see)
        return await action(request, form, code)
    except RequestNotFound:
        context = {"section": SECTION, "wrong": True}
        return private(render(request, "status_code.html", context, status=404))
    except CaseErased:
        return await shown(request, code)


async def _see(request: web.Request, form: SentForm, code: str) -> web.Response:  # noqa: ARG001
    return await shown(request, code)


async def _reply(request: web.Request, form: SentForm, code: str) -> web.Response:
    """Add a reply with files; one that was sent already, and is sent again, is not added twice."""
    now, text = request.app[NODE].clock.now(), form.one("text")
    view = await view_of(request, code)
    if request.content_type.lower() != FORM:
        count(request, api.reply_to_hub.__name__)
    if str(own_words(view)) != form.one("said"):
        return await shown(request, code, said="reply-again", typed=text)
    if not text:
        return await shown(request, code, wrong=("text",))
    return await change(
        request,
        code,
        lambda db, hub: requesters.reply(db, hub, code, text, form.files, now),
        said="replied",
        typed=text,
    )


async def _judge(request: web.Request, form: SentForm, code: str) -> web.Response:
    now, text = request.app[NODE].clock.now(), form.one("comment")
    solved = form.one("solved")
    view = await view_of(request, code)
    if str(own_words(view)) != form.one("said"):
        return await shown(request, code, said="reply-again")
    if solved not in tuple(Feedback):
        return await shown(request, code, wrong=("solved",))
    count(request, api.judge_answer.__name__)
    return await change(
        request,
        code,
        lambda db, hub: requesters.give_feedback(
            db, hub, code, Feedback(solved), text or None, now
        ),
        said="judged",
    )


async def _agree(request: web.Request, form: SentForm, code: str) -> web.Response:
    now = request.app[NODE].clock.now()
    ticks = ("share_name", "share_contact", "publish_lesson", "mail_notices")
    try:
        consents = Consents.model_validate(
            {
                "escalate": form.one("escalate") or None,
                "escalate_to": form.all("escalate_to"),
                **{name: form.one(name) == "yes" for name in ticks},
            }
        )
    except ValidationError:
        return await shown(request, code, wrong=("escalate",))
    count(request, api.change_consents.__name__)
    return await change(
        request,
        code,
        lambda db, hub: requesters.agree(db, hub, code, consents, now),
        said="agreed",
    )


async def _correct(request: web.Request, form: SentForm, code: str) -> web.Response:
    """Put right who they are; where another hub cannot be told now, here at least."""
    node, now = request.app[NODE], request.app[NODE].clock.now()
    details = {name: form.one(name) for name in CORRECTED}
    count(request, api.correct_own_details.__name__)
    try:
        try:
            await node.database.write(lambda db: correct_own(db, node.hub, code, details, now))
        except NotAllCanBeToldNow:
            await node.database.write(
                lambda db: correct_own(db, node.hub, code, details, now, here_only=True)
            )
    except NotPossibleNow:
        return await shown(request, code, said="not-now")
    except CaseInvalid as error:
        names = tuple(place.rpartition(".")[2] for place, _ in error.problems)
        return await shown(request, code, wrong=names, details=details)
    node.bell.ring()
    return await shown(request, code, said="corrected")


async def _withdraw(request: web.Request, form: SentForm, code: str) -> web.Response:
    if form.one("sure") != "yes":
        return private(render(request, "status_withdraw.html", {"section": SECTION, "code": code}))
    now = request.app[NODE].clock.now()
    count(request, api.withdraw_own_request.__name__)
    return await change(
        request,
        code,
        lambda db, hub: requesters.withdraw_request(db, hub, code, now),
        said="withdrawn",
    )


async def _erase(request: web.Request, form: SentForm, code: str) -> web.Response:
    """Show what erasing comes to; the second time, with the box ticked, do it."""
    node, now = request.app[NODE], request.app[NODE].clock.now()
    revision, changed = form.one("revision"), False
    if form.one("sure") == "yes" and revision.isascii() and revision.isdecimal():
        count(request, api.erase_own_request.__name__)
        number = int(revision[:9])
        try:
            await node.database.write(lambda db: erase_own(db, node.hub, code, number, now))
            node.bell.ring()
            return await shown(request, code, said="erased")
        except CaseChangedMeanwhile:
            changed = True
        except CaseHeld:
            pass  # the plan says until when
    plan = await node.database.read(lambda db: plan_erasure(db, node.hub, code, now))
    context = {
        "section": SECTION,
        "code": code,
        "plan": plan,
        "changed": changed,
        "not_sure": form.one("step") == "confirm" and not changed and plan.held_until is None,
    }
    return private(render(request, "status_erase.html", context, status=409 if changed else 200))


async def _file(request: web.Request, form: SentForm, code: str) -> web.Response:
    node = request.app[NODE]
    try:
        found, data = await node.database.read(
            lambda db: requesters.own_attachment(db, node.hub, code, form.one("file"))
        )
    except AttachmentNotFound:
        return await shown(request, code, said="no-file")
    return file_answer(found.name, found.media_type, data)


async def _receipt(request: web.Request, form: SentForm, code: str) -> web.Response:  # noqa: ARG001
    node = request.app[NODE]

    def work(db: sqlite_utils.Database) -> Any:
        store = ReceiptStore(db, node.hub.vault)
        return store.receipt_of(store.opened_by(code).case_id).receipt

    text = json.dumps(await node.database.read(work), ensure_ascii=False, indent=2)
    return file_answer("receipt.json", "application/json", text.encode())


_ACTIONS: Final[dict[str, _Action]] = {
    "reply": _reply,
    "judge": _judge,
    "agree": _agree,
    "correct": _correct,
    "withdraw": _withdraw,
    "erase": _erase,
    "file": _file,
    "receipt": _receipt,
}
