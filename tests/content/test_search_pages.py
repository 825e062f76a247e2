"""Walking through results: every record once, cursors checked, nothing typed is ever syntax."""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.catalogue import Catalogue
from content.database import sqlite3
from content.folding import words_of
from content.search import BadCursor, BadQuery, engine, query, ranking
from content.search.query import Sort
from content.search.words import MOST_WORDS
from content.starter import starter_catalogue
from tests.content.shelf import Shelf, open_shelf

SORTS = ("relevance", "newest", "title")


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with open_shelf(tmp_path_factory.mktemp("starter")) as shelf:
        shelf.publish_all(starter_catalogue())
        yield shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with open_shelf(tmp_path) as shelf:
        yield shelf


def walk(shelf: Shelf, limit: int, **query: Any) -> list[str]:
    urls: list[str] = []
    cursor = None
    while True:
        page = shelf.search(limit=limit, cursor=cursor, **query)
        urls.extend(item.place.url for item in page.items)
        cursor = page.next_cursor
        if cursor is None:
            return urls


@settings(max_examples=40, deadline=None)
@given(
    q=st.sampled_from(["", "digital", "rights city", "privacy", "a", "ch"]),
    sort=st.sampled_from(SORTS),
    language=st.sampled_from([None, "en", "pt"]),
    limit=st.integers(5, 100),
)
def test_a_walk_visits_every_match_once(
    starter: Shelf, q: str, sort: Sort, language: str | None, limit: int
) -> None:
    urls = walk(starter, limit, q=q, sort=sort, language=language)

    assert len(urls) == len(set(urls))
    assert len(urls) == starter.search(q, language=language).total


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("q", ["", "guide"])
def test_what_is_added_during_a_walk_neither_repeats_nor_hides_what_was_there(
    shelf: Shelf, sort: Sort, q: str
) -> None:
    there = {
        f"https://amsterdam.example/resources/{shelf.publish(title=f'Guide {n}').id}"
        for n in range(12)
    }

    seen: list[str] = []
    cursor = None
    for number in range(20):
        page = shelf.search(q, sort=sort, limit=3, cursor=cursor)
        seen.extend(item.place.url for item in page.items)
        cursor = page.next_cursor
        if cursor is None:
            break
        shelf.publish(title=f"Guide {number} added", summary="guide " * number + "more.")

    assert len(seen) == len(set(seen))
    assert there <= set(seen)


def test_a_walk_goes_on_after_the_last_record_shown_was_retracted(shelf: Shelf) -> None:
    made = [shelf.publish(title=f"Guide {number}") for number in range(6)]
    first = shelf.search("guide", limit=3)
    by_ref = {each.id: each for each in made}
    shelf.retract(by_ref[first.items[-1].place.ref])

    second = shelf.search("guide", limit=3, cursor=first.next_cursor)

    seen = [item.place.ref for item in (*first.items, *second.items)]
    assert len(seen) == len(set(seen))


def test_more_matches_than_the_cap_are_counted_as_the_cap_and_ranked_among_the_latest(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query, "EXACT_TO", 10)
    monkeypatch.setattr(ranking, "MOST_RANKED", 10)
    monkeypatch.setattr(engine, "MOST_RANKED", 10)
    for number in range(15):
        shelf.publish(title=f"Guide {number:02}", topics=["privacy"])

    for wanted in ({"q": "guide"}, {"topic": "privacy"}, {}):
        found = shelf.search(limit=5, **wanted)
        assert (found.total, found.total_is_exact) == (10, False)

    for sort in SORTS:
        urls = walk(shelf, 4, q="guide", sort=sort)
        assert len(urls) == len(set(urls)) == 10
    assert len(walk(shelf, 4)) == 15
    assert (shelf.search("guide 03").total, shelf.search("guide 03").total_is_exact) == (1, True)


