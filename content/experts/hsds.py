"""
A listing in the shape of the Human Services Data Specification (HSDS) 3, as directories of
services read it: inspired by it, field by field, and not certified by anybody.

A service is what the expert does; the hub that keeps the listing is the organisation. Ids are UUIDs
made of addresses, so that the same listing has the same ids in every export.
Source: https://docs.openreferral.org/en/latest/hsds/schema_reference.html
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from content.experts.record import ExpertRecord, Offer
from content.language import best_text, primary_language
from content.names import country_name, language_name
from content.times import to_text
from content.vocabulary import Vocabulary

VOCABULARY: Final = "https://rights-hub.invalid/vocabulary/"
"""Only a name: ids of terms are made of it."""
_OFFERS: Final[Mapping[Offer, str]] = {
    "review": "Reviews drafts",
    "call": "Calls and introductions",
    "workshop": "Workshops and training",
    "drafting": "Drafts texts",
}
Plain = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """The hub that keeps the listings. help: address where people ask it."""

    origin: str
    name: str
    city: str
    help: str


def hsds_page(services: Iterable[Plain]) -> Plain:
    """Return services as the one page that they fit on (HSDS: Page)."""
    contents = list(services)
    return {
        "total_items": len(contents),
        "total_pages": 1,
        "page_number": 1,
        "size": len(contents),
        "first_page": True,
        "last_page": True,
        "empty": not contents,
        "contents": contents,
    }


def hsds_service(record: ExpertRecord, url: str, updated_at: datetime, keeper: Keeper) -> Plain:
    """Return a listing as a whole service. url: the address of the listing."""
    checked = record.confirmed_at or record.consent_at
    known: Plain = {
        "id": _id(url),
        "name": record.name,
        "description": best_text(record.bio, record.languages[0], record.languages[0])[1],
        "url": url,
        "status": "active",
        "application_process": (
            f"Questions go through the staff of {keeper.name}, who leave out names: {keeper.help}"
        ),
        "eligibility_description": (
            f"Does not work for or about: {record.conflicts}" if record.conflicts else None
        ),
        "assured_date": None if checked is None else checked.date().isoformat(),
        "last_modified": to_text(updated_at),
        "organization": {
            "id": _id(keeper.origin),
            "name": keeper.name,
            "description": f"Digital rights hub of {keeper.city}.",
            "website": keeper.origin,
        },
        "contacts": [_without_nothing(_contact(record, url))],
        "languages": [
            {
                "id": _id(f"{url}#language/{tag}"),
                "name": language_name(tag),
                "code": primary_language(tag),
            }
            for tag in record.languages
        ],
        "service_areas": [
            {"id": _id(f"{url}#area/{code}"), "name": country_name(code).removeprefix("the ")}
            for code in record.jurisdictions
        ],
        "attributes": list(_attributes(record, url)),
        "capacities": _capacities(record, url, updated_at),
    }
    return _without_nothing(known)


def _contact(record: ExpertRecord, url: str) -> Plain:
    """The person by name alone: an address or a phone number is in no listing."""
    return {"id": _id(f"{url}#contact"), "name": record.name, "department": record.organisation}


def _attributes(record: ExpertRecord, url: str) -> Iterator[Plain]:
    vocabulary = Vocabulary.load()
    for topic in record.topics:
        broader = vocabulary.broader(topic) if topic in vocabulary else ()
        yield _attribute(
            url,
            "topic",
            topic,
            name=vocabulary.label(topic) if topic in vocabulary else topic,
            description=vocabulary.concept(topic).definition if topic in vocabulary else topic,
            parent_id=_id(f"{VOCABULARY}topic/{broader[0]}") if broader else None,
        )
    for offer in record.offers:
        yield _attribute(url, "offer", offer, name=_OFFERS[offer], description=_OFFERS[offer])


def _attribute(url: str, kind: str, code: str, **term: Any) -> Plain:
    return {
        "id": _id(f"{url}#{kind}/{code}"),
        "link_id": _id(url),
        "link_type": kind,
        "link_entity": "service",
        "taxonomy_term": _without_nothing(
            {
                "id": _id(f"{VOCABULARY}{kind}/{code}"),
                "code": code,
                **term,
                "language": "en",
                "taxonomy": f"Rights Hub {kind}s",
            }
        ),
    }


def _capacities(record: ExpertRecord, url: str, updated_at: datetime) -> list[Plain]:
    """Hours a month as agreed; how many are left is nobody else's business."""
    if not record.capacity_hours:
        return []
    return [
        {
            "id": _id(f"{url}#capacity"),
            "unit": {"id": _id(f"{VOCABULARY}unit/hour-a-month"), "name": "hour a month"},
            "available": record.capacity_hours,
            "maximum": record.capacity_hours,
            "description": "Hours a month that the expert gives at most.",
            "updated": to_text(updated_at),
        }
    ]


def _without_nothing(values: Plain) -> Plain:
    return {name: value for name, value in values.items() if value not in (None, [])}


def _id(address: str) -> str:
    made: UUID = uuid5(NAMESPACE_URL, address)
    return str(made)
