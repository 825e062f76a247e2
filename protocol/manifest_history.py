"""
The manifests of one hub, one after the other: which of two histories holds, and whose keys sign.

Between two recoveries all manifests have one `next`, since only the recovery key can change it: an
epoch. A recovery ends an epoch, with whatever a thief of its keys made in it (docs/adr/0030).
"""

from collections.abc import Sequence
from itertools import pairwise

from protocol.digests import document_link, same_link
from protocol.errors import ManifestInvalid
from protocol.json import JsonObject
from protocol.keys import VerifyKey
from protocol.log_errors import LogKeyNotInForce, LogRecoveryMisplaced
from protocol.log_headers import LogHeader, header_hash, verify_header
from protocol.manifest import check_manifest, check_successor, read_manifest
from protocol.manifest_model import Manifest


def check_history(documents: Sequence[JsonObject], name: str) -> None:
    """
    Raise ManifestInvalid unless these are the manifests of that hub, each lawful after the other.

    documents: oldest first, from the first one on. name: the permanent name G.
    """
    if not documents or not same_link(document_link(documents[0]), name):
        raise ManifestInvalid("The first manifest is not the one that gives this hub its name.")
    check_manifest(documents[0])
    for before, document in pairwise(documents):
        check_successor(before, document)


def supersedes(documents: Sequence[JsonObject], known: JsonObject) -> bool:
    """
    Tell whether the last of these manifests is to be believed in place of a known one.

    documents: a checked history. known: a manifest of the same hub that was checked before.
    True if the history holds the known one and goes on, or if a recovery in it ended the epoch of
    the known one. False if it is the same, an older one, or the work of two who hold the same key:
    that takes a person.
    """
    links = [document_link(document) for document in documents]
    if document_link(known) in links:
        return links[-1] != document_link(known)
    ended = {old.next for old, new in pairwise(map(read_manifest, documents)) if new.recovery}
    return read_manifest(known).next in ended


def current_epoch(documents: Sequence[JsonObject]) -> list[Manifest]:
    """Return the manifests since the last recovery, that one included, oldest first."""
    manifests = [read_manifest(document) for document in documents]
    first = max((n for n, each in enumerate(manifests) if each.recovery is not None), default=0)
    return manifests[first:]


def check_recovery_place(manifest: Manifest, header: LogHeader) -> None:
    """Raise LogInvalid if a recovery stands elsewhere in its log than it says itself."""
    if manifest.recovery is None:
        return
    place = manifest.last_good(header.log)
    if place is None or (place.seq + 1, place.hash) != (header.seq, header.prev):
        raise LogRecoveryMisplaced(
            f"Entry {header.seq} holds a recovery that belongs to another place of the log."
        )


def check_beside(headers: Sequence[LogHeader], documents: Sequence[JsonObject]) -> None:
    """
    Raise LogInvalid unless the last of these headers of the network log is proven.

    headers: some that follow one another. documents: all manifests of the public log so far.
    The network log holds no manifests, so a key of the current epoch signs; before the place that
    the last recovery vouches for, any earlier key. What stands at that place must be what it says.
    """
    epoch = current_epoch(documents)
    place = epoch[0].last_good(headers[-1].log)
    for header in headers:
        if place is not None and header.seq == place.seq and header_hash(header) != place.hash:
            raise LogRecoveryMisplaced(f"Entry {header.seq} was void when the keys were recovered.")
    last = headers[-1]
    keys = _keys(epoch)
    if last.key not in keys and place is not None and last.seq <= place.seq:
        keys = _keys([read_manifest(document) for document in documents])
    if last.key not in keys:
        raise LogKeyNotInForce(f"Entry {last.seq} is signed by a key that is not in force.")
    verify_header(last, keys[last.key])


def _keys(manifests: Sequence[Manifest]) -> dict[str, VerifyKey]:
    return {name: key for each in manifests for name, key in each.verify_keys().items()}
