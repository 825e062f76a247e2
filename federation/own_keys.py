"""
Changing our own keys: the manifest that says so, and who is told (docs/adr/0030-changing-keys.md).

Each function is one transaction's worth. The keys are drawn and kept in files by the caller
(node/key_renewal.py): before, so that what is published is never lost.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import sqlite_utils

from content.changes import Act, ChangeStore
from content.ids import new_id
from federation.forks import settle_forks
from federation.hub import Hub
from federation.log import Log
from federation.notices import NoticeStore
from federation.outbox import Destination
from federation.pause import Pause
from federation.peers import PeerStore
from federation.sending import destination_of, new_activity_id, public_destinations, send, signed
from federation.serving.actors import profile_of
from federation.waiting import publish_waiting
from protocol.canonical import canonicalize
from protocol.context import AS_PUBLIC
from protocol.documents import activities
from protocol.documents.actor import hub_actor
from protocol.json import JsonObject
from protocol.keys import SealingKey, SealingPublicKey, SigningKey, VerifyKey
from protocol.log_entries import LogKind, log_name
from protocol.manifest import (
    LastGood,
    next_manifest,
    read_manifest,
    recovered_manifest,
    recovery_hash,
)
from protocol.moments import read_stamp, stamp

OVERLAP: Final = timedelta(days=30)
"""How long a key that was replaced still counts: as long as deliveries to hubs are tried."""
RECOVERY_KEY: Final = "recovery-key"
RECOVERED: Final = "keys.recover"
CHECKED: Final = "keys.check-recovery"
"""What is recorded of the recovery key: that a new one was printed, that somebody still has it."""
MOST_LISTED: Final = 8
"""Signing keys in one manifest; of more, the oldest go early."""
_KINDS: Final[tuple[LogKind, ...]] = ("public", "network")


def newest_manifest(db: sqlite_utils.Database, hub: Hub) -> JsonObject:
    """Return our manifest in force."""
    return Log(db).manifests(hub.identity.g)[-1]


def rotate_keys(
    db: sqlite_utils.Database,
    hub: Hub,
    act: Act,
    *,
    signing: SigningKey | None = None,
    sealing: Sequence[SealingKey] = (),
) -> Hub:
    """
    Publish new keys in place of ours; return the hub as it is from now on.

    signing: signs from now on; the key before stays listed for OVERLAP. sealing: what others seal
    with from now on; those before still open what is under way. Peers are told in either case, our
    followers of a new signing key. Raises LogPaused.
    """
    previous = newest_manifest(db, hub)
    listed = tuple(read_manifest(previous).verify_keys().values())
    current = hub
    if signing is not None:
        listed = (signing.public, *listed)[:MOST_LISTED]
        current = replace(hub, keys=replace(hub.keys, signing=signing))
    if sealing:
        keys = replace(current.keys, sealing=(*sealing, *current.keys.sealing))
        current = replace(current, keys=keys)
    manifest = next_manifest(
        previous,
        signer=hub.keys.signing,
        now=act.at,
        keys=listed,
        sealing=_public(sealing) if sealing else None,
    )
    _publish(db, current, manifest, act)
    hubs = [destination_of(peer) for peer in PeerStore(db).active("hub", "coalition")]
    _tell(db, current, public_destinations(db) if signing is not None else hubs, act)
    names = [key.id.partition("#")[2] for key in (signing, *sealing) if key is not None]
    ChangeStore(db).record(act, "keys.rotate", ", ".join(names))
    return current


def renew_manifest(
    db: sqlite_utils.Database, hub: Hub, sealing: Sequence[SealingKey], act: Act
) -> bool:
    """
    Publish what time has changed; return whether there was something.

    sealing: the keys that others may seal with now. Signing keys whose OVERLAP is over are dropped.
    Peers find it in the log; nobody is in a hurry. Nothing while our logs rest.
    """
    if Pause(db).why:
        return False
    manifests = Log(db).manifests(hub.identity.g)
    newest = read_manifest(manifests[-1])
    over = {name for name, since in replaced_since(manifests).items() if since + OVERLAP <= act.at}
    keys = tuple(key for name, key in newest.verify_keys().items() if name not in over)
    listed = {key.id for key in newest.public_sealing_keys()}
    if not over and listed.issuperset(key.id for key in sealing):
        return False
    manifest = next_manifest(
        manifests[-1], signer=hub.keys.signing, now=act.at, keys=keys, sealing=_public(sealing)
    )
    _publish(db, hub, manifest, act)
    return True


def replaced_since(manifests: Sequence[JsonObject]) -> dict[str, datetime]:
    """
    Return the signing keys that are still listed although another one signs now, and since when.

    manifests: all of ours, oldest first. The first key of a manifest is the one that signs.
    """
    read = [read_manifest(document) for document in manifests]
    found: dict[str, datetime] = {}
    for key in read[-1].keys[1:]:
        for manifest in read:
            if any(key.id == each.id for each in manifest.keys[1:]):
                found[key.id] = read_stamp(manifest.published)
                break
    return found


def recover_keys(
    db: sqlite_utils.Database,
    hub: Hub,
    act: Act,
    *,
    recovery: SigningKey,
    next_recovery: VerifyKey,
) -> JsonObject:
    """
    Publish a manifest by the recovery key that replaces all keys; return it.

    hub: with the new keys only. Whatever others hold of our logs beyond what is here is void from
    now on, so the logs rest no longer, and what waited is published. Raises ManifestInvalid if it
    is not the recovery key.
    """
    Pause(db).end()
    log = Log(db)
    heads = (log.head(log_name(hub.identity.g, kind)) for kind in _KINDS)
    manifest = recovered_manifest(
        newest_manifest(db, hub),
        recovery=recovery,
        next_recovery=next_recovery,
        origin=hub.identity.origin,
        keys=(hub.keys.signing.public,),
        sealing=_public(hub.keys.sealing),
        after=tuple(LastGood(log=head.log, seq=head.seq, hash=head.hash) for head in heads if head),
        now=act.at,
    )
    _publish(db, hub, manifest, act)
    NoticeStore(db).dismiss("own-log", hub.identity.host)
    settle_forks(db, hub.identity.g, act)
    publish_waiting(db, hub, act)
    _tell(db, hub, public_destinations(db), act)
    ChangeStore(db).record(act, RECOVERED, RECOVERY_KEY, f"manifest {manifest['version']}")
    return manifest


def is_recovery_key(manifest: JsonObject, key: VerifyKey) -> bool:
    """Tell whether a manifest names this recovery key."""
    return recovery_hash(key) in read_manifest(manifest).next


def _publish(db: sqlite_utils.Database, hub: Hub, manifest: JsonObject, act: Act) -> None:
    Log(db).append(hub, "public", "Manifest", new_id(act.at, hub.chance), manifest, act.at)


def _tell(db: sqlite_utils.Database, hub: Hub, places: Sequence[Destination], act: Act) -> None:
    """Send an Update of our actor. Peers that do not know its key yet ask us for the manifest."""
    profile = profile_of(db, hub)
    current = tuple(key for key in profile.sealing if key.expires > act.at)
    update = activities.update(
        new_activity_id(hub, act.at),
        hub.identity.actor,
        hub_actor(replace(profile, sealing=current)),
        to=(AS_PUBLIC,),
        cc=(f"{hub.identity.origin}/followers",),
        at=stamp(act.at),
    )
    document = signed(hub, update, act.at)
    send(db, str(document["id"]), canonicalize(document), places, act.at)


def _public(keys: Sequence[SealingKey]) -> tuple[SealingPublicKey, ...]:
    return tuple(key.public for key in keys)
