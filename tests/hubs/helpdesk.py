"""One hub as people meet it: a server process, its API, and `hub` commands beside it."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from content.database import connect
from tests.mail_server import PostOffice, post_office
from tests.node.cli.terminal import Printed, Terminal

ROOT = Path(__file__).parents[2]
PAGES = (
    *(
        "/",
        "/resources",
        "/experts",
        "/framework",
        "/hubs",
        "/feed",
        "/api",
        "/feed.atom",
        "/feed.json",
    ),
    *("/metrics", "/healthz", "/readyz", "/actor", "/application", "/outbox", "/followers"),
    *("/following", "/hub/heads", "/hub/manifest/1", "/api/v1/resources?limit=100"),
    *("/api/v1/experts", "/api/v1/hubs", "/api/v1/feed", "/api/v1/stats", "/api/v1/redress"),
    *("/api/v1/openapi.json", "/api/v1/cases", "/api/v1/escalations", "/api/v1/requests/mine"),
)


KEYED = (
    *("cases", "escalations", "offers", "sealed_out", "sealed_in", "sent_copies"),
    "escalation_files",
)
"""The tables with keys to texts and files of cases."""


@dataclass(frozen=True)
class Founding:
    """What `hub init` is told about a hub; the name is that of its city."""

    city: str = "Barcelona"
    country: str = "ES"
    language: str = "es"
    timezone: str = "Europe/Madrid"
    operator: str = "mireia"
    is_coalition: bool = False
    has_starter: bool = True
    """It loads the starter catalogue."""


BARCELONA = Founding()


@dataclass
class Helpdesk:
    """
    A running hub. log: what its process wrote. office: the mail server that it sends through.

    trusted: the authorities on this machine that it may reach, its own among them.
    """

    terminal: Terminal
    origin: str
    log: Path
    office: PostOffice
    session: aiohttp.ClientSession
    trusted: str
    operator: str
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return self.origin.removeprefix("http://")

    async def hub(self, *words: str, text: str | None = None, **env: str) -> Printed:
        """Run a `hub` command beside the server; it must succeed."""
        printed = await self._run(*words, text=text, **env)
        assert printed.status == 0, (words, printed.out, printed.err)
        return printed

    async def refused(self, *words: str, text: str | None = None) -> str:
        """Run a `hub` command that must be refused; return what it says."""
        printed = await self._run(*words, text=text)
        assert printed.status == 1, (words, printed.out, printed.err)
        return printed.err

    async def _run(self, *words: str, text: str | None, **env: str) -> Printed:
        return await asyncio.to_thread(
            self.terminal.run, *words, text=text, HUB_TRUSTED_AUTHORITIES=self.trusted, **env
        )

    async def json(self, *words: str, text: str | None = None, **env: str) -> Any:
        return (await self.hub(*words, "--json", text=text, **env)).json

    async def has_user(self, name: str, role: str) -> None:
        await self.hub("user", "add", name, "--role", role, "--email", f"{name}@hub.example")
        made = await self.json("token", "add", "--user", name, "--label", "test")
        self.tokens[name] = made["secret"]

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        by: str = "",
        code: str = "",
        status: int = 200,
        data: Any = None,
    ) -> Any:
        """Call the API as a user, with the code of a receipt, or as a stranger."""
        fields = {"Authorization": f"Receipt {code}"} if code else {}
        if by:
            fields = {"Authorization": f"Bearer {self.tokens[by]}"}
        url = f"{self.origin}/api/v1{path}"
        async with self.session.request(
            method, url, json=body, data=data, headers=fields
        ) as answer:
            assert answer.status == status, (path, answer.status, await answer.text())
            return await answer.json(content_type=None) if status != 204 else None

    async def eventually(
        self, path: str, seen: Callable[[Any], Any], *, by: str = "", code: str = ""
    ) -> Any:
        """Ask the API until the answer is as it should be; news of other hubs take a moment."""
        for _ in range(600):
            answer = await self.call("GET", path, by=by, code=code)
            if seen(answer):
                return answer
            await asyncio.sleep(0.1)
        raise AssertionError((path, answer))

    async def page(self, path: str, accept: str = "text/html") -> tuple[int, bytes]:
        async with self.session.get(self.origin + path, headers={"Accept": accept}) as answer:
            return answer.status, await answer.read()

    def keys_to_texts(self) -> set[bytes]:
        """Return the wrapped keys to all texts of cases that the hub has: without them, no text."""
        db = connect(self.terminal.home / "hub.sqlite", writes=False)
        try:
            found = [
                db.execute(f"select wrapped_key from {table} where wrapped_key is not null")  # noqa: S608
                for table in KEYED
            ]
            return {bytes(row[0]) for rows in found for row in rows.fetchall()}
        finally:
            db.close()

    async def backs_up(self, safe: Path) -> None:
        """Make a backup of the data into a folder, as an operator does."""
        safe.mkdir(exist_ok=True)  # noqa: ASYNC240 - a test may wait for its disk
        await self.hub("backup", str(safe / f"{self.host.replace(':', '-')}.sqlite"))

    async def keeps_none_of(self, keys: set[bytes], *, also: Path) -> None:
        """No file of the hub, nor its log, nor a file below also, has one of these keys."""
        for _ in range(300):
            found = [
                str(file)
                for file in _files_below(self.terminal.home, self.log.parent, also)
                for body in [file.read_bytes()]
                if any(key in body for key in keys)
            ]
            if not found:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(found)

    async def nothing_shows(self, *canaries: str, also: Path) -> None:
        """No page, feed, log, metric, mail or file (below also, too) holds one of these words."""
        heads = (await self.page("/hub/heads"))[1]
        logs = {f"/hub/log/{each}" for each in _logs(heads)}
        assert logs
        places: dict[str, bytes] = {}
        for path in (*PAGES, *logs):
            for accept in ("text/html", "application/activity+json"):
                status, body = await self.page(path, accept)
                assert status < 500, path
                places[f"{path} as {accept}"] = body
        for number, mail in enumerate(self.office.taken):
            places[f"mail {number}"] = mail.raw + mail.text.encode()
        for file in _files_below(self.terminal.home, also, self.log.parent):
            places[str(file)] = file.read_bytes()
        found = [
            (word, at) for at, body in places.items() for word in canaries if word.encode() in body
        ]
        assert not found, found


async def become_peers(one: Helpdesk, two: Helpdesk) -> None:
    """Let both approve each other, over a fingerprint that each read to the other's people."""
    for here, there in ((one, two), (two, one)):
        await here.hub("peer", "add", there.origin)
        shown = await there.json("keys", "show")
        await here.hub(
            *("peer", "approve", there.host, "--fingerprint", shown["fingerprint"]),
            *("--agreement", "Joint control", "--agreed-on", "2026-11-02"),
            *("--transfer-basis", "clauses"),
        )
    for here, there in ((one, two), (two, one)):
        path = f"/peers/{there.host}"
        await here.eventually(path, lambda peer: peer["active"], by=here.operator)


