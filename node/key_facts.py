"""What is to be known of the keys of a hub, for command, API and pages. No private half."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from content.changes import Change
from federation.hub import Hub
from federation.own_keys import CHECKED, OVERLAP, replaced_since
from protocol.json import JsonObject
from protocol.manifest import fingerprint, read_manifest
from protocol.moments import read_stamp


def facts_of_keys(
    hub: Hub, manifests: Sequence[JsonObject], last: Change | None, now: datetime
) -> dict[str, Any]:
    """
    Return what is to be known of the keys.

    manifests: all of ours, oldest first. last: what was last done with the recovery key.
    """
    newest = read_manifest(manifests[-1])
    replaced = replaced_since(manifests)
    signing = [
        {
            "id": key.id,
            "multibase": key.multibase,
            "since": _since(manifests, key.id),
            "counts_until": replaced[key.id] + OVERLAP if key.id in replaced else None,
            "signs": key.id == hub.keys.signing.id,
        }
        for key in newest.keys
    ]
    listed = {key.id for key in newest.sealing_keys}
    sealing = [
        {
            "id": key.id,
            "suite": key.suite,
            "expires": key.expires,
            "current": key.id in listed and key.expires > now,
        }
        for key in hub.keys.sealing
    ]
    return {
        "g": hub.identity.g,
        "fingerprint": fingerprint(hub.identity.g),
        "manifest": newest.version,
        "changed_at": read_stamp(newest.published),
        "signing": signing,
        "sealing": sealing,
        "recovery_key": {
            "hashes": list(newest.next),
            "checked_at": last.at if last is not None and last.what == CHECKED else None,
        },
    }


def _since(manifests: Sequence[JsonObject], key_id: str) -> datetime:
    first = next(
        each for each in map(read_manifest, manifests) if any(k.id == key_id for k in each.keys)
    )
    return read_stamp(first.published)
