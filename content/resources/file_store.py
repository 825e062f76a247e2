"""The SQL of files of resources: each content is kept once, under its digest, in parts."""

import hashlib
from collections.abc import Sequence
from typing import ClassVar, Final

import sqlite_utils

from content.cases.attachment import NewAttachment
from content.changes import Act
from content.errors import ContentError
from content.resources.files import ResourceFile, ResourceFileNotFound, announced, check_room
from content.times import to_text

PART_BYTES: Final = 256 * 1024


class ResourceFileDamaged(ContentError):
    """What is stored is not what was attached."""

    code: ClassVar[str] = "resource-file-damaged"

    def __init__(self) -> None:
        super().__init__("This file is damaged here. Restore it from a backup, or attach it anew.")


class ResourceFileStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database) -> None:
        self._db = db

    def add(self, resource_id: str, files: Sequence[NewAttachment], act: Act) -> int:
        """
        Attach files to a resource; return how many of them were not there already.

        Raises TooManyFiles, FileNameTaken.
        """
        held = self.of(resource_id)
        check_room(held, [announced(file) for file in files])
        known = {each.sha256 for each in held}
        new = {file.sha256: file for file in files if file.sha256 not in known}
        for file in new.values():
            self._add(resource_id, file, act)
        return len(new)

    def of(self, resource_id: str) -> tuple[ResourceFile, ...]:
        """Return what is told of the files of a resource, the oldest first."""
        rows = self._db.execute(
            "select name, media_type, size, sha256 from resource_files where resource_id = ?"
            " order by added_at, name",
            (resource_id,),
        )
        return tuple(
            ResourceFile(name=name, media_type=media_type, size=size, sha256=sha256)
            for name, media_type, size, sha256 in rows.fetchall()
        )

    def get(self, resource_id: str, sha256: str) -> tuple[ResourceFile, bytes]:
        """
        Return a file of a resource with its bytes, checked.

        Raises ResourceFileNotFound, ResourceFileDamaged.
        """
        found = next((each for each in self.of(resource_id) if each.sha256 == sha256), None)
        if found is None:
            raise ResourceFileNotFound
        parts = self._db.execute(
            "select data from resource_file_parts where sha256 = ? order by place", (sha256,)
        )
        data = b"".join(row[0] for row in parts.fetchall())
        if hashlib.sha256(data).hexdigest() != sha256:
            raise ResourceFileDamaged
        return found, data

    def remove(self, resource_id: str, sha256: str) -> None:
        """Take a file away. Raises ResourceFileNotFound."""
        gone = self._db.execute(
            "delete from resource_files where resource_id = ? and sha256 = ?",
            (resource_id, sha256),
        )
        if not gone.rowcount:
            raise ResourceFileNotFound
        self._drop_unused([sha256])

    def drop(self, resource_id: str) -> int:
        """Take all files of a resource away, as when it is retracted; return how many it had."""
        digests = [each.sha256 for each in self.of(resource_id)]
        self._db.execute("delete from resource_files where resource_id = ?", (resource_id,))
        self._drop_unused(digests)
        return len(digests)

    def move(self, old_id: str, new_id: str) -> None:
        """Give the files of a resource to the one that takes its place."""
        self._db.execute(
            "update resource_files set resource_id = ? where resource_id = ?", (new_id, old_id)
        )

    def hand_over(self, old_id: str, new_id: str) -> int:
        """
        Give the files of a resource to another that has files, too; return how many it took.

        What that one has already stays behind; a name that is taken gets a number.
        """
        held = self.of(new_id)
        digests, names = {each.sha256 for each in held}, {each.name for each in held}
        count = 0
        for file in self.of(old_id):
            if file.sha256 in digests:
                continue
            name, number = file.name, 2
            while name in names:
                stem, dot, ending = file.name.rpartition(".")
                name = f"{stem} ({number}){dot}{ending}" if stem else f"{file.name} ({number})"
                number += 1
            names.add(name)
            self._db.execute(
                "update resource_files set resource_id = ?, name = ?"
                " where resource_id = ? and sha256 = ?",
                (new_id, name, old_id, file.sha256),
            )
            count += 1
        return count

    def _add(self, resource_id: str, file: NewAttachment, act: Act) -> None:
        told = announced(file)
        self._db.execute(
            "insert into resource_files"
            " (resource_id, sha256, name, media_type, size, added_by, added_at)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (
                resource_id,
                told.sha256,
                told.name,
                told.media_type,
                told.size,
                act.by,
                to_text(act.at),
            ),
        )
        for place in range(-(-told.size // PART_BYTES)):
            self._db.execute(
                "insert or ignore into resource_file_parts (sha256, place, data) values (?, ?, ?)",
                (told.sha256, place, file.data[place * PART_BYTES : (place + 1) * PART_BYTES]),
            )

    def _drop_unused(self, digests: Sequence[str]) -> None:
        """Delete contents that no resource has any more."""
        for sha256 in digests:
            self._db.execute(
                "delete from resource_file_parts where sha256 = ?1"
                " and not exists (select 1 from resource_files where sha256 = ?1)",
                (sha256,),
            )
