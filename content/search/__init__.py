"""Finding resources and experts: own ones and those of other hubs, by words and by facets."""

from content.search.experts import search_experts
from content.search.query import (
    PUBLIC_LABELS,
    BadCursor,
    BadQuery,
    ExpertPage,
    ExpertQuery,
    FacetCount,
    FoundExpert,
    FoundResource,
    Place,
    ReadAs,
    ResourceQuery,
    Results,
    SearchPage,
    Why,
)
from content.search.resources import search_resources
from content.search.suggesting import Suggestion, suggest

__all__ = [
    "PUBLIC_LABELS",
    "BadCursor",
    "BadQuery",
    "ExpertPage",
    "ExpertQuery",
    "FacetCount",
    "FoundExpert",
    "FoundResource",
    "Place",
    "ReadAs",
    "ResourceQuery",
    "Results",
    "SearchPage",
    "Suggestion",
    "Why",
    "search_experts",
    "search_resources",
    "suggest",
]
