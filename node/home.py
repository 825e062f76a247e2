"""The folder of a hub: what lies where, how it comes to be, and that one server runs on it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from node.errors import NodeError

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


class NoHubHere(NodeError):
    """The folder holds no hub."""

    code: ClassVar[str] = "no-hub-here"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"There is no hub in {path}. Found one with `hub init`, or name its folder with "
            "--home DIR or HUB_HOME."
        )


class DatabaseLost(NodeError):
    """The folder has the settings of a hub, and its database is gone."""

    code: ClassVar[str] = "database-lost"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The database is not in {path}. Bring back the last backup: hub restore FILE. Without "
            "one, what the hub published comes back from its peers: hub recover --from PEER"
        )


class HomeTaken(NodeError):
    """A new hub was to go where something is already."""

    code: ClassVar[str] = "home-taken"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is not empty. A new hub needs a new folder: --home DIR or HUB_HOME."
        )


class AlreadyServing(NodeError):
    """Another server runs on this folder."""

    code: ClassVar[str] = "already-serving"

    def __init__(self, path: Path, process: str) -> None:
        who = f" (process {process})" if process else ""
        super().__init__(
            f"A server{who} runs on {path} already. Stop it first; one hub has one server."
        )


@dataclass(frozen=True, slots=True)
class HubHome:
    """Where a hub keeps everything. Only `create` and the lock write here."""

    path: Path

    @property
    def toml(self) -> Path:
        """The settings. They are written last, so a folder with them holds a whole hub."""
        return self.path / "hub.toml"

    @property
    def database(self) -> Path:
        """The one SQLite file."""
        return self.path / "hub.sqlite"

    @property
    def keys(self) -> Path:
        """The folder of the private keys; never in a backup of the data."""
        return self.path / "keys"

    @property
    def high_water(self) -> Path:
        """How far our log was shown to others; never in a backup, nor restored from one."""
        return self.path / "log-shown.json"

    @property
    def audit_mark(self) -> Path:
        """How far the audit chain was; never in a backup, nor restored from one."""
        return self.path / "audit-mark.json"

    @property
    def lock(self) -> Path:
        """The file that a running server holds locked."""
        return self.path / "server.lock"

    def check(self) -> None:
        """Raise NoHubHere unless there is a hub in this folder."""
        if not self.toml.is_file():
            raise NoHubHere(self.path)

    def check_whole(self) -> None:
        """As `check`; and raise DatabaseLost instead of letting an empty one be made."""
        self.check()
        if not self.database.exists():
            raise DatabaseLost(self.path)

    def create(self) -> None:
        """Make the empty folders of a new hub, for their owner only. Raises HomeTaken."""
        if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise HomeTaken(self.path)
        self.path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        self.keys.mkdir(mode=PRIVATE_FOLDER)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock of the one server. Raises AlreadyServing."""
        descriptor = os.open(self.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                process = os.read(descriptor, 20).decode("ascii", "replace").strip()
                raise AlreadyServing(self.path, process if process.isdecimal() else "") from None
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()}\n".encode())
            yield
        finally:
            # The kernel lets go of the lock with the descriptor, also when the process is killed.
            os.close(descriptor)

    def is_serving(self) -> bool:
        """Return whether a server runs on this folder now."""
        try:
            with self.locked():
                return False
        except AlreadyServing:
            return True
        except FileNotFoundError:
            return False


def replace_private(path: Path, content: bytes) -> None:
    """Put a file for its owner's eyes in the place of another, all or nothing, and on disk."""
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """See on disk which files a folder holds."""
    folder = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_private(path: Path, content: bytes) -> None:
    """
    Write a new file for its owner's eyes only, and see it on disk. It must not exist yet.

    It appears whole or not at all; a process that is killed leaves a part, whose name `is_part`.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(part)  # unlike a rename it replaces nothing
    finally:
        part.unlink()
    sync_folder(path.parent)


def is_part(path: Path) -> bool:
    """Tell whether a file is one that `write_private` did not come to the end of."""
    return path.name.startswith(".")
