"""
What a requester sees and does with the code of the receipt: follow, reply, agree, withdraw, judge.

Nothing internal is shown: no notes, no drafts, no names of staff. What hubs ask each other stays
between them; the requester sees which hub works on the case, until when, and what it answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar, Final, Literal

import sqlite_utils

from content.cases.answer_store import AnswerRecord, AnswerStore
from content.cases.attachment import Attachment, NewAttachment
from content.cases.attachment_store import AttachmentNotFound, AttachmentStore
from content.cases.case import Case
from content.cases.citation import CitedNow
from content.cases.dates import day_of
from content.cases.dues import DueKind, DueStore
from content.cases.message import MessageKind, read_message
from content.cases.receipt_store import ReceiptStore
from content.cases.request import Consents, Feedback, MayEscalate
from content.cases.status import MOVES, CaseStatus, CaseVerb
from content.cases.store import CaseErased, CaseStore
from content.cases.work import CaseWork
from content.changes import Act, ChangeStore
from content.hubs import HubDirectory
from content.ids import new_id
from federation.citing import cited_now
from federation.erasures import OVERDUE_AFTER
from federation.errors import FederationError
from federation.escalation.channel import NoSealingKey, PeerNotActive, delivery_of
from federation.escalation.delivery_words import says_to_requester
from federation.escalation.offering import withdraw as take_back
from federation.escalation.recipients import Recipient, recipients_of
from federation.escalation.revealing import IN_WORDS
from federation.escalation.states import OPEN, allowed_verbs
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from federation.policy import Audience, Door, may_leave

REQUESTER: Final = "requester"
_SHOWN = (MessageKind.QUESTION, MessageKind.REPLY, MessageKind.ANSWER)
_SAYS: Final = {
    CaseStatus.RECEIVED: "The hub has your request. Nobody has looked at it yet.",
    CaseStatus.TRIAGE: "The hub is checking your request.",
    CaseStatus.OPEN: "The hub is working on your request.",
    CaseStatus.WAITING: "The hub has a question for you. Please reply.",
    CaseStatus.ESCALATED: "The hub asked another hub for help.",
    CaseStatus.ANSWERED: "Your request is answered. Please say whether that solved it.",
    CaseStatus.CLOSED: "Your request is closed.",
    CaseStatus.WITHDRAWN: "You withdrew your request.",
    CaseStatus.ERASED: "Your request was erased; only its dates are kept.",
}
_ASKED_MEANWHILE: Final = (
    "The hub asked another hub for help, and has a question for you. Please reply."
)
_REDIRECTED: Final = (
    "This hub does not take up personal matters. The bodies below can help you. What you had sent"
    " is erased."
)
_NOT_SOLVED: Final = "The requester says that the answer did not solve it."
_WITH: Final = {
    "esc-offered": "was asked, and decides by",
    "esc-accepted": "accepted your request",
    "esc-info-needed": "works on your request and asked this hub something",
    "esc-in-progress": "works on your request",
    "esc-answered": "has answered this hub, which looks at it now",
}


class NotPossibleNow(FederationError):
    """The request stands where this makes no sense; the message says where, for its requester."""

    code: ClassVar[str] = "not-possible-now"

    def __init__(self, status: CaseStatus) -> None:
        super().__init__(f"That is not possible now. {_SAYS[status]}")


@dataclass(frozen=True, slots=True)
class Said:
    """One message as the requester sees it. sources: what an answer rests on."""

    kind: Literal["question", "reply", "answer"]
    by: Literal["hub", "you"]
    text: str = field(repr=False)
    at: datetime
    sources: tuple[CitedNow, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldBy:
    """
    A hub that has the request or a part of it. says: in words.

    due: by when it decides, or has promised an answer. delivery: whether our last message has
    reached it, as a sentence.
    """

    host: str
    name: str
    says: str
    due: date | None = None
    delivery: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """
    A request as its requester sees it. bodies: ids of redress bodies after a redirection.
    reply_by: day by which the hub hopes for a reply.

    recipients: who got a copy, of what, and whether it is gone there. What was erased has nothing
    but status, says, dates and these.
    """

    status: CaseStatus
    says: str
    filed_at: datetime
    changed_at: datetime
    language: str = "en"
    title: str | None = field(default=None, repr=False)
    deadline: date | None = None
    reply_by: date | None = None
    consents: Consents | None = None
    feedback: Feedback | None = None
    held_by: tuple[HeldBy, ...] = ()
    messages: tuple[Said, ...] = field(default=(), repr=False)
    attachments: tuple[Attachment, ...] = ()
    bodies: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()
    recipients: tuple[Recipient, ...] = ()


def see_request(
    db: sqlite_utils.Database,
    hub: Hub,
    code: str,
    now: datetime,
    *,
    overdue_after: timedelta = OVERDUE_AFTER,
) -> RequestView:
    """
    Return what the code opens. Raises RequestNotFound for any code that opens nothing.

    overdue_after: how long the receipt of a hub that was told to destroy its copy may be missing.
    """
    opens = ReceiptStore(db, hub.vault).opened_by(code)
    cases = CaseStore(db, hub.vault)
    try:
        case = cases.get(opens.case_id)
    except CaseErased:
        left = cases.tombstone(opens.case_id)
        shown = opens.bodies if opens.ends_at is not None and opens.ends_at > now else None
        return RequestView(
            status=CaseStatus.ERASED,
            says=_SAYS[CaseStatus.ERASED] if shown is None else _REDIRECTED,
            filed_at=left.created_at,
            changed_at=left.erased_at,
            bodies=shown or (),
            recipients=recipients_of(db, hub, opens.case_id, now, overdue_after),
        )
    may_leave(case.label, case.sensitivity, Door.API, Audience.SUBJECT)
    messages = _messages(db, hub, case)
    return RequestView(
        status=case.status,
        says=_says(case.status, messages),
        filed_at=case.created_at,
        changed_at=case.updated_at,
        language=case.language,
        title=case.title,
        deadline=case.deadline,
        reply_by=DueStore(db).day(case.id, DueKind.REPLY),
        consents=case.consents,
        feedback=case.feedback,
        held_by=_held_by(db, hub, case),
        messages=messages,
        attachments=_own_attachments(db, hub, case.id),
        possible=_possible(case),
        recipients=recipients_of(db, hub, case.id, now, overdue_after),
    )


def reply(
    db: sqlite_utils.Database,
    hub: Hub,
    code: str,
    text: str,
    files: Sequence[NewAttachment],
    now: datetime,
) -> None:
    """
    Add a reply with files. Raises RequestNotFound, CaseInvalid, NotPossibleNow, CaseErased,
    TooManyAttachments.
    """
    case, act = _opened(db, hub, code, now)
    _check_possible(case, CaseVerb.REQUESTER_REPLIED)
    _work(db, hub, act).note_reply(case.id, text)
    AttachmentStore(db, hub.vault).add(case.id, files, act, hub.chance, shown=True)


def withdraw_request(db: sqlite_utils.Database, hub: Hub, code: str, now: datetime) -> None:
    """
    Stop: copies at other hubs are taken back. Raises RequestNotFound, NotPossibleNow, CaseErased.
    """
    case, act = _opened(db, hub, code, now)
    _check_possible(case, CaseVerb.WITHDRAW)
    _take_copies_back(db, hub, case.id, act)
    _work(db, hub, act).withdraw(case.id)


def agree(
    db: sqlite_utils.Database, hub: Hub, code: str, consents: Consents, now: datetime
) -> None:
    """
    Replace what the requester agreed to; who no longer agrees to an escalation gets copies back.

    Raises RequestNotFound, CaseErased.
    """
    case, act = _opened(db, hub, code, now)
    note_consents(db, hub, case, consents, act)
    if consents.escalate is MayEscalate.NO:
        _take_copies_back(db, hub, case.id, act)


def note_consents(
    db: sqlite_utils.Database, hub: Hub, case: Case, consents: Consents, act: Act
) -> None:
    """Store what the requester agrees to, told by themselves or noted by staff."""
    before, after = (
        "unasked" if each.escalate is None else each.escalate.value
        for each in (case.consents, consents)
    )
    lesson = "yes" if consents.publish_lesson else "no"
    note = f"escalate {before} to {after}, lesson {lesson}"
    CaseStore(db, hub.vault).replace(case.agree(consents, act), act, "case.consent", note)


def give_feedback(
    db: sqlite_utils.Database,
    hub: Hub,
    code: str,
    feedback: Feedback,
    text: str | None,
    now: datetime,
) -> None:
    """
    Say whether the answer solved it; if not, the case is worked on again.

    Raises RequestNotFound, NotAnsweredYet, CaseInvalid, CaseErased.
    """
    case, act = _opened(db, hub, code, now)
    store = CaseStore(db, hub.vault)
    store.replace(case.judge(feedback, act), act, "case.feedback", feedback.value)
    if feedback is Feedback.NOT_SOLVED:
        _work(db, hub, act).reopen(case.id, _NOT_SOLVED)
    if text is not None:
        values = {"case_id": case.id, "kind": MessageKind.REPLY, "text": text}
        store.add_message(read_message(values, act, message_id=new_id(act.at, hub.chance)), act)


def own_attachment(
    db: sqlite_utils.Database, hub: Hub, code: str, attachment_id: str
) -> tuple[Attachment, bytes]:
    """Return a file that the requester sent. Raises RequestNotFound, AttachmentNotFound."""
    case_id = ReceiptStore(db, hub.vault).opened_by(code).case_id
    case = CaseStore(db, hub.vault).get(case_id)
    may_leave(case.label, case.sensitivity, Door.API, Audience.SUBJECT)
    found, data = AttachmentStore(db, hub.vault).get(case_id, attachment_id)
    if not found.shown:
        raise AttachmentNotFound
    return found, data


def _opened(db: sqlite_utils.Database, hub: Hub, code: str, now: datetime) -> tuple[Case, Act]:
    case_id = ReceiptStore(db, hub.vault).opened_by(code).case_id
    return CaseStore(db, hub.vault).get(case_id), Act(REQUESTER, now)


def _check_possible(case: Case, verb: CaseVerb) -> None:
    if (case.status, verb) not in MOVES:
        raise NotPossibleNow(case.status)


def _work(db: sqlite_utils.Database, hub: Hub, act: Act) -> CaseWork:
    return CaseWork(db, hub.vault, hub.chance, act, day_of(act.at, hub.identity.timezone))


def _take_copies_back(db: sqlite_utils.Database, hub: Hub, case_id: str, act: Act) -> None:
    for escalation in EscalationStore(db, hub.vault).of_case(case_id):
        out = escalation.direction == "out" and escalation.state in OPEN
        if out and "withdraw" in allowed_verbs(escalation.state, "origin"):
            try:
                take_back(db, hub, escalation.id, act)
            except (PeerNotActive, NoSealingKey):
                note = f"not taken back from {escalation.peer}"[:500]
                ChangeStore(db).record(act, "escalation.remain", escalation.id, note)


def _messages(db: sqlite_utils.Database, hub: Hub, case: Case) -> tuple[Said, ...]:
    cases = CaseStore(db, hub.vault)
    records = AnswerStore(db).of(case.id, cases.open_key(case.id))
    nothing = AnswerRecord()
    return tuple(
        Said(
            kind=each.kind.value,  # type: ignore[arg-type]
            by="you" if each.kind is MessageKind.REPLY else "hub",
            text=each.text,
            at=each.at,
            sources=cited_now(db, hub.identity, records.get(each.id, nothing).citations),
        )
        for each in cases.messages(case.id)
        if each.kind in _SHOWN
    )


def _own_attachments(db: sqlite_utils.Database, hub: Hub, case_id: str) -> tuple[Attachment, ...]:
    found = AttachmentStore(db, hub.vault).list(case_id)
    return tuple(each for each in found if each.shown)


def _held_by(db: sqlite_utils.Database, hub: Hub, case: Case) -> tuple[HeldBy, ...]:
    if case.status not in (
        CaseStatus.RECEIVED,
        CaseStatus.TRIAGE,
        CaseStatus.OPEN,
        CaseStatus.WAITING,
        CaseStatus.ESCALATED,
    ):
        return ()
    own = HeldBy(
        hub.identity.host,
        hub.identity.name,
        "is responsible for your request",
        DueStore(db).day(case.id, DueKind.ANSWER),
    )
    return (own, *_elsewhere(db, hub, case.id))


def _elsewhere(db: sqlite_utils.Database, hub: Hub, case_id: str) -> list[HeldBy]:
    names = {each.host: each.name for each in HubDirectory(db).list()}
    return [
        HeldBy(
            each.peer,
            names.get(each.peer, each.peer),
            _WITH[each.state] + _knows(each.revealed),
            each.due if each.state == "esc-offered" else each.answer_by,
            says_to_requester(delivery_of(db, hub, each.id), each.state),
        )
        for each in EscalationStore(db, hub.vault).of_case(case_id)
        if each.direction == "out" and each.state in _WITH
    ]


def _knows(revealed: tuple[str, ...]) -> str:
    """Return what of their identity a hub knows, as the end of a sentence."""
    told = [words for part, words in IN_WORDS.items() if part.value in revealed]
    return f"; it knows {', '.join(told)}" if told else ""


def _says(status: CaseStatus, messages: tuple[Said, ...]) -> str:
    """Where another hub works on it, a question to the requester can be open all the same."""
    asked = bool(messages) and messages[-1].kind == "question"
    return _ASKED_MEANWHILE if asked and status is CaseStatus.ESCALATED else _SAYS[status]


def _possible(case: Case) -> tuple[str, ...]:
    """Return what the requester can do now, as the API and pages name it."""
    verbs = {
        "reply": CaseVerb.REQUESTER_REPLIED,
        "withdraw": CaseVerb.WITHDRAW,
    }
    found = [name for name, verb in verbs.items() if (case.status, verb) in MOVES]
    if case.status in (CaseStatus.ANSWERED, CaseStatus.CLOSED):
        found.append("feedback")
    return (*found, "consents", "erase")