def _files_below(*folders: Path) -> set[Path]:
    return {path for folder in folders for path in folder.rglob("*") if path.is_file()}


def _logs(heads: bytes) -> list[str]:
    return [head["log"] for head in json.loads(heads)["heads"]]


@asynccontextmanager
async def helpdesk(
    folder: Path,
    port: int,
    founding: Founding = BARCELONA,
    *,
    others: tuple[int, ...] = (),
    **settings: str,
) -> AsyncIterator[Helpdesk]:
    """
    Found a hub with `hub init`, load the starter catalogue, and serve it.

    folder: of this hub alone. others: ports of the hubs that it may reach.
    """
    origin = f"http://127.0.0.1:{port}"
    terminal = Terminal(folder / "hub")
    log = folder / "server.log"
    trusted = ",".join(f"127.0.0.1:{each}" for each in (port, *others))
    async with post_office() as office, aiohttp.ClientSession() as session:
        desk = Helpdesk(terminal, origin, log, office, session, trusted, founding.operator)
        await desk.hub(
            *("init", "--origin", origin, "--name", f"Rights Hub {founding.city}"),
            *("--city", founding.city, "--country", founding.country),
            *("--language", founding.language, "--timezone", founding.timezone),
            *("--operator", founding.operator, "--port", str(port)),
            *(("--coalition",) if founding.is_coalition else ()),
        )
        with (terminal.home / "hub.toml").open("a") as file:
            file.write(
                f'\nsmtp_host = "127.0.0.1"\nsmtp_port = {office.port}\nsmtp_tls = "none"\n'
                'mail_sender = "hub@hub.example"\n'
                + "".join(f"{name} = {value}\n" for name, value in settings.items())
            )
        if founding.has_starter:
            await desk.hub("resource", "import", "--starter")
        made = await desk.json("token", "add", "--label", "test")
        desk.tokens[founding.operator] = made["secret"]
        with log.open("wb") as err:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "node.process", str(terminal.home)),
                cwd=ROOT,
                stderr=err,
                env={**os.environ, "HUB_TRUSTED_AUTHORITIES": trusted},
            )
        try:
            await _answering(desk)
            yield desk
        finally:
            process.terminate()
            await asyncio.wait_for(process.wait(), 15)


async def _answering(desk: Helpdesk) -> None:
    for _ in range(1000):
        try:
            await desk.page("/healthz")
        except aiohttp.ClientError:
            await asyncio.sleep(0.02)
        else:
            return
    raise AssertionError("The hub did not start.")
