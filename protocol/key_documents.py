"""
Whose key is it? Reading keys out of fetched documents (S9; FEP-fe34, FEP-521a; DESIGN.md 6).

A key document's id is its URL, or its `publicKey.id` is and a same-origin owner links back, as
GoToSocial does it. The owner's own document must list the key: a claim by the key alone is nothing.
"""

from dataclasses import dataclass
from typing import Any

from protocol.errors import InvalidKey, KeyOwnerUnproven
from protocol.ids import is_url, same_origin
from protocol.json import JsonObject
from protocol.keys import PublicKey, RsaPublicKey, public_key_from_multibase

_KEYS_LIMIT = 16


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key found in a document."""

    key: PublicKey
    owner: str
    """Actor id that the document names as owner."""
    proven: bool
    """True if the document is the owner's own; else fetch the owner and look again there."""


def find_key(document: JsonObject, key_id: str, *, fetched_from: str) -> FoundKey:
    """
    Return the key with this id in a document that was fetched for it.

    fetched_from: the final URL of the fetch, without fragment.
    Raises KeyOwnerUnproven if the document is not at its own address, does not hold the key, or
    names an owner elsewhere; InvalidKey if the key itself is unfit.
    """
    base = fetched_from.partition("#")[0]
    for candidate in _candidates(document):
        if candidate.get("id") != key_id:
            continue
        owner = candidate.get("owner", candidate.get("controller", document.get("id")))
        if not isinstance(owner, str) or not is_url(owner):
            raise KeyOwnerUnproven("The key names no owner.")
        if not same_origin(owner, key_id, base):
            raise KeyOwnerUnproven("The key, its owner and its address are not of one origin.")
        own_document = document.get("id") == owner
        if own_document and base != owner.partition("#")[0] and base != key_id.partition("#")[0]:
            raise KeyOwnerUnproven("The key document is not at its own address.")
        if not own_document and base != key_id.partition("#")[0]:
            raise KeyOwnerUnproven("The key document is not at its own address.")
        proven = own_document and base == owner.partition("#")[0]
        return FoundKey(_key(candidate, key_id), owner, proven)
    raise KeyOwnerUnproven("The document does not hold the key.")


def keys_of_actor(document: JsonObject) -> tuple[PublicKey, ...]:
    """
    Return the keys in an actor's own document: RSA `publicKey`, then `assertionMethod`.

    Keys that are malformed, of unknown kinds or claimed by another owner are passed over.
    """
    found: list[PublicKey] = []
    for candidate in _candidates(document):
        key_id = candidate.get("id")
        owner = candidate.get("owner", candidate.get("controller", document.get("id")))
        if not isinstance(key_id, str) or owner != document.get("id"):
            continue
        if not same_origin(key_id, str(owner)):
            continue
        try:
            found.append(_key(candidate, key_id))
        except InvalidKey:
            continue
    return tuple(found)


def _candidates(document: JsonObject) -> list[dict[str, Any]]:
    candidates: list[Any] = [document] if _looks_like_key(document) else []
    for name in ("publicKey", "assertionMethod"):
        value = document.get(name)
        candidates += value[:_KEYS_LIMIT] if isinstance(value, list) else [value]
    return [member for member in candidates if isinstance(member, dict) and _looks_like_key(member)]


def _looks_like_key(member: JsonObject) -> bool:
    return "publicKeyPem" in member or "publicKeyMultibase" in member


def _key(candidate: dict[str, Any], key_id: str) -> PublicKey:
    if "publicKeyPem" in candidate:
        return RsaPublicKey.from_pem(key_id, candidate["publicKeyPem"])
    return public_key_from_multibase(key_id, candidate["publicKeyMultibase"])
