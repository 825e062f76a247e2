"""The fields of a copy, by their names on the wire, in words that people read."""

from collections.abc import Iterable, Mapping
from typing import Final

IN_WORDS: Final[Mapping[str, str]] = {
    "name": "title",
    "content": "question",
    "hub:context": "about the project",
    "hub:topics": "topics",
    "hub:principles": "principles",
    "hub:framework": "items of the framework",
    "hub:request": "type of request",
    "hub:wanted": "what is hoped for",
    "hub:stage": "stage of the project",
    "hub:language": "language",
    "hub:country": "country",
    "hub:jurisdiction": "jurisdiction",
    "hub:role": "role of who asks",
    "hub:organisationType": "type of their organisation",
    "hub:urgency": "urgency",
    "hub:deadline": "day until which an answer is of use",
    "hub:due": "day by which to decide",
    "hub:dueBy": "last moment of that day",
    "hub:attachments": "files",
    "hub:label": "label",
    "hub:sensitivity": "sensitivity",
    "hub:consent": "what it rests on, in words",
    "hub:ground": "ground for passing it on",
    "hub:transfer": "ground for the transfer",
    "hub:onward": "whether it may be handed on",
    "hub:deleteBy": "day by which it is deleted there",
}
"""In the order in which a copy is shown. `type` is left out: it is always hub:Case."""


PUT_RIGHT: Final[Mapping[str, str]] = {
    "name": "title",
    "content": "question",
    "hub:context": "context",
    "hub:topics": "topics",
    "hub:principles": "principles",
    "hub:framework": "framework",
    "hub:request": "request_type",
    "hub:wanted": "wanted",
    "hub:stage": "stage",
    "hub:language": "language",
    "hub:country": "country",
    "hub:jurisdiction": "jurisdiction",
    "hub:role": "requester_role",
    "hub:organisationType": "organisation_type",
    "hub:urgency": "urgency",
    "hub:deadline": "deadline",
    "hub:label": "label",
    "hub:sensitivity": "sensitivity",
}
"""The fields that a correction may change, by their names in `offer_text.OfferText`. Days and terms
are not among them: both hubs act by those that were offered."""
IDENTITY: Final = "identity."
"""Begins the names of what was told of the requester in a second step, such as identity.contact."""


def in_words(fields: Iterable[str]) -> str:
    """Return the names of fields as a list in words; a field of a later version by its name."""
    there = set(fields) - {"type"}
    known = [words for name, words in IN_WORDS.items() if name in there]
    rest = sorted(there - IN_WORDS.keys())
    return ", ".join([*known, *(each.replace(IDENTITY, "of who asks: ") for each in rest)])
