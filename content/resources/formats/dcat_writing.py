"""
DCAT-AP 3 in JSON-LD, written: a `dcat:Catalog` with a `dcat:Dataset` for each resource.

Every document, law or guide is a Dataset, as data portals do it (SEMIC, DCAT-AP 3.0). What DCAT has
no word for is kept in terms of our own, so that nothing is lost. The context is inside.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from content.resources.formats.shapes import Entry, Gone, Writing, written
from content.resources.formats.terms import CONTEXT, concept, eu_language, goal
from content.resources.record import ResourceRecord
from content.times import to_text
from content.vocabulary import Vocabulary
from content.web_address import as_iri

MEDIA_TYPE: Final = "application/ld+json"
_SCHEMES: Final = ("topics", "resource-kinds")
"""The words that DCAT-AP has properties for: themes and types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """
    Whose catalogue it is.

    id: its own address. title, description: in language. publisher, homepage: of the hub, agent:
    its address as one who publishes, since a person is not their page.
    """

    id: str
    title: str
    description: str
    language: str
    publisher: str
    agent: str
    homepage: str


def write(entries: Iterable[Entry | Gone], catalogue: Catalogue) -> Iterator[bytes]:
    """Yield the document piece by piece."""
    return written(writing(catalogue), entries)


def writing(catalogue: Catalogue) -> Writing:
    """Return how the document is written. DCAT has no deletions: what is gone is left out."""
    head = orjson.dumps({"@context": CONTEXT, **_catalogue(catalogue)})
    return Writing(
        head=head.removesuffix(b"}") + b',"dcat:dataset":[\n',
        one=lambda entry: orjson.dumps(dataset(entry)) if isinstance(entry, Entry) else b"",
        between=b",\n",
        tail=b"\n]}\n",
    )


def dataset(entry: Entry) -> dict[str, Any]:
    """Return one resource as a Dataset, without the context."""
    record = entry.record
    values: dict[str, Any] = {
        "@id": entry.id,
        "@type": "dcat:Dataset",
        "dct:identifier": entry.id,
        "dct:title": _texts(record.title),
        "dct:description": _texts(record.summary),
        "dct:type": concept(record.kind),
        "dct:language": eu_language(record.language),
        "hub:language": record.language,
        "dcat:theme": [concept(topic) for topic in record.topics],
        "dcat:keyword": _keywords(record),
        "dct:publisher": _agent(record.publisher),
        "dct:issued": _typed("gYear", None if record.year is None else f"{record.year:04}"),
        "dct:modified": _typed("dateTime", to_text(entry.modified)),
        "dct:spatial": _place(record),
        "dct:relation": [{"@id": as_iri(link)} for link in record.related],
        "hub:principle": [concept(principle) for principle in record.principles],
        "hub:goal": [goal(number) for number in record.sdgs],
        "hub:label": record.label.value,
        "hub:sensitivity": record.sensitivity.value,
        "hub:source": record.source,
        "hub:sourceId": record.source_id,
        "hub:statistics": _json(record),
    }
    licence = _licence(record.licence)
    if record.url is None:
        values["dct:license"] = licence
    else:
        address = as_iri(record.url)
        values["dcat:landingPage"] = {"@id": address, "@type": "foaf:Document"}
        access = {"@type": "dcat:Distribution", "dcat:accessURL": {"@id": address}}
        values["dcat:distribution"] = access if licence is None else {**access, **_named(licence)}
    if any(link != as_iri(link) for link in (record.url or "", *record.related)):
        values["hub:links"] = {"@type": "@json", "@value": [record.url, *record.related]}
    return {name: value for name, value in values.items() if value not in (None, [])}


def _catalogue(catalogue: Catalogue) -> dict[str, Any]:
    found = {
        "@id": catalogue.id,
        "@type": "dcat:Catalog",
        "dct:title": _texts({catalogue.language: catalogue.title}),
        "dct:description": _texts({catalogue.language: catalogue.description}),
        "dct:publisher": {
            "@id": catalogue.agent,
            "@type": "foaf:Agent",
            "foaf:name": catalogue.publisher,
        },
        "dct:language": eu_language(catalogue.language),
        "foaf:homepage": {"@id": catalogue.homepage, "@type": "foaf:Document"},
        "dcat:themeTaxonomy": [_scheme(each) for each in _SCHEMES],
    }
    return {name: value for name, value in found.items() if value is not None}


def _scheme(name: str) -> dict[str, Any]:
    """Return words of ours with their names: a theme or type that nobody explains is none."""
    scheme = Vocabulary.load().scheme(name)
    return {
        **concept(name),
        "@type": "skos:ConceptScheme",
        "dct:title": _texts({"en": scheme.title}),
        "skos:hasTopConcept": [
            {
                **concept(each.id),
                "@type": "skos:Concept",
                "skos:prefLabel": _texts(each.labels),
                "skos:inScheme": concept(name),
            }
            for each in scheme.concepts
        ],
    }


def _texts(texts: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"@language": tag, "@value": text} for tag, text in texts.items()]


def _keywords(record: ResourceRecord) -> list[dict[str, str]]:
    vocabulary = Vocabulary.load()
    return [{"@language": "en", "@value": vocabulary.label(topic)} for topic in record.topics]


def _typed(kind: str, text: str | None) -> dict[str, str] | None:
    return None if text is None else {"@type": f"xsd:{kind}", "@value": text}


def _agent(name: str | None) -> dict[str, str] | None:
    return None if name is None else {"@type": "foaf:Agent", "foaf:name": name}


def _place(record: ResourceRecord) -> dict[str, str] | None:
    if record.city is None and record.country is None:
        return None
    place = {"@type": "dct:Location", "rdfs:label": record.city, "skos:notation": record.country}
    return {name: value for name, value in place.items() if value is not None}


def _licence(licence: str | None) -> dict[str, str] | None:
    return None if licence is None else {"@type": "dct:LicenseDocument", "rdfs:label": licence}


def _named(licence: dict[str, str]) -> dict[str, Any]:
    return {"dct:license": licence}


def _json(record: ResourceRecord) -> dict[str, Any] | None:
    if record.statistics is None:
        return None
    return {"@type": "@json", "@value": record.statistics.model_dump(mode="json")}
