"""Hubs without a network: a real database each, and activities handed over by the test."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import sqlite_utils

from content.cases.vault import CaseVault
from content.changes import Act
from content.executors import InlineDatabase
from federation.facts import gather_facts
from federation.hub import Hub, HubKind, Identity
from federation.log import Log, found_log
from federation.peers import Peer, PeerStore
from federation.receiving import take_in
from protocol.activity import read_activity
from protocol.authority import KeyOwner, Verified, authorize
from protocol.json import JsonObject
from protocol.keys import SigningKey
from protocol.log_entries import log_name
from protocol.manifest import fingerprint, first_manifest, name_of, read_manifest
from tests.nodes_at_work import keys_for, make_tables
from tests.seams import FixedClock, SeededChance

T = TypeVar("T")


class Undone(Exception):
    """Raised to take back what a test tried."""


@dataclass
class PaperHub:
    """One hub: what it is, and its database."""

    hub: Hub
    database: InlineDatabase
    clock: FixedClock
    manifest: JsonObject

    def act(self, by: str = "olga") -> Act:
        return Act(by, self.clock.advance(seconds=1))

    def do(self, work: Callable[[sqlite_utils.Database], T]) -> T:
        return self.database.write_now(work)

    def said(self) -> list[JsonObject]:
        """Return all that stands in both logs now, oldest first, manifests left out."""

        def read(db: sqlite_utils.Database) -> list[JsonObject]:
            found: list[JsonObject] = []
            for kind in ("public", "network"):
                name = log_name(self.hub.identity.g, kind)  # type: ignore[arg-type]
                head = Log(db).head(name)
                for seq in range(1, 1 + (0 if head is None else head.seq)):
                    document = Log(db).document(name, seq)
                    if document is not None and document["type"] != "hub:Manifest":
                        found.append(document)
            return found

        return self.database.read_now(read)

    def knows(self, other: "PaperHub", state: str = "active", kind: HubKind | None = None) -> None:
        """Make the other hub a peer, as people do on both sides."""
        manifest = read_manifest(other.manifest)
        identity = other.hub.identity
        peer = Peer(
            actor=identity.actor,
            host=identity.host,
            g=identity.g,
            kind=kind or identity.kind,
            name=identity.name,
            inbox=identity.inbox,
            state=state,  # type: ignore[arg-type]
            document={},
            manifest=other.manifest,
            pinned_keys=tuple(manifest.verify_keys().values()),
            fingerprint=fingerprint(identity.g),
            added_by="olga",
            added_at=self.clock.now(),
        )
        self.do(lambda db: PeerStore(db).add(peer))

    def verified(
        self, db: sqlite_utils.Database, document: JsonObject, sender: "PaperHub"
    ) -> Verified:  # type: ignore[type-arg]
        """Return the activity as the inbox hands it to its handler."""
        activity = read_activity(document)
        identity = sender.hub.identity
        owner = KeyOwner(identity.actor, sender.hub.keys.signing.id, identity.origin)
        return authorize(activity, owner, gather_facts(db, self.hub.identity.origin, activity))

    def takes(self, document: JsonObject, sender: "PaperHub") -> None:
        """Let an activity of another hub arrive."""
        act = Act(f"hub:{sender.hub.identity.host}", self.clock.now())
        self.do(lambda db: take_in(db, self.hub, self.verified(db, document, sender), act))


@contextmanager
def paper_hub(folder: Path, name: str, *, kind: HubKind = "hub") -> Iterator[PaperHub]:
    """Open a hub with its tables and its log."""
    clock, chance = FixedClock(), SeededChance(name)
    origin = f"https://hub.{name.lower()}.example"
    keys = keys_for(origin, chance)
    recovery = SigningKey.from_seed(f"{origin}/actor#recovery", chance.bytes(32)).public
    manifest = first_manifest(
        origin=origin,
        signing=keys.signing,
        sealing=tuple(key.public for key in keys.sealing),
        recovery=recovery,
        now=clock.now(),
    )
    identity = Identity(
        origin, f"Hub {name}", name, "NL", "nl", "Europe/Amsterdam", kind, name_of(manifest)
    )
    path = folder / f"{name}.db"
    make_tables(path)
    database = InlineDatabase(path)
    hub = Hub(identity, keys, chance, CaseVault(chance.bytes(32), chance))
    database.write_now(lambda db: found_log(db, hub, manifest, clock.now()))
    try:
        yield PaperHub(hub, database, clock, manifest)
    finally:
        database.close_now()
