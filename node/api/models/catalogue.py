"""Resources, experts and hubs as the API shows them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from content.experts.expert import ExpertState
from content.experts.record import ExpertRecord
from content.held import OriginKind
from content.labels import Label
from content.resources.held import ForeignRecord
from content.resources.record import ResourceRecord
from content.resources.resource import LinkStatus, ResourceState
from content.search.query import Sort
from node.api.models.common import Host, Listing, PageQuery, Text, Word
from node.api.models.links import LinkCheckAnswer
from node.api.routes import Answer, Query


class HubRef(Answer):
    """Which hub a record comes from."""

    host: str
    name: str


class WhyAnswer(Answer):
    """
    Why a record was found: a word and where it stands, or a concept that it is about.

    asked: what was typed, where the record has another form of it or a word that means the same.
    """

    field: Literal["title", "summary", "names", "concept"]
    text: str
    asked: str = ""


class ReadAsAnswer(Answer):
    """A word that no record has, and the words that were searched in its place."""

    typed: str
    words: tuple[str, ...]


class FacetAnswer(Answer):
    """How many matches have a value."""

    value: str
    count: int


class RecordAnswer(Answer):
    """
    What every record of the network has.

    id: its address at its origin, for ever. local: the page of it at this hub. own: whether this
    hub made it. origin_kind: "source" for who is no hub.
    """

    id: str
    ulid: str
    hub: HubRef
    origin: str
    origin_kind: OriginKind
    own: bool
    local: str
    label: Label
    published_at: datetime | None
    updated_at: datetime


class AlsoAnswer(Answer):
    """Another record of the same document. id: its address at its origin; local: its page here."""

    id: str
    hub: HubRef
    own: bool
    local: str


class ResourceItem(RecordAnswer):
    """
    A resource in a list. link: the document itself; record: all that is known of it.

    also_at: other records that describe the same document, as people of this hub say.
    """

    title: dict[str, str]
    summary: dict[str, str]
    language: str
    kind: str
    link: str | None
    publisher: str | None
    topics: tuple[str, ...]
    link_status: LinkStatus | None
    record: ResourceRecord | ForeignRecord
    also_at: tuple[AlsoAnswer, ...] = ()
    why: tuple[WhyAnswer, ...] = ()


class FileAnswer(Answer):
    """A file of a resource. url: at its origin; sha256: in hex, to check what came from there."""

    name: str
    media_type: str
    size: int
    sha256: str
    url: str


class ResourceAnswer(ResourceItem):
    """
    One resource. document: as it was published or received, with its proof; null where nothing
    was published. files: those that its hub keeps with it. link_check: what was seen behind the
    link, null where this hub has not looked. state, revision: of our own ones, for staff.
    """

    files: tuple[FileAnswer, ...] = ()

    document: dict[str, Any] | None
    link_check: LinkCheckAnswer | None = None
    state: ResourceState | None = None
    revision: int | None = None


class ExpertItem(RecordAnswer):
    """An expert in a list."""

    name: str
    record: ExpertRecord
    why: tuple[WhyAnswer, ...] = ()


class ExpertAnswer(ExpertItem):
    """One expert; as `ResourceAnswer`."""

    document: dict[str, Any] | None
    state: ExpertState | None = None
    revision: int | None = None


class ResourceListing(Listing[ResourceItem]):
    """
    A page of resources. total_is_exact: False when there are at least so many.

    with_all_words: how many have all words that were typed, where others are shown too; these come
    after them. missing: words that nothing has. read_as: words that were read in another way.
    """

    total_is_exact: bool
    facets: dict[str, list[FacetAnswer]]
    with_all_words: int | None = None
    missing: tuple[str, ...] = ()
    read_as: tuple[ReadAsAnswer, ...] = ()


class ExpertListing(Listing[ExpertItem]):
    """A page of experts; as `ResourceListing`."""

    total_is_exact: bool
    facets: dict[str, list[FacetAnswer]]
    with_all_words: int | None = None
    missing: tuple[str, ...] = ()
    read_as: tuple[ReadAsAnswer, ...] = ()


class SuggestQuery(Query):
    """q: the beginning of what is typed, two letters at least. limit: of all suggestions."""

    q: Text = ""
    limit: Annotated[int, Field(ge=1, le=20)] = 8


class SuggestionAnswer(Answer):
    """
    One thing that may be meant. text: to be shown, in language, and to be searched.

    id: of the topic or kind, or the address of the record at its origin. hub: whose record it is.
    """

    kind: Literal["topic", "kind", "resource", "expert"]
    text: str
    language: str
    id: str
    hub: HubRef | None = None


class SuggestAnswer(Answer):
    """Topics and kinds first, then titles, then experts."""

    items: list[SuggestionAnswer]


class ResourceSearch(PageQuery):
    """q: words, taken literally. topic: finds what is narrower too. hub: host or permanent name."""

    q: Text = ""
    topic: Word | None = None
    kind: Word | None = None
    language: Word | None = None
    hub: Host | None = None
    sort: Sort | None = None


class ExpertSearch(PageQuery):
    """As for resources. country: one whose law they know."""

    q: Text = ""
    topic: Word | None = None
    language: Word | None = None
    country: Word | None = None
    hub: Host | None = None
    sort: Sort | None = None


class PublishQuery(Query):
    """publish: false keeps it as a draft."""

    publish: bool = True


class CitationAnswer(Answer):
    """The citation of a resource: in words, as BibTeX and RIS, and as items of CSL-JSON."""

    text: str
    bibtex: str
    ris: str
    csl: list[dict[str, Any]]


class ImportQuery(Query):
    """skip_bad: import the good lines although others are bad."""

    skip_bad: bool = False


class ResourceImportQuery(ImportQuery):
    """
    How a catalogue is imported.

    source: under which name its records are kept, with their ids there. kind, language, topic: of
    the records that name none.
    """

    source: Text | None = None
    kind: Word | None = None
    language: Word | None = None
    topic: Word | None = None


class SkippedLine(Answer):
    """A record that was not imported, and why. line: null where the format has no lines."""

    line: int | None
    where: str = ""
    reason: str


class ImportAnswer(Answer):
    """What an import did. ids: addresses of all records in it, in their order."""

    added: int
    updated: int
    unchanged: int
    ids: tuple[str, ...]
    skipped: list[SkippedLine]


class HubAnswer(Answer):
    """A hub or source. records: how many of its records the caller can see here."""

    host: str
    name: str
    city: str
    country: str
    language: str
    kind: Literal["self", "hub", "coalition", "source"]
    g: str | None
    actor: str
    last_heard_at: datetime | None
    records: int


class StatsAnswer(Answer):
    """Counts of what the caller can see here. tables: addresses of the coalition's view."""

    resources: int
    resources_are_exact: bool
    experts: int
    hubs: int
    followers: int
    by_hub: list[FacetAnswer]
    by_topic: list[FacetAnswer]
    by_language: list[FacetAnswer]
    by_kind: list[FacetAnswer]
    tables: list[str]


class FeedQuery(PageQuery):
    """Only what this hub published, or one other."""

    hub: Host | None = None
