"""What `hub doctor` looks at of the audit and of backups: are they as they should be, how old?"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import sqlite_utils

from content.audit import AUDIT, VERIFY, holds, list_audit
from content.backups import BACKUP, MADE, MADE_KEYS
from content.changes import Change, ChangeStore
from federation.notices import NoticeStore
from node.audit_mark import AuditMarkFile
from node.findings.hub import Finding
from node.home import HubHome

VERIFY_EVERY = timedelta(days=31)
BACKUP_EVERY = timedelta(days=8)


def of_backups(db: sqlite_utils.Database, now: datetime) -> Iterator[Finding]:
    """Look at how old the last backup is, and whether that of the keys is."""
    last = {change.what: change for change in reversed(ChangeStore(db).of(BACKUP, 100).items)}
    for what, word, command, every in (
        (MADE, "backup", "hub backup FILE", BACKUP_EVERY),
        (MADE_KEYS, "backup of keys", "hub backup --keys FILE", VERIFY_EVERY),
    ):
        yield _age(last.get(what), now, word, command, every)


def _age(last: Change | None, now: datetime, word: str, command: str, every: timedelta) -> Finding:
    if last is None:
        return Finding("look", word, "none was ever made", f"Make one: {command}")
    found = f"made on {last.at:%Y-%m-%d}, {max((now - last.at).days, 0)} days ago"
    if last.at < now - every:
        return Finding("look", word, found, f"Make one: {command}")
    return Finding("ok", word, found)


def of_audit(db: sqlite_utils.Database, home: HubHome, now: datetime) -> Iterator[Finding]:
    """Look at the mark of the audit, and at its last check. Does not walk the chain."""
    marked = AuditMarkFile(home).read()
    if marked is None or not holds(db, marked.mark):
        why = "its mark is missing" if marked is None else "it is not what its mark says"
        yield Finding("broken", "audit", why, "See hub audit verify")
        return
    found = [notice.text for notice in NoticeStore(db).all() if notice.kind == AUDIT]
    if found:
        yield Finding("broken", "audit", found[0], "See hub audit verify")
        return
    last = next((row for row in list_audit(db, subject=AUDIT) if row.what == VERIFY), None)
    if last is None:
        yield Finding("look", "audit", "was never checked", "Do it once a month: hub audit verify")
        return
    when = f"{last.at:%Y-%m-%d}"
    if last.at < now - VERIFY_EVERY:
        yield Finding("look", "audit", f"last checked on {when}", "Check it: hub audit verify")
    else:
        yield Finding("ok", "audit", f"last checked on {when}, {last.note}")
