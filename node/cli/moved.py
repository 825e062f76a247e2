"""What commands say of a record that was added, changed or taken back, and whether it waits."""

from typing import Final

import sqlite_utils

from federation.pause import Pause
from node.cli.desk import Desk
from node.cli.output import note, say

_SAME_WORD: Final = frozenset({"retracted", "paused"})
"""States that the word of the command says already."""


def waiting_because(at: Desk, ref: str) -> str | None:
    """Return why what was done to a record is not published yet, None where it does not wait."""

    def why(db: sqlite_utils.Database) -> str | None:
        pause = Pause(db)
        return pause.why if pause.waits(ref) else None

    return at.read(why)


def tell_moved(done: str, ref: str, state: str, waits: str | None) -> None:
    """
    Print what was done to a record, and if others are told of it later only, why.

    done: "Added". state: as the record is kept here. waits: from `waiting_because`.
    """
    if waits is not None:
        say(f"{done} {ref}. It waits to be published, because: {waits}")
        note("That is done by itself once the log of this hub goes on: hub sync, or hub doctor.")
    elif state in _SAME_WORD:
        say(f"{done} {ref}.")
    else:
        say(f"{done} {ref} ({state}).")
