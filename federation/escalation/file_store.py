"""The SQL of files that go with copies of cases. What they are and their keys are encrypted."""

import json
from datetime import datetime
from typing import Any

import sqlite_utils

from content.cases.vault import CaseVault
from content.times import to_text
from federation.escalation.copy_file import CopyFile, FileState

_COLUMNS = (
    "id, escalation_id, direction, peer, blob, state, tries, attachment_id, wrapped_key, details"
)


class FileStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database, vault: CaseVault) -> None:
        self._db = db
        self._vault = vault

    def add(self, file: CopyFile) -> None:
        """Store a file under a key of its own."""
        wrapped = self._vault.new_key(_owner(file.id))
        details = {
            "key": file.key.hex(),
            "sha256": file.sha256,
            "size": file.size,
            "media_type": file.media_type,
            "name": file.name,
        }
        sealed = self._vault.open_key(_owner(file.id), wrapped).encrypt(
            "details", json.dumps(details)
        )
        self._db.execute(
            f"insert into escalation_files ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (
                file.id,
                file.escalation_id,
                file.direction,
                file.peer,
                file.blob,
                file.state,
                file.tries,
                file.attachment_id,
                wrapped,
                sealed,
            ),
        )

    def of(self, escalation_id: str) -> tuple[CopyFile, ...]:
        """Return the files of one escalation, in the order in which they were sent."""
        return self._find("escalation_id = ? order by id", escalation_id)

    def offered(self, peer: str, blob: str) -> CopyFile | None:
        """Return the file that this hub, and no other, may fetch under that name; None if none."""
        found = self._find("peer = ? and blob = ? and direction = 'out' limit 1", peer, blob)
        return found[0] if found else None

    def to_fetch(self, now: datetime, limit: int = 20) -> tuple[CopyFile, ...]:
        """Return files of accepted offers that are to be fetched now."""
        return self._find(
            "state = 'arrives' and direction = 'in' and next_try <= ? and escalation_id in"
            " (select id from escalations where case_id is not null and wrapped_key is not null)"
            " order by next_try, id limit ?",
            to_text(now),
            limit,
        )

    def settle(self, file: CopyFile, state: FileState, attachment_id: str | None = None) -> None:
        """Note what became of a file."""
        self._db.execute(
            "update escalation_files set state = ?, attachment_id = ? where id = ?",
            (state, attachment_id, file.id),
        )

    def try_again(self, file: CopyFile, at: datetime) -> None:
        """Fetch a file again, not before that moment."""
        self._db.execute(
            "update escalation_files set tries = tries + 1, next_try = ? where id = ?",
            (to_text(at), file.id),
        )

    def forget(self, escalation_id: str) -> None:
        """Destroy keys and names of the files of an escalation: nobody fetches them any more."""
        self._db.execute("delete from escalation_files where escalation_id = ?", (escalation_id,))

    def _find(self, condition: str, *values: Any) -> tuple[CopyFile, ...]:
        rows = self._db.execute(
            f"select {_COLUMNS} from escalation_files where {condition}",  # noqa: S608 - our words
            values,
        ).fetchall()
        return tuple(self._file(row) for row in rows)

    def _file(self, row: tuple[Any, ...]) -> CopyFile:
        values = dict(zip(_COLUMNS.split(", "), row, strict=True))
        wrapped, sealed = bytes(values.pop("wrapped_key")), bytes(values.pop("details"))
        key = self._vault.open_key(_owner(values["id"]), wrapped)
        details = json.loads(key.decrypt("details", sealed))
        return CopyFile(**{**values, **details, "key": bytes.fromhex(details["key"])})


def _owner(file_id: str) -> str:
    return f"escalation-file/{file_id}"
