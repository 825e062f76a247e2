"""Found records as the cards of a list show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from content.experts.record import ExpertRecord
from content.language import UNDETERMINED
from content.resources.record import ResourceRecord
from content.search import FoundExpert, FoundResource, Why
from node.api.records import HubNames
from node.web import words
from node.web.addresses import record_path
from node.web.said import Said, said, said_best, said_here


@dataclass(frozen=True, slots=True)
class Named:
    """Something of the vocabulary, a hub or a language, with the page that finds more of it."""

    label: Said
    path: str


@dataclass(frozen=True, slots=True)
class Whose:
    """The hub or source that a record comes from. own: it is this hub."""

    host: str
    name: str
    own: bool
    is_source: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """
    Why a record was found: the word and where it stands, or the concept it is about.

    asked: what was typed, where it is another word.
    """

    field: str
    text: str
    asked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceCard:
    """A resource in a list. also: names of hubs that describe the same document."""

    path: str
    title: Said
    summary: Said | None
    kind: str
    language: Said | None
    publisher: str | None
    year: int | None
    place: tuple[str, ...]
    whose: Whose
    published_at: datetime
    also: tuple[str, ...]
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertCard:
    """An expert in a list."""

    path: str
    name: str
    organisation: str | None
    bio: Said | None
    topics: tuple[Named, ...]
    languages: tuple[Said, ...]
    countries: tuple[str, ...]
    offers: tuple[str, ...]
    hours: int
    example: bool
    whose: Whose
    why: tuple[Reason, ...]


def resource_card(found: FoundResource, names: HubNames) -> ResourceCard:
    """Return what a list shows of a resource."""
    record, place = found.record, found.place
    hub_record = record if isinstance(record, ResourceRecord) else None
    title = said_best(found.title, found.language)
    if title is None:
        raise ValueError("A record without a title is in the catalogue.")
    return ResourceCard(
        path=record_path("resources", place.own, place.hub, place.ref),
        title=title,
        summary=said_best(found.summary, found.language),
        kind=words.kind(found.kind),
        language=language_said(found.language),
        publisher=found.publisher,
        year=None if hub_record is None else hub_record.year,
        place=() if hub_record is None else place_of(hub_record.city, hub_record.country),
        whose=whose(place.hub, names, own=place.own, is_source=place.origin_kind == "source"),
        published_at=place.published_at,
        also=tuple(dict.fromkeys(names.of(each.hub).name for each in found.also)),
        why=_reasons(found.why),
    )


def expert_card(found: FoundExpert, names: HubNames) -> ExpertCard:
    """Return what a list shows of an expert."""
    record, place = found.record, found.place
    return ExpertCard(
        path=record_path("experts", place.own, place.hub, place.ref),
        name=record.name,
        organisation=record.organisation,
        bio=said_best(record.bio, record.languages[0]),
        topics=topics_of("/experts", record.topics),
        languages=languages_of(record),
        countries=tuple(words.country(code) for code in record.jurisdictions),
        offers=tuple(words.offer(name) for name in record.offers),
        hours=record.capacity_hours,
        example=record.example,
        whose=whose(place.hub, names, own=place.own, is_source=False),
        why=_reasons(found.why),
    )


def whose(host: str, names: HubNames, *, own: bool, is_source: bool) -> Whose:
    """Return who published a record."""
    return Whose(host, names.of(host).name, own, is_source)


def place_of(city: str | None, country: str | None) -> tuple[str, ...]:
    """Return city and country, as far as they are known."""
    return tuple(part for part in (city, words.country(country) if country else None) if part)


def topics_of(path: str, topics: Iterable[str]) -> tuple[Named, ...]:
    """Return topics, each with the search that finds more on it. path: /resources or /experts."""
    return tuple(
        Named(said_here(words.concept(topic)), f"{path}?topic={topic}") for topic in topics
    )


def languages_of(record: ExpertRecord) -> tuple[Said, ...]:
    """Return the names of the languages an expert works in, each in itself."""
    return tuple(found for tag in record.languages if (found := language_said(tag)) is not None)


def language_said(tag: str) -> Said | None:
    """Return the name of a language in itself, None where nobody told which it is."""
    return None if tag == UNDETERMINED else said(words.own_name(tag), tag)


def _reasons(why: Iterable[Why]) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            each.field,
            words.kind(each.text) if each.field == "concept" else each.text,
            each.asked,
        )
        for each in why
    )
