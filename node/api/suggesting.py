"""Suggestions while somebody types: topics, kinds, titles and experts."""

import sqlite_utils

from content.search.suggesting import suggest
from node.api.models.catalogue import SuggestAnswer, SuggestionAnswer, SuggestQuery
from node.api.records import HubNames, labels_for
from node.api.routes import ApiRoute, Call

SUBJECT = "Resources"


async def suggestions(call: Call) -> SuggestAnswer:
    """Return what the words may be going to be: topics and kinds, titles, experts."""
    query: SuggestQuery = call.query
    labels = labels_for(call.principal)

    def work(db: sqlite_utils.Database) -> SuggestAnswer:
        names = HubNames(db)
        return SuggestAnswer(
            items=[
                SuggestionAnswer(
                    kind=each.kind,
                    text=each.text,
                    language=each.language,
                    id=each.id,
                    hub=None if each.place is None else names.of(each.place.hub),
                )
                for each in suggest(db, query.q, labels=labels, limit=query.limit)
            ]
        )

    return await call.read(work)


ROUTES = (
    ApiRoute(
        "GET",
        "/suggest",
        suggestions,
        "Suggestions while typing",
        SUBJECT,
        SuggestAnswer,
        query=SuggestQuery,
    ),
)
