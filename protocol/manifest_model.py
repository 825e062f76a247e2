"""The shape of a manifest: its fields, and whose keys they may be. manifest.py has the rules."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from protocol.digests import is_hash_link
from protocol.errors import InvalidDocument, InvalidKey, InvalidUrl, ManifestInvalid
from protocol.ids import actor_id, origin_of
from protocol.json import JsonObject
from protocol.keys import SealingPublicKey, SealingSuite, VerifyKey, controller_of
from protocol.moments import read_stamp, stamp

_Text = Annotated[str, Field(min_length=1, max_length=2048)]


class _Model(BaseModel):
    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True
    )


class ManifestKey(_Model):
    """An Ed25519 key of the hub, as a Multikey (FEP-521a)."""

    id: _Text
    type: Literal["Multikey"] = "Multikey"
    controller: _Text
    multibase: _Text = Field(alias="publicKeyMultibase")

    def verify_key(self) -> VerifyKey:
        """Return the key to check signatures with. Raises InvalidKey."""
        return VerifyKey.from_multibase(self.id, self.multibase)


class ManifestSealingKey(_Model):
    """A sealing key of the hub: `hub:sealingKeys` in actor and manifest."""

    id: _Text
    type: Literal["hub:SealingKey"] = "hub:SealingKey"
    suite: SealingSuite
    multibase: _Text = Field(alias="publicKeyMultibase")
    expires: _Text

    def sealing_key(self) -> SealingPublicKey:
        """Return the key to seal with. Raises InvalidKey or InvalidDocument."""
        expires = read_stamp(self.expires)
        return SealingPublicKey.from_multibase(self.id, self.suite, self.multibase, expires)


class LastGood(_Model):
    """The last entry of one of the hub's logs that a recovery vouches for."""

    log: _Text
    seq: Annotated[int, Field(ge=1)]
    hash: _Text
    """Hash of its header: what the entry after it names as prev."""


class Manifest(_Model):
    """A hub's keys at one time. `version` counts from 1; `prev` is the digest of the one before."""

    id: _Text
    type: Literal["hub:Manifest"] = "hub:Manifest"
    actor: _Text = Field(alias="attributedTo")
    version: Annotated[int, Field(ge=1)]
    prev: _Text | None = None
    published: _Text
    keys: Annotated[tuple[ManifestKey, ...], Field(min_length=1, max_length=16)]
    sealing_keys: Annotated[tuple[ManifestSealingKey, ...], Field(max_length=64)] = Field(
        default=(), alias="sealingKeys"
    )
    next: Annotated[tuple[_Text, ...], Field(min_length=1, max_length=4)]
    """Hashes of the offline recovery keys that may sign a successor."""
    recovery: _Text | None = None
    """The recovery key in full, in a version that it signed."""
    after: Annotated[tuple[LastGood, ...], Field(min_length=1, max_length=2)] | None = None
    """
    In a version that the recovery key signed: where each log goes on, the public one first. What
    anybody appended to it behind that is void.
    """
    former_origins: Annotated[tuple[_Text, ...], Field(max_length=32)] = Field(
        default=(), alias="formerOrigins"
    )
    """Origins the hub had before; ids on them stay valid."""

    @property
    def origin(self) -> str:
        """Return the hub's origin."""
        return origin_of(self.actor)

    @property
    def origins(self) -> frozenset[str]:
        """Return the hub's origin and those it had before."""
        return frozenset({self.origin, *self.former_origins})

    def last_good(self, log: str) -> LastGood | None:
        """Return up to where a recovery vouches for a log; None where it says nothing of it."""
        return next((place for place in self.after or () if place.log == log), None)

    def verify_keys(self) -> dict[str, VerifyKey]:
        """Return the keys that sign for the hub, by id."""
        return {key.id: key.verify_key() for key in self.keys}

    def public_sealing_keys(self) -> tuple[SealingPublicKey, ...]:
        """Return all sealing keys, expired ones too: the caller knows the time."""
        return tuple(key.sealing_key() for key in self.sealing_keys)


def manifest_key(key: VerifyKey) -> ManifestKey:
    """Return the entry of a key for a manifest."""
    return ManifestKey(id=key.id, controller=controller_of(key.id), multibase=key.multibase)


def manifest_sealing_key(key: SealingPublicKey) -> ManifestSealingKey:
    """Return the entry of a sealing key for a manifest or an actor."""
    return ManifestSealingKey(
        id=key.id, suite=key.suite, multibase=key.multibase, expires=stamp(key.expires)
    )


def read_manifest(document: JsonObject) -> Manifest:
    """
    Return the manifest in a document, its shape checked, its proof not.

    Raises ManifestInvalid if a field is missing, unknown or wrong, a key is not the actor's own,
    or former origins are no origins.
    """
    fields = {name: value for name, value in document.items() if name not in ("@context", "proof")}
    for name in ("keys", "sealingKeys", "next", "formerOrigins", "after"):
        if isinstance(fields.get(name), list):
            fields[name] = tuple(fields[name])
    try:
        manifest = Manifest.model_validate(fields)
        read_stamp(manifest.published)
        _check_belongings(manifest)
    except (ValidationError, InvalidDocument, InvalidKey, InvalidUrl) as error:
        raise ManifestInvalid("The manifest is malformed.") from error
    return manifest


def _check_belongings(manifest: Manifest) -> None:
    origin = manifest.origin
    keys = [*manifest.verify_keys(), *(key.id for key in manifest.public_sealing_keys())]
    if len(set(keys)) != len(manifest.keys) + len(manifest.sealing_keys):
        raise ManifestInvalid("Two keys of the manifest have one id.")
    if any(controller_of(key) != manifest.actor for key in keys):
        raise ManifestInvalid("A key of the manifest is not the actor's own.")
    if any(key.controller != manifest.actor for key in manifest.keys):
        raise ManifestInvalid("A key of the manifest has another controller.")
    if origin_of(manifest.id) != origin or manifest.actor != actor_id(origin):
        raise ManifestInvalid("The manifest is not on its actor's origin.")
    if any(origin_of(former) != former for former in manifest.former_origins):
        raise ManifestInvalid("A former origin is not written as an origin.")
    if (manifest.after is None) is not (manifest.recovery is None):
        raise ManifestInvalid("A recovery names the last good entries, and nothing else does.")
    if not all(is_hash_link(place.hash) for place in manifest.after or ()):
        raise ManifestInvalid("`after` must hold hashes of entries.")
    if not all(map(is_hash_link, manifest.next)):
        raise ManifestInvalid("`next` must hold hashes of recovery keys.")
