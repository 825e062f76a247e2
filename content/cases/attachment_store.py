"""The SQL of attachments. Name, digests and bytes are encrypted under the key of their case."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Final

import sqlite_utils

from content.cases.attachment import Attachment, NewAttachment, check_room
from content.cases.holds import check_not_held
from content.cases.store import CaseStore
from content.cases.vault import CaseTextDamaged, CaseVault, RecordKey
from content.chance import Chance
from content.changes import Act, ChangeStore
from content.errors import ContentError
from content.ids import new_id
from content.times import from_text, to_text

PART_BYTES: Final = 256 * 1024
_COLUMNS = "id, case_id, added_by, added_at, size, shown, details"


class AttachmentNotFound(ContentError):
    """There is no such attachment in that case, and there was none."""

    code: ClassVar[str] = "attachment-not-found"

    def __init__(self) -> None:
        super().__init__("There is no such attachment.")


class AttachmentStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database, vault: CaseVault) -> None:
        self._db = db
        self._cases = CaseStore(db, vault)

    def add(
        self,
        case_id: str,
        files: Sequence[NewAttachment],
        act: Act,
        chance: Chance,
        *,
        shown: bool,
    ) -> tuple[Attachment, ...]:
        """
        Store files with a case, each under a random id, or none of them.

        shown: the requester sees them, as they came from there.
        Raises TooManyAttachments, CaseNotFound, CaseErased.
        """
        key = self._cases.open_key(case_id)
        held = self._db.execute("select size from case_attachments where case_id = ?", (case_id,))
        check_room([row[0] for row in held.fetchall()], files)
        stored = tuple(self._add(key, case_id, file, act, chance, shown) for file in files)
        if stored:
            self._db.execute(
                "update cases set updated_at = max(updated_at, ?) where id = ?",
                (to_text(act.at), case_id),
            )
        return stored

    def list(self, case_id: str) -> tuple[Attachment, ...]:
        """Return all attachments of a case, the oldest first. Raises CaseNotFound, CaseErased."""
        key = self._cases.open_key(case_id)
        rows = self._db.execute(
            f"select {_COLUMNS} from case_attachments where case_id = ? order by rowid",  # noqa: S608
            (case_id,),
        )
        return tuple(_attachment(key, row) for row in rows.fetchall())

    def get(self, case_id: str, attachment_id: str) -> tuple[Attachment, bytes]:
        """
        Return one attachment of a case with its bytes.

        Raises AttachmentNotFound, CaseTextDamaged, CaseNotFound, CaseErased.
        """
        key = self._cases.open_key(case_id)
        found = self._one(key, case_id, attachment_id)
        parts = self._db.execute(
            "select place, data from case_attachment_parts where attachment_id = ? order by place",
            (attachment_id,),
        ).fetchall()
        count = _parts(found.size)
        if [place for place, _ in parts] != list(range(count)):
            raise CaseTextDamaged
        data = b"".join(
            key.decrypt_bytes(_field(attachment_id, place, count), data) for place, data in parts
        )
        return found, data

    def part(self, case_id: str, attachment_id: str, place: int) -> tuple[Attachment, bytes]:
        """
        Return one attachment of a case with one part of its bytes. place: from 0 on.

        Raises AttachmentNotFound, CaseTextDamaged, CaseNotFound, CaseErased.
        """
        key = self._cases.open_key(case_id)
        found = self._one(key, case_id, attachment_id)
        row = self._db.execute(
            "select data from case_attachment_parts where attachment_id = ? and place = ?",
            (attachment_id, place),
        ).fetchone()
        if row is None:
            raise CaseTextDamaged
        field = _field(attachment_id, place, _parts(found.size))
        return found, key.decrypt_bytes(field, row[0])

    def show(self, case_id: str, attachment_id: str, act: Act) -> Attachment:
        """Let the requester see a file of their case. Raises as `get`; again changes nothing."""
        found = self._one(self._cases.open_key(case_id), case_id, attachment_id)
        if not found.shown:
            self._db.execute("update case_attachments set shown = 1 where id = ?", (attachment_id,))
            ChangeStore(self._db).record(act, "case.show-file", case_id, attachment_id)
        return self._one(self._cases.open_key(case_id), case_id, attachment_id)

    def held_by_ended(self, case_id: str | None = None) -> tuple[tuple[str, datetime], ...]:
        """Return the cases that ended and still have files, or that one, with their ends."""
        only, values = ("", ()) if case_id is None else (" and id = ?", (case_id,))
        rows = self._db.execute(
            "select id, closed_at from cases where closed_at is not null"  # noqa: S608 - our words
            f" and id in (select case_id from case_attachments){only} order by closed_at, id",
            values,
        )
        return tuple((row[0], from_text(row[1])) for row in rows.fetchall())

    def erase(self, case_id: str, act: Act) -> int:
        """
        Erase the files of a case, whatever becomes of the rest; return how many those were.

        Raises CaseHeld.
        """
        check_not_held(self._db, case_id, act.at)
        self._db.execute("delete from case_attachment_parts where case_id = ?", (case_id,))
        gone = self._db.execute("delete from case_attachments where case_id = ?", (case_id,))
        count = int(gone.rowcount)
        if count:
            ChangeStore(self._db).record(act, "case.erase-files", case_id, f"{count} files")
        return count

    def _one(self, key: RecordKey, case_id: str, attachment_id: str) -> Attachment:
        row = self._db.execute(
            f"select {_COLUMNS} from case_attachments where case_id = ? and id = ?",  # noqa: S608
            (case_id, attachment_id),
        ).fetchone()
        if row is None:
            raise AttachmentNotFound
        return _attachment(key, row)

    def _add(
        self,
        key: RecordKey,
        case_id: str,
        file: NewAttachment,
        act: Act,
        chance: Chance,
        shown: bool,
    ) -> Attachment:
        attachment_id = new_id(act.at, chance)
        stored = Attachment(
            id=attachment_id,
            case_id=case_id,
            name=file.name,
            media_type=file.kind.media_type,
            size=len(file.data),
            sha256=file.sha256,
            filed_sha256=file.filed_sha256,
            added_by=act.by,
            added_at=act.at,
            shown=shown,
        )
        details = {name: getattr(stored, name) for name in _DETAILS}
        self._db.execute(
            f"insert into case_attachments ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (
                attachment_id,
                case_id,
                act.by,
                to_text(act.at),
                stored.size,
                int(shown),
                key.encrypt(f"attachment/{attachment_id}", json.dumps(details)),
            ),
        )
        count = _parts(stored.size)
        for place in range(count):
            part = file.data[place * PART_BYTES : (place + 1) * PART_BYTES]
            self._db.execute(
                "insert into case_attachment_parts (attachment_id, place, case_id, data)"
                " values (?, ?, ?, ?)",
                (
                    attachment_id,
                    place,
                    case_id,
                    key.encrypt_bytes(_field(attachment_id, place, count), part),
                ),
            )
        ChangeStore(self._db).record(act, "case.attach", case_id)
        return stored


_DETAILS = ("name", "media_type", "sha256", "filed_sha256")


def _field(attachment_id: str, place: int, count: int) -> str:
    """Return what a part is bound to: it opens at its place of a file of that many parts only."""
    return f"attachment/{attachment_id}/{place}/{count}"


def _parts(size: int) -> int:
    return -(-size // PART_BYTES)


def _attachment(key: RecordKey, row: Sequence[object]) -> Attachment:
    attachment_id, case_id, added_by, added_at, size, shown, details = row
    told = json.loads(key.decrypt(f"attachment/{attachment_id}", details))  # type: ignore[arg-type]
    return Attachment(
        id=str(attachment_id),
        case_id=str(case_id),
        size=int(str(size)),
        added_by=str(added_by),
        added_at=from_text(str(added_at)),
        shown=shown == 1,
        **{name: told[name] for name in _DETAILS},
    )
