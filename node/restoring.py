"""
Bringing a backup back: staged in a folder of its own, looked at, then moved in place.

What is staged is either moved whole, or thrown away; a hub is never half restored
(docs/adr/0040-backup.md).
"""

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import ClassVar, NamedTuple

import sqlite_utils

from content.audit import ChainMark, check_audit, head_of
from content.backups import (
    BACKUP,
    RESTORED,
    BackupNote,
    NotABackup,
    Progress,
    copy_database,
    count_rows,
    fold,
    problems_of_file,
    take_note,
)
from content.cases.rows import owner_of
from content.cases.vault import CaseTextDamaged, CaseVault, WrongHubKey
from content.changes import ChangeStore
from content.database import Work, connect, sqlite3, transaction
from content.migrations import pending_migrations
from content.people.authentication import Principal
from content.people.permissions import Right
from federation.log import Log
from node.assembly import SETS, migrate, own_log
from node.audit_mark import AuditMarkFile
from node.chance import SystemChance
from node.errors import NodeError
from node.home import PRIVATE_FOLDER, HomeTaken, HubHome, sync_folder, write_private
from node.key_backup import KeyBackup, put_keys
from node.key_renewal import signing_key_in
from node.keyfiles import load_keys, load_vault_key
from node.private_files import KeyFilesUnsafe
from node.settings import read_settings
from protocol.errors import ProtocolError
from protocol.ids import origin_of
from protocol.log_entries import from_line, log_name
from protocol.log_walks import LogWalk

STAGING = "restoring"
"""Name of the folder inside of a hub's folder in which a backup is made ready."""
BEFORE = "hub.before-restore.sqlite"
"""Name that the database of before keeps when another takes its place."""
_OURS = frozenset({STAGING, "server.lock", "keys", "log-shown.json", "audit-mark.json", BEFORE})
_PAGE, _PAGE_BYTES = 500, 8 * 1024 * 1024


class RestoreRefused(NodeError):
    """Nothing was restored, and nothing was changed; the message says why."""

    code: ClassVar[str] = "restore-refused"


class Looked(NamedTuple):
    """One thing that was looked at in a backup. ok: None where it could not be looked at."""

    what: str
    ok: bool | None
    found: str


