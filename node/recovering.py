"""
A hub whose database is lost comes back from the copy of its log that a peer holds.

What it published is proven by its own signatures, so it does not matter who gives it. Cases,
drafts, people, tokens and the list of peers are in no log: unless a backup has them, they are gone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

import sqlite_utils

from content.audit import head_of
from content.cases.vault import CaseVault
from content.changes import Act
from content.clock import Clock
from content.database import connect
from content.executors import InlineDatabase
from content.people.permissions import Role
from content.people.store import UserStore
from content.people.user import User
from federation.adopting import adopt_from
from federation.bell import Bell
from federation.errors import FederationError
from federation.hub import Hub, Node
from federation.log import Log
from federation.log_pages import Giver
from federation.polling import ask_heads
from federation.published import PublishedStore
from federation.transport import GuardedTransport
from node.assembly import identity_of, migrate, user_agent
from node.audit_mark import AuditMarkFile
from node.chance import SystemChance
from node.clock import WallClock
from node.errors import NodeError
from node.home import HubHome
from node.keyfiles import load_keys, load_vault_key
from node.settings import Settings
from protocol.errors import LogInvalid, ProtocolError
from protocol.ids import actor_id, host_of, is_url, origin_of
from protocol.keys import SigningKey, VerifyKey
from protocol.log_entries import LogHeader, LogKind, name_in_log, verify_header
from protocol.manifest import read_manifest

_KINDS: Final[tuple[LogKind, ...]] = ("public", "network")


class NotRecovered(NodeError):
    """The hub cannot be recovered from there; nothing in its folder was changed."""

    code: ClassVar[str] = "not-recovered"


@dataclass(frozen=True, slots=True)
class Recovered:
    """What came back. entries: of the log; problems: what a source did not give, in words."""

    g: str
    entries: int
    resources: int
    experts: int
    problems: tuple[str, ...]


async def recover_hub(
    home: HubHome,
    settings: Settings,
    sources: Sequence[str],
    operator: str,
    *,
    clock: Clock | None = None,
    progress: Callable[[str, int], None] = lambda _host, _entries: None,
) -> Recovered:
    """
    Make the database of a lost hub anew from the logs that other hubs hold of it.

    home: with hub.toml and keys, without a database. sources: hosts or URLs of hubs; all are read,
    since one may have more than another. operator: the first user of the new database.
    Raises NoHubHere, KeyFilesUnsafe, AlreadyServing, NotRecovered, and UserInvalid.
    """
    home.check()
    with home.locked():
        if home.database.exists():
            raise NotRecovered(
                f"There is a database in {home.path}. Lost entries of its log come back by "
                "`hub sync`; to recover without it, move it away first."
            )
        clock = clock or WallClock()
        fresh = home.database.with_name("recovering.sqlite")
        _remove(fresh)
        try:
            done = await _recover(home, settings, sources, operator, clock, fresh, progress)
            fresh.rename(home.database)
            _begin_audit(home, clock.now())
        finally:
            _remove(fresh)
    return done


async def _recover(
    home: HubHome,
    settings: Settings,
    sources: Sequence[str],
    operator: str,
    clock: Clock,
    path: Path,
    progress: Callable[[str, int], None],
) -> Recovered:
    chance = SystemChance()
    keys = load_keys(home, settings.origin, clock.now())
    vault = CaseVault(load_vault_key(home), chance)
    act = Act(operator, clock.now())
    user = User.new(operator, operator, Role.OPERATOR, act)
    migrate(path, settings.origin)
    database = InlineDatabase(path)
    transport = GuardedTransport(settings.trusted_authorities, user_agent(settings))
    node = Node(
        Hub(identity_of(settings, ""), keys, chance, vault), clock, database, transport, Bell()
    )
    try:
        problems: list[str] = []
        givers = [_giver(source, settings) for source in sources]
        g, key_id = await _name_of_log(node, givers, problems)
        keys = replace(keys, signing=SigningKey(key_id, keys.signing.private))
        node.hub = replace(node.hub, identity=identity_of(settings, g), keys=keys)
        entries = 0
        kinds = _KINDS if node.hub.identity.kind == "hub" else _KINDS[:1]
        for giver in givers:
            for kind in kinds:
                try:
                    entries += await adopt_from(
                        node, giver, (kind,), partial(progress, f"{giver.host}, {kind} log")
                    )
                except (FederationError, ProtocolError) as error:
                    problems.append(f"{giver.host}, {kind} log: {error}")
        _check(database.read_now(lambda db: Log(db).manifests(g)), node, problems)
        database.write_now(lambda db: UserStore(db).add(user, act))
        resources, experts = database.read_now(_counts)
        await database.checkpoint()
        return Recovered(g, entries, resources, experts, tuple(problems))
    finally:
        await transport.close()
        await database.close()


def _begin_audit(home: HubHome, at: datetime) -> None:
    """The audit of before is lost with the database; the mark keeps how far it was."""
    db = connect(home.database, writes=False)
    try:
        AuditMarkFile(home).accept(head_of(db), at, "recovered from the logs of peers")
    finally:
        db.close()


def _giver(source: str, settings: Settings) -> Giver:
    """Return who is asked. Plain http only for a host that the settings trust."""
    scheme = "http" if source in settings.trusted_authorities else "https"
    url = source if "://" in source else f"{scheme}://{source}"
    if not is_url(url):
        raise NotRecovered(f"{source[:100]!r} is no address of a hub. Give its host or its URL.")
    return Giver(host_of(url), origin_of(url))


async def _name_of_log(node: Node, givers: Sequence[Giver], problems: list[str]) -> tuple[str, str]:
    """Return the name of the log whose newest entry our own key signed, and the key's id."""
    key = node.hub.keys.signing.public
    for giver in givers:
        try:
            told = await ask_heads(node, actor_id(giver.origin))
        except (FederationError, ProtocolError) as error:
            problems.append(f"{giver.host}: {error}")
            continue
        names = {(header.log, header.key) for header in told.heads if _is_signed_by(header, key)}
        if names:
            log, key_id = min(names)
            return name_in_log(log)[0], key_id
        problems.append(f"{giver.host}: holds no log that the key of this hub signed.")
    raise NotRecovered(f"No log of this hub was found. {' '.join(problems)}")


def _is_signed_by(header: LogHeader, key: VerifyKey) -> bool:
    try:
        verify_header(header, replace(key, id=header.key))  # which number it has, the log says
    except LogInvalid:
        return False
    return True


def _check(manifests: Sequence[dict[str, object]], node: Node, problems: list[str]) -> None:
    """Refuse a log that is not whole, is of another address, or that our key may not go on."""
    if not manifests:
        raise NotRecovered(f"Nothing was recovered. {' '.join(problems)}")
    manifest = read_manifest(manifests[-1])
    identity, key = node.hub.identity, node.hub.keys.signing.public
    if manifest.origin != identity.origin:
        raise NotRecovered(
            f"The log is that of {manifest.origin}. Write that as origin in hub.toml."
        )
    known = manifest.verify_keys().get(key.id)
    if known is None or known.multibase != key.multibase:
        raise NotRecovered(
            "The keys in this folder are older than those in the log. Restore the newest keys."
        )


def _counts(db: sqlite_utils.Database) -> tuple[int, int]:
    published = PublishedStore(db)
    resources = published.count("public", "resource") + published.count("network", "resource")
    return resources, published.count("public", "expert") + published.count("network", "expert")


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
