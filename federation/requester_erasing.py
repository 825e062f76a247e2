"""
A requester has their request erased, by the code of the receipt, in two steps (GDPR Art. 17).

First they see what goes and which hubs are told; then they confirm exactly that. If the case moved
on in between, they look again.
"""

from dataclasses import dataclass
from datetime import date, datetime

import sqlite_utils

from content.cases.attachment_store import AttachmentStore
from content.cases.holds import held_until
from content.cases.receipt_store import ReceiptStore
from content.cases.store import CaseChangedMeanwhile, CaseStore
from content.changes import Act
from federation.erasures import ErasureStore
from federation.escalation.copy_store import CopyStore
from federation.hub import Hub
from federation.law.erasing import erase_case
from federation.requesters import REQUESTER


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """
    What erasing a request comes to. revision: what the requester gives back to confirm it.

    says: in plain words what goes and what stays. hubs: hosts that are told to destroy their copy.
    held_until: the last day of a hold, during which it is not possible.
    """

    revision: int
    says: tuple[str, ...]
    hubs: tuple[str, ...]
    held_until: date | None


def plan_erasure(db: sqlite_utils.Database, hub: Hub, code: str, now: datetime) -> ErasurePlan:
    """Return what would be erased; nothing is. Raises RequestNotFound, CaseErased."""
    case_id = ReceiptStore(db, hub.vault).opened_by(code).case_id
    case = CaseStore(db, hub.vault).get(case_id)
    hubs = tuple(sorted({copy.peer for copy in CopyStore(db).at_others(case_id)}))
    files = len(AttachmentStore(db, hub.vault).list(case_id))
    until = held_until(db, case_id, now)
    says = [
        "Your request, all messages, answers and what staff noted are erased for ever.",
        *(["So is the file."] if files == 1 else [f"So are the {files} files."] if files else []),
        *(
            [f"Told to destroy their copies, and to confirm it: {', '.join(hubs)}."]
            if hubs
            else ["No other hub has a copy."]
        ),
        "What stays: that there was a request, its dates, and which hubs confirmed.",
        "Your code then shows only that. It cannot be undone.",
    ]
    if until is not None:
        says = [f"A law asks the hub to keep your request until {until}; it cannot be erased now."]
    return ErasurePlan(case.revision, tuple(says), hubs, until)


def erase_own(db: sqlite_utils.Database, hub: Hub, code: str, revision: int, now: datetime) -> None:
    """
    Erase the request, here and at every hub that got a copy.

    revision: as in the plan that the requester saw. Raises RequestNotFound, CaseErased, CaseHeld,
    CaseChangedMeanwhile.
    """
    case_id = ReceiptStore(db, hub.vault).opened_by(code).case_id
    if CaseStore(db, hub.vault).get(case_id).revision != revision:
        raise CaseChangedMeanwhile(case_id)
    erase_case(db, hub, case_id, Act(REQUESTER, now), asked=True)
    # Also where no hub is waited for, the file is to be clean of it.
    ErasureStore(db).dropped(now)
