"""
Putting a node together: from a folder and its settings to a hub at work.

`open_node` serves the server and every command; `found_hub` is `hub init`. Nothing else in the
project makes a Hub or a Node, except for tests and simulations.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from shutil import rmtree
from typing import ClassVar

import sqlite_utils
import tomli_w
from sqlite_utils import Migrations

from content.cases.vault import CaseVault
from content.changes import Act
from content.database import Database, connect, sqlite3, transaction
from content.errors import ContentError
from content.executors import InlineDatabase, ThreadedDatabase
from content.hubs import HubDirectory, HubEntry
from content.indexes import is_stale, rebuild_if_stale
from content.migrations import SETS as CONTENT_SETS
from content.migrations import apply_migrations, pending_migrations
from content.people.permissions import Role
from content.people.store import UserStore
from content.people.user import User
from federation.adopting import begin_pause
from federation.bell import Bell
from federation.high_water import HighWater
from federation.holdings import Holdings
from federation.hub import Hub, Identity, Node
from federation.log import LogNotFounded, found_log
from federation.migrations import SETS as FEDERATION_SETS
from federation.peers import PeerStore
from federation.transport import GuardedTransport
from node.audit_mark import AuditMarkFile
from node.chance import SystemChance
from node.clock import WallClock
from node.errors import NodeError
from node.home import HubHome, write_private
from node.key_renewal import load_newest, renew_keys, settle_keys
from node.keyfiles import create_keys, load_vault_key
from node.mark_file import HighWaterFile
from node.settings import Settings
from protocol.ids import origin_of
from protocol.json import JsonObject
from protocol.manifest import first_manifest, name_of

SETS: tuple[Migrations, ...] = (*CONTENT_SETS, *FEDERATION_SETS)
_CHAIN = "audit/m001_chain"


class OriginChanged(NodeError):
    """The settings name another origin than the one the hub was founded with."""

    code: ClassVar[str] = "origin-changed"

    def __init__(self, founded: str) -> None:
        super().__init__(
            f"This hub was founded as {founded}, and everything it published is known by that "
            "address. Write it as origin in hub.toml again."
        )


@dataclass(frozen=True, slots=True)
class Founded:
    """A hub just founded. recovery: to be printed once and kept on paper; it is stored nowhere."""

    identity: Identity
    recovery: str


def migrate(path: Path, origin: str) -> tuple[str, ...]:
    """
    Bring the tables of a database up to date, and its search if another version made it.

    All or nothing. Returns what was applied. Raises DatabaseTooNew.
    """
    db = connect(path, writes=True)
    try:
        waiting = pending_migrations(db, SETS)
        apply_migrations(db, SETS)
        if is_stale(db):
            with transaction(db):
                renew_search(db, origin)
    finally:
        db.close()
    return waiting


def migrate_home(home: HubHome, origin: str) -> None:
    """As `migrate`, for the database of a hub; where the audit chain begins, so does its mark."""
    if _CHAIN not in migrate(home.database, origin):
        return
    db = connect(home.database, writes=False)
    try:
        AuditMarkFile(home).begin(db)
    finally:
        db.close()


def renew_search(db: sqlite_utils.Database, origin: str) -> None:
    """Make the search indexes anew, without the peers that are blocked here."""
    if rebuild_if_stale(db, origin):
        for peer in PeerStore(db).list():
            if peer.state == "blocked":
                Holdings(db, peer).hide()


@asynccontextmanager
async def open_node(home: HubHome, settings: Settings, *, threaded: bool) -> AsyncIterator[Node]:
    """
    Open the hub in a folder; everything is closed at the end.

    threaded: for the server: with the database in threads, and new sealing keys when they are due.
    A command works in its own thread.
    Raises NoHubHere, DatabaseLost, KeyFilesUnsafe, DatabaseTooNew, OriginChanged, LogNotFounded.
    """
    home.check_whole()
    clock, chance = WallClock(), SystemChance()
    vault = CaseVault(load_vault_key(home), chance)
    migrate_home(home, settings.origin)
    database: Database = (
        ThreadedDatabase(home.database) if threaded else InlineDatabase(home.database)
    )
    transport = GuardedTransport(settings.trusted_authorities, user_agent(settings))
    try:
        g, manifest = await database.read(own_log)
        if origin_of(manifest["attributedTo"]) != settings.origin:
            raise OriginChanged(origin_of(manifest["attributedTo"]))
        newest = partial(_own_manifest, database)
        if threaded:
            await settle_keys(home, newest)
        keys = await load_newest(home, settings.origin, clock.now(), newest)
        hub = Hub(identity_of(settings, g), keys, chance, vault)
        await _list_ourselves(database, hub)
        high_water = HighWater(HighWaterFile(home.high_water))
        node = Node(hub, clock, database, transport, Bell(), high_water)
        await begin_pause(node)
        if threaded:
            node.hub = await renew_keys(home, hub, database, clock.now())
        yield node
    finally:
        await transport.close()
        # A disk that is full, or a database that is damaged, has told so already.
        with suppress(OSError, ContentError, sqlite3.Error):
            await database.read(AuditMarkFile(home).advance)
        await database.close()


def found_hub(home: HubHome, settings: Settings, operator: str) -> Founded:
    """
    Found a hub: folder, keys, database, manifest as the first entry of its log, first operator.

    The settings are written last, so that a folder with them holds a whole hub; whatever fails
    before leaves nothing behind. Raises HomeTaken, UserInvalid.
    """
    clock, chance = WallClock(), SystemChance()
    at = clock.now()
    user = User.new(operator, operator, Role.OPERATOR, Act(operator, at))
    existed = home.path.exists()
    home.create()
    try:
        new = create_keys(home, settings.origin, at, chance)
        manifest = first_manifest(
            origin=settings.origin,
            signing=new.keys.signing,
            sealing=tuple(key.public for key in new.keys.sealing),
            recovery=new.recovery_key.public,
            now=at,
        )
        identity = identity_of(settings, name_of(manifest))
        hub = Hub(identity, new.keys, chance, CaseVault(new.vault, chance))
        _found_database(home, hub, manifest, user, at)
        write_private(home.toml, tomli_w.dumps(_as_toml(settings)).encode())
    except BaseException:
        _clear(home.path, keep=existed)
        raise
    return Founded(identity, new.recovery)


def _found_database(
    home: HubHome, hub: Hub, manifest: dict[str, object], user: User, at: datetime
) -> None:
    migrate_home(home, hub.identity.origin)
    home.database.chmod(0o600)
    act = Act(user.name, at)

    def work(db: sqlite_utils.Database) -> None:
        UserStore(db).add(user, act)
        found_log(db, hub, manifest, at)
        HubDirectory(db).put(_entry_of(hub))

    database = InlineDatabase(home.database)
    try:
        database.write_now(work)
        database.read_now(AuditMarkFile(home).advance)
    finally:
        database.close_now()


def identity_of(settings: Settings, g: str) -> Identity:
    """Return who the hub is, out of its settings and its permanent name."""
    return Identity(
        origin=settings.origin,
        name=settings.name,
        city=settings.city,
        country=settings.country,
        language=settings.language,
        timezone=settings.timezone,
        kind="coalition" if settings.coalition else "hub",
        g=g,
    )


async def _list_ourselves(database: Database, hub: Hub) -> None:
    """Keep our own entry in the directory of hubs in step with the settings."""
    entry = _entry_of(hub)
    listed = await database.read(lambda db: HubDirectory(db).find(entry.host))
    if listed is None or replace(listed, last_heard_at=None, records=0) != entry:
        await database.write(lambda db: HubDirectory(db).put(entry))


def _entry_of(hub: Hub) -> HubEntry:
    identity = hub.identity
    return HubEntry(
        host=identity.host,
        name=identity.name,
        city=identity.city,
        country=identity.country,
        language=identity.language,
        kind="self",
        g=identity.g,
        actor=identity.actor,
    )


def user_agent(settings: Settings) -> str:
    """Return how this hub calls itself when it asks others."""
    return f"RightsHub/{version('rights-hub')} (+{settings.origin})"


def own_log(db: sqlite_utils.Database) -> tuple[str, JsonObject]:
    """Return our permanent name, and our newest manifest. Raises LogNotFounded."""
    row = db.execute(
        "select e.log, e.document from log_heads h"
        " join log_entries e on e.log = h.log and e.op = 'Manifest'"
        " where h.own order by e.seq desc limit 1"
    ).fetchone()
    if row is None:
        raise LogNotFounded
    return row[0], json.loads(row[1])


async def _own_manifest(database: Database) -> JsonObject:
    return (await database.read(own_log))[1]


def _as_toml(settings: Settings) -> dict[str, object]:
    values = settings.model_dump(exclude_defaults=True)
    return {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in values.items()
    }


def _clear(path: Path, *, keep: bool) -> None:
    for child in path.iterdir():
        rmtree(child) if child.is_dir() else child.unlink()
    if not keep:
        path.rmdir()
