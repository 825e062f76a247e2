"""Suggestions while typing: topics in any language, titles and experts that may be seen."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.labels import Label
from content.search import BadQuery, suggest
from tests.content.shelf import Shelf, open_shelf


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with open_shelf(tmp_path_factory.mktemp("suggest")) as shelf:
        shelf.publish(title="Algorithm register of the city")
        shelf.publish(title="A guide to algorithms")
        shelf.hold(title="Algorithm secrets", label=Label.GREEN)
        shelf.list_expert(name="Example: Algona Ruiz")
        yield shelf


def texts(shelf: Shelf, q: str, **more: int) -> list[tuple[str, str]]:
    return [(each.kind, each.text) for each in suggest(shelf.public, q, **more)]


def test_topics_come_first_then_titles_then_experts(shelf: Shelf) -> None:
    found = texts(shelf, "algo")

    assert ("topic", "Algorithm registers") in found
    assert ("resource", "A guide to algorithms") in found
    assert ("expert", "Example: Algona Ruiz") in found
    assert [kind for kind, _ in found] == sorted(
        (kind for kind, _ in found), key=["topic", "kind", "resource", "expert"].index
    )


@pytest.mark.parametrize(
    ("q", "label"),
    [
        ("clàus", "Clàusules contractuals"),
        ("priva", "Privacy"),
        ("الخص", "الخصوصية"),
        ("beschaff", "Öffentliche Beschaffung"),
        ("PROTECCION DE DA", "Protección de datos personales"),
    ],
)
def test_a_label_is_suggested_in_the_language_it_is_typed_in(
    shelf: Shelf, q: str, label: str
) -> None:
    assert ("topic", label) in texts(shelf, q)


def test_every_topic_is_suggested_once(shelf: Shelf) -> None:
    ids = [each.id for each in suggest(shelf.public, "dig", limit=20)]

    assert len(ids) == len(set(ids))


def test_what_may_not_be_seen_is_not_suggested(shelf: Shelf) -> None:
    assert texts(shelf, "secr") == []
    green = frozenset({Label.CLEAR, Label.GREEN})

    (found,) = suggest(shelf.db, "secr", labels=green)

    assert found.text == "Algorithm secrets"


def test_one_letter_or_none_suggests_nothing_and_the_limit_holds(shelf: Shelf) -> None:
    assert texts(shelf, "") == texts(shelf, "a") == texts(shelf, "?!") == []
    assert len(texts(shelf, "di", limit=3)) == 3
    with pytest.raises(BadQuery):
        suggest(shelf.public, "a" * 257)


@given(st.text(max_size=256))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_is_taken_literally(shelf: Shelf, q: str) -> None:
    assert len(suggest(shelf.public, q)) <= 8
