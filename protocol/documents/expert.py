"""
An expert as hubs exchange it: `["Person", "hub:Expert"]` with the exact record in `hub:expert`.

The id is the expert's page; there is no inbox, so nobody can follow or write to an expert over the
network. Contact goes through the hub.
"""

from typing import Annotated, Final, Literal

from pydantic import Field

from protocol.context import CONTEXT
from protocol.documents.model import (
    Concepts,
    DocumentModel,
    LongText,
    Moment,
    ShortText,
    Tags,
    TextMap,
    Texts,
    Url,
    validated,
)
from protocol.documents.resource import Label, Salt
from protocol.errors import InvalidDocument
from protocol.foreign import ids_of, types_of
from protocol.ids import ref_of, same_origin
from protocol.json import JsonObject

TYPE: Final = "hub:Expert"


class ExpertFacts(DocumentModel):
    """The record, exactly: what `hub:expert` holds. Concept ids are those of the vocabulary."""

    organisation: ShortText | None = None
    topics: Concepts
    jurisdictions: Texts = ()
    languages: Tags = ()
    offers: Texts = ()
    capacity_hours: Annotated[int, Field(ge=0, le=744)] | None = Field(
        default=None, alias="capacityHours"
    )
    conflicts: LongText | None = None
    """For whom or about what they cannot work, in words."""
    scope: Literal["network", "public"]
    """Experts of scope hub never leave it."""
    example: bool = False
    """A made-up person, plainly marked as such."""
    consent_at: Moment | None = Field(default=None, alias="consentAt")
    confirmed_at: Moment | None = Field(default=None, alias="confirmedAt")


class ExpertDocument(DocumentModel):
    """An expert as hubs exchange it."""

    id: Url
    actor: Url
    name: ShortText
    bio: TextMap = Field(default_factory=dict)
    facts: ExpertFacts
    label: Label
    salt: Salt
    published: Moment
    updated: Moment | None = None

    @property
    def ref(self) -> str:
        """Return the ULID at the end of the id."""
        return ref_of(self.id) or ""


def write_expert(
    expert: ExpertDocument, *, to: tuple[str, ...], cc: tuple[str, ...] = ()
) -> JsonObject:
    """Return the document, with @context, without proof. to, cc: as in the activity around it."""
    document: JsonObject = {
        "@context": CONTEXT,
        "id": expert.id,
        "type": ["Person", TYPE],
        "attributedTo": expert.actor,
        "to": list(to),
        "cc": list(cc),
        "name": expert.name,
        "url": expert.id,
        "published": expert.published,
        "hub:expert": expert.facts.wire(),
        "hub:label": expert.label,
        "hub:salt": expert.salt,
    }
    if expert.bio:
        document["summaryMap"] = dict(expert.bio)
    if expert.updated is not None:
        document["updated"] = expert.updated
    return document


def is_expert(document: JsonObject) -> bool:
    """Tell whether an object calls itself an expert of a hub."""
    return TYPE in types_of(document)


def read_expert(document: JsonObject) -> ExpertDocument:
    """
    Return the expert in a document of a hub. Whose it is was checked before (authority.py).

    Raises InvalidDocument, naming the field, for anything missing, unknown or malformed in our
    own terms, and if the id is not on the actor's origin or does not end in a ULID.
    """
    owners = ids_of(document.get("attributedTo"))
    if not is_expert(document) or len(owners) != 1:
        raise InvalidDocument("An expert has the type hub:Expert and is attributed to one hub.")
    fields = {
        "id": document.get("id"),
        "actor": owners[0],
        "name": document.get("name"),
        "bio": document.get("summaryMap", {}),
        "facts": document.get("hub:expert"),
        "label": document.get("hub:label"),
        "salt": document.get("hub:salt"),
        "published": document.get("published"),
        "updated": document.get("updated"),
    }
    expert = validated(ExpertDocument, fields, "expert")
    if not same_origin(expert.id, expert.actor) or not expert.ref:
        raise InvalidDocument("An expert's id is on its hub's origin and ends in a ULID.")
    return expert
