"""
Keys that change while a hub is at work (docs/adr/0030-changing-keys.md).

Time renews sealing keys every month, destroys them when they are over, and drops signing keys that
were replaced. A person rotates keys by a command, and the server beside it takes them up.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import sqlite_utils

from content.changes import Act
from content.database import Database
from federation.hub import Hub, HubKeys, Node
from federation.log import Log
from federation.own_keys import newest_manifest, renew_manifest, rotate_keys
from federation.pause import LogPaused, Pause
from node.home import HubHome
from node.keyfiles import (
    changing_keys,
    draw_signing,
    drop_next,
    drop_parts,
    has_next,
    load_keys,
    take_next,
)
from node.logs import log
from node.private_files import KeyFilesUnsafe
from node.sealing_files import create_sealing_keys, end_sealing_keys
from protocol.ids import signing_key_id
from protocol.json import JsonObject
from protocol.keys import SealingKey, VerifyKey
from protocol.manifest import read_manifest

RENEW_BEFORE = timedelta(days=31)
"""How long before its end the newest sealing key gets a successor."""
SYSTEM = "system"


def signing_key_in(manifest: JsonObject) -> VerifyKey:
    """Return the key that signs under a manifest of ours: its first one."""
    return read_manifest(manifest).keys[0].verify_key()


class KeyKeeper:
    """Keeps the keys of a running server in step with time, and with commands beside it."""

    def __init__(self, home: HubHome, node: Node) -> None:
        self._home = home
        self._node = node
        self._seen: JsonObject | None = None

    async def look(self) -> bool:
        """Take up keys that a command has published; return whether there were any."""
        hub = self._node.hub
        manifest = await self._node.database.read(lambda db: newest_manifest(db, hub))
        if manifest == self._seen:
            return False
        listed = {key.id for key in read_manifest(manifest).sealing_keys}
        known = {key.id for key in hub.keys.sealing}
        if signing_key_in(manifest).id == hub.keys.signing.id and listed <= known:
            self._seen = manifest
            return False
        self._node.hub = await self._loaded()
        self._seen = manifest
        log.info("keys-changed", signing=self._node.hub.keys.signing.id.partition("#")[2])
        return True

    async def renew(self) -> None:
        """Do what time asks for: new sealing keys, and an end to old ones of every kind."""
        now = self._node.clock.now()
        hub = await self._loaded()  # destroys what is over
        self._node.hub = await renew_keys(self._home, hub, self._node.database, now)

    async def _loaded(self) -> Hub:
        hub, now = self._node.hub, self._node.clock.now()
        keys = await load_newest(
            self._home,
            hub.identity.origin,
            now,
            lambda: self._node.database.read(lambda db: newest_manifest(db, hub)),
        )
        return replace(hub, keys=keys)


async def renew_keys(home: HubHome, hub: Hub, database: Database, now: datetime) -> Hub:
    """
    Return the hub with sealing keys that are good for a month; the same hub if they are already.

    Publishes whatever of the keys is to be published and is not: also a key file that was written
    by a process that was killed before; while our log rests, at a later time.
    """
    newest = max((key.expires for key in hub.keys.sealing), default=now)
    if newest - RENEW_BEFORE < now:
        taken = await database.read(lambda db: sealing_ids(db, hub.identity.g))
        drawn = create_sealing_keys(home, hub.identity.origin, now, hub.chance, taken)
        hub = replace(hub, keys=replace(hub.keys, sealing=(*drawn, *hub.keys.sealing)))
        log.info("sealing-keys-renewed", until=drawn[0].expires.date().isoformat())
    current = tuple(key for key in hub.keys.sealing if key.expires > now)
    await database.write(lambda db: renew_manifest(db, hub, current, Act(SYSTEM, now)))
    return hub


def rotate(
    db: sqlite_utils.Database, home: HubHome, hub: Hub, act: Act, *, signing: bool, sealing: bool
) -> Hub:
    """
    Draw new keys and publish them in one transaction; return the hub as it is from now on.

    Only inside `changing_keys`, and followed by `settle_files` once that is on disk.
    Raises LogPaused.
    """
    if Pause(db).why:
        raise LogPaused
    manifests = Log(db).manifests(hub.identity.g)
    drop_next(home)
    next_signing, next_sealing = None, tuple[SealingKey, ...]()
    if signing:
        name = signing_key_id(hub.identity.origin, _next_number(manifests))
        next_signing = draw_signing(home, name, hub.chance)
    if sealing:
        taken = sealing_ids(db, hub.identity.g)
        before = hub.keys.sealing
        next_sealing = create_sealing_keys(home, hub.identity.origin, act.at, hub.chance, taken)
        end_sealing_keys(home, before, act.at)
    return rotate_keys(db, hub, act, signing=next_signing, sealing=next_sealing)


def settle_files(home: HubHome, in_force: VerifyKey) -> None:
    """
    Finish what a command began, or what one that was killed left; inside `changing_keys`.

    Keys that wait take their places if the manifest names them, and are destroyed if it does not.
    in_force: the key that the newest manifest says signs, read inside `changing_keys` too.
    """
    if has_next(home, in_force):
        take_next(home)
    else:
        drop_next(home)
    drop_parts(home)


async def settle_keys(home: HubHome, manifest_now: Callable[[], Awaitable[JsonObject]]) -> None:
    """At the start of a server, finish what a command left that was killed. As `settle_files`."""
    with changing_keys(home):
        settle_files(home, signing_key_in(await manifest_now()))


async def load_newest(
    home: HubHome, origin: str, now: datetime, manifest_now: Callable[[], Awaitable[JsonObject]]
) -> HubKeys:
    """
    Return the keys that the newest manifest names, also while a command changes them beside us.

    manifest_now: reads the manifest. Raises KeyFilesUnsafe.
    """
    for once_more in (True, False):
        key = signing_key_in(await manifest_now())
        try:
            return await asyncio.to_thread(load_keys, home, origin, now, key)
        except KeyFilesUnsafe:
            # Perhaps only what we knew of the manifest was older than the files by a moment.
            if not once_more:
                raise
    raise AssertionError


def sealing_ids(db: sqlite_utils.Database, g: str) -> frozenset[str]:
    """Return the ids of all sealing keys that our manifests ever named. g: our permanent name."""
    manifests = map(read_manifest, Log(db).manifests(g))
    return frozenset(key.id for manifest in manifests for key in manifest.sealing_keys)


def _next_number(manifests: list[JsonObject]) -> int:
    """Return one more than the highest number of a signing key that we ever had."""
    ids = (key.id for document in manifests for key in read_manifest(document).keys)
    numbers = (name.rpartition("-")[2] for name in ids)
    return 1 + max((int(number) for number in numbers if number.isdecimal()), default=0)


__all__ = [
    "KeyKeeper",
    "changing_keys",
    "load_newest",
    "renew_keys",
    "rotate",
    "sealing_ids",
    "settle_files",
    "settle_keys",
    "signing_key_in",
]
