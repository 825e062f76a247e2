"""What an operator looks after: deliveries, quarantine, notices, and who changed what."""

import re
from datetime import timedelta

import sqlite_utils

from content.audit import list_audit
from content.changes import BadChangeCursor, ChangeStore
from content.database import Work
from content.people.permissions import Right
from federation.erasing import settle_erasure
from federation.erasures import ErasureStore, Standing
from federation.inbox_store import InboxStore
from federation.notices import NoticeStore, dismiss_notice
from federation.outbox import Outbox
from node.api.models.audit import AuditCheckAnswer, AuditQuery, AuditRowAnswer
from node.api.models.common import Listing
from node.api.models.network import (
    AskedAnswer,
    ChangeAnswer,
    ChangeQuery,
    DeliveryQuery,
    Dismissal,
    ErasureAnswer,
    ErasureQuery,
    NoticeAnswer,
    OutgoingAnswer,
    QuarantinedAnswer,
    QuarantineQuery,
    Settlement,
)
from node.api.routes import ApiRoute, Call, Handler, shaped
from node.app_keys import HOME
from node.audit_checking import check_home, note_check
from node.audit_mark import AuditMarkFile
from node.refusals import BadParameter

SUBJECT = "Operating"
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


async def list_deliveries(call: Call) -> Listing[OutgoingAnswer]:
    """Return deliveries that wait, or that failed and want a person."""
    query: DeliveryQuery = call.query

    def find(outbox: Outbox) -> list[OutgoingAnswer]:
        chosen = outbox.failed if query.state == "failed" else outbox.waiting
        return [shaped(OutgoingAnswer, item) for item in chosen(query.limit)]

    return Listing(items=await call.read(lambda db: find(Outbox(db))))


async def retry_delivery(call: Call) -> None:
    """Send a failed delivery again."""
    number = number_of(call)
    await _do_noted(call, "delivery.retry", lambda db: Outbox(db).retry(number))


async def drop_delivery(call: Call) -> None:
    """Give a failed delivery up."""
    number = number_of(call)
    await _do_noted(call, "delivery.drop", lambda db: Outbox(db).drop(number))


async def list_quarantine(call: Call) -> Listing[QuarantinedAnswer]:
    """Return what came in and could not be taken in."""
    query: QuarantineQuery = call.query
    found = await call.read(lambda db: InboxStore(db).quarantined(query.limit))
    return Listing(items=[shaped(QuarantinedAnswer, item) for item in found])


async def retry_quarantined(call: Call) -> None:
    """Take a quarantined activity in again."""
    number, now = number_of(call), call.node.clock.now()
    await _do_noted(call, "quarantine.retry", lambda db: InboxStore(db).retry(number, now))
    call.node.memory.waiting = None


async def drop_quarantined(call: Call) -> None:
    """Throw a quarantined activity away."""
    number = number_of(call)
    await _do_noted(call, "quarantine.drop", lambda db: InboxStore(db).drop(number))


async def list_notices(call: Call) -> Listing[NoticeAnswer]:
    """Return what a person has to look at, newest first."""
    found = await call.read(lambda db: list(NoticeStore(db).all()))
    items = [shaped(NoticeAnswer, item) for item in found]
    return Listing(items=items, total=len(items))


async def dismiss_notice_of(call: Call) -> None:
    """Tick a notice off; what goes on keeps its notice until it ends."""
    body: Dismissal = call.body
    act = call.act()
    await call.write(lambda db: dismiss_notice(db, body.kind, body.subject, act))


async def list_changes(call: Call) -> Listing[ChangeAnswer]:
    """Return who did what, newest first."""
    query: ChangeQuery = call.query
    page = await call.read(
        lambda db: (
            ChangeStore(db).recent(query.limit, query.cursor)
            if query.subject is None
            else ChangeStore(db).of(query.subject, query.limit, query.cursor)
        )
    )
    return Listing(items=[shaped(ChangeAnswer, item) for item in page.items], next=page.next_cursor)


async def list_audit_rows(call: Call) -> Listing[AuditRowAnswer]:
    """Return who did and who read what, newest first; after a year, not who read what."""
    query: AuditQuery = call.query
    if query.cursor is not None and not _NUMBER.fullmatch(query.cursor):
        raise BadChangeCursor
    before = None if query.cursor is None else int(query.cursor)
    rows = await call.read(
        lambda db: list_audit(
            db,
            kind=query.kind,
            subject=query.subject,
            by=query.by,
            before=before,
            limit=query.limit,
        )
    )
    more = len(rows) == query.limit and rows[-1].seq > 1
    items = [shaped(AuditRowAnswer, row) for row in rows]
    return Listing(items=items, next=str(rows[-1].seq) if more else None)


