"""Searching resources: our own and those of others, in one list."""

import sqlite_utils

from content.held import OriginKind
from content.resources.held import ForeignRecord, HeldRecord
from content.resources.record import ResourceRecord
from content.resources.resource import LinkStatus
from content.resources.same import Origin, SameStore
from content.search.engine import Engine
from content.search.facets import KIND, with_broader
from content.search.query import FoundResource, Place, ResourceQuery, SearchPage
from content.search.reasons import reasons
from content.search.results import common_filters, found_rows, known
from content.search.words import Term
from content.vocabulary import Vocabulary

FOREIGN_KINDS = ("article", "page", "document", "event", "note")
FACET_NAMES = ("topic", "kind", "language", "hub")


def search_resources(db: sqlite_utils.Database, query: ResourceQuery) -> SearchPage:
    """
    Return one page of what matches, of the labels given and no other.

    Reads only. Raises BadLimit, BadCursor; BadQuery for a topic, kind or language that does not
    exist, or more than 256 signs. Nothing typed into q is ever syntax.
    """
    filters = common_filters(db, query)
    if query.kind is not None:
        kinds = (*Vocabulary.load().ids("resource-kinds"), *FOREIGN_KINDS)
        filters.append((KIND, known("kind", query.kind, kinds)))
    answer = Engine(db, "catalogue", FACET_NAMES).answer(query, filters)
    terms = () if answer.reading is None else answer.reading.terms
    rows = list(found_rows(db, "catalogue", answer.numbers, query.labels, "o.link_status"))
    behind = SameStore(db).behind(row[0].url for row in rows)
    return answer.showing(
        _resource(
            *row,
            terms,
            tuple(each for each in behind.get(row[0].url, ()) if each.label in query.labels),
        )
        for row in rows
    )


def _resource(
    place: Place,
    stored: str,
    link_status: str | None,
    terms: tuple[Term, ...],
    also: tuple[Origin, ...],
) -> FoundResource:
    record = _record(stored, place.origin_kind)
    topics = record.topics if isinstance(record, ResourceRecord) else ()
    principles = record.principles if isinstance(record, ResourceRecord) else ()
    city = (record.city or "") if isinstance(record, ResourceRecord) else ""
    tags = record.tags if isinstance(record, ForeignRecord) else ()
    summary = record.summary or {}
    return FoundResource(
        place=place,
        record=record,
        title=record.title,
        summary=summary,
        language=record.language,
        kind=record.kind,
        link=record.url,
        publisher=record.publisher,
        topics=topics,
        link_status=None if link_status is None else LinkStatus(link_status),
        also=also,
        why=reasons(
            terms,
            {
                "title": record.title.values(),
                "summary": summary.values(),
                "names": (record.publisher or "", city, *tags),
            },
            (*with_broader(topics), record.kind, *principles),
        ),
    )


def _record(stored: str, origin_kind: OriginKind) -> HeldRecord:
    model = ForeignRecord if origin_kind == "source" else ResourceRecord
    return model.model_validate_json(stored)
