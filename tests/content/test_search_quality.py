"""The search stays well ahead of plain FTS5 on the judged questions, in every language."""

from collections.abc import Iterator

import pytest

from content.vocabulary import LANGUAGES
from tests.benchmarks.bench_search_quality import Search, engines
from tests.benchmarks.search_questions import mean, ndcg, quality, read_questions, recall


@pytest.fixture(scope="module")
def compared() -> Iterator[dict[str, Search]]:
    with engines() as found:
        yield found


@pytest.mark.parametrize("language", LANGUAGES)
def test_ours_is_clearly_ahead_in_every_language(
    compared: dict[str, Search], language: str
) -> None:
    questions = [each for each in read_questions() if each.language == language]

    ours = mean(questions, quality(questions, compared["ours"]))
    plain = mean(questions, quality(questions, compared["plain, any word"]))

    assert ours.recall > plain.recall + 0.15
    assert ours.ndcg > plain.ndcg + 0.15
    assert ours.ndcg > 0.65


def test_the_questions_are_as_many_as_told_and_every_third_is_kept_aside() -> None:
    questions = read_questions()

    assert len(questions) == 135
    assert all(each.kept_aside == (each.number % 3 == 0) for each in questions)
    assert {each.language for each in questions} == set(LANGUAGES)


def test_the_figures_are_what_they_say() -> None:
    judged = {"a": 3, "b": 2, "c": 1}

    assert recall(judged, ["c", "b", "x"]) == 0.5
    assert ndcg(judged, ["a", "b", "c"]) == 1
    assert 0 < ndcg(judged, ["x", "c", "b"]) < 0.5
    assert ndcg(judged, []) == 0
