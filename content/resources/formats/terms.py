"""Addresses of our words for the world outside: namespaces, concepts, languages, goals."""

from typing import Final

from content.resources.formats.languages import THREE_LETTERS

HUB: Final = "https://w3id.org/rights-hub/v1#"
"""The namespace of our own terms and concepts, the same as in documents between hubs."""
CONTEXT: Final = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "hub": HUB,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""The prefixes of our JSON-LD, sent inside of it, so that nobody has to load anything."""
_LANGUAGES: Final = "http://publications.europa.eu/resource/authority/language/"
_GOALS: Final = "http://metadata.un.org/sdg/"
_CODES: Final[dict[str, str]] = {}
for _three, _two in THREE_LETTERS.items():
    _CODES.setdefault(_two, _three.upper())


def concept(concept_id: str) -> dict[str, str]:
    """Return a reference to a concept of the vocabulary."""
    return {"@id": f"hub:{concept_id}"}


def goal(number: int) -> dict[str, str]:
    """Return a reference to a Sustainable Development Goal."""
    return {"@id": f"{_GOALS}{number}"}


def eu_language(tag: str) -> dict[str, str] | None:
    """Return a reference to the EU's list of languages, as DCAT-AP asks for, None if not there."""
    code = _CODES.get(tag.partition("-")[0])
    if code is None:
        return None
    return {"@id": f"{_LANGUAGES}{code}", "@type": "dct:LinguisticSystem"}
