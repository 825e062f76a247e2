"""Requests as the API shows them to those who file them, attachments, and redress bodies."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from content.cases.case import CaseContent
from content.cases.request import Consents, Feedback
from content.cases.status import CaseStatus
from content.redress import BodyKind
from node.api.models.cases import SourceAnswer
from node.api.models.common import Word
from node.api.routes import Answer, Body, Query


class FiledRequest(CaseContent):
    """What a requester files. personal_matter: it is about what happened to themselves."""

    personal_matter: bool = False


class AttachmentAnswer(Answer):
    """A file of a case, without its bytes. filed_sha256: of the bytes that were sent."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    filed_sha256: str
    added_by: str
    added_at: datetime
    shown: bool


class FiledAnswer(Answer):
    """
    What a requester gets, once. code: to come back with. receipt: signed, `hub verify` checks it.

    kept: salt and what was filed; whoever has both can check the receipt field by field.
    """

    code: str
    receipt: dict[str, Any]
    kept: dict[str, Any]
    come_back: str


class ReceiptAnswer(Answer):
    """The receipt again, with the salt of its digests; the code is not shown again."""

    receipt: dict[str, Any]
    salt: str


class SaidAnswer(Answer):
    """One message of the hub, or of the requester. sources: what an answer rests on."""

    kind: Literal["question", "reply", "answer"]
    by: Literal["hub", "you"]
    text: str
    at: datetime
    sources: list[SourceAnswer]


class HeldByAnswer(Answer):
    """
    Who has the request. due: the date that was promised.

    delivery: whether they know it already, as a sentence; empty where there is nothing to say.
    """

    host: str
    name: str
    says: str
    due: date | None
    delivery: str


class OwnFile(Answer):
    """A file that the requester sent."""

    id: str
    name: str
    size: int
    filed_sha256: str
    added_at: datetime


class BodyAnswer(Answer):
    """Who helps with a personal matter. checked_on: when this hub last saw that it is right."""

    id: str
    country: str
    region: str
    kind: BodyKind
    name: str
    url: str
    topics: tuple[str, ...]
    note: str
    checked_on: date | None


class OwnRecipient(Answer):
    """
    A hub that got a copy. what: what was in it, in words. says: how things stand with it there.

    confirmed_at: when it confirmed, with its signature, that the copy is destroyed.
    """

    host: str
    name: str
    what: str
    since: datetime
    says: str
    confirmed_at: datetime | None


class ErasurePlanAnswer(Answer):
    """What erasing the request comes to. revision: give it back to confirm exactly this."""

    revision: int
    says: tuple[str, ...]
    hubs: tuple[str, ...]
    held_until: date | None


class ErasureConfirmation(Body):
    """The second step: revision as in what you saw."""

    revision: int


class RequestAnswer(Answer):
    """
    A request as its requester sees it. possible: what can be done with it now.

    recipients: other hubs that got a copy, also of a request that was erased.
    """

    status: CaseStatus
    status_label: str
    says: str
    filed_at: datetime
    changed_at: datetime
    title: str | None
    deadline: date | None
    reply_by: date | None
    consents: Consents | None
    feedback: Feedback | None
    held_by: list[HeldByAnswer]
    messages: list[SaidAnswer]
    attachments: list[OwnFile]
    bodies: list[BodyAnswer]
    possible: tuple[str, ...]
    recipients: list[OwnRecipient]


class OwnDetails(Body):
    """Who asks, put right. None: as before; "": taken out."""

    name: Annotated[str, Field(max_length=200)] | None = None
    contact: Annotated[str, Field(max_length=200)] | None = None
    organisation: Annotated[str, Field(max_length=200)] | None = None


class FeedbackBody(Body):
    """Did the answer solve it? text: what else there is to say."""

    solved: bool
    text: Annotated[str, Field(min_length=1, max_length=64 * 1024)] | None = None


class Redirection(Body):
    """Ids of the bodies to show; none: those for country and topics of the case."""

    bodies: Annotated[tuple[str, ...], Field(max_length=50)] = ()


class RedressQuery(Query):
    """For whom. country: of ISO 3166-1, or EU. topic: with all that is broader and narrower."""

    country: Word | None = None
    topic: Word | None = None
