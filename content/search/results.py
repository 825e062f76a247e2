"""What the searches of resources and experts share: filters that are checked, and what is shown."""

from collections.abc import Iterator
from typing import Any

import sqlite_utils

from content.hubs import HubDirectory
from content.labels import Label
from content.language import language_tag
from content.search.facets import HUB, LANGUAGE, TOPIC
from content.search.index import IndexName
from content.search.query import BadQuery, Place, Query
from content.times import from_text
from content.validation import choose_one, shown
from content.vocabulary import Vocabulary

_OWN = {"catalogue": "resources", "directory": "experts"}
"""Index -> table of our own records; those of others are in the table held_…"""


def common_filters(db: sqlite_utils.Database, query: Query) -> list[tuple[str, str]]:
    """Return facet and value of topic, language and hub, where they are asked for. BadQuery."""
    filters: list[tuple[str, str]] = []
    if query.topic is not None:
        filters.append((TOPIC, known("topic", query.topic, Vocabulary.load().ids("topics"))))
    if query.language is not None:
        try:
            filters.append((LANGUAGE, language_tag(query.language)))
        except ValueError as error:
            raise BadQuery(f"language: {error}") from None
    if query.hub is not None:
        filters.append((HUB, _host_of(db, query.hub)))
    return filters


def known(name: str, value: str, allowed: tuple[str, ...]) -> str:
    """Return value; BadQuery, which names the nearest, unless it is allowed."""
    if value not in allowed:
        raise BadQuery(f"There is no {name} {shown(value)}; {choose_one(value, allowed)}.")
    return value


def found_rows(
    db: sqlite_utils.Database,
    name: IndexName,
    numbers: tuple[int, ...],
    labels: frozenset[str],
    more: str = "null",
) -> Iterator[tuple[Place, str, Any]]:
    """
    Yield place and stored record of each number in an index that still may be shown, in order.

    more: a column of our own records, o, or of others', h; comes as the third.
    """
    own, places = _OWN[name], ", ".join("?" * len(numbers))
    rows = db.execute(
        "select c.id, c.url, c.hub, c.ref, c.own, c.label, c.published_at,"  # noqa: S608
        " coalesce(o.updated_at, h.updated_at, c.published_at), coalesce(h.origin_kind, 'hub'),"
        f" coalesce(o.record, h.record), {more} from {name} c"
        f" left join {own} o on c.own and o.id = c.ref"
        f" left join held_{own} h on not c.own and h.hub = c.hub and h.ref = c.ref"
        f" where c.id in ({places})",
        numbers,
    )
    by_number = {row[0]: row[1:] for row in rows.fetchall()}
    for number in numbers:
        if number not in by_number:
            continue
        url, hub, ref, is_own, label, published_at, updated_at, kind, stored, extra = by_number[
            number
        ]
        # The label is looked at once more, at the very end.
        if stored is None or label not in labels:
            continue
        place = Place(
            url=url,
            hub=hub,
            ref=ref,
            own=bool(is_own),
            origin_kind=kind,
            label=Label(label),
            published_at=from_text(published_at),
            updated_at=from_text(updated_at),
        )
        yield place, stored, extra


def _host_of(db: sqlite_utils.Database, host_or_g: str) -> str:
    """Return the host that is meant; one that nobody knows is left as it is and finds nothing."""
    if not host_or_g.isprintable():
        return "-"
    entry = HubDirectory(db).find(host_or_g)
    return host_or_g.lower() if entry is None else entry.host
