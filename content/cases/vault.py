"""
Case texts at rest: a key for each case, wrapped under the key of the hub.

The hub key lives outside of the database and its backups, so a copy of the file tells nothing.
To destroy the wrapped key is to destroy the texts (docs/adr/0026-case-vault.md).
"""

import hashlib
import hmac
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from content.chance import Chance
from content.errors import ContentError

KEY_BYTES = 32
_NONCE_BYTES = 12
_KEY_MARK_BYTES = 4
_VERSION = b"\x01"


class WrongHubKey(ContentError):
    """The case was kept under another hub key than the one at hand."""

    code: ClassVar[str] = "wrong-hub-key"

    def __init__(self) -> None:
        super().__init__("This case is kept under another hub key. Restore the keys of this hub.")


class CaseTextDamaged(ContentError):
    """A stored text was changed, or moved to another place."""

    code: ClassVar[str] = "case-text-damaged"

    def __init__(self) -> None:
        super().__init__("A text of this case is damaged. Restore it from a backup.")


class RecordKey:
    """
    The key of one case, open. Keep it no longer than one piece of work.

    Every text is bound to its owner and its field: moved elsewhere it does not open.
    """

    def __init__(self, owner: str, key: bytes, chance: Chance) -> None:
        self._owner = owner
        self._cipher = ChaCha20Poly1305(key)
        self._chance = chance

    def encrypt(self, field: str, text: str) -> bytes:
        """Return text as it is stored. field: such as "title", or "message/" and its id."""
        return self.encrypt_bytes(field, text.encode())

    def decrypt(self, field: str, stored: bytes) -> str:
        """Return the text that `encrypt` stored for this field. Raises CaseTextDamaged."""
        return self.decrypt_bytes(field, stored).decode()

    def encrypt_bytes(self, field: str, data: bytes) -> bytes:
        """Return data, such as a part of a file, as it is stored."""
        return _seal(self._cipher, data, self._bound_to(field), self._chance)

    def decrypt_bytes(self, field: str, stored: bytes) -> bytes:
        """Return the data that was stored for this field. Raises CaseTextDamaged."""
        return _open(self._cipher, stored, self._bound_to(field))

    def _bound_to(self, field: str) -> bytes:
        return _context("text", self._owner, field)


class CaseVault:
    """Makes and opens the keys of cases, and of whatever else is kept like a case."""

    def __init__(self, hub_key: bytes, chance: Chance) -> None:
        """
        Keep the hub key.

        hub_key: 32 secret random bytes. chance: draws keys and nonces; called in whatever thread
        a store works in.
        """
        if len(hub_key) != KEY_BYTES:
            raise ValueError(f"A hub key has {KEY_BYTES} bytes.")
        self._cipher = ChaCha20Poly1305(hub_key)
        mark = hashlib.sha256(b"rights-hub case vault key mark\x00" + hub_key).digest()
        self._mark = mark[:_KEY_MARK_BYTES]
        self._mark_key = hashlib.sha256(b"rights-hub secrets of strangers\x00" + hub_key).digest()
        self._chance = chance

    def new_key(self, owner: str) -> bytes:
        """
        Return a new wrapped key, to be stored beside what it encrypts.

        owner: the id of the one record it is for, such as "case/" and a ULID.
        """
        key = self._chance.bytes(KEY_BYTES)
        return self._mark + _seal(self._cipher, key, _context("key", owner), self._chance)

    def open_key(self, owner: str, wrapped: bytes) -> RecordKey:
        """Return the key that `new_key` wrapped. Raises WrongHubKey or CaseTextDamaged."""
        mark, sealed = wrapped[:_KEY_MARK_BYTES], wrapped[_KEY_MARK_BYTES:]
        if mark != self._mark:
            raise WrongHubKey
        return RecordKey(owner, _open(self._cipher, sealed, _context("key", owner)), self._chance)

    def mark_of(self, purpose: str, *parts: bytes) -> bytes:
        """
        Return 32 bytes by which a secret that somebody else keeps is known again.

        HMAC-SHA-256 under the hub key: who has the file alone cannot even try secrets out.
        """
        return hmac.digest(self._mark_key, _framed(purpose.encode(), *parts), "sha256")

    def key_of(self, purpose: str, *parts: bytes) -> RecordKey:
        """Return a key that only hub key and these secrets together give; nothing of it is kept."""
        secret = self.mark_of(f"key/{purpose}", *parts)
        return RecordKey(f"secret/{purpose}", secret, self._chance)


def _context(*parts: str) -> bytes:
    """Return the parts as one value that no other parts can give (lengths go first)."""
    return _framed(*(part.encode() for part in parts))


def _framed(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _seal(cipher: ChaCha20Poly1305, plaintext: bytes, context: bytes, chance: Chance) -> bytes:
    nonce = chance.bytes(_NONCE_BYTES)
    return _VERSION + nonce + cipher.encrypt(nonce, plaintext, context)


def _open(cipher: ChaCha20Poly1305, stored: bytes, context: bytes) -> bytes:
    nonce, sealed = stored[1 : 1 + _NONCE_BYTES], stored[1 + _NONCE_BYTES :]
    if stored[:1] != _VERSION or len(nonce) != _NONCE_BYTES:
        raise CaseTextDamaged
    try:
        return cipher.decrypt(nonce, sealed, context)
    except InvalidTag:
        raise CaseTextDamaged from None
