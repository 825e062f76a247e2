"""The door for requesters: they file without an account, and come back with the receipt code."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlite_utils
from aiohttp import web

from content.cases.case import CaseContent, CaseInvalid, read_case_content
from content.cases.receipt_store import ReceiptStore
from content.cases.request import Consents, Feedback, MayEscalate
from content.changes import Act
from content.people.permissions import Right
from content.redress import RedressBody, RedressStore, place_code
from content.vocabulary import Vocabulary
from federation import requesters
from federation.hub import Hub
from federation.redirecting import is_personal, redirect_case
from federation.requester_correcting import correct_own
from federation.requester_erasing import erase_own, plan_erasure
from federation.taking_in import take_in
from node.api.cases import unknown_case
from node.api.models.cases import SourceAnswer
from node.api.models.common import Listing, Said
from node.api.models.requests import (
    BodyAnswer,
    ErasureConfirmation,
    ErasurePlanAnswer,
    FeedbackBody,
    FiledAnswer,
    FiledRequest,
    HeldByAnswer,
    OwnDetails,
    OwnFile,
    OwnRecipient,
    ReceiptAnswer,
    Redirection,
    RedressQuery,
    RequestAnswer,
    SaidAnswer,
)
from node.api.routes import ApiRoute, Call, shaped
from node.limits import FILINGS_PER_ADDRESS, REPLIES_PER_ADDRESS
from node.refusals import BadParameter, PersonalMatter
from node.uploads import file_answer

SUBJECT = "Requests"
COME_BACK = (
    "Write the code down or print it; it is shown once. With it, and with nothing else, you see how"
    " your request is doing, and reply: Authorization: Receipt CODE."
)
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{16,200}")
Change = Callable[[sqlite_utils.Database, Hub], object]


def read_request(values: dict[str, Any]) -> tuple[CaseContent, bool]:
    """
    Return a request, and whether it is about a personal matter.

    Who says nothing about other hubs is asked before a copy goes to one. Raises CaseInvalid.
    """
    rest = dict(values)
    personal = rest.pop("personal_matter", False)
    if not isinstance(personal, bool):
        raise CaseInvalid((("personal_matter", "must be true or false."),))
    content = read_case_content(rest)
    if content.consents.escalate is None:
        asked = content.consents.model_copy(update={"escalate": MayEscalate.ASK})
        content = content.model_copy(update={"consents": asked})
    role = content.requester.role
    return content, is_personal(content.request_type, role, personal_matter=personal)


async def file_request(call: Call) -> FiledAnswer:
    """
    File a request; it becomes a case. The answer has the receipt and the code to come back with.

    A personal grievance is not kept: the refusal says who can help. With a field Idempotency-Key
    (16 to 200 random signs) a request that is sent twice within a day is filed once.
    """
    content, is_grievance = call.body
    if is_grievance:
        bodies = await call.node.database.read_public(
            lambda db: RedressStore(db).find(content.country, content.topics)
        )
        raise PersonalMatter([each.model_dump(mode="json") for each in bodies])
    key = call.request.headers.get("Idempotency-Key")
    if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):
        raise BadParameter("Idempotency-Key", "must be 16 to 200 signs without blanks.")
    by = requesters.REQUESTER if call.principal is None else call.principal.name
    act = Act(by, call.node.clock.now())
    taken = await call.write(
        lambda db: take_in(db, call.hub, content, act, files=call.files, idempotency_key=key)
    )
    return FiledAnswer(code=taken.code, receipt=taken.receipt, kept=taken.kept, come_back=COME_BACK)


async def show_request(call: Call) -> RequestAnswer:
    """Return how a request is doing, in words, with questions and the answer."""
    now, overdue = call.node.clock.now(), timedelta(days=call.settings.erasure_days)

    def work(db: sqlite_utils.Database) -> RequestAnswer:
        view = requesters.see_request(db, call.hub, call.code, now, overdue_after=overdue)
        return shaped(
            RequestAnswer,
            view,
            status_label=Vocabulary.load().label(view.status, view.language),
            held_by=[shaped(HeldByAnswer, each) for each in view.held_by],
            messages=[_said(each) for each in view.messages],
            attachments=[shaped(OwnFile, each) for each in view.attachments],
            bodies=[_body(each) for each in RedressStore(db).named(view.bodies)],
            recipients=[shaped(OwnRecipient, each, says=each.says) for each in view.recipients],
        )

    return await call.node.database.read(work)


async def show_receipt(call: Call) -> ReceiptAnswer:
    """Return the receipt again."""

    def work(db: sqlite_utils.Database) -> ReceiptAnswer:
        store = ReceiptStore(db, call.hub.vault)
        kept = store.receipt_of(store.opened_by(call.code).case_id)
        return ReceiptAnswer(receipt=kept.receipt, salt=kept.salt.hex())

    return await call.node.database.read(work)


async def reply_to_hub(call: Call) -> RequestAnswer:
    """Reply to a question, or add something, with files."""
    body: Said = call.body
    return await _change(
        call,
        lambda db, hub: requesters.reply(
            db, hub, call.code, body.text, call.files, call.node.clock.now()
        ),
    )


async def withdraw_own_request(call: Call) -> RequestAnswer:
    """Stop: nobody works on the request any longer, and copies at other hubs are taken back."""
    return await _change(
        call,
        lambda db, hub: requesters.withdraw_request(db, hub, call.code, call.node.clock.now()),
    )


async def see_own_erasure(call: Call) -> ErasurePlanAnswer:
    """Return what erasing your request comes to, and which hubs are told; nothing is erased."""
    now = call.node.clock.now()
    return shaped(
        ErasurePlanAnswer,
        await call.node.database.read(lambda db: plan_erasure(db, call.hub, call.code, now)),
    )


async def erase_own_request(call: Call) -> RequestAnswer:
    """Have your request erased, here and at every hub that got a copy. It cannot be undone."""
    body: ErasureConfirmation = call.body
    return await _change(
        call,
        lambda db, hub: erase_own(db, hub, call.code, body.revision, call.node.clock.now()),
    )


async def change_consents(call: Call) -> RequestAnswer:
    """Say anew what you agree to; what is left out is not agreed to."""
    body: Consents = call.body
    return await _change(
        call, lambda db, hub: requesters.agree(db, hub, call.code, body, call.node.clock.now())
    )


async def correct_own_details(call: Call) -> RequestAnswer:
    """
    Put right your name, contact and organisation; what is left out stays, "" takes it out.

    A hub that was told them is sent how they read now; if one cannot be told, nothing changes.
    """
    body: OwnDetails = call.body
    details = body.model_dump(exclude_none=True)
    return await _change(
        call, lambda db, hub: correct_own(db, hub, call.code, details, call.node.clock.now())
    )


async def judge_answer(call: Call) -> RequestAnswer:
    """Say whether the answer solved it; if it did not, the hub goes on."""
    body: FeedbackBody = call.body
    feedback = Feedback.SOLVED if body.solved else Feedback.NOT_SOLVED
    return await _change(
        call,
        lambda db, hub: requesters.give_feedback(
            db, hub, call.code, feedback, body.text, call.node.clock.now()
        ),
    )


async def download_own_file(call: Call) -> web.Response:
    """Return the bytes of a file that you sent."""
    found, data = await call.node.database.read(
        lambda db: requesters.own_attachment(db, call.hub, call.code, call.path["attachment"])
    )
    return file_answer(found.name, found.media_type, data)


async def list_redress_bodies(call: Call) -> Listing[BodyAnswer]:
    """Return who helps with a personal matter, by country and topic."""
    query: RedressQuery = call.query
    if query.topic is not None and query.topic not in Vocabulary.load().ids("topics"):
        raise BadParameter("topic", "must be the id of a topic.")
    country = None if query.country is None else _country(query.country)
    topics = () if query.topic is None else (query.topic,)
    found = await call.node.database.read_public(lambda db: RedressStore(db).find(country, topics))
    return Listing(items=[_body(each) for each in found], next=None)


async def redirect_matter(call: Call) -> Listing[BodyAnswer]:
    """Redirect a personal matter: erase the case, and show its requester these bodies by code."""
    body: Redirection = call.body
    act, case_id = call.act(), call.path["id"]
    bodies = await call.write(lambda db: redirect_case(db, call.hub, case_id, body.bodies, act))
    await call.node.database.rewrite()
    return Listing(items=[_body(each) for each in bodies], next=None)


def _country(text: str) -> str:
    try:
        return place_code(text)
    except ValueError:
        raise BadParameter("country", "must be two capitals, such as NL, or EU.") from None


def _said(said: requesters.Said) -> SaidAnswer:
    return shaped(SaidAnswer, said, sources=[shaped(SourceAnswer, each) for each in said.sources])


def _body(body: RedressBody) -> BodyAnswer:
    return shaped(BodyAnswer, body)


async def _change(call: Call, change: Change) -> RequestAnswer:
    await call.write(lambda db: change(db, call.hub))
    return await show_request(call)


def _own(method: Any, path: str, handler: Any, summary: str, answer: Any, **more: Any) -> ApiRoute:
    return ApiRoute(
        method, f"/requests/mine{path}", handler, summary, SUBJECT, answer, by_code=True, **more
    )


_LIMITED = {"limit": REPLIES_PER_ADDRESS}
ROUTES = (
    ApiRoute(
        "POST",
        "/requests",
        file_request,
        "File a request",
        SUBJECT,
        FiledAnswer,
        body=FiledRequest,
        reader=read_request,
        files=True,
        status=201,
        limit=FILINGS_PER_ADDRESS,
    ),
    _own("GET", "", show_request, "How your request is doing", RequestAnswer),
    _own("GET", "/receipt", show_receipt, "Your receipt again", ReceiptAnswer),
    _own(
        "POST",
        "/reply",
        reply_to_hub,
        "Reply, with files",
        RequestAnswer,
        body=Said,
        files=True,
        **_LIMITED,
    ),
    _own("POST", "/withdraw", withdraw_own_request, "Stop", RequestAnswer, **_LIMITED),
    _own("GET", "/erasure", see_own_erasure, "What erasing would do", ErasurePlanAnswer),
    _own(
        "POST",
        "/erasure",
        erase_own_request,
        "Have it erased",
        RequestAnswer,
        body=ErasureConfirmation,
        **_LIMITED,
    ),
    _own(
        "POST",
        "/consents",
        change_consents,
        "Say what you agree to",
        RequestAnswer,
        body=Consents,
        **_LIMITED,
    ),
    _own(
        "POST",
        "/correct",
        correct_own_details,
        "Correct who you are",
        RequestAnswer,
        body=OwnDetails,
        **_LIMITED,
    ),
    _own(
        "POST",
        "/feedback",
        judge_answer,
        "Say whether it is solved",
        RequestAnswer,
        body=FeedbackBody,
        **_LIMITED,
    ),
    _own(
        "GET",
        "/attachments/{attachment}",
        download_own_file,
        "The bytes of a file you sent",
        "file",
    ),
    ApiRoute(
        "GET",
        "/redress",
        list_redress_bodies,
        "Who helps with a personal matter",
        SUBJECT,
        Listing[BodyAnswer],
        query=RedressQuery,
    ),
    ApiRoute(
        "POST",
        "/cases/{id}/redirect",
        redirect_matter,
        "Redirect a personal matter",
        "Cases",
        Listing[BodyAnswer],
        right=Right.CASES_WORK,
        hidden=unknown_case,
        body=Redirection,
    ),
)
