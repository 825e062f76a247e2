"""
The keys that we know without asking anybody: of hubs, pinned; of other servers, kept with actors.
"""

from dataclasses import dataclass
from urllib.parse import urldefrag

import sqlite_utils

from federation.actors import ActorStore
from federation.peers import Peer, PeerStore
from protocol.authority import KeyOwner
from protocol.errors import NotAPeer
from protocol.ids import origin_of
from protocol.keys import PublicKey


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key and whose it is. pinned: a hub's key, which is never fetched anew."""

    owner: KeyOwner
    key: PublicKey
    pinned: bool = False


def stored_key(db: sqlite_utils.Database, key_id: str) -> KnownKey | Peer | None:
    """
    Return a known key; the peer itself when it is a hub without such a key; None if unknown.

    Raises NotAPeer for blocked owners.
    """
    peers = PeerStore(db)
    peer = peers.by_actor(urldefrag(key_id).url)
    if peer is None:
        found = ActorStore(db).key(key_id)
        if found is None:
            return None
        actor, key = found
        peer = peers.by_actor(actor)
        if peer is None or not peer.is_hub:
            _refuse_blocked(peer)
            return key_of_actor(actor, key)
    _refuse_blocked(peer)
    if not peer.is_hub:
        found = ActorStore(db).key(key_id)
        return None if found is None else key_of_actor(*found)
    for pinned in peer.pinned_keys:
        if pinned.id == key_id:
            return KnownKey(
                KeyOwner(peer.actor, key_id, origin_of(peer.actor)), pinned, pinned=True
            )
    return peer


def key_of_actor(actor: str, key: PublicKey) -> KnownKey:
    """Return a key with its owner; the caller has seen that the actor names it as its own."""
    return KnownKey(KeyOwner(actor, key.id, origin_of(actor)), key)


def _refuse_blocked(peer: Peer | None) -> None:
    if peer is not None and peer.state == "blocked":
        raise NotAPeer("This hub takes nothing from you.")
