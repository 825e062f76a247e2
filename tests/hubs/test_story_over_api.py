"""The whole story between two hubs in processes of their own, told over their APIs alone."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from content.changes import Act
from content.people.tokens import TokenStore
from node.assembly import found_hub, open_node
from node.home import HubHome
from node.settings import new_settings, read_settings

ROOT = Path(__file__).parents[2]
CANARY, REQUESTER = "canary-7f3a", "osprey-5c1e"
RESOURCE = {
    "title": {"nl": "Handreiking algoritmeregister"},
    "summary": {"en": "How a city lists the algorithms it uses."},
    "url": "https://docs.example/register",
    "publisher": "Gemeente",
    "language": "nl",
    "country": "NL",
    "kind": "guide",
    "topics": ["algorithm-registers"],
}
EXPERT = {
    "name": "Example: Noor de Vries",
    "bio": "Invented, for a test.",
    "topics": ["biometrics"],
    "jurisdictions": ["NL"],
    "languages": ["en", "nl"],
    "offers": ["review"],
    "capacity_hours": 8,
    "scope": "network",
    "example": True,
}
CASE: dict[str, Any] = {
    "title": f"Cameras at the station {CANARY}",
    "question": f"May the city recognise faces? {CANARY}",
    "topics": ["biometrics"],
    "language": "en",
    "country": "NL",
    "requester": {"role": "who-city-official", "name": f"Person {REQUESTER}"},
    "consents": {"escalate": "yes", "share_name": True},
}


@dataclass
class ApiHub:
    """A running hub, seen through its API."""

    home: HubHome
    origin: str
    host: str
    token: str
    session: aiohttp.ClientSession

    async def call(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        """Call the API as the operator; the status must be as expected."""
        fields = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.origin}/api/v1{path}"
        async with self.session.request(method, url, json=body, headers=fields) as answer:
            assert answer.status == status, (path, await answer.text())
            return None if status == 204 else await answer.json(content_type=None)

    async def eventually(self, path: str, seen: Callable[[Any], bool]) -> Any:
        """Ask until the answer is as it should be; news from another hub takes a moment."""
        for _ in range(600):
            answer = await self.call("GET", path)
            if seen(answer):
                return answer
            await asyncio.sleep(0.05)
        raise AssertionError(answer)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def running(folder: Path, city: str, port: int, trusted: str) -> AsyncIterator[ApiHub]:
    home = HubHome(folder / city)
    settings = new_settings(
        origin=f"http://127.0.0.1:{port}",
        name=f"Hub {city}",
        city=city,
        country="NL",
        language="en",
        port=port,
        trusted_authorities=trusted,
    )
    found_hub(home, settings, "operator")
    async with open_node(home, read_settings(home), threaded=False) as node:
        act = Act("operator", node.clock.now())
        issued = await node.database.write(
            lambda db: TokenStore(db).issue("operator", act, chance=node.hub.chance, label="test")
        )
    with (folder / f"{city}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "node.process", str(home.path), cwd=ROOT, stderr=log
        )
    async with aiohttp.ClientSession() as session:
        hub = ApiHub(home, settings.origin, f"127.0.0.1:{port}", issued.secret, session)
        try:
            await answering(hub)
            yield hub
        finally:
            process.terminate()
            await asyncio.wait_for(process.wait(), 15)


async def answering(hub: ApiHub) -> None:
    for _ in range(1000):
        try:
            async with hub.session.get(f"{hub.origin}/healthz"):
                return
        except aiohttp.ClientError:
            await asyncio.sleep(0.02)
    raise AssertionError("The hub did not start.")


@pytest.fixture
async def hubs(tmp_path: Path) -> AsyncIterator[tuple[ApiHub, ApiHub]]:
    ports = free_port(), free_port()
    trusted = ",".join(f"127.0.0.1:{port}" for port in ports)
    async with AsyncExitStack() as stack:
        origin = await stack.enter_async_context(running(tmp_path, "Origin", ports[0], trusted))
        other = await stack.enter_async_context(running(tmp_path, "Other", ports[1], trusted))
        yield origin, other


async def become_peers(one: ApiHub, two: ApiHub) -> None:
    for here, there in ((one, two), (two, one)):
        found = await here.call("POST", "/peers", {"address": there.origin}, status=201)
        approval = {"fingerprint": found["fingerprint"].upper(), "agreement": "Letter of 2026"}
        await here.call("POST", f"/peers/{there.host}/approve", approval)
    for here, there in ((one, two), (two, one)):
        await here.eventually(f"/peers/{there.host}", lambda peer: peer["active"])


async def test_the_whole_story(hubs: tuple[ApiHub, ApiHub], tmp_path: Path) -> None:
    origin, other = hubs
    await become_peers(origin, other)

    # A resource published there is found here, with where it comes from and its proof.
    published = await other.call("POST", "/resources", RESOURCE, status=201)
    found = await origin.eventually("/resources?q=algoritmeregister", lambda page: page["items"])
    (hit,) = found["items"]
    assert (hit["id"], hit["own"]) == (published["id"], False)
    assert hit["hub"] == {"host": other.host, "name": "Hub Other"}
    held = await origin.call("GET", f"/hubs/{other.host}/resources/{hit['ulid']}")
    assert held["document"]["proof"] == published["document"]["proof"]

    # So is an expert who is listed for the network; strangers see neither.
    await other.call("POST", "/experts", EXPERT, status=201)
    await origin.eventually("/experts?topic=biometrics", lambda page: page["items"])
    async with origin.session.get(f"{origin.origin}/api/v1/experts") as answer:
        assert (await answer.json())["total"] == 0

    # A case is matched, previewed and offered.
    case = await origin.call("POST", "/cases", CASE, status=201)
    matches = await origin.call("GET", f"/cases/{case['id']}/matches")
    assert matches["items"][0]["hub"] == other.host
    assert matches["items"][0]["reasons"]
    offer = {"to": other.host}
    preview = await origin.call("POST", f"/cases/{case['id']}/escalations/preview", offer)
    assert REQUESTER not in str(preview)
    offered = await origin.call("POST", f"/cases/{case['id']}/escalations", offer, status=201)
    ours = f"/escalations/{offered['id']}"

    # The other hub accepts, asks, is informed, and answers; both see the same state at each step.
    waiting = await other.eventually("/escalations?direction=in", lambda page: page["items"])
    theirs = f"/escalations/{waiting['items'][0]['id']}"
    assert (await other.call("GET", theirs))["offer"]["question"] == CASE["question"]
    steps: list[tuple[ApiHub, str, str, Any, str]] = [
        (other, theirs, "accept", {"users": ["operator"]}, "esc-accepted"),
        (other, theirs, "ask", {"text": f"Which cameras? {CANARY}"}, "esc-info-needed"),
        (origin, ours, "info", {"text": f"The new ones. {CANARY}"}, "esc-in-progress"),
        (origin, ours, "reveal", {"fields": ["name"]}, "esc-in-progress"),
        (
            other,
            theirs,
            "answer",
            {"text": f"No. {CANARY}", "citations": [published["id"]]},
            "esc-answered",
        ),
        (origin, ours, "confirm", None, "esc-confirmed"),
    ]
    for hub, path, verb, body, state in steps:
        assert (await hub.call("POST", f"{path}/{verb}", body))["state"] == state
        for each, seen in ((origin, ours), (other, theirs)):
            await each.eventually(seen, lambda thread, state=state: thread["state"] == state)
    held = await other.call("GET", f"/cases/{(await other.call('GET', theirs))['case_id']}")
    assert held["requester"]["name"] == CASE["requester"]["name"]
    thread = await origin.call("GET", ours)
    assert [message["kind"] for message in thread["messages"]][-1] in ("answer", "event")
    assert published["id"] in str(thread["messages"])

    # Retracting takes the resource away everywhere.
    await other.call("DELETE", f"/resources/{published['ulid']}")
    await origin.eventually("/resources", lambda page: page["total"] == 0)
    await origin.call("GET", f"/hubs/{other.host}/resources/{hit['ulid']}", status=410)

    await nothing_leaked(origin, other, tmp_path)


async def nothing_leaked(origin: ApiHub, other: ApiHub, folder: Path) -> None:
    """What the case says is in no log, metric, feed or open table of either hub."""
    for hub in (origin, other):
        for path in ("/metrics", "/feed.json", "/feed.atom", "/api/v1/stats", "/outbox"):
            async with hub.session.get(hub.origin + path) as answer:
                text = await answer.text()
                assert CANARY not in text, path
                assert REQUESTER not in text, path
        changes = await hub.call("GET", "/changes?limit=100")
        assert CANARY not in str(changes)
        assert REQUESTER not in str(changes)
    # At rest every text of a case is encrypted, so it is in none of the files either.
    for path in files_below(folder):
        held = path.read_bytes()
        assert CANARY.encode() not in held, path
        assert REQUESTER.encode() not in held, path


def files_below(folder: Path) -> list[Path]:
    """Return databases, write-ahead logs, settings, keys and logs of all hubs."""
    return [path for path in folder.rglob("*") if path.is_file()]
