"""
The hubs of the demo: real processes, each with its own folder, on addresses of this machine.

Each process is given a pipe from us as its stdin, and stops when that pipe closes. So nothing is
left running, however this process ends.
"""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from node.demo.outside import StoryStopped, ask, wait_for

T = TypeVar("T")
START_SECONDS = 60
STOP_SECONDS = 12
COMMAND_SECONDS = 120
PASSWORD = "open the demo today"  # noqa: S105 - printed for everybody
"""Of the operator of each hub of the demo, which holds invented things only, on this machine."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hub of the demo would like to live, and what it is called."""

    key: str
    name: str
    city: str
    country: str
    language: str
    timezone: str
    host: str
    port: int
    operator: str
    operator_name: str
    coalition: bool = False


PLACES = (
    Place(
        "amsterdam",
        "Rights Hub Amsterdam",
        "Amsterdam",
        "NL",
        "nl",
        "Europe/Amsterdam",
        "127.0.0.2",
        9802,
        "femke",
        "Femke (example operator)",
    ),
    Place(
        "barcelona",
        "Rights Hub Barcelona",
        "Barcelona",
        "ES",
        "ca",
        "Europe/Madrid",
        "127.0.0.3",
        9803,
        "mireia",
        "Mireia (example operator)",
    ),
    Place(
        "newyork",
        "Rights Hub New York",
        "New York",
        "US",
        "en",
        "America/New_York",
        "127.0.0.4",
        9804,
        "grace",
        "Grace (example operator)",
    ),
    Place(
        "coalition",
        "Coalition of Rights Hubs",
        "Nairobi",
        "KE",
        "en",
        "Africa/Nairobi",
        "127.0.0.5",
        9805,
        "lena",
        "Lena (example operator)",
        coalition=True,
    ),
)


