"""What `hub doctor` looks at, in the order in which one thing needs the other."""

import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

import sqlite_utils

from content.database import connect, sqlite3, sqlite_is_affected
from content.people.permissions import Role
from content.people.store import UserStore
from content.times import from_text
from federation.erasures import ErasureStore
from federation.errors import FederationError
from federation.forks import ForkStore
from federation.hub import Node
from federation.inbox_store import InboxStore
from federation.listing_care import unconfirmed
from federation.notices import NoticeStore
from federation.outbox import Outbox
from federation.peers import PeerStore
from federation.shorter import ShorterStore
from node.home import HubHome
from node.settings import Settings
from protocol.http import HttpRequest
from protocol.log_entries import name_in_log

OVERDUE = timedelta(hours=24)
SILENT = timedelta(days=7)
LITTLE_SPACE = 500 * 1024 * 1024
CLOCK_SLACK = timedelta(minutes=2)
State = Literal["ok", "look", "broken"]


class Finding(NamedTuple):
    """One thing that was looked at. advice: what to do, where it is not ok."""

    state: State
    what: str
    found: str
    advice: str = ""


def of_folder(home: HubHome) -> Iterator[Finding]:
    """Look at the folder and the files in it, without opening anything."""
    shared = [
        path
        for path in (home.path, home.keys, home.database, *sorted(home.keys.glob("*")))
        if path.exists() and path.stat().st_mode & 0o077 and path != home.path
    ]
    if shared:
        names = ", ".join(path.name for path in shared)
        yield Finding(
            "broken",
            "permissions",
            f"others can read {names}",
            f"Write: chmod -R go-rwx {home.keys} {home.database}",
        )
    else:
        yield Finding("ok", "permissions", "keys and database are for this user only")
    free = shutil.disk_usage(home.path).free
    if free < LITTLE_SPACE:
        yield Finding(
            "look", "disk", f"{free // 2**20} MB free", "Make room: a full disk stops the hub."
        )
    else:
        yield Finding("ok", "disk", f"{free // 2**20} MB free")
    if not os.access(home.path, os.W_OK):
        yield Finding(
            "broken", "folder", "cannot be written", f"Give {home.path} to the user of the hub."
        )


def of_sqlite(home: HubHome) -> Iterator[Finding]:
    """Look at the library and at the file: is every page of it sound?"""
    version = sqlite3.sqlite_version
    if sqlite_is_affected(sqlite3.sqlite_version_info):
        yield Finding(
            "look",
            "SQLite",
            f"{version} has the WAL-reset bug; the hub works in a slower mode",
            "Install pysqlite3, or a Python with SQLite 3.51.3 or newer.",
        )
    else:
        yield Finding("ok", "SQLite", version)
    if not home.database.exists():
        return  # opening the hub says what to do then
    try:
        db = connect(home.database, writes=False)
        try:
            rows = [row[0] for row in db.execute("pragma integrity_check(3)").fetchall()]
        finally:
            db.close()
    except sqlite3.DatabaseError as error:
        rows = [str(error)]
    if rows == ["ok"]:
        size = home.database.stat().st_size / 2**20
        yield Finding("ok", "database", f"sound, {size:.1f} MB")
    else:
        yield Finding(
            "broken",
            "database",
            rows[0],
            "Stop the server, keep a copy of the file, and restore the last backup.",
        )


def of_hub(db: sqlite_utils.Database, node: Node, settings: Settings) -> Iterator[Finding]:
    """Look at what the hub holds: people, clock, peers, what waits."""
    now = node.clock.now()
    operators = [u.name for u in UserStore(db).list() if u.role is Role.OPERATOR]
    yield Finding("ok", "operators", ", ".join(operators))
    if not settings.https:
        yield Finding(
            "look",
            "address",
            f"{settings.origin} is plain http",
            "Fine for a demo or an intranet only: others can read along.",
        )
    newest = db.execute("select max(at) from changes").fetchone()[0]
    if newest is not None and from_text(newest) > now + CLOCK_SLACK:
        yield Finding(
            "broken",
            "clock",
            f"says {now:%Y-%m-%d %H:%M} UTC, but something was done at {newest}",
            "Set the clock (NTP). Others refuse signatures of a hub whose clock is wrong.",
        )
    else:
        yield Finding("ok", "clock", f"{now:%Y-%m-%d %H:%M} UTC")
    yield from _of_peers(db, node)
    yield from _of_logs(db, node)
    yield from _of_queues(db, node)
    yield from _of_erasures(db, node, settings)
    for notice in NoticeStore(db).all():
        advice = _ADVICE.get(notice.kind, "Ask its people.")
        yield Finding("look", "notice", f"{notice.subject}: {notice.text}", advice)


