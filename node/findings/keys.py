"""What `hub doctor` looks at among the keys."""

from collections.abc import Iterator
from datetime import timedelta

import sqlite_utils

from content.changes import ChangeStore
from federation.hub import Node
from federation.log import Log
from federation.own_keys import CHECKED, RECOVERY_KEY
from node.findings.hub import Finding
from protocol.moments import read_stamp

CHECK_EVERY = timedelta(days=366)
CHECK_FIRST = timedelta(days=30)
"""How long after it was printed somebody should have tried the recovery key."""
SOON = timedelta(days=14)


def of_keys(db: sqlite_utils.Database, node: Node) -> Iterator[Finding]:
    """Look at the sealing keys, and at whether anybody still has the recovery key."""
    now = node.clock.now()
    newest = max((key.expires for key in node.hub.keys.sealing), default=None)
    if newest is None or newest <= now:
        yield Finding(
            "look",
            "sealing key",
            "has ended",
            "Start the server: it makes a new one. Without it nobody can send us a case.",
        )
    elif newest - now < SOON:
        yield Finding(
            "look",
            "sealing key",
            f"ends on {newest:%Y-%m-%d}",
            "The running server makes a new one in time: let it run, or look at its log.",
        )
    else:
        yield Finding("ok", "sealing key", f"good until {newest:%Y-%m-%d}")
    yield _of_recovery(db, node)


def _of_recovery(db: sqlite_utils.Database, node: Node) -> Finding:
    now = node.clock.now()
    last = ChangeStore(db).of(RECOVERY_KEY, limit=1).items
    if last and last[0].what == CHECKED:
        found, due = f"checked on {last[0].at:%Y-%m-%d}", last[0].at + CHECK_EVERY
    else:
        first = read_stamp(Log(db).manifests(node.hub.identity.g)[0]["published"])
        printed = last[0].at if last else first
        found, due = f"printed on {printed:%Y-%m-%d}, never checked", printed + CHECK_FIRST
    if due > now:
        return Finding("ok", "recovery key", found)
    return Finding(
        "look",
        "recovery key",
        found,
        "Take the paper out and type it: hub keys check-recovery",
    )
