"""
Keys and what they sign (docs/adr/0007-keys-and-crypto.md). No chance here: entropy is passed in.

Ed25519 signs for hubs (proofs, log, requests), RSA-2048 for the rest of the fediverse, and sealing
keys open sealed messages. A key's id is a URL with a fragment; what is before it is its controller.
"""

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from protocol.errors import InvalidKey, SignatureInvalid
from protocol.multikey import (
    ED25519_PUBLIC,
    RSA_PUBLIC,
    decode_key,
    decode_multibase,
    encode_key,
)
from protocol.sealing_keys import (
    HYBRID_SUITE,
    SEALING_SEED_SIZES,
    SEALING_SUITES,
    X25519_SUITE,
    SealingKey,
    SealingPublicKey,
    SealingSuite,
)

__all__ = [
    "HYBRID_SUITE",
    "RSA_BITS",
    "SEALING_SEED_SIZES",
    "SEALING_SUITES",
    "SEED_SIZE",
    "X25519_SUITE",
    "PublicKey",
    "RsaKey",
    "RsaPublicKey",
    "SealingKey",
    "SealingPublicKey",
    "SealingSuite",
    "SigningKey",
    "VerifyKey",
    "controller_of",
    "public_key_from_multibase",
]

SEED_SIZE: Final = 32
"""Bytes of entropy of an Ed25519 key."""
RSA_BITS: Final = (2048, 8192)
"""Fewest and most bits of an RSA key that we take: below is weak, above only costs time."""

_PEM_LIMIT = 16 * 1024
_ANYTHING = b"do the halves of this key fit?"


def controller_of(key_id: str) -> str:
    """Return the id of the actor that a key id belongs to: what is before the fragment."""
    return key_id.partition("#")[0]


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """An Ed25519 public key and its id."""

    id: str
    public: Ed25519PublicKey

    @property
    def multibase(self) -> str:
        """Return the key as `publicKeyMultibase`, `z6Mk…`."""
        return encode_key(ED25519_PUBLIC, self.public.public_bytes_raw())

    def verify(self, signature: bytes, data: bytes) -> None:
        """Raise SignatureInvalid unless this key signed the data."""
        try:
            self.public.verify(signature, data)
        except InvalidSignature as error:
            raise SignatureInvalid("The signature does not verify.") from error

    @classmethod
    def from_multibase(cls, key_id: str, text: object) -> "VerifyKey":
        """Return the key of a Multikey's `publicKeyMultibase`. Raises InvalidKey."""
        raw = decode_key(text, ED25519_PUBLIC, 32)
        return cls(key_id, Ed25519PublicKey.from_public_bytes(raw))


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 private key and its id."""

    id: str
    private: Ed25519PrivateKey = field(repr=False)

    @property
    def public(self) -> VerifyKey:
        """Return the half that anyone may know."""
        return VerifyKey(self.id, self.private.public_key())

    @property
    def controller(self) -> str:
        """Return the id of the actor this key belongs to."""
        return controller_of(self.id)

    def sign(self, data: bytes) -> bytes:
        """Return the 64 bytes of the signature; the same for the same data."""
        return self.private.sign(data)

    @classmethod
    def from_seed(cls, key_id: str, seed: bytes) -> "SigningKey":
        """Return the key of 32 random bytes. Raises InvalidKey for another length."""
        if len(seed) != SEED_SIZE:
            raise InvalidKey(f"An Ed25519 key takes {SEED_SIZE} bytes of entropy.")
        return cls(key_id, Ed25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def from_pem(cls, key_id: str, pem: bytes) -> "SigningKey":
        """Return the key of an unencrypted PKCS #8 file. Raises InvalidKey."""
        private = _load_private(pem)
        if not isinstance(private, Ed25519PrivateKey):
            raise InvalidKey("The key file holds no Ed25519 key.")
        return cls(key_id, private)

    def to_pem(self) -> bytes:
        """Return the private key as an unencrypted PKCS #8 file. Keep it secret."""
        return _private_pem(self.private)


