"""Files that belong to a resource: what is told of them, and how many there may be."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field

from content.cases.attachment import LONGEST_FILE_NAME, NewAttachment
from content.errors import ContentError

LARGEST_OF_RESOURCE: Final = 40 * 1024 * 1024
"""Bytes of all files of a resource together."""
MOST_OF_RESOURCE: Final = 10


class TooManyFiles(ContentError):
    """More than a resource may hold."""

    code: ClassVar[str] = "too-many-files"

    def __init__(self) -> None:
        super().__init__(
            f"A resource may hold {MOST_OF_RESOURCE} files with {LARGEST_OF_RESOURCE // 1024**2}"
            " MiB together. Put larger things on the web and give their link."
        )


class FileNameTaken(ContentError):
    """Another file of the resource has that name."""

    code: ClassVar[str] = "file-name-taken"

    def __init__(self) -> None:
        super().__init__(
            "A file of that name is attached already, with other content. Detach it first."
        )


class ResourceFileNotFound(ContentError):
    """The resource has no such file."""

    code: ClassVar[str] = "resource-file-not-found"

    def __init__(self) -> None:
        super().__init__("This resource has no such file.")


class ResourceFile(BaseModel):
    """
    What a hub tells of a file of its resource: enough to know the right bytes when they come.

    media_type: seen from the content, never from the name. size: bytes. sha256: in hex.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=LONGEST_FILE_NAME)]
    media_type: str
    size: int
    sha256: str


def announced(file: NewAttachment) -> ResourceFile:
    """Return what is told of a file that was checked."""
    return ResourceFile(
        name=file.name, media_type=file.kind.media_type, size=len(file.data), sha256=file.sha256
    )


def check_room(held: Sequence[ResourceFile], new: Sequence[ResourceFile]) -> None:
    """
    Raise if new files do not fit beside those held.

    Raises TooManyFiles; FileNameTaken if two files of different content have one name.
    """
    together = {each.sha256: each for each in (*held, *new)}.values()
    if len(together) > MOST_OF_RESOURCE:
        raise TooManyFiles
    if sum(each.size for each in together) > LARGEST_OF_RESOURCE:
        raise TooManyFiles
    if len({each.name for each in together}) != len(together):
        raise FileNameTaken


def named(files: Sequence[ResourceFile], which: str) -> ResourceFile:
    """Return the file with that name or digest. Raises ResourceFileNotFound."""
    for each in files:
        if which in (each.name, each.sha256):
            return each
    raise ResourceFileNotFound
