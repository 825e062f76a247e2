"""What inner messages are made of: a case's copy, what is said about it, the common fields."""

from datetime import date
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from protocol.blobs import LARGEST_FILE
from protocol.documents.model import (
    ConceptId,
    Concepts,
    DocumentModel,
    LongText,
    Moment,
    ShortText,
    Tag,
    Url,
    Urls,
    as_tuple,
)
from protocol.documents.resource import Label
from protocol.json import JsonObject
from protocol.manifest import ManifestSealingKey


def _one_reader(value: object) -> object:
    """The wire has a list with one member."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _day(text: str) -> str:
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError("must be a date such as 2026-12-31")
    return text


Day = Annotated[str, AfterValidator(_day)]
"""A calendar date in the origin's time zone."""
SealingKeys = Annotated[
    tuple[ManifestSealingKey, ...],
    Field(max_length=64),
    BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value),
]
FieldNames = Annotated[
    tuple[Annotated[str, Field(pattern=r"^(hub:|identity\.)?[A-Za-z]{1,40}$")], ...],
    Field(min_length=1, max_length=64),
    BeforeValidator(as_tuple),
]
"""Names of fields of a copy, as on the wire."""
Reader = Annotated[Url, BeforeValidator(_one_reader)]


class InnerModel(DocumentModel):
    """
    A part of an inner message: fields that a later version added are passed over.

    They stay in what was signed, as the proof is of the whole document. What must not be passed
    over, its sender names in `hub:needs` (docs/adr/0050-later-versions.md).
    """

    model_config = ConfigDict(extra="ignore")


class SentFile(InnerModel):
    """A file that goes with a copy: what it is. sha256: of its bytes, in hex; name: if chosen."""

    type: Literal["Document"] = "Document"
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = Field(alias="hub:sha256", repr=False)
    size: Annotated[int, Field(ge=1, le=LARGEST_FILE)] = Field(alias="hub:size")
    media_type: Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9.+-]{1,100}$")] = Field(
        alias="mediaType"
    )
    name: Annotated[str, Field(min_length=1, max_length=150)] | None = Field(
        default=None, repr=False
    )


class SentBlob(InnerModel):
    """Where a file is to be fetched. sha256: of the sealed blob; key: opens it, in hex."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", repr=False)]


SentFiles = Annotated[tuple[SentFile, ...], Field(max_length=20), BeforeValidator(as_tuple)]
SentBlobs = Annotated[tuple[SentBlob, ...], Field(max_length=20), BeforeValidator(as_tuple)]


class CaseCopy(InnerModel):
    """The minimised copy of a case that is offered. Only what the other hub needs to answer."""

    type: Literal["hub:Case"] = "hub:Case"
    title: ShortText = Field(alias="name", repr=False)
    question: LongText = Field(alias="content", repr=False)
    language: Tag = Field(alias="hub:language")
    topics: Concepts = Field(alias="hub:topics")
    label: Label = Field(alias="hub:label")
    sensitivity: Label = Field(alias="hub:sensitivity")
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = Field(
        default=None, alias="hub:country"
    )
    context: LongText | None = Field(default=None, alias="hub:context", repr=False)
    """About the project, rewritten for outsiders."""
    principles: Concepts = Field(default=(), alias="hub:principles")
    framework: Concepts = Field(default=(), alias="hub:framework")
    """Items of the policy framework that it is about."""
    jurisdiction: ShortText | None = Field(default=None, alias="hub:jurisdiction", repr=False)
    """Region, city or body within the country whose rules matter."""
    stage: ConceptId | None = Field(default=None, alias="hub:stage")
    """How far the project is, such as stage-tender."""
    organisation_type: ConceptId | None = Field(default=None, alias="hub:organisationType")
    """What kind of organisation asks, such as org-municipality; never its name."""
    request: ConceptId | None = Field(default=None, alias="hub:request")
    """Concept of the scheme request-types."""
    role: ConceptId | None = Field(default=None, alias="hub:role")
    """Who asks, as a concept of requester-roles; never a name."""
    urgency: ConceptId | None = Field(default=None, alias="hub:urgency")
    due: Day | None = Field(default=None, alias="hub:due")
    due_by: Moment | None = Field(default=None, alias="hub:dueBy")
    """The last moment of that date in the origin's time zone: for both hubs the same."""
    deadline: Day | None = Field(default=None, alias="hub:deadline")
    """The last day on which an answer is of use."""
    wanted: Concepts = Field(default=(), alias="hub:wanted")
    """What is hoped for, such as wanted-review."""
    attachments: SentFiles | None = Field(default=None, alias="hub:attachments")
    consent: ShortText | None = Field(default=None, alias="hub:consent")
    """What the requester agreed to, in words, or the other ground for sharing."""
    ground: ConceptId | None = Field(default=None, alias="hub:ground")
    """The same as a word, such as ground-consent."""
    transfer: ConceptId | None = Field(default=None, alias="hub:transfer")
    """Why data may go to the reader's country, such as transfer-adequacy."""
    onward: ConceptId | None = Field(default=None, alias="hub:onward")
    """May the reader hand it on? onward-none, onward-ask or onward-peers."""
    delete_by: Day | None = Field(default=None, alias="hub:deleteBy")
    """The day by which the reader has destroyed the copy."""

    @model_serializer(mode="wrap")
    def _without_empty_lists(self, dump: SerializerFunctionWrapHandler) -> JsonObject:
        fields: JsonObject = dump(self)
        return {n: v for n, v in fields.items() if v != [] or n in ("topics", "hub:topics")}


class Identity(InnerModel):
    """Who asks: what they agreed to have told to this one reader."""

    type: Literal["hub:Identity"] = "hub:Identity"
    name: ShortText | None = Field(default=None, repr=False)
    contact: ShortText | None = Field(default=None, alias="hub:contact", repr=False)
    organisation: ShortText | None = Field(default=None, alias="hub:organisation", repr=False)

    def told(self) -> dict[str, str]:
        """Return what is told, by the names of the fields."""
        named = {name: getattr(self, name) for name in ("name", "contact", "organisation")}
        return {name: value for name, value in named.items() if value is not None}


class NoteText(InnerModel):
    """One thing said about a case: plain text, and resources that back it."""

    id: Url
    type: Literal["Note"] = "Note"
    text: LongText = Field(alias="content", repr=False)
    language: Tag | None = Field(default=None, alias="hub:language")
    citations: Urls = Field(default=(), alias="hub:citations")
    """URLs of resources."""


class Inner(InnerModel):
    """What all inner messages have."""

    id: Url
    actor: Url
    to: Reader
    """Actor id of the one reader. On the wire a list."""
    published: Moment
    n: Annotated[int, Field(ge=1, le=2**53 - 1)] = Field(alias="hub:n")
    ack: Annotated[int, Field(ge=0, le=2**53 - 1)] = Field(alias="hub:ack")
    offer: Url = Field(alias="context")
    needs: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9:.-]{0,63}$")], ...] | None,
        Field(max_length=16),
        BeforeValidator(as_tuple),
    ] = Field(default=None, alias="hub:needs")
    """Names of fields and rules that a reader has to know to act on the message at all. This
    version knows none, so it sends none and refuses what names one."""
