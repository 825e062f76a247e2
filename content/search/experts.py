"""Searching experts: those of this hub and those that other hubs shared with it."""

import sqlite_utils

from content.countries import country_code
from content.experts.record import ExpertRecord
from content.search.engine import Engine
from content.search.facets import COUNTRY, with_broader
from content.search.query import BadQuery, ExpertPage, ExpertQuery, FoundExpert, Place
from content.search.reasons import reasons
from content.search.results import common_filters, found_rows
from content.search.words import Term

FACET_NAMES = ("topic", "language", "country", "hub")


def search_experts(db: sqlite_utils.Database, query: ExpertQuery) -> ExpertPage:
    """
    Return one page of the active experts that match, of the labels given and no other.

    Reads only. Raises as `search_resources`, and BadQuery for a country that does not exist.
    """
    filters = common_filters(db, query)
    if query.country is not None:
        filters.append((COUNTRY, _known_country(query.country)))
    answer = Engine(db, "directory", FACET_NAMES).answer(query, filters)
    terms = () if answer.reading is None else answer.reading.terms
    rows = found_rows(db, "directory", answer.numbers, query.labels)
    return answer.showing(_expert(place, stored, terms) for place, stored, _ in rows)


def _known_country(code: str) -> str:
    try:
        return country_code(code)
    except ValueError as error:
        raise BadQuery(f"country: {error}") from None


def _expert(place: Place, stored: str, terms: tuple[Term, ...]) -> FoundExpert:
    record = ExpertRecord.model_validate_json(stored)
    return FoundExpert(
        place=place,
        record=record,
        why=reasons(
            terms,
            {
                "title": (record.name,),
                "summary": record.bio.values(),
                "names": (record.organisation or "", *record.offers),
            },
            with_broader(record.topics),
        ),
    )
