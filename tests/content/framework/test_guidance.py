"""The guidance that ships with the program: one text for each item, in bounds, sources named."""

import pytest

from content.framework.item import PARTS, PILLARS, FrameworkItem
from content.framework.upstream import upstream
from content.starter import starter_catalogue
from content.vocabulary import LANGUAGES, Vocabulary

ITEMS = upstream().framework.items
CATALOGUE = {record.url: record for record in starter_catalogue() if record.url is not None}
each_item = pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)


def test_every_item_of_the_vocabulary_has_guidance_and_nothing_else_has() -> None:
    schemes = ("framework-foundations", "framework-structures", "framework-tools")
    expected = [name for scheme in schemes for name in Vocabulary.load().ids(scheme)]

    assert len(ITEMS) == 37
    assert [item.id for item in ITEMS] == expected
    assert [item.id for item in ITEMS if item.is_pillar] == list(PILLARS)


@each_item
def test_the_guidance_has_all_parts_and_100_to_200_words(item: FrameworkItem) -> None:
    texts = [getattr(item, part)["en"] for part in PARTS]

    assert 100 <= sum(len(text.split()) for text in texts) <= 200
    assert all(len(text.split()) >= 15 for text in texts)
    assert all(text.endswith(".") for text in texts)


@each_item
def test_the_sources_are_in_the_starter_catalogue_under_their_titles(item: FrameworkItem) -> None:
    assert 2 <= len(item.sources) <= 5
    for source in item.sources:
        assert source.title in CATALOGUE[source.url].title.values()


@each_item
def test_each_item_has_topics_and_is_named_in_nine_languages(item: FrameworkItem) -> None:
    assert 1 <= len(item.topics) <= 5
    assert set(item.title) == set(LANGUAGES)


def test_no_two_items_say_the_same() -> None:
    texts = [getattr(item, part)["en"] for item in ITEMS for part in PARTS]

    assert len(set(texts)) == len(texts)


def test_the_guidance_does_not_claim_to_be_the_framework_of_the_coalition() -> None:
    texts = " ".join(getattr(item, part)["en"] for item in ITEMS for part in PARTS).lower()

    assert "conform" not in texts
    assert upstream().version == "2026-11"
