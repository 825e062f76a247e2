"""Finding records that describe the same document, for people to look at and merge."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar, Final, Literal

import sqlite_utils

from content.errors import ContentError
from content.paging import check_limit
from content.resources.identities import ADDRESS, DOI, LAW, TITLE, is_certain
from content.resources.identity_store import IdentityStore
from content.resources.same import Origin, SameStore

Why = Literal["address", "doi", "law", "title"]
_WHY: Final[dict[str, Why]] = {ADDRESS: "address", DOI: "doi", LAW: "law", TITLE: "title"}
MOST_ALIKE: Final = 12
"""More records with one title of one publisher are a series, not duplicates."""


class BadDuplicatesCursor(ContentError):
    """The place to go on in the list of duplicates was not made by us."""

    code: ClassVar[str] = "bad-duplicates-cursor"

    def __init__(self) -> None:
        super().__init__("This cursor is not one that the list of duplicates gave out.")


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """
    Records that describe the same document, or most likely do.

    certain: they share an address, a DOI or a number in law. why: what they share.
    """

    certain: bool
    why: tuple[Why, ...]
    records: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class DuplicatePage:
    """total: how many groups there are. next_cursor: None at the end."""

    items: tuple[DuplicateGroup, ...]
    total: int
    next_cursor: str | None


def find_duplicates(
    db: sqlite_utils.Database,
    labels: frozenset[str],
    *,
    certain_only: bool = False,
    limit: int = 50,
    cursor: str | None = None,
) -> DuplicatePage:
    """
    Return groups of records that are in the catalogue and not merged yet, certain ones first.

    labels: what the asker may see. Reads all identities: a second for a large catalogue, so this is
    for staff. Raises BadLimit, BadDuplicatesCursor.
    """
    check_limit(limit)
    if cursor is not None and not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 9):
        raise BadDuplicatesCursor
    start = int(cursor or 0)
    groups = sorted(
        _groups(db, labels, certain_only=certain_only),
        key=lambda group: (not group.certain, group.records[0].url),
    )
    after = start + limit
    return DuplicatePage(
        tuple(groups[start:after]), len(groups), str(after) if after < len(groups) else None
    )


def _groups(
    db: sqlite_utils.Database, labels: frozenset[str], *, certain_only: bool
) -> Iterator[DuplicateGroup]:
    apart = SameStore(db).apart()
    # Which one leads to which: of each pair the later points to the earlier, up to the first.
    first: dict[str, str] = {}
    shared: dict[str, set[str]] = {}
    for identity, urls in IdentityStore(db).shared():
        if not is_certain(identity) and (certain_only or len(urls) > MOST_ALIKE):
            continue
        shown = _leaders(db, urls)
        for one, other in combinations(sorted(shown), 2):
            if (one, other) not in apart:
                _unite(first, one, other)
                shared.setdefault(one, set()).add(identity[0])
    together: dict[str, list[str]] = {}
    for url in first:
        together.setdefault(_first(first, url), []).append(url)
    for urls in together.values():
        records = tuple(each for each in _origins(db, urls) if each.label in labels)
        if len(records) > 1:
            kinds = sorted(set().union(*(shared.get(url, set()) for url in urls)))
            certain = any(is_certain(kind) for kind in kinds)
            yield DuplicateGroup(certain, tuple(_WHY[kind] for kind in kinds), records)


def _leaders(db: sqlite_utils.Database, urls: Iterable[str]) -> set[str]:
    """Return records with those behind a leader replaced by it: these are merged already."""
    same = SameStore(db)
    return {same.leader_of(url) or url for url in urls}


def _first(first: dict[str, str], url: str) -> str:
    while first.setdefault(url, url) != url:
        first[url] = first[first[url]]
        url = first[url]
    return url


def _unite(first: dict[str, str], one: str, other: str) -> None:
    ends = sorted((_first(first, one), _first(first, other)))
    first[ends[1]] = ends[0]


def _origins(db: sqlite_utils.Database, urls: list[str]) -> list[Origin]:
    """Return the records that are in the catalogue, in the order of their addresses."""
    rows = db.execute(
        "select url, hub, ref, own, label from catalogue"  # noqa: S608 - only question marks
        f" where url in ({', '.join('?' * len(urls))}) order by url",
        urls,
    )
    return [Origin(url, hub, ref, bool(own), label) for url, hub, ref, own, label in rows]