async def verify_audit(call: Call) -> AuditCheckAnswer:
    """Check every row of the audit; the check itself is on record."""
    act, file = call.act(), AuditMarkFile(call.request.app[HOME])
    done = await call.read(lambda db: check_home(db, file))
    await call.write(lambda db: note_check(db, done, act))
    return AuditCheckAnswer.model_validate(done.as_json())


async def _do_noted(call: Call, what: str, step: Work[None]) -> None:
    act = call.act()

    def work(db: sqlite_utils.Database) -> None:
        step(db)
        ChangeStore(db).record(act, what, call.path["number"])

    await call.write(work)


def number_of(call: Call) -> int:
    """Return the number in the address. Raises BadParameter."""
    text = call.path["number"]
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise BadParameter("number", "must be a number.")
    return int(text)


def _list(path: str, handler: Handler, summary: str, answer: type, query: type | None) -> ApiRoute:
    return ApiRoute(
        "GET", path, handler, summary, SUBJECT, answer, right=Right.OPERATE, query=query
    )


def _do(path: str, handler: Handler, summary: str) -> ApiRoute:
    return ApiRoute("POST", path, handler, summary, SUBJECT, None, right=Right.OPERATE, status=204)


async def list_erasures(call: Call) -> Listing[ErasureAnswer]:
    """
    Return what was taken back, newest first, and which hubs confirmed that they erased it.

    Only hubs that acknowledged the content can be waited for; who else read it is unknowable.
    """
    query: ErasureQuery = call.query
    page = await call.read(
        lambda db: ErasureStore(db).list(
            missing=query.state == "missing", limit=query.limit, cursor=query.cursor
        )
    )
    items = [_erasure(call, standing) for standing in page.items]
    return Listing(items=items, next=page.next_cursor)


async def show_erasure(call: Call) -> ErasureAnswer:
    """Return one erasure with the receipts that came."""
    standing = await call.read(lambda db: ErasureStore(db).get(call.path["ulid"]))
    return _erasure(call, standing)


async def settle_erasure_of(call: Call) -> None:
    """Wait no longer for the receipt of a hub; the note says how it is known."""
    body: Settlement = call.body
    act, what = call.act(), call.path["ulid"]
    await call.write(lambda db: settle_erasure(db, what, body.host, act, note=body.note))


def _erasure(call: Call, standing: Standing) -> ErasureAnswer:
    now, days = call.node.clock.now(), timedelta(days=call.settings.erasure_days)
    hubs = [
        shaped(AskedAnswer, each, state=each.state(now, days), missing_since=each.missing_since)
        for each in standing.asked
    ]
    return shaped(ErasureAnswer, standing.request, hubs=hubs, id=standing.request.subject)


ROUTES = (
    _list(
        "/erasures",
        list_erasures,
        "What was taken back, and who confirmed it",
        Listing[ErasureAnswer],
        ErasureQuery,
    ),
    _list("/erasures/{ulid}", show_erasure, "One erasure, with receipts", ErasureAnswer, None),
    ApiRoute(
        "POST",
        "/erasures/{ulid}/settle",
        settle_erasure_of,
        "Wait no longer for a hub",
        SUBJECT,
        None,
        right=Right.OPERATE,
        body=Settlement,
        status=204,
    ),
    _list(
        "/deliveries",
        list_deliveries,
        "What is on its way, or failed",
        Listing[OutgoingAnswer],
        DeliveryQuery,
    ),
    _do("/deliveries/{number}/retry", retry_delivery, "Send it again"),
    _do("/deliveries/{number}/drop", drop_delivery, "Give it up"),
    _list(
        "/quarantine",
        list_quarantine,
        "What could not be taken in",
        Listing[QuarantinedAnswer],
        QuarantineQuery,
    ),
    _do("/quarantine/{number}/retry", retry_quarantined, "Take it in again"),
    _do("/quarantine/{number}/drop", drop_quarantined, "Throw it away"),
    _list("/notices", list_notices, "What to look at", Listing[NoticeAnswer], None),
    ApiRoute(
        "POST",
        "/notices/dismiss",
        dismiss_notice_of,
        "Tick a notice off",
        SUBJECT,
        None,
        right=Right.OPERATE,
        body=Dismissal,
        status=204,
    ),
    _list("/audit", list_audit_rows, "Who did and read what", Listing[AuditRowAnswer], AuditQuery),
    ApiRoute(
        "POST",
        "/audit/verify",
        verify_audit,
        "Is the record whole?",
        SUBJECT,
        AuditCheckAnswer,
        right=Right.OPERATE,
    ),
    _list("/changes", list_changes, "Who did what", Listing[ChangeAnswer], ChangeQuery),
)
