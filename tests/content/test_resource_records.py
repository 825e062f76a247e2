"""What a resource may say, what is refused and in which words; the starter catalogue; files."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.labels import Label
from content.resources.importing import read_jsonl
from content.resources.record import RecordInvalid, ResourceRecord, read_record
from content.starter import starter_catalogue
from tests.content.shelf import RECORD


def test_every_line_of_the_starter_catalogue_is_a_record_that_may_go_out() -> None:
    records = starter_catalogue()

    assert len(records) == 262
    assert len({record.import_key for record in records}) == 262
    assert {record.label for record in records} == {Label.CLEAR}
    titles = {record.language: record.title for record in records}
    assert set(titles["es"]) == {"es"}
    assert set(titles["pt-BR"]) == {"pt-BR"}
    assert all(set(record.summary) == {"en"} for record in records)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("kind", "guid", "allowed are guide, policy, template"),
        ("topics", ["privcy"], "the nearest are privacy"),
        ("topics", "privacy", "must be a list of ids of the scheme topics"),
        ("principles", ["p6"], "allowed are p1-access-literacy"),
        ("language", "english", "write one such as en"),
        ("country", "UK", "write GB"),
        ("country", "Spain", "write two capitals"),
        ("url", "javascript:alert(1)", "must begin with https:// or http://"),
        ("url", "https://", "must begin with https:// or http:// and name a host"),
        ("url", "https://user:secret@example.org/", "must not hold a user name or a password"),
        ("url", "https://example.org/a b", "without blanks"),
        ("url", "https://example.org:port/", "is not an address"),
        ("url", "https://example.org/" + "a" * 2048, "at most 2048 signs"),
        ("year", 20223, "less than or equal to 2100"),
        ("sdgs", [18], "they are 1 to 17"),
        ("label", "tlp-blue", "tlp-clear, tlp-green"),
        ("sensitivity", "secret", "data-none, data-pseudonymous"),
        ("title", "two\nlines", "the text in en must be one line"),
        ("title", "a" * 501, "at most 500 signs"),
        ("summary", {"en": ""}, "the text in en is empty"),
        ("publisher", "a\x1b[31m", "without control signs"),
        ("colour", "red", "is not a field of this"),
    ],
)
def test_a_wrong_field_is_refused_with_its_name_and_what_is_allowed(
    field: str, value: Any, reason: str
) -> None:
    with pytest.raises(RecordInvalid) as refused:
        read_record({**RECORD, field: value})

    ((named, why),) = refused.value.problems
    assert named == field
    assert reason in why
    assert f"{field}: " in str(refused.value)


def test_every_mistake_is_named_at_once_and_never_a_whole_value() -> None:
    with pytest.raises(RecordInvalid) as refused:
        read_record({"title": "a", "kind": "x" * 5000, "topics": []})

    assert {field for field, _ in refused.value.problems} == {"summary", "language", "kind"}
    assert len(str(refused.value)) < 1000


def test_plain_texts_become_language_maps_and_blanks_become_nothing() -> None:
    record = read_record(
        {**RECORD, "language": "PT-br", "title": " Guia ", "city": " ", "url": "", "country": "br"}
    )

    assert record.title == {"pt-BR": "Guia"}
    assert record.summary == {"en": "What it says."}
    assert (record.language, record.country, record.city, record.url) == ("pt-BR", "BR", None, None)


def test_the_import_key_is_the_id_there_or_the_link_or_publisher_and_title() -> None:
    def key(**fields: Any) -> tuple[str, str]:
        return read_record({**RECORD, **fields}).import_key

    assert key(source="ckan", source_id="17", url="https://a.example/") == ("ckan", "17")
    assert key(url="https://a.example/") == ("", "https://a.example/")
    assert key(publisher="Ville de Montréal") == ("", "Ville de Montréal: A guide")


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: st.none() | st.text(max_size=40) | st.integers() | st.lists(st.text(max_size=9))
            for name in ResourceRecord.model_fields
        },
    )
)
def test_whatever_the_fields_hold_the_answer_is_a_record_or_a_refusal(
    fields: dict[str, Any],
) -> None:
    try:
        record = read_record({**RECORD, **fields})
    except RecordInvalid:
        return
    assert read_record(record.model_dump(mode="json")) == record


def test_a_file_with_bad_lines_names_each_with_its_reason_and_keeps_the_good_ones() -> None:
    good = json.dumps({**RECORD, "url": "https://a.example/1"})
    lines = [
        "\ufeff" + good,
        "",
        "{not json",
        json.dumps({**RECORD, "kind": "leaflet", "url": "https://a.example/2"}),
        "[1]",
        good,
        '{"title": "a", "title": "b"}',
        json.dumps({**RECORD, "url": "https://a.example/3"}),
        '{"year": NaN}',
        "[" * 100_000,
        "x" * 300_000,
    ]

    found = read_jsonl(lines)

    assert [record.url for record in found.records] == [
        "https://a.example/1",
        "https://a.example/3",
    ]
    reasons = {bad.line: bad.reason for bad in found.problems}
    assert list(reasons) == [3, 4, 5, 6, 7, 9, 10, 11]
    assert "is not JSON" in reasons[3]
    assert "kind: 'leaflet' is not in the vocabulary" in reasons[4]
    assert "not a JSON object" in reasons[5]
    assert "same resource as line 1" in reasons[6]
    assert "the field 'title' twice" in reasons[7]
    assert "NaN" in reasons[9]
    assert "nested too deeply" in reasons[10]
    assert "longer than" in reasons[11]


@given(st.lists(st.text(max_size=60), max_size=6))
def test_reading_a_file_never_fails_whatever_its_lines_are(lines: list[str]) -> None:
    found = read_jsonl(lines)

    assert len(found.records) + len(found.problems) <= len(lines)
