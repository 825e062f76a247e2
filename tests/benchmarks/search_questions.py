"""
The judged questions of search_questions.jsonl, and the two figures they are measured by.

How they were asked and judged is told in search_questions.md. A record is named by its address, or
by its title where it has none.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from content.resources.record import ResourceRecord

_FILE = Path(__file__).with_name("search_questions.jsonl")
DEPTH = 10
USEFUL = 2
"""From this grade on an answer counts as found for the recall; nDCG weighs all grades."""


@dataclass(frozen=True, slots=True)
class Question:
    """
    One question. language: of the words typed. asker: the office or role of who asks.

    kept_aside: never looked at while tuning. judged: name of a record -> 1 (related), 2 (useful)
    or 3 (answers it); all others are 0.
    """

    number: int
    language: str
    asker: str
    q: str
    kept_aside: bool
    judged: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over some questions, each from 0 to 1."""

    questions: int
    recall: float
    ndcg: float


def read_questions() -> tuple[Question, ...]:
    """Return all questions, in the order of the file."""
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    return tuple(Question(**json.loads(line)) for line in lines)


def name_of(record: ResourceRecord) -> str:
    """Return what the judgements call a record."""
    return record.url or next(iter(record.title.values()))


def recall(judged: Mapping[str, int], found: Sequence[str]) -> float:
    """Return the share of useful records among the first ten, of as many as ten could hold."""
    useful = {name for name, grade in judged.items() if grade >= USEFUL}
    return len(useful & set(found[:DEPTH])) / min(len(useful), DEPTH)


def ndcg(judged: Mapping[str, int], found: Sequence[str]) -> float:
    """Return the discounted gain of the first ten, 2^grade - 1 each, over that of the best ten."""
    best = sorted(judged.values(), reverse=True)
    return _gain([judged.get(name, 0) for name in found]) / _gain(best)


def quality(
    questions: Sequence[Question], search: Callable[[str], Sequence[str]]
) -> Mapping[int, tuple[float, float]]:
    """Return recall and nDCG by number of question. search: names of what is found, in order."""
    figures = {}
    for question in questions:
        found = search(question.q)
        figures[question.number] = (
            recall(question.judged, found),
            ndcg(question.judged, found),
        )
    return figures


def mean(questions: Sequence[Question], figures: Mapping[int, tuple[float, float]]) -> Quality:
    """Return the means over these questions."""
    count = len(questions)
    return Quality(
        questions=count,
        recall=sum(figures[each.number][0] for each in questions) / count,
        ndcg=sum(figures[each.number][1] for each in questions) / count,
    )


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:DEPTH]))
