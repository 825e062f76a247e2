"""What a page of results is given, whatever was searched."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from content.search import ExpertPage, SearchPage
from node.web.addresses import next_path, search_path
from node.web.facets import FacetReader
from node.web.parameters import ExpertParameters, ResourceParameters

_SORTS: Final = ("relevance", "newest", "title")


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of the results a page shows. first is 0 where there are none."""

    first: int
    last: int
    total: int
    exact: bool


@dataclass(frozen=True, slots=True)
class SortChoice:
    """One order. chosen: it is the one in use."""

    name: str
    path: str
    chosen: bool


def listing(
    path: str,
    chosen: Mapping[str, str | None],
    asked: ResourceParameters | ExpertParameters,
    found: SearchPage | ExpertPage,
    cards: tuple[Any, ...],
    facets: FacetReader,
) -> dict[str, Any]:
    """Return the context of a page of results. chosen: what the next search keeps."""
    first = asked.first if asked.cursor else 1
    span = Span(
        first=first if cards else 0,
        last=first + len(cards) - 1 if cards else 0,
        total=found.total,
        exact=found.total_is_exact,
    )
    following = None
    if found.next_cursor is not None:
        following = next_path(path, chosen, found.next_cursor, span.last + 1)
    kept = {name: value for name, value in chosen.items() if value and name != "q"}
    return {
        "path": path,
        "q": asked.q,
        "kept": kept,
        "is_filtered": any(name not in ("sort", "limit") for name in kept),
        "cards": cards,
        "span": span,
        "facets": facets.facets(),
        "picks": facets.picks(),
        "sorts": _sorts(path, chosen, asked),
        "next": following,
        "with_all_words": found.with_all_words,
        "missing": found.missing,
        "read_as": found.read_as,
        "first_page": search_path(path, chosen) if asked.cursor else None,
        "without_filters": search_path(path, {"q": asked.q}),
        "without_words": search_path(path, chosen, q=None),
    }


def _sorts(
    path: str, chosen: Mapping[str, str | None], asked: ResourceParameters | ExpertParameters
) -> tuple[SortChoice, ...]:
    names = _SORTS if asked.q else _SORTS[1:]
    current = asked.sort if asked.sort in names else names[0]
    return tuple(
        SortChoice(name, search_path(path, chosen, sort=name), name == current) for name in names
    )
