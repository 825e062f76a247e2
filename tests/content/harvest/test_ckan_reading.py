"""What CKAN portals answer, in all the shapes that real ones have."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.harvest.ckan import is_there, portal_of, read_search
from content.harvest.reading import SourceUnreadable
from content.resources.formats.shapes import BadRecord, Deleted, Found, record_of
from content.resources.record import RecordInvalid
from tests.harvest_source import a_package

PORTAL = "https://data.city.example"


def read(*packages: Any) -> list[Any]:
    body = {"success": True, "result": {"count": len(packages), "results": list(packages)}}
    return list(read_search(json.dumps(body).encode(), PORTAL).readings)


@pytest.mark.parametrize(
    "url",
    [
        "https://data.city.example",
        "https://data.city.example/",
        "https://data.city.example/dataset?groups=x",
        "https://data.city.example/api/3/action/package_search?q=x",
        "https://data.city.example/dataset/bicycles#readme",
    ],
)
def test_a_portal_is_meant_whichever_of_its_addresses_is_given(url: str) -> None:
    assert portal_of(url) == PORTAL


def test_texts_by_language_are_kept_in_each_shape_that_portals_have() -> None:
    fluent = a_package("a", title_translated={"fr": "Vélos", "nl": "Fietsen", "de": ""})
    swiss = a_package("b", title={"de": "Velos", "fr": "Vélos"}, notes={"de": "Text"})
    packed = a_package("c", title='{"ca": "Bicis"}')
    languages = a_package("d", extras=[{"key": "language", "value": '["http://x/language/SPA"]'}])

    found = read(fluent, swiss, packed, languages)

    assert [each.fields["title"] for each in found[:3]] == [
        {"fr": "Vélos", "nl": "Fietsen"},
        {"de": "Velos", "fr": "Vélos"},
        {"ca": "Bicis"},
    ]
    assert found[3].fields["language"] == "es"


def test_what_is_private_deleted_or_nameless_is_told_apart() -> None:
    private, deleted = a_package("a", private=True), a_package("b", state="deleted")
    nameless = a_package("c", id=None)

    assert [type(each) for each in read(private, deleted, nameless, "x")] == [
        Deleted,
        Deleted,
        BadRecord,
        BadRecord,
    ]


def test_an_unknown_or_missing_licence_promises_nothing() -> None:
    given = [("notspecified", None), ("cc-zero", "CC0-1.0"), ("other-open", "Other (Open)")]
    packages = [
        a_package(f"p{n}", license_id=licence, license_title="Other (Open)")
        for n, (licence, _) in enumerate(given)
    ]

    assert [each.fields.get("licence") for each in read(*packages)] == [said for _, said in given]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"null",
        b'{"success": false, "error": {}}',
        b'{"success": true, "result": []}',
        b'{"success": true, "result": {"count": "3", "results": []}}',
    ],
)
def test_what_is_no_answer_of_a_portal_is_refused(body: bytes) -> None:
    with pytest.raises(SourceUnreadable):
        read_search(body, PORTAL)


def test_only_a_clear_no_means_that_a_package_is_gone() -> None:
    shown = json.dumps({"success": True, "result": a_package("a")}).encode()

    assert is_there(200, shown)
    assert not is_there(404, b"")
    assert not is_there(403, b"")
    with pytest.raises(SourceUnreadable):
        is_there(500, b"")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 3000) | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from(sorted(a_package("x"))), JSON, max_size=6))
def test_no_field_of_a_package_breaks_the_reader(fields: dict[str, Any]) -> None:
    for each in read({**a_package("x"), **fields}):
        if isinstance(each, Found):
            try:
                record_of(each, source=PORTAL, defaults={"kind": "dataset", "topics": ()})
            except RecordInvalid as error:
                # A package may have no title; everything else is mended.
                if not {field for field, _ in error.problems} <= {"title", "summary"}:
                    raise