def _of_logs(db: sqlite_utils.Database, node: Node) -> Iterator[Finding]:
    g, host = node.hub.identity.g, node.hub.identity.host
    for fork in ForkStore(db).open():
        if name_in_log(fork.log)[0] == g:
            yield Finding(
                "broken",
                "our own log",
                f"{fork.said_by} holds another entry with the number {fork.seq}, signed with our"
                " key; who holds that branch takes nothing more of ours",
                "If this hub was restored from an old copy, either ask its peers to write: "
                f"hub peer settle {host}; or take the paper with the recovery key: hub keys "
                "recover. If nobody knows how it came, others may have the keys: hub keys recover.",
            )
        else:
            yield Finding(
                "look",
                "logs",
                f"{fork.log} has two entries with the number {fork.seq}; it is frozen",
                "Ask its people what happened; then hub peer settle.",
            )
    for each in ShorterStore(db).open():
        yield Finding(
            "look",
            "logs",
            f"{each.said_by} shows {each.evidence.shown.seq} entries of {each.log} and had signed "
            f"{each.evidence.held.seq}; it is frozen",
            "If it was restored from a backup, it ends by itself. Else ask its people; then "
            "hub peer settle.",
        )


_ADVICE: Final[Mapping[str, str]] = {
    "own-fork": "See above, at our own log.",
    "shrunk": "Wait some hours, then ask its people; it ends when all of its log is shown again.",
    "own-log": "hub sync asks them now. If no peer can be asked any more: hub recover --go-on.",
    "harvest": "See its last runs: hub harvest show. To leave it alone: hub harvest pause.",
    "retention": "See what goes when: hub retention list.",
    "hold": "See what is kept: hub retention holds.",
    "tell-erasure": "Call its people, and note in your files when they confirmed.",
}


def _of_peers(db: sqlite_utils.Database, node: Node) -> Iterator[Finding]:
    peers = PeerStore(db)
    active = peers.active("hub", "coalition")
    yield Finding("ok", "peers", f"{len(active)} active")
    for peer in peers.list():
        if peer.state == "new" and peer.their_offer is not None:
            yield Finding(
                "look",
                "peers",
                f"{peer.host} asks to be a peer",
                f"Compare fingerprints: hub peer show {peer.host}",
            )
    since = node.clock.now() - SILENT
    for peer in active:
        last = peer.last_contact_at or peer.added_at
        if last < since:
            yield Finding(
                "look",
                "peers",
                f"{peer.host} was not heard of since {last:%Y-%m-%d}",
                f"Try hub sync {peer.host}, then call its people.",
            )


def _of_queues(db: sqlite_utils.Database, node: Node) -> Iterator[Finding]:
    outbox = Outbox(db)
    failed = outbox.failed(1000)
    late = [d for d in outbox.waiting(1000) if d.at < node.clock.now() - OVERDUE]
    if failed:
        yield Finding(
            "look", "deliveries", f"{len(failed)} failed", "See hub delivery list --failed"
        )
    if late:
        yield Finding(
            "look", "deliveries", f"{len(late)} wait for more than a day", "See hub delivery list"
        )
    if not failed and not late:
        yield Finding("ok", "deliveries", "none failed, none late")
    held = len(InboxStore(db).quarantined(1000))
    if held:
        yield Finding("look", "quarantine", f"{held} in it", "See hub quarantine list")
    else:
        yield Finding("ok", "quarantine", "empty")


def _of_erasures(db: sqlite_utils.Database, node: Node, settings: Settings) -> Iterator[Finding]:
    store = ErasureStore(db)
    overdue = store.overdue(node.clock.now() - timedelta(days=settings.erasure_days))
    for host, count in overdue.items():
        yield Finding(
            "broken",
            "erasures",
            f"{host} has not confirmed {count} since more than {settings.erasure_days} days",
            "Call its people, then see hub erasure list --missing",
        )
    missing = store.missing() - sum(overdue.values())
    if not overdue:
        found = f"{missing} receipts are on their way" if missing else "all confirmed"
        yield Finding("ok", "erasures", found)


def of_experts(db: sqlite_utils.Database, now: datetime) -> Iterator[Finding]:
    """Look at how long ago experts confirmed their listings."""
    late = sum(1 for _ in unconfirmed(db, now))
    if late:
        found = f"{late} listings were not confirmed for half a year"
        yield Finding("look", "experts", found, "See hub expert list --unconfirmed, and ask them")


async def of_origin(node: Node, settings: Settings) -> Finding:
    """Look at the hub as others do: does its public address answer?"""
    url = f"{settings.origin}/healthz"
    try:
        response = await node.transport.send(HttpRequest("GET", url, ()))
    except FederationError as error:
        return Finding(
            "broken",
            "reachable",
            f"{settings.origin} does not answer from here: {error}",
            "Check name, certificate and the web server in front of the hub.",
        )
    if response.status == 200:
        return Finding("ok", "reachable", f"{settings.origin} answers")
    return Finding(
        "broken",
        "reachable",
        f"{url} answers {response.status}",
        "Let the web server in front pass everything to the hub.",
    )
