"""
A case as plain values, for the person who asked it: all that is held of it, whatever it is.

The one exit rule decides first. Notes and drafts of staff are part of it, since they are data about
the person; a person of the hub reads them before they are handed over.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import sqlite_utils

from content.audit import AuditRow, list_audit
from content.cases.attachment import Attachment
from content.cases.attachment_store import AttachmentStore
from content.cases.case import Case
from content.cases.draft_store import DraftStore
from content.cases.drafts import Draft, DraftVersion
from content.cases.dues import DueStore
from content.cases.holds import held_until
from content.cases.message import CaseMessage
from content.cases.outcome import OutcomeStore
from content.cases.receipt_store import ReceiptStore, RequestNotFound
from content.cases.store import CaseStore
from content.changes import Act
from content.times import to_text
from federation.escalation.copy_fields import in_words
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from federation.policy import Audience, Door, may_leave

Plain = dict[str, Any]
_PAGE: Final = 100
SENT: Final = "title, question, topics, language, country, role of who asks, label, sensitivity"
"""What of a case went to another hub while it was not noted field by field, in words."""


def case_as_plain(db: sqlite_utils.Database, hub: Hub, case_id: str, act: Act) -> Plain:
    """Return all that is held of a case. Raises StaysHere, CaseErased, CaseNotFound."""
    store = CaseStore(db, hub.vault)
    case = store.get(case_id)
    may_leave(case.label.value, case.sensitivity.value, Door.EXPORT, Audience.SUBJECT)
    held = held_until(db, case_id, act.at)
    drafts = DraftStore(db, hub.vault)
    return {
        **_plain_case(case),
        "kept_by_a_hold_until": None if held is None else held.isoformat(),
        "outcome": OutcomeStore(db).of(case_id),
        "messages": [_message(each) for each in store.messages(case_id)],
        "files": [_file(each) for each in AttachmentStore(db, hub.vault).list(case_id)],
        "receipt": _receipt(db, hub, case_id),
        "due": [
            {"what": kind.value, "day": due.day.isoformat(), "reason": due.reason}
            for kind, due in DueStore(db).of(case_id, store.open_key(case_id)).items()
        ],
        "drafts": [_draft(each, drafts.versions(case_id, each.id)) for each in drafts.of(case_id)],
        "given_to_other_hubs": [
            {
                "hub": each.peer,
                "at": to_text(each.created_at),
                "state": each.state,
                "what": in_words(each.fields) or SENT,
            }
            for each in EscalationStore(db, hub.vault).of_case(case_id)
            if each.direction == "out"
        ],
        "record": [audit_as_plain(row) for row in audit_of(db, subject=case_id)],
    }


def _plain_case(case: Case) -> Plain:
    plain = case.model_dump(mode="json")
    for name in ("revision", "assigned_to"):
        del plain[name]
    return plain


def _message(message: CaseMessage) -> Plain:
    return {
        "at": to_text(message.at),
        "kind": message.kind.value,
        "by": message.author,
        "text": message.text,
    }


def _file(file: Attachment) -> Plain:
    return {
        "path": path_of(file),
        "name": file.name,
        "media_type": file.media_type,
        "bytes": file.size,
        "sha256": file.sha256,
        "by": file.added_by,
        "at": to_text(file.added_at),
    }


def path_of(file: Attachment) -> str:
    """Return where a file of a case lies in what is handed out."""
    return f"files/{file.id}-{file.name}"


def _receipt(db: sqlite_utils.Database, hub: Hub, case_id: str) -> Plain | None:
    """Return the receipt and its salt, with which `hub verify` checks it; None without one."""
    try:
        kept = ReceiptStore(db, hub.vault).receipt_of(case_id)
    except RequestNotFound:
        return None
    return {"receipt": kept.receipt, "salt": kept.salt.hex()}


def _draft(draft: Draft, versions: Sequence[DraftVersion]) -> Plain:
    return {
        "by": draft.author,
        "state": draft.state.value,
        "text": draft.text,
        "versions": [
            {"version": each.revision, "by": each.by, "at": to_text(each.at), "text": each.text}
            for each in versions
        ],
        "remarks": [{"by": each.by, "text": each.text} for each in draft.remarks],
    }


def audit_of(
    db: sqlite_utils.Database, *, subject: str | None = None, by: str | None = None
) -> Iterator[AuditRow]:
    """Yield every row of the audit about a thing, or by somebody, the newest first."""
    before: int | None = None
    while rows := list_audit(db, subject=subject, by=by, before=before, limit=_PAGE):
        yield from rows
        before = rows[-1].seq


def audit_as_plain(row: AuditRow) -> Plain:
    """Return a row of the audit as JSON values."""
    return {
        "at": to_text(row.at),
        "what": row.what,
        "by": row.by,
        "about": row.subject,
        "note": row.note,
    }
