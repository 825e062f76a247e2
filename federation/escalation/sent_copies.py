"""
The SQL of what a copy says that another hub has, so that the origin can put it right there.

Kept, encrypted, only while that hub has the copy (docs/adr/0049-corrections.md).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import sqlite_utils

from content.cases.case import Case
from content.cases.vault import CaseVault
from content.times import from_text, to_text
from federation.escalation.copying import as_copied
from protocol.documents.inner import CaseCopy
from protocol.json import JsonObject


@dataclass(frozen=True, slots=True)
class SentCopy:
    """
    What was sent last of a case to one hub.

    wire: the copy as it left. as_it_stood: names of fields that say what the case said then; all
    others were edited for outsiders. waiting: names of what was corrected here since, while that
    hub was not told; behind_since: from when on, None where it has been told of everything.
    """

    wire: JsonObject = field(repr=False)
    as_it_stood: tuple[str, ...]
    waiting: tuple[str, ...] = ()
    behind_since: datetime | None = None


def sent_copy(case: Case, copy: CaseCopy) -> SentCopy:
    """Return what is kept of a copy that leaves, to put it right later."""
    wire, now = copy.wire(), as_copied(case)
    stood = tuple(name for name in wire if name in now and (now[name] or None) == wire[name])
    return SentCopy(wire, stood)


class SentCopyStore:
    """Works on an open database inside the caller's transaction; never begins or commits one."""

    def __init__(self, db: sqlite_utils.Database, vault: CaseVault) -> None:
        self._db = db
        self._vault = vault

    def keep(self, escalation_id: str, sent: SentCopy) -> None:
        """Store it, over what was there, under a new key of its own."""
        wrapped = self._vault.new_key(_owner(escalation_id))
        body = {"wire": sent.wire, "as_it_stood": sent.as_it_stood, "waiting": sent.waiting}
        key = self._vault.open_key(_owner(escalation_id), wrapped)
        self._db.execute(
            "insert into sent_copies (escalation_id, behind_since, wrapped_key, body)"
            " values (?, ?, ?, ?) on conflict (escalation_id) do update set"
            " behind_since = excluded.behind_since, wrapped_key = excluded.wrapped_key,"
            " body = excluded.body",
            (
                escalation_id,
                None if sent.behind_since is None else to_text(sent.behind_since),
                wrapped,
                key.encrypt("body", json.dumps(body)),
            ),
        )

    def get(self, escalation_id: str) -> SentCopy | None:
        """Return it; None where the escalation is over, or began under an earlier version."""
        row = self._db.execute(
            "select behind_since, wrapped_key, body from sent_copies where escalation_id = ?",
            (escalation_id,),
        ).fetchone()
        if row is None:
            return None
        key = self._vault.open_key(_owner(escalation_id), bytes(row[1]))
        body = json.loads(key.decrypt("body", bytes(row[2])))
        return SentCopy(
            body["wire"],
            tuple(body["as_it_stood"]),
            tuple(body["waiting"]),
            None if row[0] is None else from_text(row[0]),
        )

    def leave_behind(self, escalation_id: str, names: Iterable[str], at: datetime) -> None:
        """Note what was corrected here and not there; nothing where no copy is known."""
        sent = self.get(escalation_id)
        if sent is not None:
            waiting = tuple(dict.fromkeys((*sent.waiting, *names)))
            since = sent.behind_since or at
            self.keep(escalation_id, SentCopy(sent.wire, sent.as_it_stood, waiting, since))

    def up_to_date(self, escalation_id: str) -> None:
        """Note that what that hub has is right as it is."""
        sent = self.get(escalation_id)
        if sent is not None:
            self.keep(escalation_id, SentCopy(sent.wire, sent.as_it_stood))

    def behind_since(self, escalation_id: str) -> datetime | None:
        """Return since when that hub has not been told of a correction, without any text."""
        row = self._db.execute(
            "select behind_since from sent_copies where escalation_id = ?", (escalation_id,)
        ).fetchone()
        return None if row is None or row[0] is None else from_text(row[0])

    def forget(self, escalation_id: str) -> None:
        """Destroy key and text."""
        self._db.execute("delete from sent_copies where escalation_id = ?", (escalation_id,))


def _owner(escalation_id: str) -> str:
    return f"sent-copy/{escalation_id}"
