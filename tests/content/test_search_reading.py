"""How queries are read: forms, words that mean the same, parts, slips, and words nothing has."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.folding import words_of
from content.labels import Label
from content.search import ReadAs, Why
from content.search.lexicon import Lexicon
from content.search.spelling import distance
from content.search.stems import forms_among
from content.vocabulary import LANGUAGES
from tests.content.shelf import Shelf, open_shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with open_shelf(tmp_path) as shelf:
        yield shelf


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Clauses for suppliers", "clause"),
        ("Registros municipales", "registro municipal"),
        ("Collectivités locales", "collectivité locale"),
        ("Schulungen", "schulung"),
        ("Algorismes públics", "algorisme públic"),
        ("Documentos públicos", "documento público"),
        ("Sensori pubblici", "sensore pubblico"),
        ("Gemeentelijke richtlijnen", "gemeentelijk richtlijn"),
        ("سجلات الخوارزميات", "خوارزميات"),
    ],
)
def test_a_word_is_found_in_another_form_in_every_language(
    shelf: Shelf, written: str, asked: str
) -> None:
    shelf.publish(title=written, topics=["privacy"])

    found = shelf.search(f"{asked} ")

    assert found.total == 1
    assert found.missing == ()


def test_the_reason_names_the_form_that_stands_there_and_what_was_typed(shelf: Shelf) -> None:
    shelf.publish(title="Zebras in the street", topics=["privacy"])

    (found,) = shelf.search("zebra ").items

    assert found.why == (Why("title", "zebras", "zebra"),)


@pytest.mark.parametrize("q", ["chatbot", "ChatGPT", "روبوت محادثة", "agent conversationnel"])
def test_a_word_of_daily_life_finds_what_is_about_its_concept(shelf: Shelf, q: str) -> None:
    shelf.publish(title="Rules for staff", topics=["generative-ai"])
    shelf.publish(title="Something else", topics=["privacy"])

    (found,) = shelf.search(q).items

    assert Why("concept", "generative-ai") in found.why


def test_a_word_finds_the_word_that_means_the_same_in_another_language(shelf: Shelf) -> None:
    shelf.publish(title="City budgets", topics=["privacy"])

    (found,) = shelf.search("ayuntamiento ").items

    assert found.why == (Why("title", "city", "ayuntamiento"),)


def test_a_word_that_nothing_has_does_not_empty_the_search_and_is_told(shelf: Shelf) -> None:
    shelf.publish(title="Procurement clauses", topics=["contract-clauses"])

    found = shelf.search("cláusulas xyzzyq")

    assert [next(iter(item.title.values())) for item in found.items] == ["Procurement clauses"]
    assert found.missing == ("xyzzyq",)


def test_what_has_all_words_comes_before_what_has_some_and_is_counted(shelf: Shelf) -> None:
    shelf.publish(title="Zebra and giraffe", topics=["privacy"])
    shelf.publish(title="Zebra and lion", topics=["privacy"])

    found = shelf.search("zebra giraffe ")

    assert shelf.titles("zebra giraffe ") == ["Zebra and giraffe", "Zebra and lion"]
    assert (found.total, found.with_all_words) == (2, 1)


@pytest.mark.parametrize("typed", ["chatbto", "chatbott", "chatbt", "xhatbot", "clausesx"])
def test_a_slip_is_read_as_the_nearest_word_and_told(shelf: Shelf, typed: str) -> None:
    shelf.publish(title="Chatbot clauses", topics=["privacy"])

    found = shelf.search(f"{typed} ")

    assert found.total == 1
    assert [each.typed for each in found.read_as] == [typed]


def test_a_word_made_of_two_known_ones_is_read_as_these(shelf: Shelf) -> None:
    shelf.publish(title="Outil PIA", topics=["impact-assessment", "data-protection"])

    found = shelf.search("Datenschutzfolgenabschätzung")

    assert found.total == 1
    assert found.read_as == (
        ReadAs("datenschutzfolgenabschatzung", ("datenschutz", "folgenabschatzung")),
    )


def test_a_word_of_a_record_that_may_not_be_seen_changes_nothing(shelf: Shelf) -> None:
    shelf.publish(title="Chatbots", topics=["privacy"])
    before = [shelf.search(q) for q in ("canaryzebra ", "canaryzebr ", "canary")]

    shelf.hold(title="canaryzebra", label=Label.GREEN, topics=["privacy"])

    after = [shelf.search(q) for q in ("canaryzebra ", "canaryzebr ", "canary")]
    assert [(page.total, page.missing, page.read_as) for page in before] == [
        (page.total, page.missing, page.read_as) for page in after
    ]
    assert after[0].missing == ("canaryzebra",)
    seen = shelf.search("canaryzebra ", labels=frozenset({Label.CLEAR, Label.GREEN}))
    assert seen.total == 1


def test_walking_through_what_has_some_words_shows_every_record_once(shelf: Shelf) -> None:
    for number in range(7):
        shelf.publish(title=f"Zebra {number}", topics=["privacy"])
        shelf.publish(title=f"Giraffe {number}", topics=["privacy"])
    seen: list[str] = []
    cursor = None
    while True:
        page = shelf.search("zebra giraffe ", limit=4, cursor=cursor)
        seen.extend(item.place.url for item in page.items)
        cursor = page.next_cursor
        if cursor is None:
            break

    assert len(seen) == len(set(seen)) == page.total == 14


def test_every_ring_has_words_in_all_languages_and_a_concept_that_exists() -> None:
    lexicon = Lexicon.load()

    for language in LANGUAGES:
        assert lexicon.knows(words_of({"ar": "كاميرا"}.get(language, "sensor"))[0])
    (meaning,) = lexicon.meanings(words_of("derechos humanos"))
    assert [ring.concept for ring in meaning.rings] == ["human-rights"]


@given(st.text("abcde", max_size=7), st.text("abcde", max_size=7))
def test_the_distance_is_the_same_both_ways_and_nothing_only_for_the_same(a: str, b: str) -> None:
    assert distance(a, b, 2) == distance(b, a, 2)
    assert (distance(a, b, 2) == 0) == (a == b)
    assert distance(a, a + "x", 1) == 1
    assert distance(a + "xy" + b, a + "yx" + b, 1) == 1


def test_short_or_unlike_words_are_no_forms_of_one_another() -> None:
    assert forms_among("law", ["laws", "lawn"]) == []
    assert forms_among("city", ["cities"]) == ["cities"]
    assert forms_among("policy", ["police", "policies"]) == ["policies"]