@dataclass(slots=True)
class RunningHub:
    """One hub of the demo: its folder, its address, its process."""

    place: Place
    authority: str
    folder: Path
    trusted: str = ""
    fingerprint: str = ""
    token: str = ""
    published: int = 0
    process: subprocess.Popen[bytes] | None = None
    commands: set[subprocess.Popen[bytes]] = field(default_factory=set)
    stopping: bool = False
    settings: dict[str, str] = field(default_factory=dict)
    """Further settings, by the names of their variables."""
    reservation: int | None = None
    """What keeps other demos off this address until ours is stopped: a file descriptor."""

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://{self.authority}"

    @property
    def city(self) -> str:
        """How the story calls this hub."""
        return "the coalition" if self.place.coalition else self.place.city

    @property
    def home(self) -> Path:
        """The HUB_HOME of this hub."""
        return self.folder / self.place.key

    @property
    def log_file(self) -> Path:
        """Where the process writes what it logs."""
        return self.folder / f"{self.place.key}.log"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its processes: ours, without any setting of another hub."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("HUB_")}
        ours = {
            "HUB_TRUSTED_AUTHORITIES": self.trusted,
            "HUB_SECOND_FACTOR": "nobody",
            "HUB_CHECK_LINKS": "false",
            "HUB_CONTACT": f"help@{self.place.key}.example",
        }
        return {**kept, **ours, **self.settings, "PYTHONUNBUFFERED": "1"}

    def command(self, *arguments: str, text: str | None = None) -> Any:
        """
        Run a command of this hub and return the JSON that it printed.

        text: what it reads on stdin. Raises StoryStopped with the words of the refusal.
        """
        with subprocess.Popen(  # noqa: S603 - our own program
            [*HUB, "--trace", "--home", str(self.home), *arguments, "--json"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment,
        ) as running:
            self.commands.add(running)
            if self.stopping:
                running.kill()
            try:
                out, err = running.communicate((text or "").encode(), timeout=COMMAND_SECONDS)
            except BaseException:
                running.kill()
                raise
            finally:
                self.commands.discard(running)
        if running.returncode != 0:
            reason = "\n".join(err.decode(errors="replace").strip().splitlines()[-12:])
            raise StoryStopped(f"{self.city}: hub {' '.join(arguments[:3])} ...: {reason}")
        return json.loads(out)

    def start(self) -> None:
        """Start the process of this hub; `wait_until_up` returns when it answers."""
        if self.stopping:
            raise StoryStopped(f"{self.city} is not started any more.")
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [*HUB, "--trace", "--home", str(self.home), "serve", "--until-stdin-closes"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                env=self.environment,
                # Ctrl-C at the terminal reaches us alone; we stop the hubs in order.
                start_new_session=True,
            )

    def wait_until_up(self) -> None:
        """Return when the hub answers. Raises StoryStopped with the end of its log."""

        def up() -> bool:
            if self.process is not None and self.process.poll() is not None:
                raise StoryStopped(f"{self.city} stopped by itself. Its log:\n{self.log_end()}")
            return ask("GET", f"{self.origin}/readyz", seconds=2).status == 200

        wait_for(f"{self.city} answers at {self.origin}/readyz", up, seconds=START_SECONDS)

    def log_end(self) -> str:
        """Return the last lines of the log that do not tell of a request that went well."""
        with suppress(OSError):
            lines = self.log_file.read_text(errors="replace").splitlines()
            return "\n".join([line for line in lines if " status=2" not in line][-8:])
        return ""

    def drop_commands(self) -> None:
        """End what commands of this hub are under way, and let no other begin."""
        self.stopping = True
        for running in tuple(self.commands):
            with suppress(OSError):
                running.kill()

    def ask_to_stop(self) -> None:
        """Tell the process to stop, without waiting."""
        if self.process is not None and self.process.poll() is None:
            with suppress(OSError):
                self.process.send_signal(signal.SIGTERM)

    def wait_until_stopped(self, end: float) -> None:
        """Return when the process has ended; at end, of the monotonic clock, it is killed."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()


HUB: Sequence[str] = (sys.executable, "-m", "node.cli.main")


def choose_addresses(folder: Path) -> tuple[list[RunningHub], list[str]]:
    """Return the hubs with addresses that are free, and in words what had to differ."""
    hubs, remarks = [], list[str]()
    taken: set[tuple[str, int]] = set()
    for place in PLACES:
        host, port, reservation = _free(place.host, place.port, taken)
        taken.add((host, port))
        if (host, port) != (place.host, place.port):
            remarks.append(
                f"{place.host}:{place.port} is taken or not usable here; "
                f"{place.name} takes {host}:{port}."
            )
        hubs.append(RunningHub(place, f"{host}:{port}", folder, reservation=reservation))
    trusted = ",".join(hub.authority for hub in hubs)
    for hub in hubs:
        hub.trusted = trusted
    return hubs, remarks


def _free(host: str, port: int, taken: set[tuple[str, int]]) -> tuple[str, int, int | None]:
    """
    Return the next free port at the host, or at 127.0.0.1 where the host is not set up.

    Third is what reserves it: another demo that looks before ours listens must not take it too.
    """
    for candidate in (host, "127.0.0.1"):
        for number in range(port, port + 200):
            if (candidate, number) in taken:
                continue
            with socket.socket() as attempt:
                # As our server does, so that connections of a demo before do not count.
                attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    attempt.bind((candidate, number))
                except PermissionError:
                    continue
                except OSError as error:
                    if error.errno == errno.EADDRNOTAVAIL:  # macOS sets up 127.0.0.1 only
                        break
                    continue
            reservation = _reserve(candidate, number)
            if reservation is not None or not _RESERVES:
                return candidate, number, reservation
    raise StoryStopped(f"No free port from {port} on. Close something, then try again.")


_RESERVES = sys.platform == "linux"


def _reserve(host: str, port: int) -> int | None:
    """
    Return a descriptor that holds the address until it is closed; None where somebody holds it.

    A name in the abstract namespace of Linux: there is no file that could be left behind.
    """
    if not _RESERVES:
        return None
    with socket.socket(socket.AF_UNIX) as held:
        try:
            held.bind(f"\0rights-hub-demo-{host}-{port}")
        except OSError:
            return None
        return held.detach()


def side_by_side(hubs: Sequence[RunningHub], work: Callable[[T], object], on: Iterable[T]) -> None:
    """
    Do the work on each, two at a time; return when all is done.

    When one fails, or a person interrupts, the commands under way are ended: nobody waits for them.
    """
    with ThreadPoolExecutor(2) as pool:
        try:
            list(pool.map(work, on))
        except BaseException:
            for hub in hubs:
                hub.drop_commands()
            raise


def stop_all(hubs: Sequence[RunningHub]) -> None:
    """Stop all processes, all at once, and wait for them."""
    for hub in hubs:
        hub.ask_to_stop()
    end = time.monotonic() + STOP_SECONDS
    for hub in hubs:
        hub.wait_until_stopped(end)
        if hub.reservation is not None:
            os.close(hub.reservation)
            hub.reservation = None
