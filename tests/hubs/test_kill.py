"""Promise 4: what a hub answered with 2xx is there after kill -9 at any moment."""

import asyncio
import json
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
import sqlite_utils

from content.changes import Act
from content.database import connect
from content.executors import InlineDatabase
from content.people.tokens import TokenStore
from content.resources.store import ResourceStore
from federation.hub import Hub, Node
from federation.log import Log
from federation.peers import Peer, PeerStore
from federation.published import PublishedStore
from federation.publishing import add_resource, retract_resource
from node.assembly import found_hub, open_node
from node.home import HubHome
from node.settings import new_settings, read_settings
from protocol.canonical import canonicalize
from protocol.http import HttpRequest
from protocol.ids import ref_of
from protocol.json import JsonObject
from protocol.log_entries import LogEntry, check_page, from_line
from protocol.message_signatures import sign_for_hub
from tests.hubs.running import a_record
from tests.nodes_at_work import Place
from tests.nodes_at_work import found_hub as found_origin
from tests.seams import SeededChance
from tests.strangers_at_work import Stranger

ROOT = Path(__file__).parents[2]
KILLS = 20
RESOURCE = {
    "summary": {"en": "One of many."},
    "language": "en",
    "kind": "guide",
    "topics": ["procurement"],
}


@dataclass
class Promised:
    """What the hub has answered with 2xx."""

    resources: list[str] = field(default_factory=list)
    activities: list[str] = field(default_factory=list)
    asked: int = 0
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    """Set with the twentieth activity."""


