"""
A resource as an Article that reads well in any client, with the exact record in `hub:resource`.

`summary` is not used, since clients make it a content warning: the text is in `content` and
`summaryMap`. `hub:salt` keeps the digests in logs from being guessed once content is erased.
"""

import html
from collections.abc import Iterable
from typing import Annotated, Final, Literal

from pydantic import BeforeValidator, Field

from protocol.context import AS_PUBLIC, CONTEXT
from protocol.documents.model import (
    ConceptId,
    Concepts,
    DocumentModel,
    Moment,
    Numbers,
    ShortText,
    Tag,
    TextMap,
    Url,
    Urls,
    as_tuple,
    validated,
)
from protocol.errors import InvalidDocument
from protocol.foreign import ids_of, types_of
from protocol.ids import ref_of, resource_file_id, same_origin
from protocol.json import JsonObject
from protocol.multikey import encode_base64url

TYPE: Final = "Article"
SALT_BYTES: Final = 16
Link = Annotated[str, Field(max_length=2048, pattern=r"^https?://[^\s\x00-\x1f]+$")]
Label = Annotated[str, Field(pattern=r"^[a-z][a-z-]{1,31}$")]
Band = Literal["under-5", "5-9", "10-or-more"]
Salt = Annotated[str, Field(pattern=r"^u[A-Za-z0-9_-]{22}$")]


class TopicFacts(DocumentModel):
    """How many requests a hub had on a topic, in a band, and whether needs were left open."""

    topic: ConceptId
    requests: Band
    unmet: bool


class FlowFacts(DocumentModel):
    """How many cases a hub offered to others, and others to it, and what became of them: bands."""

    sent: Band
    sent_answered: Band = Field(alias="sentAnswered")
    sent_declined: Band = Field(alias="sentDeclined")
    received: Band
    received_answered: Band = Field(alias="receivedAnswered")
    received_declined: Band = Field(alias="receivedDeclined")


class StatisticsFacts(DocumentModel):
    """Statistics of a hub for one period; a topic that is not listed had under five requests."""

    period: Annotated[str, Field(pattern=r"^20[0-9]{2}-Q[1-4]$")]
    requests: Band
    topics: Annotated[tuple[TopicFacts, ...], Field(max_length=200), BeforeValidator(as_tuple)] = ()
    escalations: FlowFacts | None = None
    """Left out with under five each way, and by hubs of earlier versions."""


