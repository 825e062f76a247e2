"""Cases as the API shows them to those who may read them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from content.cases.case import Requester, RequesterRole
from content.cases.citation import CitedState
from content.cases.listing import CaseSort
from content.cases.message import MessageKind
from content.cases.outcome import Outcome
from content.cases.request import Consents, Feedback, ProjectStage, Urgency, Wanted
from content.cases.status import CaseStatus, CaseVerb
from content.labels import Label, Sensitivity
from federation.escalation.copying import Part
from federation.escalation.grounds import Ground
from federation.escalation.several import MOST_AT_ONCE
from federation.policy import OnwardUse
from node.api.models.common import PageQuery, Said, Word
from node.api.models.escalations import EscalationAnswer, KeptBody
from node.api.routes import Answer, Body, Query


class CaseItem(Answer):
    """
    A case in a list: without the question and who asks.

    due: the day by which the answer is due, in the time zone of the hub.
    """

    id: str
    revision: int
    status: CaseStatus
    title: str
    topics: tuple[str, ...]
    language: str
    country: str
    label: Label
    sensitivity: Sensitivity
    request_type: str | None
    stage: ProjectStage | None
    urgency: Urgency
    deadline: date | None
    assigned_to: tuple[str, ...]
    escalated_from: str | None
    due: date | None
    overdue: bool
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    feedback: Feedback | None


class SourceAnswer(Answer):
    """A resource that an answer cites, with its origin; retracted: its hub took it back since."""

    url: str
    title: str
    hub: str
    state: CitedState


class MessageAnswer(Answer):
    """
    One message. author: a user, "requester", "system", or "hub:" and a host.

    Of an answer: sources; authors: all who wrote at it, and approved_by, for this hub only.
    """

    id: str
    kind: MessageKind
    author: str
    text: str
    at: datetime
    escalation_id: str | None
    sources: tuple[SourceAnswer, ...] = ()
    authors: tuple[str, ...] = ()
    approved_by: tuple[str, ...] = ()


class CaseAnswer(CaseItem):
    """
    A case with everything that was said. possible: what can be done with it now.

    reply_due: the day by which the requester was asked to reply. outcome: how it was closed.
    """

    question: str
    context: str
    principles: tuple[str, ...]
    framework: tuple[str, ...]
    wanted: tuple[Wanted, ...]
    jurisdiction: str
    deadline_reason: str
    consents: Consents
    requester: Requester
    due_reason: str
    reply_due: date | None
    outcome: Outcome | None
    messages: list[MessageAnswer]
    escalations: list[EscalationAnswer]
    possible: tuple[CaseVerb, ...]


class OpenedCase(CaseAnswer):
    """A new case. code: for the requester to come back with, shown this once; with the receipt."""

    code: str
    receipt: dict[str, Any]
    salt: str


class CaseCountsAnswer(Answer):
    """How many cases there are by status; overdue, unassigned: of those that are at work."""

    by_status: dict[CaseStatus, int]
    overdue: int
    unassigned: int


class EventAnswer(Answer):
    """One step in the history of a case; never a text of it."""

    seq: int
    at: datetime
    by: str
    what: str
    note: str


class CaseFilterQuery(Query):
    """
    Which cases. topic: with all that is narrower. language: pt finds pt-BR.

    at_work: whose answer is still to come. Days are those of the hub's time zone; ..._from and
    ..._to are included, due_before is not.
    """

    status: CaseStatus | None = None
    at_work: bool = False
    topic: Word | None = None
    language: Word | None = None
    country: Word | None = None
    label: Label | None = None
    sensitivity: Sensitivity | None = None
    request_type: Word | None = None
    requester_role: RequesterRole | None = None
    urgency: Urgency | None = None
    assigned_to: Word | None = None
    unassigned: bool | None = None
    overdue: bool | None = None
    due_before: date | None = None
    created_from: date | None = None
    created_to: date | None = None
    updated_from: date | None = None
    updated_to: date | None = None


class CaseQuery(CaseFilterQuery, PageQuery):
    """As `CaseFilterQuery`. sort: queue has first what is overdue, then what is new."""

    sort: CaseSort = CaseSort.NEWEST


Reason = Annotated[str, Field(max_length=4000)]


class Triage(Body):
    """
    What to correct of a request; what is left out stays.

    reason: needed to lower label or sensitivity; kept in the case as a note.
    """

    title: str | None = None
    question: str | None = None
    context: str | None = None
    topics: tuple[str, ...] | None = None
    principles: tuple[str, ...] | None = None
    framework: tuple[str, ...] | None = None
    request_type: str | None = None
    stage: ProjectStage | None = None
    urgency: Urgency | None = None
    deadline: date | None = None
    language: str | None = None
    country: str | None = None
    jurisdiction: str | None = None
    label: Label | None = None
    sensitivity: Sensitivity | None = None
    reason: Reason = ""


class Assignment(Body):
    """Who works on it: instead of those before, or with add beside them."""

    users: Annotated[tuple[str, ...], Field(min_length=1, max_length=20)]
    add: bool = False


class Joining(Body):
    """add: beside those who work on it, not instead of them."""

    add: bool = False


class Unassignment(Body):
    """Who no longer works on it; nobody named: all of them."""

    users: Annotated[tuple[str, ...], Field(max_length=20)] = ()


class DueBody(Body):
    """By which day the answer is due, and why; null for no day."""

    day: date | None
    reason: Annotated[str, Field(max_length=300)] = ""


class Asking(Said):
    """A question to the requester. until: by which day a reply is hoped for."""

    until: date | None = None


class Closing(Body):
    """How a case ended: `outcome`. note: for the people of this hub."""

    outcome: Outcome
    note: Reason = ""


class Reopening(Body):
    """Why it is worked on again; kept in the case as a note."""

    reason: Annotated[str, Field(min_length=1, max_length=4000)]


class MatchAnswer(Answer):
    """
    Somebody who could help. id: name of a user, address of an expert, or host of a hub.

    hub: where they are, and whom to offer to. score: null where nobody is ranked. reasons: in
    words, the weightiest first. cautions: what speaks against it.
    """

    kind: Literal["staff", "expert", "hub"]
    id: str
    name: str
    hub: str
    score: float | None
    reasons: tuple[str, ...]
    cautions: tuple[str, ...]


class MatchesAnswer(Answer):
    """
    Who could help with a case.

    ranked: whether the best are first; if this hub switched ranking off, they stand by name. total:
    how many there are in all.
    """

    ranked: bool
    total: int
    items: list[MatchAnswer]


class EditedCopy(Body):
    """
    What of a case is offered, and on which terms.

    due: last day on which they decide. title, question: rewritten for outsiders, else as they
    stand in the case. context, jurisdiction: leave only if they are given here. leave_out: parts
    that stay. onward: whether they may hand it on, else as freely as the label allows. delete_by:
    the day by which they delete it, else by the hub's own rule for copies. ground, ground_reason:
    on what it rests where no consent is recorded. keep_found: places that may stay of what was
    looked at. attach: ids of files of the case that go along; attach_named: those that keep their
    names.
    """

    due: date | None = None
    title: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    question: Annotated[str, Field(min_length=1, max_length=64 * 1024)] | None = None
    context: Annotated[str, Field(max_length=64 * 1024)] = ""
    jurisdiction: Annotated[str, Field(max_length=200)] = ""
    leave_out: frozenset[Part] = frozenset()
    onward: OnwardUse | None = None
    delete_by: date | None = None
    ground: Ground | None = None
    ground_reason: Reason = ""
    attach: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    attach_named: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    keep_found: Annotated[tuple[KeptBody, ...], Field(max_length=100)] = ()


_Host = Annotated[str, Field(min_length=1, max_length=300)]
_Sha256 = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")]


class OfferBody(EditedCopy):
    """
    What to offer, and to whom. expect: sha256 of the preview that was looked at. instead_of: to
    hand it on, the escalation of this case that is taken back in the same moment.
    """

    to: _Host
    expect: _Sha256 | None = None
    instead_of: str | None = None


class AskedHub(Body):
    """A hub that is asked. expect: sha256 of the preview of its copy, if one was looked at."""

    to: _Host
    expect: _Sha256 | None = None


class SeveralBody(EditedCopy):
    """What to offer to several hubs at once: all are asked, each by a sealed offer, or none."""

    asked: Annotated[tuple[AskedHub, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]


class SideAnswer(Answer):
    """One field: its name on the wire, in words, what the case says, and what would leave."""

    name: str
    words: str
    here: str
    leaves: str
    edited: bool


class FoundAnswer(Answer):
    """A place that looks like personal data. text: what stands there; place tells nothing of it."""

    place: str
    part: str
    what: str
    line: int | None
    text: str


class PreviewAnswer(Answer):
    """
    The exact object that would leave to that hub, sealed, and nothing else.

    canonical: its very bytes as text (RFC 8785); sha256: of them, for `expect`. sides: what the
    case says beside what leaves. stays: what does not leave, in words. found: personal data?
    """

    to: str
    document: dict[str, Any]
    canonical: str
    sha256: str
    sides: list[SideAnswer]
    stays: tuple[str, ...]
    found: list[FoundAnswer]
