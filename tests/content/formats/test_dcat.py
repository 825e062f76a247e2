"""DCAT: ours is JSON-LD that others understand; theirs is read in every shape they write it in."""

import json
from typing import Any

import pytest
from pyld import jsonld

from content.resources.formats import dcat_reading, dcat_writing
from content.resources.formats.shapes import (
    BadRecord,
    Entry,
    FormatUnreadable,
    Found,
    record_of,
)
from content.resources.formats.terms import HUB
from content.resources.record import read_record
from content.vocabulary import LANGUAGES
from protocol.context import NS
from tests.content.formats.test_round_trips import CATALOGUE
from tests.content.shelf import RECORD
from tests.seams import START

DCT, DCAT = "http://purl.org/dc/terms/", "http://www.w3.org/ns/dcat#"
SKOS, FOAF = "http://www.w3.org/2004/02/skos/core#", "http://xmlns.com/foaf/0.1/"


def read(value: Any) -> list[Found]:
    found = list(dcat_reading.read([json.dumps(value).encode()]))
    assert all(isinstance(each, Found) for each in found), found
    return [each for each in found if isinstance(each, Found)]


def ours(**fields: Any) -> tuple[Entry, Any]:
    record = read_record({**RECORD, "url": "https://city.example/a", "year": 2020, **fields})
    entry = Entry(id="https://amsterdam.example/resources/1", record=record, modified=START)
    return entry, json.loads(b"".join(dcat_writing.write([entry], CATALOGUE)))


def test_our_words_have_the_namespace_of_our_documents() -> None:
    assert HUB == NS


def test_a_program_that_knows_json_ld_and_nothing_of_us_finds_what_dcat_ap_asks_for() -> None:
    _, document = ours(title={"en": "A guide", "ar": "دليل"}, publisher="City of Example")

    [expanded] = jsonld.expand(document)
    [dataset] = expanded[f"{DCAT}dataset"]

    assert expanded["@type"] == [f"{DCAT}Catalog"]
    assert {f"{DCT}title", f"{DCT}description", f"{DCT}publisher"} <= set(expanded)
    assert dataset["@type"] == [f"{DCAT}Dataset"]
    assert {"@language": "ar", "@value": "دليل"} in dataset[f"{DCT}title"]
    [language] = dataset[f"{DCT}language"]
    assert language["@id"] == "http://publications.europa.eu/resource/authority/language/ENG"
    [access] = dataset[f"{DCAT}distribution"]
    assert access[f"{DCAT}accessURL"] == [{"@id": "https://city.example/a"}]
    assert dataset[f"{DCAT}theme"] == [{"@id": f"{HUB}privacy"}]


def test_everything_that_dcat_ap_gives_a_class_has_it() -> None:
    """The SHACL shapes of DCAT-AP 3.0.1 ask for each of these; a reference alone is not enough."""
    _, document = ours(topics=["privacy", "procurement"])
    [catalogue] = jsonld.expand(document)
    [dataset] = catalogue[f"{DCAT}dataset"]
    types = {
        node["@id"]: set(node.get("@type", ()))
        for node in jsonld.flatten(document)
        if "@id" in node
    }

    def classes(node: Any, name: str) -> set[frozenset[str]]:
        return {frozenset(types[each["@id"]]) for each in node[name]}

    assert classes(dataset, f"{DCT}language") == {frozenset({f"{DCT}LinguisticSystem"})}
    assert classes(catalogue, f"{DCT}language") == {frozenset({f"{DCT}LinguisticSystem"})}
    assert classes(dataset, f"{DCAT}theme") == {frozenset({f"{SKOS}Concept"})}
    assert classes(dataset, f"{DCT}type") == {frozenset({f"{SKOS}Concept"})}
    assert classes(dataset, f"{DCAT}landingPage") == {frozenset({f"{FOAF}Document"})}
    assert classes(catalogue, f"{FOAF}homepage") == {frozenset({f"{FOAF}Document"})}
    assert classes(catalogue, f"{DCT}publisher") == {frozenset({f"{FOAF}Agent"})}
    assert classes(catalogue, f"{DCAT}themeTaxonomy") == {frozenset({f"{SKOS}ConceptScheme"})}


def test_a_link_that_is_no_iri_is_one_in_the_document_and_comes_back_as_it_was() -> None:
    """rdflib, and CKAN with it, cannot write a graph with a `|` in an address."""
    entry, document = ours(url="https://city.example/a|b", related=["https://city.example/{c}"])

    [dataset] = document["dcat:dataset"]
    [found] = read(document)

    assert dataset["dcat:landingPage"]["@id"] == "https://city.example/a%7Cb"
    assert dataset["dct:relation"] == [{"@id": "https://city.example/%7Bc%7D"}]
    assert record_of(found) == entry.record


def test_each_theme_has_its_name_in_all_our_languages() -> None:
    _, document = ours()

    named = {
        node["@id"]: {label["@language"] for label in node[f"{SKOS}prefLabel"]}
        for node in jsonld.flatten(document)
        if f"{SKOS}prefLabel" in node
    }

    assert named[f"{HUB}privacy"] == set(LANGUAGES)
    assert named[f"{HUB}guide"] == set(LANGUAGES)