def test_of_very_many_matches_those_with_the_words_in_their_titles_come_first(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query, "EXACT_TO", 10)
    for number in range(3):
        shelf.publish(title=f"Guide {number}", summary="Titled.")
    for number in range(12):
        shelf.publish(title=f"Paper {number}", summary="A guide.")

    found = shelf.search("guide", limit=5)

    titles = [item.title["en"] for item in found.items]
    assert titles == ["Guide 2", "Guide 1", "Guide 0", "Paper 11", "Paper 10"]
    assert walk(shelf, 2, q="guide") == walk(shelf, 10, q="guide")


def test_a_last_word_that_very_many_have_stands_for_itself(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        shelf.publish(title=f"Zig {number}")
    shelf.publish(title="Zigzag")
    assert shelf.search("zig").total == 4

    monkeypatch.setattr(query, "EXACT_TO", 2)

    assert shelf.titles("zig") == ["Zig 2", "Zig 1"]


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "!",
        "ä",
        "bm90IGpzb24",
        base64.urlsafe_b64encode(b"[1]").decode(),
        base64.urlsafe_b64encode(b"[" * 900).decode(),
        "A" * 5000,
        "\x00",
    ],
)
def test_a_forged_cursor_is_refused(starter: Shelf, forged: str) -> None:
    with pytest.raises(BadCursor):
        starter.search("digital", cursor=forged)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, 1),
        (2, -1),
        (2, "1"),
        (2, True),
        (2, 2**70),
        (3, None),
        (4, 1.5),
        (5, 1),
        (5, "\ud800"),
        (6, 1),
        (6, None),
    ],
)
def test_a_cursor_with_a_changed_part_is_refused(starter: Shelf, place: int, value: Any) -> None:
    given_out = starter.search("digital", limit=5).next_cursor
    assert given_out is not None
    fields = json.loads(base64.urlsafe_b64decode(given_out + "=" * (-len(given_out) % 4)))
    fields[place] = value
    changed = base64.urlsafe_b64encode(json.dumps(fields).encode()).decode().rstrip("=")

    with pytest.raises(BadCursor):
        starter.search("digital", limit=5, cursor=changed)


def test_a_cursor_of_another_question_is_refused(starter: Shelf) -> None:
    cursor = starter.search("digital", limit=5).next_cursor

    for other in (
        {"q": "rights"},
        {"q": "digital", "kind": "guide"},
        {"q": "digital", "sort": "title"},
    ):
        with pytest.raises(BadCursor):
            starter.search(cursor=cursor, **other)


@given(st.text(max_size=256))
@settings(max_examples=300, deadline=None)
def test_whatever_is_typed_is_taken_literally_and_never_fails(starter: Shelf, q: str) -> None:
    try:
        page = starter.search(q, limit=3)
    except BadQuery:
        assert len(words_of(q)) > MOST_WORDS
        return

    assert page.total <= 262


@pytest.mark.parametrize(
    "q",
    [
        'digital" OR "a',
        "digital NOT rights",
        "title:digital",
        "{title}:digital",
        "NEAR(digital rights, 2)",
        "digital*",
        "^digital",
        "-digital",
        "digital + rights",
        "digital'; drop table catalogue; --",
        "digital\x00rights",
        "a" * 256,
        "facets",
        "tprivacy",
    ],
)
def test_operators_of_the_index_are_words_like_any_other(starter: Shelf, q: str) -> None:
    found, as_words = starter.search(q), starter.search(re.sub(r"[^\w\s]", "-", q))

    urls = [item.place.url for item in found.items]
    assert urls == [item.place.url for item in as_words.items]
    assert (found.total, found.missing) == (as_words.total, as_words.missing)


def test_public_code_can_search_and_change_nothing(shelf: Shelf) -> None:
    shelf.publish()

    (found,) = shelf.search("guide").items
    with pytest.raises(sqlite3.DatabaseError, match="not authorized"):
        Catalogue(shelf.public).drop(found.place.url)
    assert shelf.search("guide").total == 1
