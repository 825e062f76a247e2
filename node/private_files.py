"""Files that only their owner may read: how they are read, and destroyed."""

import os
import stat
from pathlib import Path
from typing import ClassVar

from node.errors import NodeError
from node.home import PRIVATE_FILE, sync_folder


class KeyFilesUnsafe(NodeError):
    """A key file can be read by others, is missing or damaged; the message says what to do."""

    code: ClassVar[str] = "key-files-unsafe"


def read_private(path: Path) -> bytes:
    """Return the content of a file for its owner's eyes only. Raises KeyFilesUnsafe."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        content = path.read_bytes()
    except OSError as error:
        raise KeyFilesUnsafe(
            f"{path} cannot be read ({error.strerror}). Restore the keys of this hub."
        ) from error
    if mode & ~PRIVATE_FILE:
        raise KeyFilesUnsafe(
            f"{path} can be read or changed by others (mode {mode:04o}). Write: chmod 600 {path}"
        )
    if not content.strip():
        raise KeyFilesUnsafe(f"{path} is empty. Restore the keys of this hub.")
    return content


def destroy(path: Path, replacement: Path | None = None) -> None:
    """
    Take a file away, or put another in its place, and overwrite what was in it.

    Nobody ever reads it half destroyed. What the disk itself keeps of it is out of our hands.
    """
    try:
        old = path.open("r+b")
    except FileNotFoundError:
        old = None
    if replacement is not None:
        replacement.replace(path)
    else:
        path.unlink(missing_ok=True)
    if old is not None:
        sync_folder(path.parent)  # else a power cut could bring back a name without its content
        with old:
            old.write(bytes(os.fstat(old.fileno()).st_size))
            old.flush()
            os.fsync(old.fileno())
