"""A node on the real stack, without a server around it: for tests that call federation/ itself."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import sqlite_utils
from cryptography.hazmat.primitives.asymmetric import rsa

from content.cases.vault import CaseVault
from content.clock import Clock
from content.database import connect, transaction
from content.executors import ThreadedDatabase
from content.migrations import SETS as CONTENT_SETS
from federation.addresses import parse_authorities
from federation.bell import Bell
from federation.hub import Hub, HubKeys, HubKind, Identity, Node
from federation.log import found_log
from federation.migrations import SETS as FEDERATION_SETS
from federation.peers import Peer, PeerKind, PeerState, PeerStore
from federation.transport import GuardedTransport
from protocol.http import HttpRequest
from protocol.ids import application_key_id, rsa_key_id, sealing_key_id, signing_key_id
from protocol.keys import X25519_SUITE, RsaKey, SealingKey, SigningKey, VerifyKey
from protocol.manifest import first_manifest, name_of
from tests.seams import START, FixedClock, SeededChance
from tests.strangers_at_work import Headers, HubStranger, Stranger

T = TypeVar("T")
ORIGIN = "https://hub.amsterdam.example"


@cache
def _rsa(number: int) -> rsa.RSAPrivateKey:
    """Return one of our own RSA keys; made once for the whole run, since making one is slow."""
    del number
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def keys_for(origin: str, chance: SeededChance) -> HubKeys:
    """Return a whole set of keys."""
    return HubKeys(
        SigningKey.from_seed(signing_key_id(origin), chance.bytes(32)),
        RsaKey(rsa_key_id(origin), _rsa(1)),
        RsaKey(application_key_id(origin), _rsa(2)),
        (
            SealingKey.from_seed(
                sealing_key_id(origin, START),
                X25519_SUITE,
                chance.bytes(32),
                START + timedelta(days=40),
            ),
        ),
    )


@cache
def _new_database() -> bytes:
    """Return a database file with all tables and no rows; made once for the whole run."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "hub.db"
        db = connect(path, writes=True)
        with transaction(db):
            for each in (*CONTENT_SETS, *FEDERATION_SETS):
                each.apply(db)
        db.close()
        return path.read_bytes()


def make_tables(path: Path) -> None:
    """Create all tables in a new database file."""
    path.write_bytes(_new_database())


@dataclass(frozen=True)
class Place:
    """Where a hub is, for those who found one."""

    origin: str
    city: str
    country: str
    language: str
    timezone: str
    kind: HubKind = "hub"


def found_hub(
    path: Path, place: Place, chance: SeededChance, at: datetime, keys: HubKeys | None = None
) -> Hub:
    """Found a hub as `hub init` does: keys, a database at path, the manifest as first entry."""
    keys = keys or keys_for(place.origin, chance)
    recovery = SigningKey.from_seed(f"{place.origin}/actor#recovery", chance.bytes(32)).public
    sealing = tuple(key.public for key in keys.sealing)
    manifest = first_manifest(
        origin=place.origin, signing=keys.signing, sealing=sealing, recovery=recovery, now=at
    )
    identity = Identity(
        place.origin,
        f"Hub {place.city}",
        place.city,
        place.country,
        place.language,
        place.timezone,
        place.kind,
        name_of(manifest),
    )
    hub = Hub(identity, keys, chance, CaseVault(chance.bytes(32), chance))
    make_tables(path)
    db = connect(path, writes=True)
    with transaction(db):
        found_log(db, hub, manifest, at)
    db.close()
    return hub


@asynccontextmanager
async def open_node(
    folder: Path,
    *,
    trusting: Iterable[Stranger | str] = (),
    clock: Clock | None = None,
    origin: str = ORIGIN,
    seed: int | str = 1,
) -> AsyncIterator[Node]:
    """Open a node with a database in folder; trusting: servers on loopback it may reach."""
    chance = SeededChance(seed)
    path = folder / "hub.db"
    if not path.exists():
        make_tables(path)
    identity = Identity(
        origin, "Amsterdam", "Amsterdam", "NL", "nl", "Europe/Amsterdam", "hub", "u" + "A" * 43
    )
    authorities = parse_authorities(
        each if isinstance(each, str) else each.authority for each in trusting
    )
    database = ThreadedDatabase(path)
    transport = GuardedTransport(authorities, "RightsHub/test")
    vault = CaseVault(chance.bytes(32), chance)
    hub = Hub(identity, keys_for(origin, chance), chance, vault)
    try:
        yield Node(hub, clock or FixedClock(), database, transport, Bell())
    finally:
        await transport.close()
        await database.close()


def post(node: Node, body: bytes, headers: Headers) -> HttpRequest:
    """Return a POST to the inbox of the node as the shell hands it over."""
    return HttpRequest("POST", node.hub.identity.inbox, tuple(headers), body)


async def rows(node: Node, question: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return what the database answers; for what has no better way to be asked."""

    def ask(db: sqlite_utils.Database) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in db.execute(question, values).fetchall()]

    return await node.database.read(ask)


async def do(node: Node, work: Callable[[sqlite_utils.Database], T]) -> T:
    """Run work in a transaction."""
    return await node.database.write(work)


async def make_peer(
    node: Node, stranger: HubStranger, *, kind: PeerKind = "hub", state: PeerState = "active"
) -> Peer:
    """Make a hub an approved peer with its key pinned, as people do after they compared."""
    peer = Peer(
        actor=stranger.actor,
        host=stranger.authority,
        g="u" + stranger.name.ljust(43, "x"),
        kind=kind,
        name=stranger.name,
        inbox=stranger.inbox,
        state=state,
        document=stranger.actor_document(),
        pinned_keys=(VerifyKey.from_multibase(stranger.signing_key_id, stranger.multibase),),
        added_by="operator",
        added_at=node.clock.now(),
    )
    await do(node, lambda db: PeerStore(db).add(peer))
    return peer


async def make_source(node: Node, stranger: Stranger, *, state: PeerState = "active") -> Peer:
    """Make a plain ActivityPub actor a source."""
    peer = Peer(
        actor=stranger.actor,
        host=f"{stranger.name}@{stranger.authority}",
        g=None,
        kind="source",
        name=stranger.name,
        inbox=stranger.inbox,
        state=state,
        document=stranger.actor_document(),
        added_by="operator",
        added_at=node.clock.now(),
    )
    await do(node, lambda db: PeerStore(db).add(peer))
    return peer
