"""
How well the starter catalogue is searched: ours beside plain FTS5, on judged questions.

The plain lines do what full-text search does by itself: one table of title, summary and names,
unicode61, bm25; once with all words that were typed, once with any of them.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlite_utils

from content.search import ResourceQuery, search_resources
from content.starter import starter_catalogue
from content.vocabulary import LANGUAGES
from tests.benchmarks.search_questions import (
    DEPTH,
    Question,
    mean,
    name_of,
    quality,
    read_questions,
)
from tests.content.shelf import open_shelf

Search = Callable[[str], Sequence[str]]


@contextmanager
def engines() -> Iterator[dict[str, Search]]:
    """Return what is compared, by name; each gives the names of the first ten it finds."""
    records = starter_catalogue()
    with (
        tempfile.TemporaryDirectory(prefix="search-quality-") as folder,
        open_shelf(Path(folder)) as shelf,
    ):
        shelf.publish_all(records)
        shelf.db.execute(
            "create virtual table plain using fts5(name unindexed, title, summary, names)"
        )
        for record in records:
            shelf.db.execute(
                "insert into plain (name, title, summary, names) values (?, ?, ?, ?)",
                (
                    name_of(record),
                    " ".join(record.title.values()),
                    " ".join(record.summary.values()),
                    f"{record.publisher or ''} {record.city or ''}",
                ),
            )
        yield {
            "plain, all words": lambda q: _plain(shelf.db, q, " AND "),
            "plain, any word": lambda q: _plain(shelf.db, q, " OR "),
            "ours": lambda q: _ours(shelf.public, q),
        }


def _plain(db: sqlite_utils.Database, q: str, joint: str) -> list[str]:
    quoted = [f'"{word}"' for word in q.replace('"', " ").split()]
    rows = db.execute(
        f"select name from plain where plain match ? order by rank limit {DEPTH}",  # noqa: S608
        (joint.join(quoted),),
    )
    return [name for (name,) in rows.fetchall()]


def _ours(db: sqlite_utils.Database, q: str) -> list[str]:
    found = search_resources(db, ResourceQuery(q=q, limit=DEPTH))
    return [item.link or next(iter(item.title.values())) for item in found.items]


def main() -> None:
    """Print recall@10 and nDCG@10 by language: of the questions tuned on and those kept aside."""
    questions = read_questions()
    with engines() as compared:
        figures = {name: quality(questions, search) for name, search in compared.items()}
    for title, aside in (("tuned on", False), ("kept aside", True)):
        part = [question for question in questions if question.kept_aside is aside]
        print(f"\n{title}: {len(part)} questions; recall@10 / nDCG@10")
        print("language  " + "".join(f"{name:>20}" for name in figures))
        for language in (*LANGUAGES, "all"):
            chosen = _of(part, language)
            cells = [mean(chosen, each) for each in figures.values()]
            print(
                f"{language:<10}"
                + "".join(f"{f'{cell.recall:.2f} / {cell.ndcg:.2f}':>20}" for cell in cells)
            )


def _of(questions: Sequence[Question], language: str) -> list[Question]:
    return [each for each in questions if language in (each.language, "all")]


if __name__ == "__main__":
    main()
