"""Attachments: files that belong to a case, checked when they come in."""

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final

from content.cases.file_types import FileType, type_of
from content.cases.pictures import without_notes
from content.errors import ContentError

LARGEST: Final = 10 * 1024 * 1024
"""Bytes of one attachment."""
LARGEST_OF_CASE: Final = 40 * 1024 * 1024
"""Bytes of all attachments of a case together."""
MOST_OF_CASE: Final = 20
LONGEST_FILE_NAME: Final = 150
_HIDDEN = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
"""They turn the order of letters, so that a name can look like another one."""


class AttachmentTooLarge(ContentError):
    """A file beyond the limit for one."""

    code: ClassVar[str] = "attachment-too-large"

    def __init__(self) -> None:
        super().__init__(f"An attachment may have at most {LARGEST // 1024**2} MiB.")


class AttachmentEmpty(ContentError):
    """A file without content."""

    code: ClassVar[str] = "attachment-empty"

    def __init__(self) -> None:
        super().__init__("An attachment is empty. Choose the file again.")


class TooManyAttachments(ContentError):
    """More than a case may hold."""

    code: ClassVar[str] = "too-many-attachments"

    def __init__(self) -> None:
        super().__init__(
            f"A case may hold {MOST_OF_CASE} attachments with {LARGEST_OF_CASE // 1024**2} MiB"
            " together. Send only what is needed."
        )


@dataclass(frozen=True, slots=True)
class NewAttachment:
    """
    A file that passed the checks and is not stored yet.

    data: as it will be stored, pictures without their notes. filed_sha256, filed_size: of the bytes
    that were sent, so that the sender can compare.
    """

    name: str = field(repr=False)
    kind: FileType
    data: bytes = field(repr=False)
    filed_sha256: str = field(repr=False)
    filed_size: int

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of what is stored, in hex."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Attachment:
    """
    A stored file, without its bytes. name and digests are confidential. size: bytes. shown: whether
    the requester sees it.
    """

    id: str
    case_id: str
    name: str = field(repr=False)
    media_type: str
    size: int
    sha256: str = field(repr=False)
    filed_sha256: str = field(repr=False)
    added_by: str
    added_at: datetime
    shown: bool


def read_attachment(name: str, data: bytes) -> NewAttachment:
    """
    Return a checked file.

    name: as the sender calls it; any path before it and signs that steer are left out, and its
    ending is made to fit the content. Raises AttachmentTooLarge, AttachmentEmpty, FileNotTaken,
    PictureDamaged.
    """
    if len(data) > LARGEST:
        raise AttachmentTooLarge
    if not data:
        raise AttachmentEmpty
    kind = type_of(name, data)
    filed = hashlib.sha256(data).hexdigest()
    return NewAttachment(file_name(name, kind), kind, without_notes(kind, data), filed, len(data))


def check_room(held: Sequence[int], new: Sequence[NewAttachment]) -> None:
    """Raise TooManyAttachments if these do not fit beside files of the sizes held."""
    if len(held) + len(new) > MOST_OF_CASE:
        raise TooManyAttachments
    if sum(held) + sum(len(each.data) for each in new) > LARGEST_OF_CASE:
        raise TooManyAttachments


def file_name(name: str, kind: FileType) -> str:
    """Return a harmless file name that ends as files of that kind do."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(
        "_" if sign in '<>:"|?*' else sign
        for sign in unicodedata.normalize("NFC", last.encode("utf-8", "replace").decode())
        if sign not in _HIDDEN and unicodedata.category(sign) not in ("Cc", "Zl", "Zp", "Cn", "Co")
    ).strip(" .")
    ending = next((each for each in kind.endings if kept.lower().endswith(each)), "")
    stem = kept[: len(kept) - len(ending)].strip(" .") or "attachment"
    ends = kept[len(kept) - len(ending) :] if ending else kind.endings[0]
    return stem[: LONGEST_FILE_NAME - len(ends)].strip(" .") + ends
