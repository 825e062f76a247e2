"""
The keys of a hub in one file, encrypted with a passphrase: the half of a backup that is kept apart.

The format is age (https://age-encryption.org/v1), so other programs can open the file too.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

import pyrage

from content.times import from_text, to_text
from node.errors import NodeError
from node.home import PRIVATE_FOLDER, HubHome, is_part, write_private
from node.private_files import read_private

SHORTEST_PASSPHRASE: Final = 12
_FORMAT: Final = "rights-hub keys 1"
_LARGEST: Final = 4 * 1024 * 1024
_NAMES: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.")


class KeyFileUnusable(NodeError):
    """The key file does not open with this passphrase, or it is none of ours."""

    code: ClassVar[str] = "key-file-unusable"


class PassphraseTooShort(NodeError):
    """A passphrase that can be guessed protects nothing."""

    code: ClassVar[str] = "passphrase-too-short"

    def __init__(self) -> None:
        super().__init__(
            f"A passphrase has at least {SHORTEST_PASSPHRASE} signs; better take six random words."
        )


@dataclass(frozen=True, slots=True)
class KeyBackup:
    """The files of a folder `keys/`. origin: of the hub that they belong to."""

    origin: str
    made_at: datetime
    files: dict[str, bytes]

    def __repr__(self) -> str:
        """Return a text for logs and tracebacks, without the keys."""
        return f"KeyBackup(origin={self.origin!r}, files={sorted(self.files)})"


def collect_keys(home: HubHome, origin: str, now: datetime) -> KeyBackup:
    """Read all key files of a hub. Raises KeyFilesUnsafe."""
    files = (path for path in home.keys.iterdir() if path.is_file() and not is_part(path))
    names = sorted(path.name for path in files)
    return KeyBackup(origin, now, {name: read_private(home.keys / name) for name in names})


def encrypt_keys(keys: KeyBackup, passphrase: str) -> bytes:
    """Return the key file. Takes about a second, on purpose. Raises PassphraseTooShort."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise PassphraseTooShort
    document = {
        "format": _FORMAT,
        "origin": keys.origin,
        "made_at": to_text(keys.made_at),
        "files": {name: base64.b64encode(each).decode() for name, each in keys.files.items()},
    }
    sealed: bytes = pyrage.passphrase.encrypt(json.dumps(document).encode(), passphrase, True)
    return sealed


def decrypt_keys(file: bytes, passphrase: str) -> KeyBackup:
    """Return what `encrypt_keys` made a file of. Raises KeyFileUnusable."""
    try:
        document = json.loads(pyrage.passphrase.decrypt(file[:_LARGEST], passphrase))
        files = {
            str(name): base64.b64decode(each, validate=True)
            for name, each in document["files"].items()
        }
        if document["format"] != _FORMAT or not all(_is_name(name) for name in files):
            raise ValueError("another format")
        return KeyBackup(str(document["origin"]), from_text(document["made_at"]), files)
    except pyrage.DecryptError:
        raise KeyFileUnusable(
            "The key file does not open: the passphrase is wrong, or it is damaged."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise KeyFileUnusable("This is no key file that `hub backup` made.") from None


def put_keys(home: HubHome, keys: KeyBackup) -> None:
    """Write the files into a new folder `keys/`."""
    home.keys.mkdir(mode=PRIVATE_FOLDER)
    for name, content in keys.files.items():
        write_private(home.keys / name, content)


def _is_name(name: str) -> bool:
    return 0 < len(name) <= 100 and set(name) <= _NAMES and not name.startswith(".")
