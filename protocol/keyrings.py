"""
Keyrings: the keys of a hub as its own manifests prove them, from the first one on.

The first manifest is proven by the hub's permanent name, which is its digest; each later one by the
one before. So a keyring needs nobody's word, only the manifests, whoever serves them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from protocol.digests import same_link
from protocol.errors import ManifestInvalid
from protocol.foreign import types_of
from protocol.json import JsonObject
from protocol.key_documents import keys_of_actor
from protocol.keys import VerifyKey
from protocol.log_entries import LogEntry, name_in_log, verify_header
from protocol.log_errors import LogKeyNotInForce, LogManifestMissing, LogManifestReplaced
from protocol.manifest import Manifest, check_manifest, check_successor, name_of, read_manifest


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """One version of a manifest. seq: its number in the public log, None where that is unknown."""

    seq: int | None
    document: JsonObject
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class RingKey:
    """A key of a keyring. first: the oldest manifest version with it; ended: the one without it."""

    key: VerifyKey
    first: Manifest | None = None
    ended: Manifest | None = None


@dataclass(frozen=True, slots=True)
class Keyring:
    """
    The keys of one hub. g: its permanent name, None if only an actor document is known.

    versions: all its manifests, oldest first, each proven. keys: of an actor without manifests;
    then whoever served the document could have put them there.
    """

    g: str | None
    versions: tuple[KnownVersion, ...] = ()
    keys: tuple[VerifyKey, ...] = ()

    @property
    def newest(self) -> Manifest | None:
        """Return the newest manifest."""
        return self.versions[-1].manifest if self.versions else None

    @property
    def origins(self) -> frozenset[str]:
        """Return all origins the hub has or had."""
        newest = self.newest
        return frozenset() if newest is None else newest.origins

    def before(self, seq: int) -> JsonObject | None:
        """Return the manifest in force just before an entry of the public log, None if unknown."""
        found = [each for each in self.versions if each.seq is None or each.seq < seq]
        return found[-1].document if found else None

    def holding(self, key_id: str) -> JsonObject | None:
        """Return the newest manifest that holds a key."""
        for each in reversed(self.versions):
            if key_id in each.manifest.verify_keys():
                return each.document
        return None

    def find(self, key_id: str) -> RingKey | None:
        """Return the key with that id."""
        found: RingKey | None = None
        for each in self.versions:
            key = each.manifest.verify_keys().get(key_id)
            if key is not None and found is None:
                found = RingKey(key, each.manifest)
            elif key is None and found is not None and found.ended is None:
                found = RingKey(found.key, found.first, each.manifest)
        if found is not None:
            return found
        return next((RingKey(key) for key in self.keys if key.id == key_id), None)


def ring_of_entries(entries: Iterable[LogEntry]) -> Keyring:
    """
    Return the keyring in a public log, or in its manifest entries alone.

    Entries without a manifest are passed over. Raises LogManifestMissing if the first manifest is
    not there, LogManifestReplaced if it is another hub's, ManifestInvalid, LogKeyNotInForce.
    """
    versions: list[KnownVersion] = []
    g: str | None = None
    for entry in entries:
        if entry.h.op != "Manifest" or entry.a is None:
            continue
        if g is None:
            g = name_in_log(entry.h.log)[0]
            if entry.h.seq != 1:
                raise LogManifestMissing("The first manifest of the log is missing.")
            if not same_link(name_of(entry.a), g):
                raise LogManifestReplaced("The first manifest is not the one that names the log.")
            manifest = check_manifest(entry.a)
        else:
            manifest = check_successor(versions[-1].document, entry.a)
        key = manifest.verify_keys().get(entry.h.key)
        if key is None or entry.h.log != g:
            raise LogKeyNotInForce(f"Entry {entry.h.seq} is signed by a key that is not in force.")
        verify_header(entry.h, key)
        versions.append(KnownVersion(entry.h.seq, entry.a, manifest))
    if g is None:
        raise LogManifestMissing("There is no manifest here.")
    return Keyring(g, tuple(versions))


def ring_of_manifests(documents: Iterable[JsonObject]) -> Keyring:
    """Return the keyring of manifests without their entries, oldest first. As `ring_of_entries`."""
    versions: list[KnownVersion] = []
    for document in documents:
        if not versions:
            manifest = check_manifest(document)
            if manifest.version != 1:
                raise LogManifestMissing("The first manifest is missing.")
        else:
            manifest = check_successor(versions[-1].document, document)
        versions.append(KnownVersion(None if versions else 1, document, manifest))
    if not versions:
        raise LogManifestMissing("There is no manifest here.")
    return Keyring(name_of(versions[0].document), tuple(versions))


def ring_of_document(document: JsonObject) -> Keyring:
    """
    Return the keyring in a first manifest or an actor document.

    Raises ManifestInvalid for a manifest that proves nothing, LogManifestMissing if it is neither.
    """
    if "hub:Manifest" in types_of(document):
        if read_manifest(document).version != 1:
            raise ManifestInvalid("A later manifest proves nothing alone: give the log it is in.")
        return ring_of_manifests([document])
    keys = [key for key in keys_of_actor(document) if isinstance(key, VerifyKey)]
    if not keys:
        raise LogManifestMissing("There is no key here: give a log, a first manifest or an actor.")
    return Keyring(None, (), tuple(keys))