@pytest.mark.parametrize("shape", ["expanded", "flattened", "other prefixes", "terms"])
def test_our_catalogue_is_read_without_loss_after_another_program_wrote_it_anew(shape: str) -> None:
    entry, document = ours(
        title={"en": "A guide", "pt-BR": "Um guia"},
        city="Amsterdam",
        country="NL",
        licence="CC-BY-4.0",
        sdgs=[16],
        related=["https://city.example/b", "https://city.example/c|d"],
        source="x",
        source_id="y",
        statistics={"period": "2026-Q3", "requests": "5-9", "topics": []},
    )
    renamed = {"dcterms": DCT, "d": DCAT, "h": HUB}
    terms = {"title": {"@id": f"{DCT}title", "@container": "@language"}, "@vocab": HUB}
    again = {
        "expanded": lambda: jsonld.expand(document),
        "flattened": lambda: jsonld.flatten(document, document["@context"]),
        "other prefixes": lambda: jsonld.compact(document, renamed),
        "terms": lambda: jsonld.compact(document, terms),
    }[shape]()

    [found] = read(again)

    assert record_of(found) == entry.record
    assert found.source_id == entry.id


THEIRS: dict[str, Any] = {
    "one dataset alone": {
        "@type": "dcat:Dataset",
        "@id": "https://data.example/d/1",
        "dct:title": {"@value": "Cámaras", "@language": "es"},
        "dcat:theme": {"@id": "http://publications.europa.eu/resource/authority/data-theme/GOVE"},
        "dcat:keyword": ["Privacidad", "tránsito"],
        "dct:language": {"@id": "http://publications.europa.eu/resource/authority/language/SPA"},
        "dct:type": "Dataset",
    },
    "a graph of parts": {
        "@graph": [
            {"@id": "https://data.example/", "@type": ["dcat:Catalog"]},
            {
                "@id": "https://data.example/d/1",
                "@type": ["http://www.w3.org/ns/dcat#Dataset"],
                "dcterms:title": [{"@language": "es", "@value": "Cámaras"}],
                "dcat:distribution": {"@id": "_:b1"},
                "dcterms:publisher": [{"@id": "_:b2"}],
                "dcat:keyword": [{"@value": "Privacidad"}, {"@value": "tránsito"}],
            },
            {"@id": "_:b1", "dcat:accessURL": {"@id": "https://city.example/cams.csv"}},
            {"@id": "_:b2", "@type": "foaf:Agent", "foaf:name": "Ciudad de Ejemplo"},
        ]
    },
    "data.json of DCAT-US": {
        "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
        "dataset": [
            {
                "@type": "dcat:Dataset",
                "identifier": "https://data.example/d/1",
                "title": "Cámaras",
                "description": "<p>Where &amp; why</p><script>x()</script>",
                "language": ["es"],
                "keyword": ["Privacidad", "tránsito"],
                "modified": "2024-05-01",
                "publisher": {"@type": "org:Organization", "name": "Ciudad de Ejemplo"},
                "license": "https://creativecommons.org/licenses/by/4.0/",
            }
        ],
    },
    "a list": [
        {
            "@id": "https://data.example/d/1",
            "@type": "Dataset",
            "title": {"es": "Cámaras", "en": ["Cameras"]},
            "keywords": ["Privacidad", "tránsito"],
        }
    ],
}


@pytest.mark.parametrize("shape", THEIRS)
def test_catalogues_of_others_are_read_in_the_shapes_they_come_in(shape: str) -> None:
    [found] = read(THEIRS[shape])

    record = record_of(found, source="data.example", defaults={"kind": "dataset"})
    assert (record.source, record.source_id) == ("data.example", "https://data.example/d/1")
    assert "Cámaras" in record.title.values()
    assert record.kind == "dataset"
    assert record.topics == ("privacy",)
    assert found.keywords == ("tránsito",)


def test_markup_publisher_licence_and_dates_of_others_become_plain_fields() -> None:
    [found] = read(THEIRS["data.json of DCAT-US"])

    assert found.fields["summary"] == {"es": "Where & why"}
    assert found.fields["publisher"] == "Ciudad de Ejemplo"
    assert found.fields["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found.fields["year"] == 2024
    assert str(found.modified) == "2024-05-01 00:00:00+00:00"


def test_a_dataset_without_a_title_is_a_bad_record_and_the_next_one_is_read() -> None:
    body = json.dumps(
        {"dataset": [{"keyword": "x"}, {"@id": "https://data.example/2", "title": "B"}]}
    )

    bad, found = dcat_reading.read([body.encode()])

    assert bad == BadRecord(where="record 1", reason="title: is missing.")
    assert isinstance(found, Found)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"{", "is not JSON"),
        (b"\xff\xfe{", "is not JSON"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"name": "x"}', "names no dataset"),
    ],
)
def test_what_is_no_catalogue_is_refused_in_words(body: bytes, why: str) -> None:
    with pytest.raises(FormatUnreadable, match=why):
        list(dcat_reading.read([body]))


def test_nodes_that_refer_to_each_other_in_a_circle_are_read_once() -> None:
    [found] = read(
        {
            "@graph": [
                {
                    "@id": "_:a",
                    "@type": "dcat:Dataset",
                    "dct:title": "A",
                    "dct:publisher": {"@id": "_:a"},
                    "dcat:distribution": {"@id": "_:a"},
                }
            ]
        }
    )

    assert found.fields["title"] == {"und": "A"}
