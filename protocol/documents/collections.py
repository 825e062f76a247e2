"""Ordered collections and their pages: outbox, followers, following."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from protocol.context import CONTEXT
from protocol.errors import InvalidDocument
from protocol.foreign import ids_of, types_of
from protocol.ids import same_origin
from protocol.json import JsonObject

_ITEMS_LIMIT = 500


def ordered_collection(
    identity: str, *, total: int, first: str | None = None, last: str | None = None
) -> JsonObject:
    """Return a collection: how many there are, and where its pages begin and end."""
    document: JsonObject = {
        "@context": CONTEXT,
        "id": identity,
        "type": "OrderedCollection",
        "totalItems": total,
    }
    if first is not None:
        document["first"] = first
    if last is not None:
        document["last"] = last
    return document


def ordered_page(
    identity: str,
    *,
    part_of: str,
    items: Sequence[Any],
    next_page: str | None = None,
    previous_page: str | None = None,
) -> JsonObject:
    """Return a page: ids or documents, newest first."""
    document: JsonObject = {
        "@context": CONTEXT,
        "id": identity,
        "type": "OrderedCollectionPage",
        "partOf": part_of,
        "orderedItems": list(items),
    }
    if next_page is not None:
        document["next"] = next_page
    if previous_page is not None:
        document["prev"] = previous_page
    return document


@dataclass(frozen=True, slots=True)
class CollectionPart:
    """A collection or a page of one, of anybody. Addresses elsewhere are left out (S30)."""

    id: str
    total: int | None
    items: tuple[Any, ...]
    """Ids and documents, as they came."""
    first: str | None
    next_page: str | None


def read_collection(document: JsonObject) -> CollectionPart:
    """Return a collection or page. Raises InvalidDocument if it is none."""
    identity = document.get("id")
    if not isinstance(identity, str) or not any(
        "Collection" in name for name in types_of(document)
    ):
        raise InvalidDocument("The document is no collection.")
    items = document.get("orderedItems", document.get("items", []))
    total = document.get("totalItems")
    return CollectionPart(
        id=identity,
        total=total if type(total) is int and total >= 0 else None,
        items=tuple(items[:_ITEMS_LIMIT] if isinstance(items, list) else [items]),
        first=_near(document.get("first"), identity),
        next_page=_near(document.get("next"), identity),
    )


def _near(value: object, identity: str) -> str | None:
    found = next(iter(ids_of(value)), None)
    return found if found is not None and same_origin(found, identity) else None
