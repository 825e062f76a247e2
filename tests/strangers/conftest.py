"""A real hub process, and other people's programs as processes beside it. All on loopback."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".tools"
FEDIFY = TOOLS / "fedify"
OIDC = TOOLS / "oidc"
PASTURE = TOOLS / "pasture" / "bin" / "python"
PATIENCE_SECONDS = 30.0

needs_fedify = pytest.mark.skipif(
    not (FEDIFY / "node_modules" / "@fedify" / "fedify").is_dir() or not shutil.which("node"),
    reason="Fedify is not installed: it needs Node.js with npm, then `make test`",
)
needs_oidc = pytest.mark.skipif(
    not (OIDC / "node_modules" / "oidc-provider").is_dir() or not shutil.which("node"),
    reason="oidc-provider is not installed: it needs Node.js with npm, then `make test`",
)
needs_pasture = pytest.mark.skipif(
    not PASTURE.exists(), reason="fediverse-pasture is not installed: run `make test`"
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(url: str, body: Any = None, **headers: str) -> Any:
    """Return the JSON at url; with a body, POST it as JSON."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", **headers} if data else headers
    request = urllib.request.Request(url, data, headers)  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
        return json.load(answer)


def eventually(what: str, find: Callable[[], Any]) -> Any:
    """Return what find returns as soon as it is true; other processes need their time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            found = find()
        except (OSError, urllib.error.URLError):
            found = None
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {PATIENCE_SECONDS:.0f} s in vain for: {what}")
        time.sleep(0.05)


@contextmanager
def process(arguments: list[str], log: Path, **environment: str) -> Iterator[None]:
    """Run a program while the block runs, in the folder of log, which gets what it prints."""
    with log.open("wb") as output:
        running = subprocess.Popen(
            arguments,
            env={**os.environ, **environment},
            cwd=log.parent,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            running.terminate()
            try:
                running.wait(15)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


@dataclass(frozen=True)
class HubProcess:
    """A hub that runs as a process of its own. command: run `hub ...`, return its JSON."""

    origin: str
    command: Callable[..., Any]

    def document(self, path: str) -> Any:
        return ask(self.origin + path, Accept="application/activity+json")


HubStarter = Callable[[list[int]], AbstractContextManager[HubProcess]]


@pytest.fixture
def hub_process(tmp_path: Path) -> HubStarter:
    """Return a starter of a hub that may reach these ports of 127.0.0.1."""

    @contextmanager
    def start(reaches: list[int]) -> Iterator[HubProcess]:
        port = free_port()
        origin = f"http://127.0.0.1:{port}"
        environment = {
            "HUB_HOME": str(tmp_path / "hub"),
            "HUB_TRUSTED_AUTHORITIES": ",".join(f"127.0.0.1:{each}" for each in [port, *reaches]),
        }
        hub = [sys.executable, "-m", "node.cli.main"]

        def command(*arguments: str) -> Any:
            done = subprocess.run(
                [*hub, *arguments, "--json"],
                env={**os.environ, **environment},
                capture_output=True,
                check=False,
                timeout=60,
            )
            assert done.returncode == 0, done.stderr.decode()
            return json.loads(done.stdout)

        command(
            *("init", "--origin", origin, "--name", "Hub Amsterdam", "--city", "Amsterdam"),
            *("--country", "NL", "--language", "nl", "--operator", "olga", "--port", str(port)),
        )
        with process([*hub, "serve"], tmp_path / "hub.log", **environment):
            eventually("the hub's first answer", lambda: ask(f"{origin}/healthz"))
            yield HubProcess(origin, command)

    return start


@dataclass(frozen=True)
class FedifyProcess:
    """The server made with Fedify; see fedify/server.mjs for what it can be told."""

    origin: str

    def tell(self, what: str, body: Any = None) -> Any:
        return ask(f"{self.origin}/control/{what}", body)


@pytest.fixture
def fedify(tmp_path: Path) -> Iterator[FedifyProcess]:
    """Return a running server made with Fedify."""
    shutil.copy(Path(__file__).parent / "fedify" / "server.mjs", FEDIFY / "server.mjs")
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    with process(["node", str(FEDIFY / "server.mjs"), str(port)], tmp_path / "fedify.log"):
        eventually("Fedify's first answer", lambda: ask(f"{origin}/control/received") == [])
        yield FedifyProcess(origin)
