"""A record follows its source field by field, and keeps what people here corrected."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from content.harvest.merging import digests_of, merged
from content.resources.record import ResourceRecord, read_record

VALUES: dict[str, list[Any]] = {
    "title": [{"en": "One"}, {"en": "Two"}, {"es": "Tres", "en": "One"}],
    "summary": [{"en": "a"}, {"en": "b"}],
    "url": [None, "https://a.example/1", "https://a.example/2"],
    "year": [None, 2024, 2025],
    "topics": [[], ["privacy"], ["privacy", "procurement"]],
    "kind": ["guide", "law"],
    "language": ["en", "und"],
    "label": ["tlp-clear", "tlp-green"],
}
RECORDS = st.fixed_dictionaries({name: st.sampled_from(v) for name, v in VALUES.items()}).map(
    read_record
)


def changed(before: ResourceRecord, after: ResourceRecord) -> set[str]:
    return {
        name
        for name in ResourceRecord.model_fields
        if getattr(before, name) != getattr(after, name)
    }


@given(base=RECORDS, ours=RECORDS, theirs=RECORDS)
def test_each_field_is_ours_where_we_changed_it_and_theirs_elsewhere(
    base: ResourceRecord, ours: ResourceRecord, theirs: ResourceRecord
) -> None:
    result = merged(digests_of(base), ours, theirs)

    mine = changed(base, ours)
    for name in ResourceRecord.model_fields:
        assert getattr(result, name) == getattr(ours if name in mine else theirs, name)


@given(base=RECORDS, ours=RECORDS, theirs=RECORDS)
def test_merging_again_changes_nothing(
    base: ResourceRecord, ours: ResourceRecord, theirs: ResourceRecord
) -> None:
    once = merged(digests_of(base), ours, theirs)

    assert merged(digests_of(theirs), once, theirs) == once


@given(ours=RECORDS, theirs=RECORDS)
def test_where_nothing_is_known_of_the_source_it_is_followed(
    ours: ResourceRecord, theirs: ResourceRecord
) -> None:
    assert merged({}, ours, theirs) == theirs
