"""Facets are kept in one sign each, and what the signs count is what the records have."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.search.facets import FACETS, facet_word
from content.search.signs import SignStore, sign_of
from tests.content.shelf import Shelf, open_shelf

FACET = st.tuples(
    st.sampled_from(sorted(FACETS.values())),
    st.text(st.characters(blacklist_categories=("Cs", "Z", "Cc")), min_size=1, max_size=8),
)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with open_shelf(tmp_path) as shelf:
        yield shelf


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(FACET, max_size=6), max_size=6))
def test_what_is_written_in_signs_is_read_as_the_same_facets(
    shelf: Shelf, records: list[list[tuple[str, str]]]
) -> None:
    store = SignStore(shelf.db)
    written = "".join(store.write(facets) for facets in records)

    meanings = store.meanings(written)
    counted = Counter(meanings[sign] for sign in written)
    assert counted == Counter(facet_word(*each) for facets in records for each in set(facets))


@given(st.lists(st.integers(1, 1_000_000), unique=True))
def test_no_two_numbers_have_one_sign_and_every_sign_can_be_stored(numbers: list[int]) -> None:
    signs = [sign_of(number) for number in numbers]

    assert len(set(signs)) == len(numbers)
    assert all(len(sign) == 1 and sign.isspace() is False for sign in signs if sign < "\x7f")
    "".join(signs).encode("utf-8")


def test_facets_of_a_changed_record_are_counted_as_they_are_now(shelf: Shelf) -> None:
    changed = shelf.publish(topics=["privacy"])
    shelf.publish(topics=["privacy"], kind="policy")

    shelf.change(changed, topics=["contract-clauses"])

    counts = {each.value: each.count for each in shelf.search("").facets["topic"]}
    assert (counts["privacy"], counts["contract-clauses"]) == (1, 1)
    assert {each.value: each.count for each in shelf.search("").facets["kind"]} == {
        "guide": 1,
        "policy": 1,
    }
