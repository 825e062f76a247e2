"""
Coming back with the receipt code: how the request is doing, and what its requester can do.

The code travels in the body of forms alone, never in an address. Each form here sends it again, so
there is no session and no cookie. Missing, mistyped and wrong codes get one and the same page.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import sqlite_utils
from aiohttp import web
from pydantic import ValidationError

from content.cases.attachment_store import AttachmentNotFound
from content.cases.case import CaseInvalid, NotAnsweredYet
from content.cases.holds import CaseHeld
from content.cases.receipt_store import ReceiptStore, RequestNotFound
from content.cases.request import Consents, Feedback, MayEscalate
from content.cases.store import CaseChangedMeanwhile, CaseErased
from content.hubs import HubDirectory
from content.redress import RedressStore
from federation import requesters
from federation.hub import Hub
from federation.requester_erasing import erase_own, plan_erasure
from federation.requesters import NotPossibleNow
from node.access import check_code
from node.api import requests as api
from node.app_keys import LIMITER, NODE, SETTINGS
from node.limits import REPLIES_PER_ADDRESS
from node.uploads import FORM, file_answer
from node.web.draft import hosts_offered
from node.web.form_files import SentForm, read_sent_form
from node.web.pages import private, render
from node.web.same_site import check_origin
from node.web.times import times_of

SECTION: Final = "ask"
_Change = Callable[[sqlite_utils.Database, Hub], None]
_Action = Callable[[web.Request, SentForm, str], Awaitable[web.Response]]


async def come_back_page(request: web.Request) -> web.Response:
    """GET /ask/status: where the code is typed."""
    return private(render(request, "status_code.html", {"section": SECTION, "wrong": False}))


async def come_back(request: web.Request) -> web.Response:
    """POST /ask/status: what the code opens; do: what the requester wants besides seeing it."""
    check_origin(request, request.app[SETTINGS].origin)
    if request.content_type.lower() == FORM:
        # Before files are read, and so before it is known whether the code is right.
        _count(request, api.reply_to_hub.__name__)
    form = await read_sent_form(request)
    try:
        code = await check_code(request, form.one("code"))
        action = _ACTIONS.get(form.one("do"), _see)
        return await action(request, form, code)
    except RequestNotFound:
        context = {"section": SECTION, "wrong": True}
        return private(render(request, "status_code.html", context, status=404))
    except CaseErased:
        return await _shown(request, code)


async def _see(request: web.Request, form: SentForm, code: str) -> web.Response:  # noqa: ARG001
    return await _shown(request, code)


async def _reply(request: web.Request, form: SentForm, code: str) -> web.Response:
    """Add a reply with files; one that was sent already, and is sent again, is not added twice."""
    now, text = request.app[NODE].clock.now(), form.one("text")
    view = await _view(request, code)
    if str(_own_words(view)) != form.one("said"):
        return await _shown(request, code, said="reply-again", typed=text)
    if not text:
        return await _shown(request, code, wrong=("text",))
    return await _change(
        request,
        code,
        lambda db, hub: requesters.reply(db, hub, code, text, form.files, now),
        said="replied",
        typed=text,
    )


async def _judge(request: web.Request, form: SentForm, code: str) -> web.Response:
    now, text = request.app[NODE].clock.now(), form.one("comment")
    solved = form.one("solved")
    view = await _view(request, code)
    if str(_own_words(view)) != form.one("said"):
        return await _shown(request, code, said="reply-again")
    if solved not in tuple(Feedback):
        return await _shown(request, code, wrong=("solved",))
    _count(request, api.judge_answer.__name__)
    return await _change(
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
        return await _shown(request, code, wrong=("escalate",))
    _count(request, api.change_consents.__name__)
    return await _change(
        request,
        code,
        lambda db, hub: requesters.agree(db, hub, code, consents, now),
        said="agreed",
    )


async def _withdraw(request: web.Request, form: SentForm, code: str) -> web.Response:
    if form.one("sure") != "yes":
        return private(render(request, "status_withdraw.html", {"section": SECTION, "code": code}))
    now = request.app[NODE].clock.now()
    _count(request, api.withdraw_own_request.__name__)
    return await _change(
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
        _count(request, api.erase_own_request.__name__)
        number = int(revision[:9])
        try:
            await node.database.write(lambda db: erase_own(db, node.hub, code, number, now))
            node.bell.ring()
            return await _shown(request, code, said="erased")
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
        return await _shown(request, code, said="no-file")
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
    "withdraw": _withdraw,
    "erase": _erase,
    "file": _file,
    "receipt": _receipt,
}


async def _change(
    request: web.Request, code: str, change: _Change, *, said: str, typed: str = ""
) -> web.Response:
    """Do what was asked and show the request as it is then; what was typed stays if it failed."""
    node = request.app[NODE]
    try:
        await node.database.write(lambda db: change(db, node.hub))
    except (NotPossibleNow, NotAnsweredYet):
        return await _shown(request, code, said="not-now", typed=typed)
    except CaseInvalid:
        return await _shown(request, code, wrong=("text",), typed=typed)
    node.bell.ring()
    return await _shown(request, code, said=said)


async def _shown(
    request: web.Request, code: str, *, said: str = "", wrong: tuple[str, ...] = (), typed: str = ""
) -> web.Response:
    node = request.app[NODE]
    view = await _view(request, code)
    bodies, hubs = await node.database.read_public(
        lambda db: (RedressStore(db).named(view.bodies), HubDirectory(db).list())
    )
    known = tuple(each.host for each in hubs if each.kind == "hub")
    named = () if view.consents is None else view.consents.escalate_to
    hosts = hosts_offered(tuple(dict.fromkeys((*named, *known))))
    context = {
        "section": SECTION,
        "code": code,
        "view": view,
        "bodies": bodies,
        "hubs": [(host, next((h.name for h in hubs if h.host == host), host)) for host in hosts],
        "ways": tuple(MayEscalate),
        "words_said": _own_words(view),
        "said": said,
        "wrong": wrong,
        "typed": typed,
        "times": times_of(request),
    }
    failed = said in ("reply-again", "not-now", "no-file")
    status = 422 if wrong else 409 if failed else 200
    return private(render(request, "status.html", context, status=status))


async def _view(request: web.Request, code: str) -> requesters.RequestView:
    node, overdue = request.app[NODE], timedelta(days=request.app[SETTINGS].erasure_days)
    now = node.clock.now()
    return await node.database.read(
        lambda db: requesters.see_request(db, node.hub, code, now, overdue_after=overdue)
    )


def _own_words(view: requesters.RequestView) -> int:
    """Return how many messages the requester has sent: a form that is sent twice tells fewer."""
    return sum(each.by == "you" for each in view.messages)


def _count(request: web.Request, operation: str) -> None:
    """Count against the same limit as the API does. Raises TooManyRequests."""
    request.app[LIMITER].check(REPLIES_PER_ADDRESS, operation, request)
