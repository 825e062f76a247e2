"""
What hubs show of their frameworks: their own items, and those that others published.

Item by item and hub by hub, never side by side with scores: no league tables (DOMAIN.md 1.7).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlite_utils

from content.framework.item import PILLARS
from content.framework.sharing import HeldFrameworkItem, HeldFrameworkStore, SharedItem
from federation.hub import Hub
from federation.log import Log
from federation.peers import PeerStore
from federation.published import Published, PublishedStore
from federation.translate.framework import shared_of_document
from protocol.documents.framework import read_framework_item
from protocol.json import JsonObject
from protocol.log_entries import log_name


@dataclass(frozen=True, slots=True)
class OwnShown:
    """An item of ours as it stands in our log. ref: the ULID; document: as it went out."""

    ref: str
    label: str
    shared: SharedItem
    document: JsonObject
    published_at: datetime
    changed_at: datetime


def own_items(db: sqlite_utils.Database, hub: Hub, labels: frozenset[str]) -> list[OwnShown]:
    """
    Return what this hub shows of its framework, in the order of the vocabulary's pillars.

    Made of the log alone, so that code for the public need not touch what is confidential.
    """
    published = PublishedStore(db).live("framework-item")
    shown = (_shown(db, hub, each) for each in published)
    found = [each for each in shown if each is not None and each.label in labels]
    place = {pillar: number for number, pillar in enumerate(PILLARS)}
    return sorted(
        found,
        key=lambda each: (
            place[each.shared.item.pillar],
            not each.shared.item.is_pillar,
            each.shared.item.id,
        ),
    )


def own_item(
    db: sqlite_utils.Database, hub: Hub, ref: str, labels: frozenset[str]
) -> OwnShown | None:
    """Return one item that this hub shows, or None. ref: the ULID of the record."""
    known = PublishedStore(db).get(ref)
    if known is None or known.gone or known.kind != "framework-item":
        return None
    shown = _shown(db, hub, known)
    return None if shown is None or shown.label not in labels else shown


def _shown(db: sqlite_utils.Database, hub: Hub, published: Published) -> OwnShown | None:
    entry = Log(db).document(log_name(hub.identity.g, published.log), published.seq)
    if entry is None:
        return None
    document = read_framework_item(entry["object"])
    return OwnShown(
        published.ref,
        document.label,
        shared_of_document(document),
        entry["object"],
        published.published_at,
        published.changed_at,
    )


@dataclass(frozen=True, slots=True)
class ShowingHub:
    """A hub that published items of its framework."""

    host: str
    name: str
    items: int


def hubs_that_show(db: sqlite_utils.Database, labels: frozenset[str]) -> list[ShowingHub]:
    """Return the active peers of whose frameworks something may be seen, by name."""
    counts = HeldFrameworkStore(db).counts(labels)
    found = [
        ShowingHub(peer.host, peer.name, counts[peer.host])
        for peer in PeerStore(db).list()
        if peer.active and peer.is_hub and peer.host in counts
    ]
    return sorted(found, key=lambda hub: (hub.name, hub.host))


def newest_items(
    db: sqlite_utils.Database, labels: frozenset[str], limit: int
) -> list[HeldFrameworkItem]:
    """Return what active peers published last of their frameworks."""
    hosts = [peer.host for peer in PeerStore(db).list() if peer.active and peer.is_hub]
    return HeldFrameworkStore(db).newest(hosts, labels, limit)


def items_of(
    db: sqlite_utils.Database, host: str, labels: frozenset[str]
) -> Iterator[HeldFrameworkItem]:
    """
    Return what a hub published of its framework, in the order in which it did.

    labels: what may be seen, from policy.visible_labels. Of a hub that is no active peer nothing.
    Raises PeerNotFound.
    """
    peer = PeerStore(db).get(host)
    if not peer.active:
        return
    for held in HeldFrameworkStore(db).of(peer.host):
        if held.label in labels:
            yield held
