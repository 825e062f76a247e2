"""
Sealing keys: what messages to a hub are sealed with, and opened (docs/adr/0009-sealing.md).

Two suites: X25519, and the hybrid of ML-KEM-768 and X25519, which also stands against those who
store today and decrypt in the age of quantum computers.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeAlias

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey

from protocol.errors import InvalidKey
from protocol.multikey import HYBRID_PUBLIC, X25519_PUBLIC, decode_key, encode_key

SealingSuite = Literal["X25519-SHA256-CHACHA20POLY1305", "MLKEM768X25519-SHA256-CHACHA20POLY1305"]
X25519_SUITE: Final = "X25519-SHA256-CHACHA20POLY1305"
HYBRID_SUITE: Final = "MLKEM768X25519-SHA256-CHACHA20POLY1305"
SEALING_SUITES: Final[tuple[SealingSuite, ...]] = (HYBRID_SUITE, X25519_SUITE)
"""The suites we know, best first."""
SEALING_SEED_SIZES: Final[dict[SealingSuite, int]] = {X25519_SUITE: 32, HYBRID_SUITE: 96}
"""Bytes of entropy of a sealing key: X25519 32; ML-KEM-768 seed 64, then X25519 32."""

_MLKEM_SEED = 64
_MLKEM_PUBLIC = 1184

SealingPrivate: TypeAlias = X25519PrivateKey | MLKEM768X25519PrivateKey
SealingPublic: TypeAlias = X25519PublicKey | MLKEM768X25519PublicKey


@dataclass(frozen=True, slots=True)
class SealingPublicKey:
    """The key that messages to a hub are sealed with, as its actor and manifest publish it."""

    id: str
    suite: SealingSuite
    multibase: str
    expires: datetime
    public: SealingPublic = field(repr=False, compare=False)

    @classmethod
    def from_multibase(
        cls, key_id: str, suite: SealingSuite, text: object, expires: datetime
    ) -> "SealingPublicKey":
        """Return the published key. Raises InvalidKey if it does not fit the suite."""
        if suite == X25519_SUITE:
            raw = decode_key(text, X25519_PUBLIC, 32)
            public: SealingPublic = X25519PublicKey.from_public_bytes(raw)
            return cls(key_id, suite, encode_key(X25519_PUBLIC, raw), expires, public)
        if suite != HYBRID_SUITE:
            raise InvalidKey("The sealing suite is unknown.")
        raw = decode_key(text, HYBRID_PUBLIC, _MLKEM_PUBLIC + 32)
        try:
            public = MLKEM768X25519PublicKey(
                MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_PUBLIC]),
                X25519PublicKey.from_public_bytes(raw[_MLKEM_PUBLIC:]),
            )
        except ValueError as error:
            raise InvalidKey("The hybrid key cannot be read.") from error
        return cls(key_id, suite, encode_key(HYBRID_PUBLIC, raw), expires, public)


@dataclass(frozen=True, slots=True)
class SealingKey:
    """A key that opens sealed messages: its id, suite, seed (secret) and when it ends."""

    id: str
    suite: SealingSuite
    seed: bytes = field(repr=False)
    expires: datetime
    private: SealingPrivate = field(repr=False, compare=False)

    @property
    def public(self) -> SealingPublicKey:
        """Return the half that others seal with."""
        curve_seed = self.seed[-32:]
        raw = X25519PrivateKey.from_private_bytes(curve_seed).public_key().public_bytes_raw()
        prefix = X25519_PUBLIC
        if self.suite == HYBRID_SUITE:
            lattice = MLKEM768PrivateKey.from_seed_bytes(self.seed[:_MLKEM_SEED]).public_key()
            raw, prefix = lattice.public_bytes_raw() + raw, HYBRID_PUBLIC
        text = encode_key(prefix, raw)
        return SealingPublicKey.from_multibase(self.id, self.suite, text, self.expires)

    @classmethod
    def from_seed(
        cls, key_id: str, suite: SealingSuite, seed: bytes, expires: datetime
    ) -> "SealingKey":
        """
        Return the key of so many random bytes: SEALING_SEED_SIZES[suite].

        expires: last moment at which others should seal with it, timezone-aware.
        Raises InvalidKey for an unknown suite or another length.
        """
        if len(seed) != SEALING_SEED_SIZES.get(suite):
            raise InvalidKey("The seed does not fit the sealing suite.")
        curve = X25519PrivateKey.from_private_bytes(seed[-32:])
        if suite == X25519_SUITE:
            return cls(key_id, suite, seed, expires, curve)
        lattice = MLKEM768PrivateKey.from_seed_bytes(seed[:_MLKEM_SEED])
        return cls(key_id, suite, seed, expires, MLKEM768X25519PrivateKey(lattice, curve))
