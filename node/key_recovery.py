"""
All keys anew, by the recovery key from the safe: after a theft, or when the key files are lost.

The server must not run. The new keys are on disk before the manifest names them, and the new
recovery key is shown to a person before that too (docs/adr/0030-changing-keys.md).
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from content.cases.vault import CaseVault
from content.changes import Act
from content.database import Work
from content.executors import InlineDatabase
from content.people.authentication import Principal
from content.people.permissions import Right
from federation.adopting import why_paused
from federation.high_water import HighWater
from federation.hub import Hub, HubKeys
from federation.own_keys import is_recovery_key, recover_keys
from node.assembly import OriginChanged, identity_of, migrate_home, own_log
from node.chance import SystemChance
from node.clock import WallClock
from node.errors import NodeError
from node.home import PRIVATE_FOLDER, HubHome, write_private
from node.key_renewal import sealing_ids, settle_files, signing_key_in
from node.keyfiles import (
    VAULT,
    changing_keys,
    draw_rsa,
    draw_signing,
    drop_next,
    load_vault_key,
    take_next,
)
from node.mark_file import HighWaterFile
from node.private_files import KeyFilesUnsafe
from node.recovery_paper import read_recovery, recovery_text
from node.sealing_files import create_sealing_keys, end_sealing_keys, load_sealing_keys
from node.settings import Settings
from protocol.ids import origin_of, signing_key_id
from protocol.keys import SEED_SIZE, SealingKey, SigningKey


class RecoveryKeyWrong(NodeError):
    """What was typed is a recovery key, but not the one of this hub."""

    code: ClassVar[str] = "recovery-key-wrong"

    def __init__(self) -> None:
        super().__init__(
            "That is not the recovery key of this hub. Each recovery gives a new one: look for the "
            "newest paper or, if that recovery was cut off before its end, for the one before."
        )


class EntriesMissing(NodeError):
    """Others have seen entries of our log that this database lacks."""

    code: ClassVar[str] = "entries-missing"

    def __init__(self) -> None:
        super().__init__(
            "Others may have seen entries of this hub's log that this database lacks. If they are "
            "yours, take them back first: hub sync. If a thief wrote them, or the keys are lost so "
            "that hub sync cannot run, add --void-later: they are void for everybody then."
        )


@dataclass(frozen=True, slots=True)
class KeysRecovered:
    """What came of it. recovery: the next recovery key, to be kept on paper."""

    version: int
    signing: str
    recovery: str
    new_vault: bool


def recovery_key_of(typed: str, origin: str) -> SigningKey:
    """Return the recovery key that a person typed. Raises KeyFilesUnsafe."""
    return SigningKey.from_seed(f"{origin}/actor#recovery", read_recovery(typed))


def recover(
    home: HubHome,
    settings: Settings,
    typed: str,
    who: Work[Principal],
    *,
    void_later: bool = False,
    show: Callable[[str], None] = lambda _recovery: None,
) -> KeysRecovered:
    """
    Replace all keys of a hub, but the one that case texts are kept under if it is there.

    typed: the recovery key. who: finds out who acts, in the database. void_later: others may hold
    entries of our log that are not here. show: is handed the next recovery key before anything is
    published; what it raises stops all, and the recovery key before it still counts.
    Raises DatabaseLost, AlreadyServing, RecoveryKeyWrong, EntriesMissing, KeyFilesUnsafe and
    OriginChanged.
    """
    home.check_whole()
    home.keys.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
    with home.locked(), changing_keys(home):
        migrate_home(home, settings.origin)
        database = InlineDatabase(home.database)
        try:
            return _recover(home, settings, typed, who, database, void_later, show)
        finally:
            database.close_now()


def _recover(
    home: HubHome,
    settings: Settings,
    typed: str,
    who: Work[Principal],
    database: InlineDatabase,
    void_later: bool,
    show: Callable[[str], None],
) -> KeysRecovered:
    origin, chance = settings.origin, SystemChance()
    g, manifest = database.read_now(own_log)
    if origin_of(manifest["attributedTo"]) != origin:
        raise OriginChanged(origin_of(manifest["attributedTo"]))
    recovery = recovery_key_of(typed, origin)
    if not is_recovery_key(manifest, recovery.public):
        raise RecoveryKeyWrong
    principal = database.read_now(who)
    principal.require(Right.OPERATE)
    marks = HighWaterFile(home.high_water).read()
    if not void_later and database.read_now(lambda db: why_paused(db, marks)):
        raise EntriesMissing
    settle_files(home, signing_key_in(manifest))
    act = principal.act(WallClock().now())
    seed = chance.bytes(SEED_SIZE)
    following = SigningKey.from_seed(recovery.id, seed)
    show(recovery_text(seed))
    vault, new_vault = _vault_key(home, chance)
    hub = Hub(
        identity_of(settings, g),
        _new_keys(home, origin, g, database, act, chance),
        chance,
        CaseVault(vault, chance),
    )
    document = database.write_now(
        lambda db: recover_keys(db, hub, act, recovery=recovery, next_recovery=following.public)
    )
    take_next(home)
    database.read_now(HighWater(HighWaterFile(home.high_water)).reset)
    name = hub.keys.signing.id.partition("#")[2]
    return KeysRecovered(int(document["version"]), name, recovery_text(seed), new_vault)


def _new_keys(
    home: HubHome,
    origin: str,
    g: str,
    database: InlineDatabase,
    act: Act,
    chance: SystemChance,
) -> HubKeys:
    """Draw all keys and keep them beside those in use; let the sealing keys so far end now."""
    drop_next(home)
    before = _sealing_so_far(home, act)
    taken = database.read_now(lambda db: sealing_ids(db, g))
    # A number that a thief cannot have given to a key of his own.
    number = int.from_bytes(chance.bytes(6)) | 1 << 47
    main, application = draw_rsa(home, origin)
    sealing = create_sealing_keys(home, origin, act.at, chance, taken)
    signing = draw_signing(home, signing_key_id(origin, number), chance)
    end_sealing_keys(home, before, act.at)
    return HubKeys(signing, main, application, sealing)


def _sealing_so_far(home: HubHome, act: Act) -> tuple[SealingKey, ...]:
    """Return the sealing keys that still open what is under way, as far as they can be read."""
    try:
        return load_sealing_keys(home, act.at)
    except KeyFilesUnsafe:
        return ()


def _vault_key(home: HubHome, chance: SystemChance) -> tuple[bytes, bool]:
    """Return the key that case texts are kept under, and whether it had to be drawn anew."""
    if (home.keys / VAULT).exists():
        return load_vault_key(home), False
    key = chance.bytes(32)
    write_private(home.keys / VAULT, base64.b64encode(key) + b"\n")
    return key, True
