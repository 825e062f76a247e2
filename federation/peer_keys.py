"""
The keys of our peers when they change (docs/adr/0030-changing-keys.md).

Pinned keys change only by a manifest that goes on from the pinned one, or by one of a history in
which the hub's recovery key ended what is pinned; all else waits for a person. After a recovery
nothing that came before is believed: the hub's log is read from the beginning.
"""

from dataclasses import replace

import sqlite_utils

from content.changes import Act, ChangeStore
from federation.forks import settle_forks
from federation.histories import fetch_history
from federation.holdings import Holdings
from federation.hub import Node
from federation.inbox_store import Tombstones
from federation.introductions import introduce
from federation.log import Head, Log
from federation.notices import NoticeStore
from federation.peers import Peer, PeerStore
from protocol.ids import origin_of
from protocol.json import JsonObject
from protocol.log_entries import LogKind, log_name
from protocol.manifest import read_manifest
from protocol.manifest_history import current_epoch, supersedes

_KINDS: tuple[LogKind, ...] = ("public", "network")


async def learn_keys(node: Node, peer: Peer) -> None:
    """
    Ask a hub for its manifests and take what is newer than what is pinned.

    Raises TransportFailed, HistoryNotShown, or ProtocolError for what is no history of this hub.
    """
    g = str(peer.g)
    history = await fetch_history(node, f"{origin_of(peer.actor)}/hub/log/{g}", g)
    act = Act(f"hub:{peer.host}", node.clock.now())
    await node.database.write(lambda db: take_history(db, peer.actor, history, act))
    node.memory.keys.drop_where(lambda known: known[0].owner.actor == peer.actor)


def take_history(
    db: sqlite_utils.Database, actor: str, history: list[JsonObject], act: Act
) -> None:
    """Pin the last of a hub's checked manifests if it supersedes the one that is pinned."""
    peer = PeerStore(db).get(actor)
    if peer.manifest is None or supersedes(history, peer.manifest):
        _pin(db, peer, history[-1], act)


def renew_keys(db: sqlite_utils.Database, peer: Peer, manifest: JsonObject, act: Act) -> None:
    """
    Pin the keys of the manifest in force in the copy that we hold of a peer's log.

    An older manifest changes nothing, nor does one of a history that a recovery has ended.
    """
    peer = PeerStore(db).get(peer.actor)
    if manifest != peer.manifest:
        take_history(db, peer.actor, Log(db).manifests(str(peer.g)), act)


async def heal_broken_log(node: Node, peer: Peer) -> bool:
    """
    Return whether a log that does not go on from our copy is to be read from the beginning.

    So it is when the copy ends under keys that a recovery ended: then a thief wrote its end, and it
    is dropped with all that came from it. Asks the hub itself. Raises what `learn_keys` raises.
    """
    g = str(peer.g)
    history = await fetch_history(node, f"{origin_of(peer.actor)}/hub/log/{g}", g)
    act = Act(f"hub:{peer.host}", node.clock.now())

    def heal(db: sqlite_utils.Database) -> bool:
        held = _heads(db, g)
        take_history(db, peer.actor, history, act)
        now, epoch = PeerStore(db).get(peer.actor), current_epoch(history)
        if now.manifest != history[-1] or epoch[0].recovery is None:
            return False
        if held and not _heads(db, g):
            return True
        keys = {key for manifest in epoch for key in manifest.verify_keys()}
        if all(head.header.key in keys for head in held):
            return False
        start_over(db, now, act)
        return True

    return await node.database.write(heal)


def _heads(db: sqlite_utils.Database, g: str) -> list[Head]:
    found = (Log(db).head(log_name(g, kind)) for kind in _KINDS)
    return [head for head in found if head is not None]


def _pin(db: sqlite_utils.Database, peer: Peer, manifest: JsonObject, act: Act) -> None:
    new = read_manifest(manifest)
    known = None if peer.manifest is None else read_manifest(peer.manifest)
    sealing = sorted(new.public_sealing_keys(), key=lambda key: key.expires, reverse=True)
    peer = replace(
        peer,
        manifest=manifest,
        pinned_keys=tuple(new.verify_keys().values()),
        sealing_keys=tuple(sealing),
    )
    PeerStore(db).replace(peer)
    ChangeStore(db).record(act, "peer.renew-keys", peer.host, f"manifest {new.version}")
    NoticeStore(db).dismiss("key-changed", peer.host)
    if known is not None and known.next != new.next:
        start_over(db, peer, act)


def start_over(db: sqlite_utils.Database, peer: Peer, act: Act) -> None:
    """
    Forget what came in the name of a hub before it recovered its keys, and tell a person.

    Its records and both logs, pushed or read: a thief may have had a hand in any of them. What is
    its own comes back with its log.
    """
    Holdings(db, peer).forget()
    settle_forks(db, str(peer.g), act)
    Tombstones(db).forget_of(peer.actor)
    PeerStore(db).replace(replace(peer, caught_up_at=None))
    introduce(db, peer)
    text = (
        f"{peer.host} recovered its keys: the ones before were lost or stolen. Its log is read"
        " from the beginning. Ask its people what happened."
    )
    NoticeStore(db).note("keys-recovered", peer.host, text, act.at)
    ChangeStore(db).record(act, "peer.recovered", peer.host, "its log is read anew")
