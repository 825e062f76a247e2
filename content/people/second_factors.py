"""All that a user shows besides a password, to be forgotten at once: for a lost phone."""

import sqlite_utils

from content.cases.vault import CaseVault
from content.changes import Act, ChangeStore
from content.people.passkeys import PasskeyStore
from content.people.recovery_codes import RecoveryCodeStore
from content.people.store import UserStore
from content.people.totp import TotpStore


def forget_second_factors(db: sqlite_utils.Database, vault: CaseVault, user: str, act: Act) -> None:
    """
    Ask the user for a password only, until they set up something anew; all their sessions end.

    Raises UserNotFound.
    """
    UserStore(db).get(user)
    TotpStore(db, vault).remove(user, act)
    RecoveryCodeStore(db).remove(user)
    PasskeyStore(db).remove_all(user)
    db.execute("delete from users_sessions where user = ?", (user,))
    ChangeStore(db).record(act, "user.reset-factors", user)
