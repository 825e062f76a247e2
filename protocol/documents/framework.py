"""
An item of a hub's policy framework as hubs exchange it: `["Article", "hub:FrameworkItem"]`.

It reads well in any client; the exact record is in `hub:framework`. With it goes the hub's score of
itself, if the hub wants that for this item.
"""

import html
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from protocol.context import CONTEXT
from protocol.documents.model import (
    ConceptId,
    Concepts,
    DocumentModel,
    Moment,
    ShortText,
    TextMap,
    Url,
    as_tuple,
    validated,
)
from protocol.documents.resource import Label, Link, Salt
from protocol.errors import InvalidDocument
from protocol.foreign import ids_of, types_of
from protocol.ids import ref_of, same_origin
from protocol.json import JsonObject

TYPE: Final = "hub:FrameworkItem"
Links = Annotated[tuple[Link, ...], Field(max_length=50), BeforeValidator(as_tuple)]
PartMap = Annotated[TextMap, Field(default_factory=dict)]


class SourceFacts(DocumentModel):
    """A document on which the guidance rests."""

    title: ShortText
    url: Link


class ScoreFacts(DocumentModel):
    """Where the hub says that it stands with the item: 0 absent to 4 leading."""

    level: Annotated[int, Field(ge=0, le=4)]
    note: Annotated[str, Field(max_length=4000)] = ""
    evidence: Links = ()
    at: Moment


class FrameworkFacts(DocumentModel):
    """
    The record, exactly: what `hub:framework` holds.

    item: the id in every framework that has the item. pillar: what it belongs to. upstream: the
    version that the hub's framework came from. what to done: the guidance, by language.
    """

    item: ConceptId
    pillar: ConceptId
    upstream: Annotated[str, Field(min_length=1, max_length=64)]
    what: PartMap
    why: PartMap
    first: PartMap
    who: PartMap
    done: PartMap
    responsible: ShortText | None = None
    topics: Concepts = ()
    sources: Annotated[
        tuple[SourceFacts, ...], Field(max_length=50), BeforeValidator(as_tuple)
    ] = ()
    resources: Links = ()
    score: ScoreFacts | None = None


class FrameworkItemDocument(DocumentModel):
    """An item of a framework as hubs exchange it."""

    id: Url
    actor: Url
    title: Annotated[TextMap, Field(min_length=1)]
    facts: FrameworkFacts
    label: Label
    salt: Salt
    published: Moment
    updated: Moment | None = None

    @property
    def ref(self) -> str:
        """Return the ULID at the end of the id."""
        return ref_of(self.id) or ""


def write_framework_item(
    item: FrameworkItemDocument, *, to: tuple[str, ...], cc: tuple[str, ...] = ()
) -> JsonObject:
    """Return the document, with @context, without proof. to, cc: as in the activity around it."""
    document: JsonObject = {
        "@context": CONTEXT,
        "id": item.id,
        "type": ["Article", TYPE],
        "attributedTo": item.actor,
        "to": list(to),
        "cc": list(cc),
        "name": _best(item.title),
        "nameMap": dict(item.title),
        "content": content_html(item),
        "url": item.id,
        "published": item.published,
        "hub:framework": item.facts.wire(),
        "hub:label": item.label,
        "hub:salt": item.salt,
    }
    if item.updated is not None:
        document["updated"] = item.updated
    return document


def is_framework_item(document: JsonObject) -> bool:
    """Tell whether an object calls itself an item of a hub's framework."""
    return TYPE in types_of(document)


def read_framework_item(document: JsonObject) -> FrameworkItemDocument:
    """
    Return the item in a document of a hub. Whose it is was checked before (authority.py).

    Raises InvalidDocument, naming the field, for anything missing, unknown or malformed in our
    own terms, and if the id is not on the actor's origin or does not end in a ULID.
    """
    owners = ids_of(document.get("attributedTo"))
    if not is_framework_item(document) or len(owners) != 1:
        raise InvalidDocument("A framework item has its type and is attributed to one hub.")
    fields = {
        "id": document.get("id"),
        "actor": owners[0],
        "title": document.get("nameMap"),
        "facts": document.get("hub:framework"),
        "label": document.get("hub:label"),
        "salt": document.get("hub:salt"),
        "published": document.get("published"),
        "updated": document.get("updated"),
    }
    item = validated(FrameworkItemDocument, fields, "framework item")
    if not same_origin(item.id, item.actor) or not item.ref:
        raise InvalidDocument("A framework item's id is on its hub's origin and ends in a ULID.")
    return item


def content_html(item: FrameworkItemDocument) -> str:
    """Return the small HTML that other clients show: the guidance, and who is responsible."""
    facts = item.facts
    parts = [_best(part) for part in (facts.what, facts.why, facts.first) if part]
    if facts.responsible is not None:
        parts.append(facts.responsible)
    return "".join(f"<p>{html.escape(part)}</p>" for part in parts)


def _best(texts: dict[str, str]) -> str:
    return texts["en"] if "en" in texts else texts[min(texts)]
