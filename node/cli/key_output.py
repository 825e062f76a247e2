"""The keys of a hub on the terminal and as JSON. Private halves are never shown."""

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from content.changes import Change
from federation.hub import Hub
from federation.own_keys import CHECKED, OVERLAP, replaced_since
from node.cli.output import Column, note, print_fields, print_table, say, when
from protocol.json import JsonObject
from protocol.manifest import fingerprint, read_manifest
from protocol.moments import read_stamp


def as_json(
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


def show_keys(document: dict[str, Any]) -> None:
    """Print what `as_json` returned for people."""
    checked = document["recovery_key"]["checked_at"]
    print_fields(
        [
            ("fingerprint", document["fingerprint"]),
            ("manifest", document["manifest"]),
            ("recovery key", f"checked {when(checked)}" if checked else "never checked"),
        ]
    )
    say()
    rows: list[tuple[str, str, str]] = []
    for key in document["signing"]:
        until = when(key["counts_until"])
        state = f"counts until {until}" if until else f"signs since {when(key['since'])}"
        rows.append((_name(key), "signing", state))
    for key in document["sealing"]:
        state = "until" if key["current"] else "opens old messages, ended"
        rows.append((_name(key), "sealing", f"{state} {when(key['expires'])}"))
    print_table([Column("key"), Column("for"), Column("state", elastic=True)], rows)
    if not checked:
        note("\nSee whether the paper with the recovery key is legible: hub keys check-recovery")


def _name(key: dict[str, Any]) -> str:
    return str(key["id"]).partition("#")[2]


def write_it_down(recovery: str) -> None:
    """Print the next recovery key; on a terminal, go on only when it is on paper."""
    say(f"NEW RECOVERY KEY\n\n  {recovery}\n")
    say(
        "Write it on paper now and keep it away from this machine: it is stored nowhere and is\n"
        "not shown again. The old paper counts until this command has come to its end.\n"
    )
    if sys.stdin.isatty():
        click.confirm("Is it on paper?", abort=True, err=True)
