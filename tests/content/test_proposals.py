"""Proposals: which changes can be proposed, and how they are typed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.proposals.changes import (
    PROPOSABLE,
    ProposalInvalid,
    changed,
    check_reason,
    typed,
)
from content.resources.record import RecordInvalid, ResourceRecord, read_record

RECORD = read_record(
    {
        "title": {"en": "Guide", "es": "Guía"},
        "summary": {"en": "How a city buys."},
        "url": "https://city.example/guide",
        "publisher": "City",
        "year": 2024,
        "language": "en",
        "country": "NL",
        "kind": "guide",
        "topics": ["procurement"],
        "sdgs": [11],
    }
)


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ("year=2026", {"year": 2026}),
        ("publisher=City of Example", {"publisher": "City of Example"}),
        ("url=https://city.example/a?b=c", {"url": "https://city.example/a?b=c"}),
        ("licence=", {"licence": None}),
        ("topics=privacy, procurement", {"topics": ["privacy", "procurement"]}),
        ("topics=", {"topics": []}),
        ("sdgs=11,16", {"sdgs": [11, 16]}),
        ("title=New", {"title": {"en": "New", "es": "Guía"}}),
        ("title.es=Nueva", {"title": {"en": "Guide", "es": "Nueva"}}),
        ("title.es=", {"title": {"en": "Guide"}}),
        ("title.fr=Guide", {"title": {"en": "Guide", "es": "Guía", "fr": "Guide"}}),
    ],
)
def test_changes_are_typed_as_field_and_value(pair: str, expected: dict[str, Any]) -> None:
    assert typed(RECORD, [pair]) == expected


def test_two_languages_of_one_text_are_one_change() -> None:
    assert typed(RECORD, ["title=New", "title.es=Nueva"]) == {"title": {"en": "New", "es": "Nueva"}}


@pytest.mark.parametrize("pair", ["year", "year=MMXX", "year=20.5", "publisher.es=X", "sdgs=a"])
def test_what_is_no_field_and_value_is_refused(pair: str) -> None:
    with pytest.raises(ProposalInvalid):
        typed(RECORD, [pair])


def test_a_change_gives_the_record_that_would_be() -> None:
    after = changed(RECORD, {"year": 2026, "licence": None, "topics": ["privacy"]})

    assert (after.year, after.licence, after.topics) == (2026, None, ("privacy",))
    assert after.title == RECORD.title


@pytest.mark.parametrize("field", sorted(set(ResourceRecord.model_fields) - set(PROPOSABLE)))
def test_labels_sources_and_statistics_are_for_the_own_hub_alone(field: str) -> None:
    with pytest.raises(ProposalInvalid, match="no field that can be proposed"):
        changed(RECORD, {field: "tlp-clear"})


def test_what_changes_nothing_and_what_is_no_record_is_refused() -> None:
    for nothing in ({}, {"year": 2024}, {"topics": ["procurement"], "licence": None}):
        with pytest.raises(ProposalInvalid):
            changed(RECORD, nothing)
    for wrong in ({"kind": "poem"}, {"title": {}}, {"url": "javascript:alert(1)"}, {"year": "x"}):
        with pytest.raises(RecordInvalid):
            changed(RECORD, wrong)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from((*PROPOSABLE, "label", "x")), VALUES, max_size=4))
def test_whatever_another_hub_proposes_is_a_record_or_refused_in_words(
    changes: dict[str, Any],
) -> None:
    try:
        after = changed(RECORD, changes)
    except (ProposalInvalid, RecordInvalid):
        return
    assert after != RECORD
    assert (after.label, after.sensitivity) == (RECORD.label, RECORD.sensitivity)


def test_a_reason_is_text_and_not_empty() -> None:
    assert check_reason("  Because. ") == "Because."
    for bad in ("", "  ", "a\x00b", "x" * 5000):
        with pytest.raises(ProposalInvalid):
            check_reason(bad)
