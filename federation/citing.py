"""Citing resources of the catalogue in an answer: they must be there, and open to the requester."""

from typing import ClassVar

import sqlite_utils

from content.cases.citation import Citation, CitedNow, CitedState
from content.catalogue import own_url
from content.held import Held
from content.ids import is_id
from content.language import best_text
from content.resources.held import HeldRecord, HeldResourceStore
from content.resources.resource import Resource, ResourceState
from content.resources.store import ResourceGone, ResourceNotFound, ResourceStore
from federation.errors import FederationError
from federation.hub import Identity
from federation.policy import Audience, Door, StaysHere, may_leave


class CitationUnknown(FederationError):
    """What is cited is not in the catalogue. Tells its place in the list, not what was typed."""

    code: ClassVar[str] = "citation-unknown"

    def __init__(self, place: int) -> None:
        super().__init__(
            f"Source {place} is no published resource that this hub knows. Give the id or address "
            "of one in the catalogue, or add it first."
        )


def cite(
    db: sqlite_utils.Database, identity: Identity, typed: tuple[str, ...], language: str
) -> tuple[Citation, ...]:
    """
    Return what is cited, each once, in the order given.

    typed: a ULID of ours, the address of a resource at its hub or of its page here, or of the
    document itself where it is one of ours. language: of the reader, for the titles.
    Raises CitationUnknown, and StaysHere for what the requester may not see.
    """
    found: dict[str, Citation] = {}
    for place, each in enumerate(typed, 1):
        citation = _cited(db, identity, each.strip(), language)
        if citation is None:
            raise CitationUnknown(place)
        found[citation.url] = citation
    return tuple(found.values())


def known(
    db: sqlite_utils.Database, identity: Identity, urls: tuple[str, ...], language: str
) -> tuple[Citation, ...]:
    """
    Return what another hub cites, each once: what is in our catalogue and open to the requester.

    What we do not know, or what stays here, is left out. language: of the reader, for the titles.
    """
    found: dict[str, Citation] = {}
    for url in urls:
        try:
            citation = _cited(db, identity, url, language)
        except StaysHere:
            continue
        if citation is not None:
            found[citation.url] = citation
    return tuple(found.values())


def cited_now(
    db: sqlite_utils.Database, identity: Identity, citations: tuple[Citation, ...]
) -> tuple[CitedNow, ...]:
    """Return citations with what became of the resources since."""
    return tuple(
        CitedNow(each.url, each.title, each.hub, _state_of(db, identity, each))
        for each in citations
    )


def _cited(
    db: sqlite_utils.Database, identity: Identity, typed: str, language: str
) -> Citation | None:
    own = _own(db, identity, typed)
    if own is not None:
        if own.state is not ResourceState.PUBLISHED:
            return None
        record = own.record
        may_leave(record.label.value, record.sensitivity.value, Door.PAGE, Audience.EVERYONE)
        title = best_text(record.title, language, record.language)[1]
        return Citation(own_url(identity.origin, own.id), title, identity.host)
    held = _held(db, identity, typed)
    if held is None:
        return None
    sensitivity = getattr(held.record, "sensitivity", None)
    may_leave(
        held.label.value,
        "data-none" if sensitivity is None else sensitivity.value,
        Door.PAGE,
        Audience.EVERYONE,
    )
    title = best_text(held.record.title, language, held.record.language)[1]
    return Citation(held.url, title, held.hub)


def _own(db: sqlite_utils.Database, identity: Identity, typed: str) -> Resource | None:
    store = ResourceStore(db)
    start = f"{identity.origin}/resources/"
    ref = typed.removeprefix(start)
    if is_id(ref):
        return store.find(ref)
    return store.by_source("", typed)


def _held(db: sqlite_utils.Database, identity: Identity, typed: str) -> Held[HeldRecord] | None:
    store = HeldResourceStore(db)
    here = f"{identity.origin}/hubs/"
    if typed.startswith(here):
        host, _, ref = typed.removeprefix(here).partition("/resources/")
        return store.find(host, ref)
    return store.by_url(typed)


def _state_of(db: sqlite_utils.Database, identity: Identity, citation: Citation) -> CitedState:
    start = f"{identity.origin}/resources/"
    if citation.url.startswith(start):
        try:
            ResourceStore(db).get(citation.url.removeprefix(start))
        except ResourceGone:
            return "retracted"
        except ResourceNotFound:
            return "unknown"
        return "available"
    gone = HeldResourceStore(db).gone_by_url(citation.url)
    return "unknown" if gone is None else "retracted" if gone else "available"
