"""
A requester puts right who they are and how to reach them, by the receipt code (GDPR Art. 16).

A hub that was told these before is sent how they read now. What is wrong in the question itself
they say in a reply, since others may have answered it meanwhile.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import sqlite_utils

from content.cases.case import Requester
from content.cases.receipt_store import ReceiptStore
from content.cases.status import CaseStatus
from content.cases.store import CaseStore
from content.changes import Act
from federation.escalation.case_correcting import Corrected, correct_case
from federation.hub import Hub
from federation.requesters import REQUESTER, NotPossibleNow

CORRECTED: Final = ("name", "contact", "organisation")
"""What they can put right by themselves."""
_OVER: Final = (CaseStatus.CLOSED, CaseStatus.WITHDRAWN)


def own_details(db: sqlite_utils.Database, hub: Hub, code: str) -> Requester | None:
    """
    Return what is held of who asks; None where it cannot be corrected any more.

    Raises RequestNotFound, CaseErased.
    """
    case = CaseStore(db, hub.vault).get(ReceiptStore(db, hub.vault).opened_by(code).case_id)
    return None if case.status in _OVER else case.requester


def correct_own(
    db: sqlite_utils.Database,
    hub: Hub,
    code: str,
    details: Mapping[str, str],
    now: datetime,
    *,
    here_only: bool = False,
) -> Corrected:
    """
    Put right name, contact and organisation; "" takes one out.

    here_only: although a hub that was told them cannot be told now; its people see that it has them
    as they were. Raises RequestNotFound, CaseErased, CaseInvalid, NotPossibleNow,
    NotAllCanBeToldNow.
    """
    case_id = ReceiptStore(db, hub.vault).opened_by(code).case_id
    case = CaseStore(db, hub.vault).get(case_id)
    if case.status in _OVER:
        raise NotPossibleNow(case.status)
    changes = {name: details[name] for name in CORRECTED if name in details}
    return correct_case(db, hub, case_id, changes, Act(REQUESTER, now), here_only=here_only)