class FileFacts(DocumentModel):
    """
    A file that belongs to a resource: its bytes are at its hub, under `resource_file_id`.

    sha256: of the bytes, in hex, so that whoever has them can tell that they are the right ones.
    """

    name: Annotated[str, Field(min_length=1, max_length=150)]
    media_type: Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9.+-]{1,100}$")] = Field(
        alias="mediaType"
    )
    size: Annotated[int, Field(ge=1, le=10 * 1024 * 1024)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ResourceFacts(DocumentModel):
    """The record, exactly: what `hub:resource` holds. Concept ids are those of the vocabulary."""

    language: Tag
    kind: ConceptId
    topics: Concepts
    principles: Concepts = ()
    sdgs: Numbers = ()
    licence: ShortText | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    city: ShortText | None = None
    publisher: ShortText | None = None
    year: Annotated[int, Field(ge=1, le=9999)] | None = None
    link: Link | None = None
    """Where the document itself is. Not an id: it may hold more than plain ASCII."""
    source: ShortText | None = None
    source_id: Annotated[str, Field(min_length=1, max_length=2048)] | None = Field(
        default=None, alias="sourceId"
    )
    related: Annotated[tuple[Link, ...], Field(max_length=20), BeforeValidator(as_tuple)] | None = (
        None
    )
    """Resources that this one rests on; left out where there are none."""
    statistics: StatisticsFacts | None = None
    files: (
        Annotated[tuple[FileFacts, ...], Field(max_length=10), BeforeValidator(as_tuple)] | None
    ) = None
    """Files that the hub keeps with it; left out where there are none."""
    thanks: Urls | None = None
    """Actors of hubs whose corrections went into it, where its hub chose to name them."""


class ResourceDocument(DocumentModel):
    """A resource as hubs exchange it."""

    id: Url
    actor: Url
    title: Annotated[TextMap, Field(min_length=1)]
    summary: TextMap = Field(default_factory=dict)
    facts: ResourceFacts
    label: Label
    sensitivity: Label
    salt: Salt
    published: Moment
    updated: Moment | None = None

    @property
    def ref(self) -> str:
        """Return the ULID at the end of the id."""
        return ref_of(self.id) or ""


def new_salt(entropy: bytes) -> str:
    """Return a salt of 16 random bytes, drawn by the caller."""
    if len(entropy) != SALT_BYTES:
        raise ValueError(f"A salt takes {SALT_BYTES} bytes.")
    return encode_base64url(entropy)


def write_resource(
    resource: ResourceDocument,
    *,
    to: tuple[str, ...] = (AS_PUBLIC,),
    cc: tuple[str, ...] = (),
    hashtags: Iterable[str] = (),
) -> JsonObject:
    """
    Return the Article, with @context, without proof.

    to, cc: as in the activity around it. hashtags: readable names of the topics, without #.
    """
    language, links = resource.facts.language, [_page_link(resource.id)]
    if resource.facts.link is not None and resource.facts.link.isascii():
        links.append({"type": "Link", "rel": "related", "href": resource.facts.link})
    document: JsonObject = {
        "@context": CONTEXT,
        "id": resource.id,
        "type": TYPE,
        "attributedTo": resource.actor,
        "to": list(to),
        "cc": list(cc),
        "name": _best(resource.title, language),
        "nameMap": dict(resource.title),
        "content": content_html(resource),
        "url": links,
        "published": resource.published,
        "tag": [{"type": "Hashtag", "name": f"#{_hashtag(name)}"} for name in hashtags],
        "hub:resource": resource.facts.wire(),
        "hub:label": resource.label,
        "hub:sensitivity": resource.sensitivity,
        "hub:salt": resource.salt,
    }
    if resource.facts.files:
        document["attachment"] = [
            {
                "type": "Document",
                "mediaType": file.media_type,
                "name": file.name,
                "url": resource_file_id(resource.id, file.sha256),
            }
            for file in resource.facts.files
        ]
    if resource.summary:
        document["summaryMap"] = dict(resource.summary)
    if resource.updated is not None:
        document["updated"] = resource.updated
    return document


def is_resource(document: JsonObject) -> bool:
    """Tell whether an object calls itself a resource of a hub."""
    return TYPE in types_of(document) and "hub:resource" in document


def read_resource(document: JsonObject) -> ResourceDocument:
    """
    Return the resource in an Article of a hub. Whose it is was checked before (authority.py).

    Raises InvalidDocument, naming the field, for anything missing, unknown or malformed in our
    own terms, and if the id is not on the actor's origin or does not end in a ULID.
    """
    owners = ids_of(document.get("attributedTo"))
    if TYPE not in types_of(document) or len(owners) != 1:
        raise InvalidDocument("A resource is an Article attributed to one hub.")
    if not isinstance(document.get("hub:resource"), dict):
        raise InvalidDocument("The Article has no hub:resource.")
    fields = {
        "id": document.get("id"),
        "actor": owners[0],
        "title": document.get("nameMap"),
        "summary": document.get("summaryMap", {}),
        "facts": document["hub:resource"],
        "label": document.get("hub:label"),
        "sensitivity": document.get("hub:sensitivity"),
        "salt": document.get("hub:salt"),
        "published": document.get("published"),
        "updated": document.get("updated"),
    }
    resource = validated(ResourceDocument, fields, "resource")
    if not same_origin(resource.id, resource.actor) or not resource.ref:
        raise InvalidDocument("A resource's id is on its hub's origin and ends in a ULID.")
    return resource


def content_html(resource: ResourceDocument) -> str:
    """Return the small HTML that other clients show: summary, publisher and year, link."""
    facts = resource.facts
    parts = []
    if resource.summary:
        parts.append(html.escape(_best(resource.summary, facts.language)))
    origin = ", ".join(str(item) for item in (facts.publisher, facts.year) if item is not None)
    if origin:
        parts.append(html.escape(origin))
    if facts.link is not None:
        address = html.escape(facts.link, quote=True)
        parts.append(f'<a href="{address}" rel="nofollow noopener">{address}</a>')
    return "".join(f"<p>{part}</p>" for part in parts)


def _page_link(address: str) -> JsonObject:
    return {"type": "Link", "mediaType": "text/html", "href": address}


def _best(texts: dict[str, str], language: str) -> str:
    for wanted in (language, "en"):
        if wanted in texts:
            return texts[wanted]
    return next(iter(texts.values()))


def _hashtag(name: str) -> str:
    """Return a name as one word: letters and digits only, each part begun with a capital."""
    words = "".join(c if c.isalnum() else " " for c in name).split()
    return "".join(word[:1].upper() + word[1:] for word in words)
