"""
Manifests: a hub's keys, and how they may change (docs/adr/0010-log-and-manifest.md).

The first manifest is entry 1 of the hub's public log, and its digest is the hub's permanent name G,
which outlives domain and keys. Version n + 1 is lawful if signed by
(a) a key of version n: then only keys and sealing keys may differ, or
(b) the recovery key whose hash is in version n's `next`: then all may differ, the origin included.
The recovery key is kept offline; it is shown when it is used, and names its successor. A recovery
says after which entries the logs go on, and beats whatever was signed by keys of the manifests
between two recoveries: they all have one `next`, which only a recovery can change.
"""

from base64 import urlsafe_b64decode
from datetime import datetime
from typing import Any, Final

from protocol.context import CONTEXT
from protocol.digests import document_link, hash_link, is_hash_link, same_link
from protocol.errors import InvalidKey, ManifestInvalid, ProtocolError
from protocol.ids import actor_id, manifest_id
from protocol.json import JsonObject
from protocol.keys import SealingPublicKey, SigningKey, VerifyKey
from protocol.manifest_model import (
    LastGood,
    Manifest,
    ManifestKey,
    ManifestSealingKey,
    manifest_key,
    manifest_sealing_key,
    read_manifest,
)
from protocol.moments import stamp
from protocol.multikey import ED25519_PUBLIC, decode_key
from protocol.proofs import add_proof, verification_method_of, verify_proof

__all__ = [
    "LastGood",
    "Manifest",
    "ManifestKey",
    "ManifestSealingKey",
    "check_manifest",
    "check_successor",
    "fingerprint",
    "first_manifest",
    "is_name",
    "manifest_key",
    "manifest_sealing_key",
    "name_of",
    "next_manifest",
    "read_manifest",
    "recovered_manifest",
    "recovery_hash",
]

FINGERPRINT_BYTES: Final = 16


def first_manifest(
    *,
    origin: str,
    signing: SigningKey,
    sealing: tuple[SealingPublicKey, ...],
    recovery: VerifyKey,
    now: datetime,
    former_origins: tuple[str, ...] = (),
) -> JsonObject:
    """
    Return the signed manifest, version 1, of a new hub.

    origin: without a slash at the end. signing: the hub's Ed25519 key. sealing: what others seal
    with. recovery: public half of the key that is drawn at `hub init` and kept offline.
    """
    manifest = Manifest(
        id=manifest_id(origin),
        actor=actor_id(origin),
        version=1,
        published=stamp(now),
        keys=(manifest_key(signing.public),),
        sealing_keys=tuple(map(manifest_sealing_key, sealing)),
        next=(recovery_hash(recovery),),
        former_origins=former_origins,
    )
    return add_proof(_document(manifest), signing, now)


def next_manifest(
    previous: JsonObject,
    *,
    signer: SigningKey,
    now: datetime,
    keys: tuple[VerifyKey, ...] | None = None,
    sealing: tuple[SealingPublicKey, ...] | None = None,
) -> JsonObject:
    """
    Return the signed successor of a manifest, way (a): other keys, signed by one of the old keys.

    keys, sealing: the new ones, None to keep what is. Raises ManifestInvalid if it is not lawful.
    """
    old = check_manifest(previous)
    changed: dict[str, Any] = {
        "id": manifest_id(old.origin, old.version + 1),
        "version": old.version + 1,
        "prev": document_link(previous),
        "published": stamp(now),
        "recovery": None,
        "after": None,
    }
    if keys is not None:
        changed["keys"] = tuple(map(manifest_key, keys))
    if sealing is not None:
        changed["sealing_keys"] = tuple(map(manifest_sealing_key, sealing))
    document = add_proof(_document(old.model_copy(update=changed)), signer, now)
    check_successor(previous, document)
    return document


