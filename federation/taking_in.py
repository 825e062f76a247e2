"""
Taking a request in: the case, its attachments, the signed receipt and the code, in one transaction.

What is filed twice under one idempotency key is one case: the second time gets the answer of the
first, code included, since who asks again has perhaps never seen it.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlite_utils

from content.cases.attachment import NewAttachment
from content.cases.attachment_store import AttachmentStore
from content.cases.case import Case, CaseContent
from content.cases.receipt_store import KeptReceipt, ReceiptStore
from content.cases.store import CaseStore
from content.changes import Act
from content.ids import new_id
from federation.hub import Hub
from protocol.documents.receipt import ATTACHMENTS, SALT_BYTES, Kept, make_receipt
from protocol.json import JsonObject


@dataclass(frozen=True, slots=True)
class Taken:
    """
    What the requester gets. case_id: for staff only. code: to come back with, shown this once.

    receipt: signed, without any text. kept: salt and what was filed, to check the receipt with.
    """

    case_id: str
    code: str = field(repr=False)
    receipt: JsonObject = field(repr=False)
    kept: JsonObject = field(repr=False)


def take_in(
    db: sqlite_utils.Database,
    hub: Hub,
    content: CaseContent,
    act: Act,
    *,
    files: Sequence[NewAttachment] = (),
    idempotency_key: str | None = None,
) -> Taken:
    """
    Store a request as a new case. act: by the requester, or by the staff who file it for them.

    idempotency_key: told by the requester; at least 16 signs of chance. Raises TooManyAttachments,
    FilingDiffers.
    """
    receipts = ReceiptStore(db, hub.vault)
    receipts.forget_old(act.at)
    filed = _filed(content, files)
    digest = hashlib.sha256(json.dumps(filed, sort_keys=True).encode()).digest()
    if idempotency_key is not None:
        before = receipts.answered(idempotency_key, digest)
        if before is not None:
            told = json.loads(before)
            salt = bytes.fromhex(told["salt"])
            return Taken(
                told["case_id"], told["code"], told["receipt"], Kept(salt, filed).as_json()
            )
    case = Case.received(content, act, case_id=new_id(act.at, hub.chance))
    CaseStore(db, hub.vault).add(case, act)
    AttachmentStore(db, hub.vault).add(case.id, files, act, hub.chance, shown=True)
    kept = Kept(hub.chance.bytes(SALT_BYTES), filed)
    receipt = make_receipt(
        kept,
        receipt=f"{hub.identity.origin}/receipts/{new_id(act.at, hub.chance)}",
        actor=hub.identity.actor,
        key=hub.keys.signing,
        at=act.at,
    )
    receipts.keep(case.id, KeptReceipt(receipt, kept.salt))
    code = receipts.issue(case.id, act, hub.chance)
    taken = Taken(case.id, code, receipt, kept.as_json())
    if idempotency_key is not None:
        # Without the text: who asks again has it, and nobody else is to have it.
        answer = {"case_id": case.id, "code": code, "receipt": receipt, "salt": kept.salt.hex()}
        receipts.remember(idempotency_key, digest, json.dumps(answer), act.at)
    return taken


def _filed(content: CaseContent, files: Sequence[NewAttachment]) -> dict[str, Any]:
    """Return what was filed, field by field, as the receipt covers it."""
    return {
        **content.model_dump(mode="json"),
        ATTACHMENTS: [
            {"name": each.name, "size": each.filed_size, "sha256": each.filed_sha256}
            for each in files
        ],
    }
