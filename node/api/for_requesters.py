"""What staff do for the requester of a case: what they agree to, a new code, having it erased."""

from datetime import datetime

import sqlite_utils

from content.cases.access import case_seen_by
from content.cases.receipt_store import ReceiptStore
from content.cases.request import Consents
from content.cases.store import CaseStore
from content.people.permissions import Right
from federation.law.erasing import erase_case
from federation.requesters import note_consents
from node.api.cases import show_case, unknown_case
from node.api.models.cases import CaseAnswer
from node.api.routes import Answer, ApiRoute, Call

SUBJECT = "Cases"


class CodeAnswer(Answer):
    """A receipt code for the requester to come back with, shown this once."""

    id: str
    code: str


class CopyElsewhere(Answer):
    """A copy at another hub, and how it stands there."""

    peer: str
    state: str


class CaseErasedAnswer(Answer):
    """
    What erasing a case came to. taken_back: hubs that were told to destroy their copy.

    to_tell: hubs that keep theirs until somebody tells their people. under_way: messages about it
    that another hub does not have yet.
    """

    id: str
    erased_at: datetime
    taken_back: list[CopyElsewhere]
    to_tell: list[CopyElsewhere]
    under_way: int


async def note_what_they_agree_to(call: Call) -> CaseAnswer:
    """Note what the requester agrees to; what is left out is not agreed to."""
    body: Consents = call.body
    act = call.act()

    def work(db: sqlite_utils.Database) -> None:
        case = case_seen_by(call.caller(), CaseStore(db, call.hub.vault), call.path["id"])
        note_consents(db, call.hub, case, body, act)

    await call.write(work)
    return await show_case(call)


async def give_new_code(call: Call) -> CodeAnswer:
    """Give the requester a new receipt code; the one before opens no more."""
    act, case_id = call.act(), call.path["id"]

    def work(db: sqlite_utils.Database) -> str:
        case_seen_by(call.caller(), CaseStore(db, call.hub.vault), case_id)
        return ReceiptStore(db, call.hub.vault).issue(case_id, act, call.hub.chance)

    return CodeAnswer(id=case_id, code=await call.write(work))


async def erase_on_request(call: Call) -> CaseErasedAnswer:
    """Erase a case for ever, as its requester asks (GDPR Art. 17), and tell who has a copy."""
    act, case_id = call.act(), call.path["id"]
    done = await call.write(lambda db: erase_case(db, call.hub, case_id, act, asked=True))
    await call.node.database.rewrite()
    return CaseErasedAnswer(
        id=case_id,
        erased_at=done.tombstone.erased_at,
        taken_back=[CopyElsewhere(peer=each.peer, state=each.state) for each in done.taken_back],
        to_tell=[CopyElsewhere(peer=each.peer, state=each.state) for each in done.to_tell],
        under_way=done.under_way,
    )


ROUTES = (
    ApiRoute(
        "POST",
        "/cases/{id}/consents",
        note_what_they_agree_to,
        "Note what the requester agrees to",
        SUBJECT,
        CaseAnswer,
        right=Right.CASES_WORK,
        hidden=unknown_case,
        body=Consents,
    ),
    ApiRoute(
        "POST",
        "/cases/{id}/code",
        give_new_code,
        "Give the requester a new receipt code",
        SUBJECT,
        CodeAnswer,
        right=Right.CASES_WORK,
        hidden=unknown_case,
    ),
    ApiRoute(
        "POST",
        "/cases/{id}/erase",
        erase_on_request,
        "Erase a case, as its requester asks",
        SUBJECT,
        CaseErasedAnswer,
        right=Right.CASES_WORK,
        hidden=unknown_case,
    ),
)