@dataclass(frozen=True, slots=True)
class Staged:
    """A backup that lies ready in a folder of its own. looked: what was found in it."""

    home: HubHome
    note: BackupNote
    head: ChainMark
    looked: tuple[Looked, ...]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored. before: where the database of before is now, if there was one."""

    note: BackupNote
    looked: tuple[Looked, ...]
    keys: int
    before: Path | None


def stage(
    file: Path, home: HubHome, keys: KeyBackup | None, now: datetime, progress: Progress
) -> Staged:
    """
    Put a backup into a new, empty folder, and look at it.

    keys: what the key file held, or None. Raises NotABackup, DatabaseTooNew, RestoreRefused.
    """
    copy_database(file, home.database, progress)
    with closing(connect(home.database, writes=True)) as db:
        wrong = problems_of_file(db)
        if wrong:
            raise NotABackup(f"{file} is damaged: {wrong[0]}.")
        with transaction(db):
            note = take_note(db)
        pending_migrations(db, SETS)  # raises DatabaseTooNew before anything is touched
        looked = [Looked("database", True, "every page and every row is sound"), _counted(db, note)]
        head = head_of(db)
    write_private(home.toml, note.settings.encode())
    if keys is not None:
        if keys.origin != note.origin:
            raise RestoreRefused(f"The key file is that of {keys.origin}, not of {note.origin}.")
        put_keys(home, keys)
    migrate(home.database, note.origin)
    with closing(connect(home.database, writes=False)) as db:
        looked += [*_looked_at_logs(db), _looked_at_audit(db), _looked_at_keys(db, home, note, now)]
    return Staged(home, note, head, tuple(looked))


def restore(
    home: HubHome,
    file: Path,
    *,
    keys: KeyBackup | None,
    who: Work[Principal],
    now: datetime,
    overwrite: bool = False,
    progress: Progress = lambda _done, _all: None,
) -> Restored:
    """
    Restore a backup into the folder of a hub, whole or not at all.

    The folder is new, or that of the same hub without a database; overwrite: its database gives
    way and is kept under the name BEFORE. who: finds who acts among the users of the backup.
    Raises AlreadyServing, HomeTaken, RestoreRefused, NotABackup, DatabaseTooNew, DatabaseBusy.
    """
    if home.path.exists() and not home.toml.is_file():
        strange = {path.name for path in home.path.iterdir()} - _OURS
        if strange - {home.database.name}:
            raise HomeTaken(home.path)
    home.path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    with home.locked():
        if home.toml.is_file() and home.database.exists() and not overwrite:
            raise RestoreRefused(
                f"There is a database in {home.path} already. To put the backup in its place, add "
                "--overwrite; the one of now is kept beside it."
            )
        staging = HubHome(home.path / STAGING)
        rmtree(staging.path, ignore_errors=True)
        staging.path.mkdir(mode=PRIVATE_FOLDER)
        try:
            staged = stage(file, staging, keys, now, progress)
            _check_same_hub(home, staged.note)
            _note_restore(staging, staged, who, now)
            return _move_in(home, staged, now)
        finally:
            rmtree(staging.path, ignore_errors=True)


def _move_in(home: HubHome, staged: Staged, now: datetime) -> Restored:
    moved = _move_keys(home, staged.home)
    fold(staged.home.database)
    before = _keep_the_old(home)
    # The mark comes first: it names the newest row of the backup, which is in either database.
    made = f"{staged.note.made_at:%Y-%m-%d %H:%M} UTC"
    AuditMarkFile(home).accept(staged.head, now, f"restored the backup of {made}")
    staged.home.database.replace(home.database)
    if not home.toml.exists():
        staged.home.toml.replace(home.toml)
    sync_folder(home.path)
    return Restored(staged.note, staged.looked, moved, before)


def _move_keys(home: HubHome, staging: HubHome) -> int:
    """Put the keys where there are none. Raises RestoreRefused where there are others."""
    if not staging.keys.is_dir():
        return 0
    names = sorted(path.name for path in staging.keys.iterdir())
    if home.keys.is_dir() and any(home.keys.iterdir()):
        if all(
            (home.keys / name).is_file()
            and (home.keys / name).read_bytes() == (staging.keys / name).read_bytes()
            for name in names
        ):
            return 0
        raise RestoreRefused(
            f"There are other keys in {home.keys} already. Leave --keys away to keep them, or move "
            "them to a safe place first."
        )
    with suppress(FileNotFoundError):
        home.keys.rmdir()
    staging.keys.replace(home.keys)
    return len(names)


def _keep_the_old(home: HubHome) -> Path | None:
    """Give the database of now a second name, with all that is in it. Raises DatabaseBusy."""
    if not home.database.exists():
        return None
    before = home.path / BEFORE
    sides = [(suffix, home.path / f"{home.database.name}{suffix}") for suffix in ("-wal", "-shm")]
    for suffix in ("", "-wal", "-shm"):
        (home.path / f"{BEFORE}{suffix}").unlink(missing_ok=True)
    try:
        fold(home.database)
    except sqlite3.DatabaseError:
        # It is damaged, which may be why a backup is restored. What is beside it goes with it.
        for suffix, side in sides:
            if side.exists():
                side.replace(home.path / f"{BEFORE}{suffix}")
    os.link(home.database, before)
    return before


def _check_same_hub(home: HubHome, note: BackupNote) -> None:
    if home.toml.is_file() and (origin := read_settings(home).origin) != note.origin:
        raise RestoreRefused(
            f"The backup is that of {note.origin}, and this folder is that of {origin}. Restore it "
            "into another folder: --home DIR"
        )


def _note_restore(staging: HubHome, staged: Staged, who: Work[Principal], now: datetime) -> None:
    with closing(connect(staging.database, writes=True)) as db:
        principal = who(db)
        principal.require(Right.OPERATE)
        with transaction(db):
            note = f"of {staged.note.made_at:%Y-%m-%d %H:%M} UTC"
            ChangeStore(db).record(principal.act(now), RESTORED, BACKUP, note)
            # What ended since the backup must not open anything again.
            made = set(db.table_names())
            for table in ("users_sessions", "users_invitations"):
                if table in made:
                    db.execute(f"delete from {table}")  # noqa: S608 - our own words


def _counted(db: sqlite_utils.Database, note: BackupNote) -> Looked:
    found = count_rows(db)
    wrong = [name for name, number in note.counts.items() if found.get(name) != number]
    if wrong:
        return Looked("rows", False, f"not as many as were backed up in {', '.join(wrong[:5])}")
    return Looked("rows", True, f"{sum(found.values()):,}, as many as were backed up")


def _looked_at_logs(db: sqlite_utils.Database) -> Iterator[Looked]:
    """Verify our own logs as a stranger would: signatures, chain, digests."""
    g, _ = own_log(db)
    public = LogWalk()
    yield _walked(db, public, g, "public log")
    network = log_name(g, "network")
    if Log(db).head(network) is not None:
        yield _walked(db, LogWalk(public.ring), network, "network log")


def _walked(db: sqlite_utils.Database, walk: LogWalk, log: str, what: str) -> Looked:
    after = 0
    try:
        while lines := Log(db).lines(log, after=after, limit=_PAGE, most_bytes=_PAGE_BYTES):
            entries = [from_line(line) for line in lines]
            walk.take(entries)
            after = entries[-1].h.seq
    except ProtocolError as error:
        return Looked(what, False, f"does not verify after entry {after}: {error}")
    head = Log(db).head(log)
    if head is None or head.seq != after:
        return Looked(what, False, f"ends at {after}, and not where its head says")
    return Looked(what, True, f"verifies up to entry {after}")


def _looked_at_audit(db: sqlite_utils.Database) -> Looked:
    verdict = check_audit(db, head_of(db))
    if verdict.broken is not None:
        return Looked("audit", False, f"row {verdict.broken.seq}: {verdict.broken.text}")
    return Looked("audit", True, f"{verdict.rows} rows, all as they were recorded")


def _looked_at_keys(
    db: sqlite_utils.Database, home: HubHome, note: BackupNote, now: datetime
) -> Looked:
    """See that the keys are those of this hub, and open every case."""
    if not home.keys.is_dir():
        return Looked("keys", None, "not looked at: there is no key file")
    _, manifest = own_log(db)
    try:
        if origin_of(manifest["attributedTo"]) != note.origin:
            return Looked("keys", False, "the log in the backup is that of another address")
        load_keys(home, note.origin, now, signing_key_in(manifest))
        vault = CaseVault(load_vault_key(home), SystemChance())
        cases = 0
        for case, wrapped in db.execute(
            "select id, wrapped_key from cases where wrapped_key is not null"
        ):
            vault.open_key(owner_of(case), wrapped)
            cases += 1
    except (KeyFilesUnsafe, WrongHubKey, CaseTextDamaged) as error:
        return Looked("keys", False, str(error).replace(str(home.path), "the backup"))
    return Looked("keys", True, f"sign for this hub, and open all {cases} cases that have texts")