@dataclass(frozen=True, slots=True)
class RsaPublicKey:
    """An RSA public key and its id."""

    id: str
    public: rsa.RSAPublicKey

    @property
    def pem(self) -> str:
        """Return the key as `publicKeyPem` (SubjectPublicKeyInfo)."""
        return self.public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode()

    def verify(self, signature: bytes, data: bytes) -> None:
        """Raise SignatureInvalid unless this key signed the data (PKCS #1 v1.5, SHA-256)."""
        try:
            self.public.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature as error:
            raise SignatureInvalid("The signature does not verify.") from error

    @classmethod
    def from_pem(cls, key_id: str, pem: object) -> "RsaPublicKey":
        """Return the key of a PEM text, SubjectPublicKeyInfo or PKCS #1. Raises InvalidKey."""
        if not isinstance(pem, str) or len(pem) > _PEM_LIMIT:
            raise InvalidKey("publicKeyPem must be text of at most 16 KiB.")
        try:
            public = serialization.load_pem_public_key(pem.encode())
        except (ValueError, TypeError, UnicodeError, UnsupportedAlgorithm) as error:
            raise InvalidKey("publicKeyPem cannot be read.") from error
        return cls(key_id, _checked_rsa(public))

    @classmethod
    def from_multibase(cls, key_id: str, text: object) -> "RsaPublicKey":
        """Return the key of a Multikey with an RSA key (PKCS #1 DER). Raises InvalidKey."""
        raw = decode_key(text, RSA_PUBLIC)
        try:
            public = serialization.load_der_public_key(raw)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise InvalidKey("The RSA key cannot be read.") from error
        return cls(key_id, _checked_rsa(public))


@dataclass(frozen=True, slots=True)
class RsaKey:
    """An RSA private key and its id. It is drawn in node/, since the library draws it itself."""

    id: str
    private: rsa.RSAPrivateKey = field(repr=False)

    @property
    def public(self) -> RsaPublicKey:
        """Return the half that anyone may know."""
        return RsaPublicKey(self.id, self.private.public_key())

    @property
    def controller(self) -> str:
        """Return the id of the actor this key belongs to."""
        return controller_of(self.id)

    def sign(self, data: bytes) -> bytes:
        """Return the signature (PKCS #1 v1.5, SHA-256); the same for the same data."""
        return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())

    @classmethod
    def from_pem(cls, key_id: str, pem: bytes) -> "RsaKey":
        """
        Return the key of an unencrypted PEM file. Raises InvalidKey.

        That the halves fit is seen from one signature: 1 ms in place of 30 for testing the primes,
        which a file of our own does not need.
        """
        private = _load_private(pem)
        if not isinstance(private, rsa.RSAPrivateKey):
            raise InvalidKey("The key file holds no RSA key.")
        _checked_rsa(private.public_key())
        key = cls(key_id, private)
        try:
            key.public.verify(key.sign(_ANYTHING), _ANYTHING)
        except (SignatureInvalid, ValueError) as error:
            raise InvalidKey("The halves of the RSA key do not fit.") from error
        return key

    def to_pem(self) -> bytes:
        """Return the private key as an unencrypted PKCS #8 file. Keep it secret."""
        return _private_pem(self.private)


PublicKey: TypeAlias = VerifyKey | RsaPublicKey
"""A key that signatures are checked with."""


def public_key_from_multibase(key_id: str, text: object) -> PublicKey:
    """Return the Ed25519 or RSA key of a Multikey. Raises InvalidKey for other kinds."""
    if decode_multibase(text).startswith(RSA_PUBLIC):
        return RsaPublicKey.from_multibase(key_id, text)
    return VerifyKey.from_multibase(key_id, text)


def _checked_rsa(public: object) -> rsa.RSAPublicKey:
    if not isinstance(public, rsa.RSAPublicKey):
        raise InvalidKey("The key is no RSA key.")
    if not RSA_BITS[0] <= public.key_size <= RSA_BITS[1]:
        raise InvalidKey(f"An RSA key must have {RSA_BITS[0]} to {RSA_BITS[1]} bits.")
    return public


def _load_private(pem: bytes) -> object:
    try:
        return serialization.load_pem_private_key(
            pem, password=None, unsafe_skip_rsa_key_validation=True
        )
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InvalidKey("The key file cannot be read as unencrypted PEM.") from error


def _private_pem(private: Ed25519PrivateKey | rsa.RSAPrivateKey) -> bytes:
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
