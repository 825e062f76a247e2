"""Checking the audit of a hub: its chain against the mark in its folder, for command and API."""

from dataclasses import dataclass, replace

import sqlite_utils

from content.audit import (
    AUDIT,
    VERIFY,
    AuditVerdict,
    Break,
    ChainMark,
    check_audit,
    holds,
)
from content.changes import Act, ChangeStore
from content.times import to_text
from federation.notices import NoticeStore
from node.audit_mark import AuditMarkFile, Gap


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check came to. gaps: losses that are known and were accepted."""

    verdict: AuditVerdict
    gaps: tuple[Gap, ...]

    def as_json(self) -> dict[str, object]:
        """Return it as programs read it."""
        verdict, broken = self.verdict, self.verdict.broken
        return {
            "whole": broken is None,
            "rows": verdict.rows,
            "accesses": verdict.accesses,
            "forgotten": verdict.forgotten,
            "head": f"{verdict.head.seq}:{verdict.head.hash.hex()}",
            "broken": None
            if broken is None
            else {"seq": broken.seq, "reason": broken.reason, "text": broken.text},
            "gaps": [
                {
                    "at": to_text(gap.at),
                    "after": gap.after,
                    "lost_to": None if gap.lost is None else gap.lost.seq,
                    "why": gap.why,
                }
                for gap in self.gaps
            ],
        }


def check_home(
    db: sqlite_utils.Database, file: AuditMarkFile, expected: ChainMark | None = None
) -> Checked:
    """Walk the chain and compare it with its mark. expected: a row that somebody kept elsewhere."""
    # The file first: what it names is then in the state of the database that is read after it.
    marked = file.read()
    verdict = check_audit(db, None if marked is None else marked.mark)
    if verdict.broken is None and expected is not None and not holds(db, expected):
        text = "this is not the record that you kept the newest row of"
        verdict = replace(verdict, broken=Break(expected.seq, "rewritten", text))
    return Checked(verdict, () if marked is None else marked.gaps)


def note_check(db: sqlite_utils.Database, done: Checked, act: Act) -> None:
    """
    Remember that the audit was checked and is whole; else put up a notice, until it is.

    To a chain that is not whole nothing is added: it is evidence.
    """
    broken, notices = done.verdict.broken, NoticeStore(db)
    if broken is not None:
        notices.note(AUDIT, AUDIT, f"Row {broken.seq}: {broken.text}.", act.at)
        return
    notices.dismiss(AUDIT, AUDIT)
    ChangeStore(db).record(act, VERIFY, AUDIT, f"whole, {done.verdict.rows} rows")
