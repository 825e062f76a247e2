"""Cases of this hub: to be taken in, worked on, and offered to other hubs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import sqlite_utils

from content.cases.access import case_seen_by, seen_by
from content.cases.answer_store import AnswerRecord, AnswerStore
from content.cases.case import Case, CaseContent, read_case_content
from content.cases.dates import begin_of, day_of, end_of
from content.cases.dues import DueKind, DueStore
from content.cases.history import history_of
from content.cases.listing import CaseFilter, count_cases, is_overdue
from content.cases.outcome import OutcomeStore
from content.cases.status import AT_WORK, possible_verbs
from content.cases.store import CaseNotFound, CaseStore
from content.cases.work import CaseWork
from content.people.permissions import Right
from content.vocabulary import Vocabulary
from federation.answering import answer_case as send_answer
from federation.citing import cited_now
from federation.escalation.reading import escalations_of_case
from federation.taking_in import take_in
from node.api.escalations import escalation_answer
from node.api.models.cases import (
    Asking,
    Assignment,
    CaseAnswer,
    CaseCountsAnswer,
    CaseFilterQuery,
    CaseItem,
    CaseQuery,
    Closing,
    DueBody,
    EventAnswer,
    Joining,
    MessageAnswer,
    OpenedCase,
    Reopening,
    SourceAnswer,
    Triage,
    Unassignment,
)
from node.api.models.common import Listing, PageQuery, Said
from node.api.models.drafts import Answering
from node.api.routes import ApiRoute, Call, Handler, shaped
from node.casework import begin_work
from node.refusals import BadParameter

SUBJECT = "Cases"
Change = Callable[[CaseWork, str], object]


async def list_cases(call: Call) -> Listing[CaseItem]:
    """Return cases; who may read only their own gets only those."""
    query: CaseQuery = call.query
    wanted = replace(_filter(call, query), sort=query.sort, limit=query.limit, cursor=query.cursor)
    seen = seen_by(call.caller(), wanted)
    page = await call.read(lambda db: CaseStore(db, call.hub.vault).list(seen))
    today = _today(call)
    return Listing(
        items=[shaped(CaseItem, item, overdue=item.is_overdue(today)) for item in page.items],
        next=page.next_cursor,
    )


async def number_of_cases(call: Call) -> CaseCountsAnswer:
    """Return how many cases there are by status, how many are overdue, and how many unassigned."""
    seen = seen_by(call.caller(), _filter(call, call.query))
    counts = await call.read(lambda db: count_cases(db, seen))
    return shaped(CaseCountsAnswer, counts)


async def show_history(call: Call) -> Listing[EventAnswer]:
    """Return who did what with a case, newest first; not who read it."""
    query: PageQuery = call.query

    def work(db: sqlite_utils.Database) -> Listing[EventAnswer]:
        case = _readable(db, call)
        page = history_of(
            db,
            case.id,
            escalations=[item.id for item in escalations_of_case(db, call.hub, case.id)],
            limit=query.limit,
            cursor=query.cursor,
        )
        items = [shaped(EventAnswer, item) for item in page.items]
        return Listing(items=items, next=page.next_cursor)

    return await call.read_noted(work, "case.history", call.path["id"])


async def show_case(call: Call) -> CaseAnswer:
    """Return a case with its messages and escalations."""
    return await call.read_noted(
        lambda db: _whole(db, call, _readable(db, call)), "case.read", call.path["id"]
    )


async def open_case(call: Call) -> OpenedCase:
    """Take in a request for somebody; it becomes a case, with a receipt code to give to them."""
    act = call.act()
    content: CaseContent = call.body

    def work(db: sqlite_utils.Database) -> OpenedCase:
        taken = take_in(db, call.hub, content, act, files=call.files)
        whole = _whole(db, call, CaseStore(db, call.hub.vault).get(taken.case_id))
        return shaped(
            OpenedCase, whole, code=taken.code, receipt=taken.receipt, salt=taken.kept["salt"]
        )

    return await call.write(work)


async def triage_case(call: Call) -> CaseAnswer:
    """Check a request, and correct what was filed."""
    body: Triage = call.body
    changes = body.model_dump(mode="json", exclude_unset=True, exclude={"reason"})
    return await _change(call, lambda at, case: at.triage(case, changes, reason=body.reason))


async def assign_case(call: Call) -> CaseAnswer:
    """Give a case to users of this hub."""
    body: Assignment = call.body
    return await _change(call, lambda at, case: at.assign(case, body.users, add=body.add))


async def take_case(call: Call) -> CaseAnswer:
    """Take a case over, or join those who work on it."""
    body: Joining = call.body
    return await _change(call, lambda at, case: at.take(case, add=body.add))


async def unassign_case(call: Call) -> CaseAnswer:
    """Take users off a case; without users, all."""
    body: Unassignment = call.body
    return await _change(call, lambda at, case: at.unassign(case, body.users))


async def set_due_day(call: Call) -> CaseAnswer:
    """Say by when the answer is due; null takes the day away."""
    body: DueBody = call.body
    return await _change(call, lambda at, case: at.set_due(case, body.day, body.reason))


async def ask_requester(call: Call) -> CaseAnswer:
    """Note a question to the requester; the case waits for them."""
    body: Asking = call.body
    return await _change(call, lambda at, case: at.ask(case, body.text, until=body.until))


async def note_reply(call: Call) -> CaseAnswer:
    """Note what the requester replied."""
    body: Said = call.body
    return await _change(call, lambda at, case: at.note_reply(case, body.text))


async def note_on_case(call: Call) -> CaseAnswer:
    """Leave a note for the staff of this hub only."""
    body: Said = call.body
    return await _change(call, lambda at, case: at.note(case, body.text))


async def answer_case(call: Call) -> CaseAnswer:
    """Send the one answer: to the requester, or to the hub that passed the case on."""
    body: Answering = call.body
    act = call.act()

    def work(db: sqlite_utils.Database) -> CaseAnswer:
        if _readable(db, call).escalated_from is not None:
            call.caller().require(Right.ESCALATE)
        case = send_answer(
            db,
            call.hub,
            call.path["id"],
            act,
            text=body.text,
            drafts=tuple((draft.id, draft.revision) for draft in body.drafts),
            cites=body.cites,
            attach=body.attach,
            attach_named=body.attach_named,
        )
        return _whole(db, call, case)

    return await call.write(work)


async def close_case(call: Call) -> CaseAnswer:
    """Close a case with an outcome."""
    body: Closing = call.body
    return await _change(call, lambda at, case: at.close(case, body.outcome, body.note))


async def reopen_case(call: Call) -> CaseAnswer:
    """Work on a case again that was answered or closed."""
    body: Reopening = call.body
    return await _change(call, lambda at, case: at.reopen(case, body.reason))


async def withdraw_case(call: Call) -> CaseAnswer:
    """Note that the requester asks to stop."""
    return await _change(call, lambda at, case: at.withdraw(case))


def _readable(db: sqlite_utils.Database, call: Call) -> Case:
    return case_seen_by(call.caller(), CaseStore(db, call.hub.vault), call.path["id"])


def _whole(db: sqlite_utils.Database, call: Call, case: Case) -> CaseAnswer:
    store = CaseStore(db, call.hub.vault)
    dues = DueStore(db).of(case.id, store.open_key(case.id))
    due, reply = dues.get(DueKind.ANSWER), dues.get(DueKind.REPLY)
    return shaped(
        CaseAnswer,
        case,
        due=None if due is None else due.day,
        due_reason="" if due is None else due.reason,
        overdue=is_overdue(case.status, None if due is None else due.day, _today(call)),
        reply_due=None if reply is None else reply.day,
        outcome=OutcomeStore(db).of(case.id),
        messages=_messages(db, call, case),
        escalations=[
            escalation_answer(item, call.node.clock.now())
            for item in escalations_of_case(db, call.hub, case.id)
        ],
        possible=possible_verbs(case.status),
    )


def _messages(db: sqlite_utils.Database, call: Call, case: Case) -> list[MessageAnswer]:
    store = CaseStore(db, call.hub.vault)
    records = AnswerStore(db).of(case.id, store.open_key(case.id))
    shown = []
    for message in store.messages(case.id):
        record = records.get(message.id, AnswerRecord())
        sources = cited_now(db, call.hub.identity, record.citations)
        shown.append(
            shaped(
                MessageAnswer,
                message,
                sources=tuple(shaped(SourceAnswer, source) for source in sources),
                authors=record.authors,
                approved_by=record.approved_by,
            )
        )
    return shown


async def _change(call: Call, change: Change) -> CaseAnswer:
    act = call.act()

    def work(db: sqlite_utils.Database) -> CaseAnswer:
        _readable(db, call)
        change(begin_work(db, call.hub, call.settings, act), call.path["id"])
        return _whole(db, call, _readable(db, call))

    return await call.write(work)


def _today(call: Call) -> date:
    return day_of(call.node.clock.now(), call.hub.identity.timezone)


def _filter(call: Call, query: CaseFilterQuery) -> CaseFilter:
    zone = call.hub.identity.timezone
    if query.status is not None and query.at_work:
        raise BadParameter("at_work", "is not possible together with status.")
    statuses = None if query.status is None else (query.status,)
    return CaseFilter(
        statuses=AT_WORK if query.at_work else statuses,
        topics=None if query.topic is None else _with_narrower(query.topic),
        assigned_to=query.assigned_to,
        unassigned=query.unassigned,
        language=query.language,
        country=query.country,
        label=query.label,
        sensitivity=query.sensitivity,
        request_type=query.request_type,
        requester_role=query.requester_role,
        urgency=query.urgency,
        overdue=query.overdue,
        due_before=query.due_before,
        created_from=None if query.created_from is None else begin_of(query.created_from, zone),
        created_until=None if query.created_to is None else end_of(query.created_to, zone),
        updated_from=None if query.updated_from is None else begin_of(query.updated_from, zone),
        updated_until=None if query.updated_to is None else end_of(query.updated_to, zone),
        today=_today(call),
    )


def _with_narrower(topic: str) -> tuple[str, ...]:
    vocabulary = Vocabulary.load()
    if topic not in vocabulary.ids("topics"):
        raise BadParameter("topic", "must be the id of a topic.")
    return (topic, *vocabulary.narrower(topic))


def unknown_case() -> Exception:
    """Return what somebody is told who may not know whether there is such a case."""
    return CaseNotFound("")


def _work(
    verb: str, handler: Handler, summary: str, body: type | None = None, *, own: bool = False
) -> ApiRoute:
    return ApiRoute(
        "POST",
        f"/cases/{{id}}/{verb}",
        handler,
        summary,
        SUBJECT,
        CaseAnswer,
        right=Right.CASES_ASSIGNED if own else Right.CASES_WORK,
        hidden=unknown_case,
        body=body,
    )


ROUTES = (
    ApiRoute(
        "GET",
        "/cases",
        list_cases,
        "Cases, newest first, or in another order",
        SUBJECT,
        Listing[CaseItem],
        right=Right.CASES_ASSIGNED,
        query=CaseQuery,
    ),
    ApiRoute(
        "GET",
        "/cases/counts",
        number_of_cases,
        "How many cases, by status",
        SUBJECT,
        CaseCountsAnswer,
        right=Right.CASES_ASSIGNED,
        query=CaseFilterQuery,
    ),
    ApiRoute(
        "POST",
        "/cases",
        open_case,
        "Open a case",
        SUBJECT,
        OpenedCase,
        right=Right.CASES_WORK,
        body=CaseContent,
        reader=read_case_content,
        files=True,
        status=201,
    ),
    ApiRoute(
        "GET",
        "/cases/{id}",
        show_case,
        "One case with its messages",
        SUBJECT,
        CaseAnswer,
        right=Right.CASES_ASSIGNED,
        hidden=unknown_case,
    ),
    ApiRoute(
        "GET",
        "/cases/{id}/history",
        show_history,
        "Who did what with a case, newest first",
        SUBJECT,
        Listing[EventAnswer],
        right=Right.CASES_ASSIGNED,
        hidden=unknown_case,
        query=PageQuery,
    ),
    _work("triage", triage_case, "Check and correct what was filed", Triage),
    _work("assign", assign_case, "Give it to users of this hub", Assignment),
    _work("take", take_case, "Take it over, or join", Joining),
    _work("unassign", unassign_case, "Take users off it", Unassignment),
    _work("due", set_due_day, "Say by when the answer is due", DueBody),
    _work("ask", ask_requester, "Ask the requester", Asking),
    _work("reply", note_reply, "Note the requester's reply", Said),
    _work("note", note_on_case, "Leave a note for the staff", Said, own=True),
    _work("answer", answer_case, "Send the one answer", Answering, own=True),
    _work("close", close_case, "Close it with an outcome", Closing),
    _work("reopen", reopen_case, "Work on it again", Reopening),
    _work("withdraw", withdraw_case, "The requester asks to stop"),
)
