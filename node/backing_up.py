"""Making a backup of a hub, beside its running server: a file with the data, one with the keys."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import ClassVar

from content.backups import (
    BackupNote,
    NotABackup,
    Progress,
    copy_database,
    count_rows,
    problems_of_file,
    write_note,
)
from content.database import connect
from node.errors import NodeError
from node.home import PRIVATE_FILE, HubHome, sync_folder
from node.key_backup import collect_keys, encrypt_keys


class BackupRefused(NodeError):
    """The backup was not made; the message says why. What was there is untouched."""

    code: ClassVar[str] = "backup-refused"


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was made. rows: in all tables."""

    file: Path
    bytes: int
    rows: int
    made_at: datetime


def back_up(
    home: HubHome,
    origin: str,
    file: Path,
    now: datetime,
    *,
    overwrite: bool = False,
    progress: Progress = lambda _done, _all: None,
) -> BackedUp:
    """
    Write all data of a hub into one file, checked, and all of it or none of it.

    Until it is whole it has another name. Raises BackupRefused, NotABackup.
    """
    with _whole_or_not_at_all(file, overwrite=overwrite) as partial:
        copy_database(home.database, partial, progress)
        with closing(connect(partial, writes=True)) as copy:
            copy.execute("pragma journal_mode = delete").fetchone()
            wrong = problems_of_file(copy)
            if wrong:
                raise NotABackup(f"The database of this hub is damaged: {wrong[0]}.")
            counts = count_rows(copy)
            settings = home.toml.read_text("utf-8")
            write_note(copy, BackupNote(now, version("rights-hub"), origin, settings, counts))
    return BackedUp(file, file.stat().st_size, sum(counts.values()), now)


def back_up_keys(
    home: HubHome,
    origin: str,
    file: Path,
    passphrase: str,
    now: datetime,
    *,
    overwrite: bool = False,
) -> int:
    """
    Write the keys of a hub into one file, encrypted; return how many key files are in it.

    Raises BackupRefused, PassphraseTooShort, KeyFilesUnsafe.
    """
    keys = collect_keys(home, origin, now)
    sealed = encrypt_keys(keys, passphrase)
    with _whole_or_not_at_all(file, overwrite=overwrite) as partial:
        partial.write_bytes(sealed)
    return len(keys.files)


@contextmanager
def _whole_or_not_at_all(file: Path, *, overwrite: bool) -> Iterator[Path]:
    """Hand out another name to write to; rename it at the end, or leave nothing of it."""
    if file.is_dir() or not file.parent.is_dir():
        raise BackupRefused(f"{file} is no place for a file. Name a file in a folder that exists.")
    if file.exists() and not overwrite:
        raise BackupRefused(f"{file} exists already. Name another file, or add --overwrite.")
    partial = file.with_name(f".{file.name}.partial")
    descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupRefused(f"Another backup is writing {file} just now.") from None
        try:
            os.ftruncate(descriptor, 0)
            _leave_nothing_beside(partial)
            yield partial
            os.fsync(descriptor)
            partial.replace(file)
            sync_folder(file.parent)
        except BaseException:
            partial.unlink(missing_ok=True)
            _leave_nothing_beside(partial)
            raise
    finally:
        os.close(descriptor)


def _leave_nothing_beside(path: Path) -> None:
    for suffix in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
