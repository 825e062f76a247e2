"""
The private keys of a hub as files in its folder `keys/`, mode 0600 (docs/adr/0007).

Only here are keys drawn. Whoever can read these files is the hub: they are in
no backup of the data, and a file that others may read is refused. A key that is to come lies beside
the one in use until the manifest names it, so that a crash in between loses neither.
"""

import base64
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa

from content.chance import Chance
from federation.hub import HubKeys
from node.home import HubHome, is_part, write_private
from node.private_files import KeyFilesUnsafe, destroy, read_private
from node.recovery_paper import recovery_text
from node.sealing_files import ENDING, create_sealing_keys, load_sealing_keys
from protocol.errors import InvalidKey
from protocol.ids import application_key_id, rsa_key_id, signing_key_id
from protocol.keys import (
    SEED_SIZE,
    RsaKey,
    SigningKey,
    VerifyKey,
)

SIGNING, RSA, APPLICATION, VAULT = "actor-ed25519.pem", "actor-rsa.pem", "application.pem", "vault"
NEXT = {SIGNING: "actor-ed25519-next.pem", RSA: "actor-rsa-next.pem"}
NEXT[APPLICATION] = "application-next.pem"
"""Where a key waits that is to take the place of another."""
_RSA_BITS = 2048


@dataclass(frozen=True, slots=True)
class NewKeys:
    """The keys of a hub just founded. recovery: text to be printed once and kept on paper."""

    keys: HubKeys
    vault: bytes
    recovery: str
    recovery_key: SigningKey


def create_keys(home: HubHome, origin: str, now: datetime, chance: Chance) -> NewKeys:
    """Draw and store all keys of a new hub, and the recovery key, which is not stored."""
    signing = SigningKey.from_seed(signing_key_id(origin), chance.bytes(SEED_SIZE))
    main = RsaKey(rsa_key_id(origin), rsa.generate_private_key(65537, _RSA_BITS))
    application = RsaKey(application_key_id(origin), rsa.generate_private_key(65537, _RSA_BITS))
    vault = chance.bytes(32)
    write_private(home.keys / SIGNING, signing.to_pem())
    write_private(home.keys / RSA, main.to_pem())
    write_private(home.keys / APPLICATION, application.to_pem())
    write_private(home.keys / VAULT, base64.b64encode(vault) + b"\n")
    sealing = create_sealing_keys(home, origin, now, chance)
    seed = chance.bytes(SEED_SIZE)
    return NewKeys(
        keys=HubKeys(signing, main, application, sealing),
        vault=vault,
        recovery=recovery_text(seed),
        recovery_key=SigningKey.from_seed(f"{origin}/actor#recovery", seed),
    )


def load_keys(
    home: HubHome, origin: str, now: datetime, in_force: VerifyKey | None = None
) -> HubKeys:
    """
    Return the keys of the hub; sealing keys are destroyed 30 days after they ended.

    in_force: the key that our newest manifest says signs; None where there is no manifest yet. If
    it is the one that was to come, all that were to come are used. Raises KeyFilesUnsafe.
    """
    signing, rsa_file, application = (home.keys / name for name in (SIGNING, RSA, APPLICATION))
    name = signing_key_id(origin) if in_force is None else in_force.id
    try:
        if in_force is not None and not _fits(signing, in_force):
            if has_next(home, in_force):
                signing, rsa_file, application = map(_next_or_now, (signing, rsa_file, application))
            elif not _fits(signing, in_force):  # it may have come just now
                SigningKey.from_pem(name, read_private(signing))
                raise KeyFilesUnsafe(
                    f"The key in {signing} is not the one that this hub's newest manifest names. "
                    "Restore the newest keys, or write: hub keys recover"
                )
        return HubKeys(
            signing=SigningKey.from_pem(name, read_private(signing)),
            rsa=RsaKey.from_pem(rsa_key_id(origin), read_private(rsa_file)),
            application=RsaKey.from_pem(application_key_id(origin), read_private(application)),
            sealing=load_sealing_keys(home, now),
        )
    except InvalidKey as error:
        raise KeyFilesUnsafe(
            f"A key in {home.keys} is not usable ({error}). Restore the keys of this hub."
        ) from error


def has_next(home: HubHome, in_force: VerifyKey) -> bool:
    """Tell whether the signing key that was to come is the one in force now."""
    return _fits(home.keys / NEXT[SIGNING], in_force)


def take_next(home: HubHome) -> None:
    """
    Put the keys that were to come in the place of those before, which are destroyed.

    Only inside `changing_keys`. A process that loads keys meanwhile finds them in either place.
    """
    # The signing key comes last: as long as it waits, the others are looked for beside it.
    for name in (RSA, APPLICATION, SIGNING):
        waiting = home.keys / NEXT[name]
        if waiting.exists():
            destroy(home.keys / name, replacement=waiting)


def draw_signing(home: HubHome, key_id: str, chance: Chance) -> SigningKey:
    """Draw and store the signing key that is to come."""
    key = SigningKey.from_seed(key_id, chance.bytes(SEED_SIZE))
    write_private(home.keys / NEXT[SIGNING], key.to_pem())
    return key


def draw_rsa(home: HubHome, origin: str) -> tuple[RsaKey, RsaKey]:
    """Draw and store the RSA keys of both actors that are to come."""
    main = RsaKey(rsa_key_id(origin), rsa.generate_private_key(65537, _RSA_BITS))
    application = RsaKey(application_key_id(origin), rsa.generate_private_key(65537, _RSA_BITS))
    write_private(home.keys / NEXT[RSA], main.to_pem())
    write_private(home.keys / NEXT[APPLICATION], application.to_pem())
    return main, application


def drop_next(home: HubHome) -> None:
    """Destroy keys that were to come, and never did."""
    for name in NEXT.values():
        destroy(home.keys / name)


def drop_parts(home: HubHome) -> None:
    """Destroy what a process left that was killed while it wrote a key; inside `changing_keys`."""
    for path in home.keys.iterdir():
        if is_part(path) and path.stat().st_nlink > 1:
            path.unlink()  # the key itself is there; only its other name was left
        elif is_part(path) or path.name == ENDING:
            destroy(path)


@contextmanager
def changing_keys(home: HubHome) -> Iterator[None]:
    """Let one process at a time change the keys; others wait."""
    descriptor = os.open(home.keys, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def load_vault_key(home: HubHome) -> bytes:
    """Return the 32 bytes that case texts are kept under. Raises KeyFilesUnsafe."""
    path = home.keys / VAULT
    try:
        key = base64.b64decode(read_private(path).strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != 32 or len(set(key)) == 1:
        raise KeyFilesUnsafe(f"{path} is damaged. Restore the keys of this hub.")
    return key


def _next_or_now(path: Path) -> Path:
    waiting = path.with_name(NEXT[path.name])
    return waiting if waiting.exists() else path


def _fits(path: Path, key: VerifyKey) -> bool:
    """Tell whether a file holds the private half of a key."""
    try:
        return SigningKey.from_pem(key.id, read_private(path)).public.multibase == key.multibase
    except (InvalidKey, KeyFilesUnsafe):
        return False
