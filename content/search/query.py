"""What can be asked of the catalogue and the directory, and what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Generic, Literal, TypeAlias, TypeVar

from content.errors import ContentError
from content.experts.record import ExpertRecord
from content.held import OriginKind
from content.labels import Label
from content.resources.held import ForeignKind, ForeignRecord
from content.resources.record import ResourceRecord
from content.resources.resource import LinkStatus
from content.resources.same import Origin

F = TypeVar("F")
Sort = Literal["relevance", "newest", "title"]
LONGEST_QUERY = 256
PUBLIC_LABELS = frozenset({Label.CLEAR})
EXACT_TO = 10_000
"""Up to so many matches totals and facets are exact; more are counted as so many."""


class BadCursor(ContentError):
    """The place to go on in a search was not made by us, or for another search."""

    code: ClassVar[str] = "bad-cursor"

    def __init__(self) -> None:
        super().__init__("This cursor is not one that this search gave out. Search again.")


class BadQuery(ContentError):
    """What was asked for cannot be searched; the message says why."""

    code: ClassVar[str] = "bad-query"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """
    What is searched for; what is None or empty does not matter.

    q: words, at most 256 signs, taken literally. topic: finds narrower topics too. language: "pt"
    finds pt-BR. hub: host or permanent name. labels: what the asker may see, from
    policy.visible_labels; nothing else is ever shown or counted. limit: 1 to 100.
    cursor: from the page before, with the same query. sort: None is relevance where there are
    words, else newest.
    """

    q: str = ""
    topic: str | None = None
    language: str | None = None
    hub: str | None = None
    labels: frozenset[str] = PUBLIC_LABELS
    limit: int = 20
    cursor: str | None = None
    sort: Sort | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceQuery(Query):
    """language: of the document."""

    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertQuery(Query):
    """language: one the expert works in. country: a jurisdiction."""

    country: str | None = None


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many matches have a value: an id, a primary language, a country or a host."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Why:
    """
    One reason why a record was found. text: the word as it stands there, or the id of the concept.

    field: where the word stands ("names" are publisher, city, organisation and the like), or
    "concept": the record is about it, or about something narrower. asked: the words that were
    typed, where they are others than the text.
    """

    field: Literal["title", "summary", "names", "concept"]
    text: str
    asked: str = ""


@dataclass(frozen=True, slots=True)
class ReadAs:
    """A word that no record has, and how it was read: words spelled alike, or its parts."""

    typed: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a found record comes from. url: its id, at its origin. ref: the ULID, here or there."""

    url: str
    hub: str
    ref: str
    own: bool
    origin_kind: OriginKind
    label: Label
    published_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundResource:
    """
    A resource in a result, whoever published it. record: as it is; the other fields give the
    same for hubs and for sources, which lack the vocabulary (kind is then a `ForeignKind`).

    url: the id, at the origin; link: the document itself. link_status: None where the origin
    does not tell. also: where the same document is described, too, as people here say.
    """

    place: Place
    record: ResourceRecord | ForeignRecord
    title: Mapping[str, str]
    summary: Mapping[str, str]
    language: str
    kind: str | ForeignKind
    link: str | None
    publisher: str | None
    topics: tuple[str, ...] = ()
    link_status: LinkStatus | None = None
    also: tuple[Origin, ...] = ()
    why: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundExpert:
    """An expert in a result, of this hub or of another."""

    place: Place
    record: ExpertRecord
    why: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Results(Generic[F]):
    """
    One page of what was found. total: how many match; at least so many if it is not exact.

    facets: by name, the most frequent values first; a topic counts its narrower ones, and a
    language its variants, so that a count is what choosing the value gives. with_all_words: how
    many have all words, where others are shown too; they come after those. missing: words that
    nothing has. read_as: words that were read in another way.
    """

    items: tuple[F, ...]
    total: int
    total_is_exact: bool
    facets: Mapping[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    next_cursor: str | None = None
    with_all_words: int | None = None
    missing: tuple[str, ...] = ()
    read_as: tuple[ReadAs, ...] = ()


SearchPage: TypeAlias = Results[FoundResource]
ExpertPage: TypeAlias = Results[FoundExpert]
