"""
Integrity proofs in documents: `eddsa-jcs-2022` (FEP-8b32; W3C Data Integrity EdDSA Cryptosuites).

The signed bytes are SHA-256 of the canonical proof options, then SHA-256 of the canonical document.
Proof options are hashed as they were received. `signature`, which some servers add beside the
proof, is left out of both (FEP-8b32, "Backward compatibility").
"""

import hashlib
from datetime import datetime
from typing import Final

from protocol.canonical import canonicalize
from protocol.errors import (
    InvalidDocument,
    InvalidKey,
    NotCanonical,
    ProofInvalid,
    ProofMissing,
    SignatureInvalid,
)
from protocol.json import JsonObject
from protocol.keys import PublicKey, SigningKey, VerifyKey
from protocol.moments import read_stamp, stamp_seconds
from protocol.multikey import decode_multibase, encode_base58

PROOF_TYPE: Final = "DataIntegrityProof"
CRYPTOSUITE: Final = "eddsa-jcs-2022"
PURPOSE: Final = "assertionMethod"

_OUTSIDE = ("proof", "signature")
_PROOFS_LIMIT = 8


def add_proof(document: JsonObject, key: SigningKey, now: datetime) -> JsonObject:
    """
    Return a copy of the document with a proof by this key, in place of any it had.

    now: when it is signed, timezone-aware. The key's controller should own the document.
    Raises NotCanonical if the document has no canonical form.
    """
    options: JsonObject = {
        "type": PROOF_TYPE,
        "cryptosuite": CRYPTOSUITE,
        "created": stamp_seconds(now),  # some verifiers write a fraction of zero away
        "verificationMethod": key.id,
        "proofPurpose": PURPOSE,
    }
    return add_proof_with(document, key, options)


def add_proof_with(document: JsonObject, key: SigningKey, options: JsonObject) -> JsonObject:
    """Return a copy of the document with a proof that has exactly these options, and a value."""
    unsecured = {name: value for name, value in document.items() if name not in _OUTSIDE}
    if "@context" in document:
        options = {"@context": document["@context"], **options}
    value = encode_base58(key.sign(_signed_bytes(unsecured, options)))
    return {**unsecured, "proof": {**options, "proofValue": value}}


def verify_proof(document: JsonObject, key: PublicKey, now: datetime | None) -> None:
    """
    Raise unless the document carries a proof of this key that fits it.

    now: also refuse a proof that has expired by then; None leaves its age alone, for archives.
    Raises ProofMissing without a proof by this key, ProofInvalid if it does not verify.
    """
    proof = _proof_by(document, key.id)
    if not isinstance(key, VerifyKey):
        raise ProofInvalid("eddsa-jcs-2022 takes an Ed25519 key.")
    context = proof.get("@context")
    if context is not None and context != document.get("@context"):
        raise ProofInvalid("The proof was made for another @context.")
    _check_times(proof, now)
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    unsecured = {name: value for name, value in document.items() if name not in _OUTSIDE}
    try:
        signature = decode_multibase(proof.get("proofValue"))
        key.verify(signature, _signed_bytes(unsecured, options))
    except (InvalidKey, NotCanonical, SignatureInvalid) as error:
        raise ProofInvalid("The proof does not fit the document.") from error


def verification_method_of(document: JsonObject) -> str:
    """
    Return the id of the key that the document's (first usable) proof names, still unproven.

    Raises ProofMissing if there is no eddsa-jcs-2022 proof.
    """
    for proof in _proofs(document):
        method = proof.get("verificationMethod")
        if _is_usable(proof) and isinstance(method, str):
            return method
    raise ProofMissing("The document has no eddsa-jcs-2022 proof.")


def _proof_by(document: JsonObject, key_id: str) -> JsonObject:
    for proof in _proofs(document):
        if _is_usable(proof) and proof.get("verificationMethod") == key_id:
            return proof
    raise ProofMissing("The document has no eddsa-jcs-2022 proof by this key.")


def _proofs(document: JsonObject) -> list[JsonObject]:
    value = document.get("proof")
    members = value if isinstance(value, list) else [value]
    return [member for member in members[:_PROOFS_LIMIT] if isinstance(member, dict)]


def _is_usable(proof: JsonObject) -> bool:
    return (
        proof.get("type") == PROOF_TYPE
        and proof.get("cryptosuite") == CRYPTOSUITE
        and proof.get("proofPurpose") == PURPOSE
    )


def _check_times(proof: JsonObject, now: datetime | None) -> None:
    try:
        if "created" in proof:
            read_stamp(proof["created"])
        expires = read_stamp(proof["expires"]) if "expires" in proof else None
    except InvalidDocument as error:
        raise ProofInvalid("A time of the proof cannot be read.") from error
    if now is not None and expires is not None and expires <= now:
        raise ProofInvalid("The proof has expired.")


def _signed_bytes(unsecured: JsonObject, options: JsonObject) -> bytes:
    return (
        hashlib.sha256(canonicalize(options)).digest()
        + hashlib.sha256(canonicalize(unsecured)).digest()
    )
