"""Escalations as the API shows them to caseworkers."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from content.cases.message import MessageKind
from federation.erasures import AskedState
from federation.escalation.copy_file import FileState
from federation.escalation.revealing import Part
from federation.escalation.states import State, Verb
from federation.policy import OnwardUse
from node.api.models.common import Host, PageQuery, Said
from node.api.routes import Answer, Body


class DeliveryAnswer(Answer):
    """How our last message about it is doing; says: the same as a sentence."""

    word: Literal["sent", "received", "read", "retrying", "failed"]
    since: datetime
    reason: str
    says: str


class TermsAnswer(Answer):
    """
    On which terms the copy went: what it rests on in words and as ids, whether the hub that has it
    may hand it on, and the day by which it is deleted there. null where nothing is said.
    """

    consent: str | None
    ground: str | None
    transfer: str | None
    onward: OnwardUse
    delete_by: date | None


class RecipientAnswer(Answer):
    """
    A hub that got a copy of a case. fields: names of what left, as on the wire; what: in words.

    says: how things stand with its copy. confirmed: state of its receipt, null if it was not asked
    to destroy the copy. request: ULID of the erasure (`/erasures/{ulid}`).
    version: of the copy as that hub has confirmed it, 1 for what was offered; newest: as sent last.
    behind_since: when the case was corrected here without telling that hub.
    """

    host: str
    name: str
    escalation: str
    state: State
    fields: tuple[str, ...]
    what: str
    since: datetime
    says: str
    confirmed: AskedState | None
    asked_at: datetime | None
    confirmed_at: datetime | None
    request: str | None
    version: int
    newest: int
    behind_since: datetime | None


class EscalationAnswer(Answer):
    """
    One escalation. direction: out is ours, in was offered to us. peer: host of the other hub.

    fields: names of what left with the offer, as on the wire (docs/federation.md).
    revealed: what of the requester was told in a second step. says: the state as a sentence.
    """

    id: str
    direction: Literal["out", "in"]
    peer: str
    offer_id: str
    case_id: str | None
    remote_case: str | None
    state: State
    says: str
    title: str | None
    reason: str | None
    refer: tuple[str, ...]
    topics: tuple[str, ...]
    language: str | None
    country: str | None
    requester_role: str | None
    label: str
    sensitivity: str
    due: date
    due_by: datetime
    answer_by: date | None
    handed_to: str | None
    terms: TermsAnswer | None
    fields: tuple[str, ...]
    revealed: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    delivery: DeliveryAnswer | None
    possible: tuple[Verb, ...]


class OfferAnswer(Answer):
    """What an offer says while nobody has decided about it."""

    title: str
    question: str
    context: str
    topics: tuple[str, ...]
    principles: tuple[str, ...]
    framework: tuple[str, ...]
    request_type: str | None
    wanted: tuple[str, ...]
    stage: str | None
    urgency: str | None
    language: str
    country: str
    jurisdiction: str
    requester_role: str
    organisation_type: str | None
    deadline: date | None
    label: str
    sensitivity: str
    due: date
    terms: TermsAnswer


class ThreadMessage(Answer):
    """One message that went between the two hubs."""

    id: str
    kind: MessageKind
    author: str
    text: str
    at: datetime


class NextHubAnswer(Answer):
    """
    A hub that could be asked instead, once another has declined or not decided.

    suggested_by: host of the hub that named it, null if it is the best match here.
    """

    host: str
    name: str
    suggested_by: str | None
    standing: Literal["can-be-asked", "asked", "not-approved", "unknown"]
    says: str
    reasons: tuple[str, ...]


class QuestionAnswer(Answer):
    """
    What the other hub asked and waits for.

    passed_on_at: when the requester was asked; replies: what they said since.
    """

    asked: str
    asked_at: datetime
    passed_on_at: datetime | None
    replies: tuple[str, ...]


class CopyFileAnswer(Answer):
    """
    A file that went with the copy or with the answer. direction: in is fetched here, out by the
    other hub. name: null if it was not told. says: its state in words.

    attachment_id: of the file in our case, once it is there.
    """

    direction: Literal["out", "in"]
    name: str | None
    media_type: str
    size: int
    state: FileState
    says: str
    attachment_id: str | None


class ThreadAnswer(EscalationAnswer):
    """
    An escalation with what was said in it.

    question_asked: what the other hub waits for, of ours. next: whom to ask instead, if it ended.
    corrected_at: when the origin put its copy right, oldest first. also_open: other hubs that are
    still asked about the same case of ours.
    """

    offer: OfferAnswer | None
    messages: list[ThreadMessage]
    files: list[CopyFileAnswer]
    question_asked: QuestionAnswer | None
    next: list[NextHubAnswer]
    corrected_at: tuple[datetime, ...]
    also_open: list[EscalationAnswer]


class EscalationQuery(PageQuery):
    """Which escalations."""

    direction: Literal["out", "in"] | None = None
    state: State | None = None
    peer: Host | None = None


class Acceptance(Body):
    """
    Who of us works on it; may be nobody yet. answer_by: the day by which we promise an answer.
    """

    users: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    answer_by: date | None = None


class Decline(Body):
    """Why, for the people of the other hub, and which hubs could help instead."""

    reason: Annotated[str, Field(min_length=1, max_length=64 * 1024)]
    refer: Annotated[tuple[str, ...], Field(max_length=20)] = ()


class Forwarding(Body):
    """
    A question of another hub, for the requester.

    text: as edited, else in the other hub's words. until: day by which a reply is hoped for.
    """

    text: Annotated[str, Field(min_length=1, max_length=64 * 1024)] | None = None
    until: date | None = None


class PassingOn(Body):
    """
    The requester's reply, for the hub that asked.

    text: as edited, else in the requester's words. confirmed: a person looked at what seems to tell
    who asked, and it may leave.
    """

    text: Annotated[str, Field(min_length=1, max_length=64 * 1024)] | None = None
    confirmed: bool = False


class KeptBody(Body):
    """A found place that may stay, and why; the reason is kept in the case."""

    place: Annotated[str, Field(min_length=1, max_length=100)]
    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class InfoBody(Said):
    """What the origin tells. keep_found: why what looks like personal data in it may stay."""

    keep_found: Annotated[tuple[KeptBody, ...], Field(max_length=100)] = ()


class Proposal(Body):
    """Which third hub should take the case on, and why. Nothing goes there."""

    hub: Host
    reason: Annotated[str, Field(min_length=1, max_length=64 * 1024)]


class Revealing(Body):
    """What of the requester to tell; they have agreed to it."""

    fields: Annotated[tuple[Part, ...], Field(min_length=1, max_length=3)]


class CitedText(Body):
    """
    An answer. citations: addresses of the resources it rests on. attach: ids of files of our case
    that go with it; attach_named: those that keep their names.
    """

    text: Annotated[str, Field(min_length=1, max_length=64 * 1024)]
    citations: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    attach: Annotated[tuple[str, ...], Field(max_length=20)] = ()
    attach_named: Annotated[tuple[str, ...], Field(max_length=20)] = ()
