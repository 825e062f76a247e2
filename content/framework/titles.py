"""The titles of resources that are attached to items, as far as the catalogue knows them."""

from collections.abc import Iterable

import sqlite_utils

from content.catalogue import own_url
from content.framework.item import Framework
from content.language import best_text
from content.resources.held import HeldResourceStore
from content.resources.resource import Resource
from content.resources.store import ResourceStore


def titles_of(
    db: sqlite_utils.Database, origin: str, addresses: Iterable[str], language: str
) -> dict[str, str]:
    """
    Return titles by address; what the catalogue does not know is left out.

    origin: of this hub. addresses: ids of resources of ours or of others, or the documents that
    resources of ours link to. language: of the reader. For the people of this hub: drafts count.
    """
    found: dict[str, str] = {}
    for address in addresses:
        own, held = _own(db, origin, address), HeldResourceStore(db).by_url(address)
        record = own.record if own is not None else held.record if held is not None else None
        if record is not None:
            found[address] = best_text(record.title, language, record.language)[1]
    return found


def attached(framework: Framework) -> tuple[str, ...]:
    """Return the addresses of all resources that are attached to items, each once."""
    return tuple(dict.fromkeys(url for item in framework.items for url in item.resources))


def _own(db: sqlite_utils.Database, origin: str, address: str) -> Resource | None:
    store, ref = ResourceStore(db), address.rpartition("/")[2]
    if address == own_url(origin, ref):
        return store.find(ref)
    return store.by_source("", address)
