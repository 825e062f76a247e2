"""A hub served on loopback by the real application, with a token for every role."""

import io
import json
import logging
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlite_utils
import structlog
from aiohttp import DummyCookieJar
from aiohttp.test_utils import TestClient, TestServer
from multidict import CIMultiDict

from content.changes import Act
from content.people.permissions import Role
from content.people.store import UserStore
from content.people.tokens import TokenStore
from content.people.user import User
from federation.hub import Node
from node.app import build_app
from node.assembly import found_hub, open_node
from node.home import HubHome
from node.logs import set_up_logs
from node.settings import Settings, new_settings, read_settings

ORIGIN = "http://127.0.0.2:9802"


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged meanwhile, a JSON object a line; afterwards logs are as they were."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    set_up_logs("info", "json")
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back. json: None where the body is none."""

    status: int
    headers: CIMultiDict[str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class ServedHub:
    """The hub under test. tokens: by role; "" is nobody."""

    node: Node
    settings: Settings
    home: HubHome
    client: TestClient
    tokens: dict[str, str]

    async def call(
        self,
        method: str,
        path: str,
        *,
        role: str = "",
        body: Any = None,
        headers: dict[str, str] | None = None,
        data: bytes | None = None,
    ) -> Answered:
        fields = dict(headers or {})
        if role:
            fields["Authorization"] = f"Bearer {self.tokens[role]}"
        if body is not None:
            data = json.dumps(body).encode()
            fields.setdefault("Content-Type", "application/json")
        async with self.client.request(
            method,
            path,
            data=None if data is None else io.BytesIO(data),
            headers=fields,
            allow_redirects=False,
        ) as answer:
            return Answered(answer.status, CIMultiDict(answer.headers), await answer.read())

    async def get(self, path: str, role: str = "", **fields: str) -> Answered:
        return await self.call("GET", path, role=role, headers=fields)

    async def post(self, path: str, body: Any = None, role: str = "operator") -> Answered:
        return await self.call("POST", path, role=role, body=body)


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> HubHome:
    """A hub that `hub init` founded; founded once, since drawing RSA keys takes a while."""
    home = HubHome(tmp_path_factory.mktemp("founded") / "hub")
    settings = new_settings(
        origin=ORIGIN,
        name="Amsterdam",
        city="Amsterdam",
        country="NL",
        language="nl",
        timezone="Europe/Amsterdam",
        trusted_authorities="127.0.0.2:9802",
    )
    found_hub(home, settings, "operator")
    return home


@pytest.fixture
def home(founded: HubHome, tmp_path: Path) -> HubHome:
    """A copy of the founded hub, for this test alone."""
    shutil.copytree(founded.path, tmp_path / "hub")
    return HubHome(tmp_path / "hub")


@pytest.fixture
async def served(home: HubHome) -> AsyncIterator[ServedHub]:
    """The hub with its application on loopback; its workers do not run."""
    settings = read_settings(home)
    async with open_node(home, settings, threaded=True) as node:
        tokens = await node.database.write(lambda db: _people(db, node))
        server = TestServer(build_app(node, settings, home))
        client = TestClient(server, cookie_jar=DummyCookieJar())
        async with client:
            yield ServedHub(node, settings, home, client, tokens)


def _people(db: sqlite_utils.Database, node: Node) -> dict[str, str]:
    act = Act("operator", node.clock.now())
    tokens = {}
    for role in Role:
        if role is not Role.OPERATOR:
            UserStore(db).add(User.new(role.value, role.value.title(), role, act), act)
        issued = TokenStore(db).issue(role.value, act, chance=node.hub.chance, label="test")
        tokens[role.value] = issued.secret
    return tokens
