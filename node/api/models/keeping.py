"""Keys and backups of a hub, as the API shows them to operators. No private half, no file."""

from datetime import datetime
from typing import Literal

from node.api.routes import Answer


class SigningKeyAnswer(Answer):
    """A key that signs, or counts for a while after it was replaced. signs: it is in force."""

    id: str
    multibase: str
    since: datetime
    counts_until: datetime | None
    signs: bool


class SealingKeyAnswer(Answer):
    """A key that cases are sealed with. current: others may seal with it, not only open by it."""

    id: str
    suite: str
    expires: datetime
    current: bool


class RecoveryKeyAnswer(Answer):
    """The key on paper. hashes: of the key, as the manifest names them."""

    hashes: list[str]
    checked_at: datetime | None


class KeysAnswer(Answer):
    """
    The keys of this hub. g: its permanent name.

    manifest: the number of the newest list of keys; changed_at: when that was published.
    """

    g: str
    fingerprint: str
    manifest: int
    changed_at: datetime
    signing: list[SigningKeyAnswer]
    sealing: list[SealingKeyAnswer]
    recovery_key: RecoveryKeyAnswer


class BackupAnswer(Answer):
    """A backup that was made, or brought back. Where its file is nobody notes."""

    what: Literal["data", "keys", "restored"]
    at: datetime
    by: str