def recovered_manifest(
    previous: JsonObject,
    *,
    recovery: SigningKey,
    next_recovery: VerifyKey,
    origin: str,
    keys: tuple[VerifyKey, ...],
    sealing: tuple[SealingPublicKey, ...],
    after: tuple[LastGood, ...],
    now: datetime,
) -> JsonObject:
    """
    Return the signed successor of a manifest, way (b): all may differ, signed by the recovery key.

    recovery: its id is ignored. next_recovery: the one to keep offline from now on, since this
    one has been used. after: the last good entry of the public log, and of the network log if it
    has any. Raises ManifestInvalid if it is not the key named by the manifest before.
    """
    old = check_manifest(previous)
    former = old.former_origins
    if origin != old.origin and old.origin not in former:
        former = (*former, old.origin)
    signer = SigningKey(f"{actor_id(origin)}#recovery", recovery.private)
    manifest = Manifest(
        id=manifest_id(origin, old.version + 1),
        actor=actor_id(origin),
        version=old.version + 1,
        prev=document_link(previous),
        published=stamp(now),
        keys=tuple(map(manifest_key, keys)),
        sealing_keys=tuple(map(manifest_sealing_key, sealing)),
        next=(recovery_hash(next_recovery),),
        recovery=signer.public.multibase,
        after=after,
        former_origins=tuple(item for item in former if item != origin),
    )
    document = add_proof(_document(manifest), signer, now)
    check_successor(previous, document)
    return document


def recovery_hash(key: VerifyKey) -> str:
    """Return what a manifest's `next` says of a recovery key: the hash link of its raw bytes."""
    return hash_link(decode_key(key.multibase, ED25519_PUBLIC, 32))


def name_of(manifest: JsonObject) -> str:
    """Return the permanent name G of the hub whose first manifest this is (with its proof)."""
    return document_link(manifest)


def is_name(text: object) -> bool:
    """Tell whether this can be a hub's permanent name."""
    return is_hash_link(text)


def fingerprint(name: str) -> str:
    """
    Return the fingerprint of a permanent name for people: 8 groups of 4 hex digits.

    It is the first 16 bytes of the digest. Raises ManifestInvalid if this is no name.
    """
    if not is_name(name):
        raise ManifestInvalid("This is no permanent name of a hub.")
    digits = urlsafe_b64decode(name[1:] + "=")[:FINGERPRINT_BYTES].hex()
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def check_manifest(document: JsonObject) -> Manifest:
    """
    Return the manifest in a document that is signed by one of its own keys, or its recovery key.

    This proves a first manifest, given its name G. A later one needs `check_successor` as well.
    Raises ManifestInvalid.
    """
    manifest = read_manifest(document)
    if (manifest.version == 1) is not (manifest.prev is None):
        raise ManifestInvalid("Only the first manifest has no predecessor.")
    if manifest.version == 1 and manifest.recovery is not None:
        raise ManifestInvalid("The first manifest shows no recovery key.")
    if manifest.version == 1:
        _verify(document, manifest.verify_keys())
    return manifest


def check_successor(previous: JsonObject, document: JsonObject) -> Manifest:
    """
    Return the manifest in a document if it lawfully follows the previous one, else raise.

    previous: a manifest that is already trusted. Raises ManifestInvalid.
    """
    old, new = read_manifest(previous), read_manifest(document)
    if new.version != old.version + 1:
        raise ManifestInvalid("The version of a manifest must follow the one before.")
    if new.prev is None or not same_link(new.prev, document_link(previous)):
        raise ManifestInvalid("The manifest does not name the one before.")
    if new.recovery is not None:
        _check_recovery(old, new, document)
        return new
    if (new.actor, new.next, new.former_origins) != (old.actor, old.next, old.former_origins):
        raise ManifestInvalid("Without the recovery key only keys may change.")
    _verify(document, old.verify_keys())
    return new


def _check_recovery(old: Manifest, new: Manifest, document: JsonObject) -> None:
    try:
        key = VerifyKey.from_multibase(f"{new.actor}#recovery", new.recovery)
    except InvalidKey as error:
        raise ManifestInvalid("The recovery key cannot be read.") from error
    if not any(same_link(recovery_hash(key), expected) for expected in old.next):
        raise ManifestInvalid("This is not the recovery key that the manifest before names.")
    if recovery_hash(key) in new.next:
        raise ManifestInvalid("A recovery key that was shown cannot be used again.")
    if not old.origins <= new.origins:
        raise ManifestInvalid("The origins of the manifest before must stay listed.")
    _verify(document, {key.id: key})


def _verify(document: JsonObject, keys: dict[str, VerifyKey]) -> None:
    try:
        key = keys.get(verification_method_of(document))
        if key is None:
            raise ManifestInvalid("The manifest is signed by a key that may not sign it.")
        verify_proof(document, key, None)
    except ManifestInvalid:
        raise
    except ProtocolError as error:
        raise ManifestInvalid("The proof of the manifest does not verify.") from error


def _document(manifest: Manifest) -> JsonObject:
    fields = manifest.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {"@context": CONTEXT, **fields, "prev": manifest.prev}
