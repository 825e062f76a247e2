"""
The keys that open sealed messages, as files in the folder `keys/` (docs/adr/0009-sealing.md).

Each has its end in its file. Its private half lives KEPT_DAYS longer, and is destroyed then.
"""

import base64
import json
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from content.chance import Chance
from node.home import HubHome, write_private
from node.private_files import KeyFilesUnsafe, destroy, read_private
from protocol.ids import sealing_key_id
from protocol.keys import (
    HYBRID_SUITE,
    SEALING_SEED_SIZES,
    X25519_SUITE,
    SealingKey,
    SealingSuite,
)
from protocol.moments import read_stamp, stamp

_SEALING = "sealing-*.json"
ENDING = "ending-sealing-key"
"""A sealing key that is about to replace itself, with another end."""
SEALING_DAYS = 62
"""How long others may seal with a new key: its own month and a month to spread the next one."""
KEPT_DAYS = 30
"""How long a private half outlives its key, for what is still under way."""


def create_sealing_keys(
    home: HubHome, origin: str, now: datetime, chance: Chance, taken: Collection[str] = ()
) -> tuple[SealingKey, ...]:
    """
    Draw and store the sealing keys of this month, one for each suite, the better one first.

    taken: ids that had other keys before; more keys of one month are numbered.
    """
    month = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    expires = month + timedelta(days=SEALING_DAYS)
    found = []
    for suite in (HYBRID_SUITE, X25519_SUITE):
        name = _free(home, sealing_key_id(origin, month, hybrid=suite == HYBRID_SUITE), taken)
        key = SealingKey.from_seed(name, suite, chance.bytes(SEALING_SEED_SIZES[suite]), expires)
        write_private(_file_of(home, key.id), _as_json(key))
        found.append(key)
    return tuple(found)


def end_sealing_keys(home: HubHome, keys: Iterable[SealingKey], now: datetime) -> None:
    """Let keys end now that would have lasted longer; their private halves stay KEPT_DAYS."""
    for key in keys:
        if key.expires > now:
            fresh = home.keys / ENDING
            destroy(fresh)
            write_private(fresh, _as_json(replace(key, expires=now)))
            destroy(_file_of(home, key.id), replacement=fresh)


def load_sealing_keys(home: HubHome, now: datetime) -> tuple[SealingKey, ...]:
    """
    Return all that are kept, newest first, of one month the better suite first.

    Those that ended KEPT_DAYS ago are destroyed. Raises KeyFilesUnsafe.
    """
    found = []
    for path in sorted(home.keys.glob(_SEALING)):
        if not path.exists():
            continue  # destroyed a moment ago by a process beside us
        try:
            body = json.loads(read_private(path))
            suite: SealingSuite = body["suite"]
            expires = read_stamp(body["expires"])
            key = SealingKey.from_seed(body["id"], suite, base64.b64decode(body["seed"]), expires)
        except (ValueError, KeyError, TypeError) as error:
            raise KeyFilesUnsafe(f"{path} is damaged. Restore the keys of this hub.") from error
        if expires + timedelta(days=KEPT_DAYS) < now:
            destroy(path)
        else:
            found.append(key)
    return tuple(sorted(found, key=lambda key: (key.expires, key.suite == HYBRID_SUITE))[::-1])


def _free(home: HubHome, name: str, taken: Collection[str]) -> str:
    number, free = 1, name
    while free in taken or _file_of(home, free).exists():
        number += 1
        free = f"{name}-{number}"
    return free


def _file_of(home: HubHome, key_id: str) -> Path:
    return home.keys / f"sealing-{key_id.rpartition('#')[2]}.json"


def _as_json(key: SealingKey) -> bytes:
    body = {
        "id": key.id,
        "suite": key.suite,
        "expires": stamp(key.expires),
        "seed": base64.b64encode(key.seed).decode(),
    }
    return json.dumps(body).encode()