@dataclass
class KilledHub:
    """A hub in a process of its own, that is killed again and again."""

    home: HubHome
    origin: str
    token: str
    stranger: Stranger
    session: aiohttp.ClientSession
    promised: Promised = field(default_factory=Promised)
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the process and wait until it answers."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "node.process",
            str(self.home.path),
            cwd=ROOT,
            stderr=asyncio.subprocess.DEVNULL,
        )
        for _ in range(3000):
            try:
                async with self.session.get(f"{self.origin}/healthz"):
                    return
            except aiohttp.ClientError:
                assert self.process.returncode is None, "The server ended by itself."
                await asyncio.sleep(0.01)

    async def kill(self) -> None:
        """End the process as a power cut would."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def keep_adding(self) -> None:
        """Publish resources until the hub is gone."""
        fields = {"Authorization": f"Bearer {self.token}"}
        while True:
            self.promised.asked += 1
            link = f"https://docs.example/{self.promised.asked}"
            body = {**RESOURCE, "title": {"en": f"Guide {self.promised.asked}"}, "url": link}
            async with self.session.post(
                f"{self.origin}/api/v1/resources", json=body, headers=fields
            ) as answer:
                assert answer.status == 201, await answer.text()
                self.promised.resources.append((await answer.json())["ulid"])

    async def keep_sending(self) -> None:
        """Send activities of a stranger until the hub is gone."""
        while True:
            self.promised.asked += 1
            like = self.stranger.activity(
                "Like", self.promised.asked, f"{self.origin}/resources/01KAT3Q8T6W3Y6M0S0V4N8Z2XH"
            )
            body = json.dumps(like).encode()
            url = f"{self.origin}/inbox"
            headers = self.stranger.cavage(url, body, datetime.now(UTC))
            async with self.session.post(url, data=body, headers=headers) as answer:
                assert answer.status == 202, await answer.text()
                self.promised.activities.append(like["id"])
                if len(self.promised.activities) >= 20:
                    self.promised.enough.set()


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[KilledHub]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with await Stranger.start() as stranger, aiohttp.ClientSession() as session:
        home = HubHome(tmp_path / "hub")
        settings = new_settings(
            origin=f"http://127.0.0.1:{port}",
            name="Amsterdam",
            city="Amsterdam",
            country="NL",
            language="nl",
            port=port,
            trusted_authorities=f"127.0.0.1:{port},{stranger.authority}",
            log_level="error",
        )
        found_hub(home, settings, "operator")
        async with open_node(home, settings, threaded=False) as node:
            act = Act("operator", node.clock.now())
            issued = await node.database.write(
                lambda db: TokenStore(db).issue(
                    "operator", act, chance=node.hub.chance, label="test"
                )
            )
        killed = KilledHub(home, settings.origin, issued.secret, stranger, session)
        yield killed
        if killed.process is not None and killed.process.returncode is None:
            await killed.kill()


@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_nothing_that_was_answered_is_lost_by_being_killed(hub: KilledHub) -> None:
    dice = random.Random(os.environ.get("HUB_TEST_SEED", "kill"))
    for _ in range(KILLS):
        await hub.start()
        clients = [asyncio.create_task(hub.keep_adding()) for _ in range(3)]
        clients += [asyncio.create_task(hub.keep_sending()) for _ in range(3)]
        await asyncio.sleep(dice.uniform(0.02, 0.5))
        await hub.kill()
        for result in await asyncio.gather(*clients, return_exceptions=True):
            assert isinstance(result, aiohttp.ClientError | ConnectionError), repr(result)

    assert len(hub.promised.resources) > KILLS
    assert len(hub.promised.activities) > KILLS
    async with open_node(hub.home, read_settings(hub.home), threaded=False) as node:
        log = await node.database.read(lambda db: everything_is_there(db, hub.promised, node))
        check_page(log, log=node.hub.identity.g, manifest=None, after=None)
    assert len(log) > len(hub.promised.resources)


async def test_a_killed_hub_goes_on_with_what_it_had_accepted(hub: KilledHub) -> None:
    await hub.start()
    clients = [asyncio.create_task(hub.keep_sending()) for _ in range(4)]
    await hub.promised.enough.wait()
    await hub.kill()
    await asyncio.gather(*clients, return_exceptions=True)

    await hub.start()

    for _ in range(1500):
        async with hub.session.get(f"{hub.origin}/metrics") as answer:
            if 'hub_inbox{state="waiting"} 0\n' in await answer.text():
                break
        await asyncio.sleep(0.01)
    await hub.kill()
    async with open_node(hub.home, read_settings(hub.home), threaded=False) as node:
        states = await node.database.read(
            lambda db: dict(db.execute("select activity_id, state from inbox").fetchall())
        )
    assert {states.get(each) for each in hub.promised.activities} == {"done"}


def everything_is_there(
    db: sqlite_utils.Database, promised: Promised, node: Node
) -> list[LogEntry]:
    """Check what was promised against the database; return our log."""
    assert db.execute("pragma integrity_check").fetchone()[0] == "ok"
    for ulid in promised.resources:
        assert ResourceStore(db).get(ulid).state == "published"
        published = PublishedStore(db).get(ulid)
        assert published is not None
        document: JsonObject | None = Log(db).document(node.hub.identity.g, published.seq)
        assert document is not None
        assert ref_of(document["object"]["id"]) == ulid
    kept = {row[0] for row in db.execute("select activity_id from inbox").fetchall()}
    assert set(promised.activities) <= kept
    lines = Log(db).lines(node.hub.identity.g, after=0, limit=10**6, most_bytes=10**9)
    return [from_line(line) for line in lines]


async def test_a_hub_killed_between_dropping_and_its_receipt_still_gives_the_receipt(
    hub: KilledHub, tmp_path: Path
) -> None:
    word, at = "zqcanarium", datetime.now(UTC)
    place = Place(hub.stranger.origin, "Barcelona", "ES", "ca", "Europe/Madrid")
    asker = found_origin(tmp_path / "asker.db", place, SeededChance("asker"), at)
    database = InlineDatabase(tmp_path / "asker.db")
    act = Act("olga", at)
    added = database.write_now(lambda db: add_resource(db, asker, a_record(word), act))
    (created,) = database.read_now(lambda db: log_of(db, asker))
    database.write_now(lambda db: retract_resource(db, asker, added.id, act))
    (deleted,) = database.read_now(lambda db: log_of(db, asker))
    async with open_node(hub.home, read_settings(hub.home), threaded=False) as node:
        await node.database.write(lambda db: PeerStore(db).add(as_peer(asker, hub.stranger, at)))
    await hub.start()

    for document in (created, deleted):
        request = sign_for_hub(
            HttpRequest(
                "POST",
                f"{hub.origin}/inbox",
                (("Content-Type", "application/activity+json"),),
                canonicalize(document),
            ),
            asker.keys.signing,
            datetime.now(UTC),
        )
        async with hub.session.post(
            request.url, data=request.body, headers=dict(request.headers)
        ) as answer:
            assert answer.status == 202, await answer.text()
    await until(lambda: dropped(hub.home) == [(1, None)])
    await hub.kill()
    assert receipts(hub.stranger) == []

    await hub.start()
    await until(lambda: bool(receipts(hub.stranger)))
    await hub.kill()

    (receipt,) = receipts(hub.stranger)
    assert (receipt["object"], receipt["hub:erasure"]["held"]) == (deleted["id"], True)
    files = [path for path in hub.home.path.rglob("*") if path.is_file()]
    assert not [path.name for path in files if word.encode() in path.read_bytes()]
    database.close_now()


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something is so, which other processes bring about."""
    for _ in range(1500):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("It never came about.")


def log_of(db: sqlite_utils.Database, origin: Hub) -> list[JsonObject]:
    """Return what a log says, manifests and what was erased left out."""
    lines = Log(db).lines(origin.identity.g, after=1, limit=100, most_bytes=10**9)
    return [entry.a for entry in map(from_line, lines) if entry.a is not None]


def as_peer(origin: Hub, server: Stranger, at: datetime) -> Peer:
    """Return a hub as one that people approved."""
    return Peer(
        actor=origin.identity.actor,
        host=server.authority,
        g=origin.identity.g,
        kind="hub",
        name="Barcelona",
        inbox=origin.identity.inbox,
        state="active",
        document={},
        pinned_keys=(origin.keys.signing.public,),
        added_by="operator",
        added_at=at,
        caught_up_at=at,
    )


def dropped(home: HubHome) -> list[tuple[int, str | None]]:
    """Return of each erasure that a hub was asked for whether it held it, and its receipt."""
    db = connect(home.database, writes=False)
    try:
        rows = db.execute("select held, receipt from erasures_owed").fetchall()
        return [(row[0], row[1]) for row in rows]
    finally:
        db.close()


def receipts(server: Stranger) -> list[JsonObject]:
    """Return the receipts that a server was given."""
    told = [each for each in server.requests_for("/inbox") if b'"erasedAt"' in each.body]
    return [each.json for each in told]
