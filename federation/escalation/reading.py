"""Escalations as people see them: with the delivery of the last message, and what was said."""

from dataclasses import replace
from datetime import datetime

import sqlite_utils

from content.cases.store import CaseErased, CaseStore
from federation.escalation.channel import delivery_of
from federation.escalation.copy_file import Direction
from federation.escalation.escalation import (
    Escalation,
    EscalationPage,
    EscalationThread,
)
from federation.escalation.file_store import FileStore
from federation.escalation.sealed_store import SealedStore
from federation.escalation.store import EscalationStore
from federation.hub import Hub


def get_escalation(db: sqlite_utils.Database, hub: Hub, escalation_id: str) -> Escalation:
    """Return one escalation of either direction. Raises NoSuchEscalation."""
    return _with_delivery(db, hub, EscalationStore(db, hub.vault).get(escalation_id))


def list_escalations(
    db: sqlite_utils.Database,
    hub: Hub,
    *,
    direction: Direction | None = None,
    state: str | None = None,
    peer: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> EscalationPage:
    """
    Return one page, newest first: what we offered (out), what others offered us (in), or both.

    Raises BadLimit, BadEscalationCursor.
    """
    page = EscalationStore(db, hub.vault).page(
        direction=direction, state=state, peer=peer, limit=limit, cursor=cursor
    )
    items = tuple(_with_delivery(db, hub, item) for item in page.items)
    return EscalationPage(items, page.next_cursor)


def escalations_of_case(
    db: sqlite_utils.Database, hub: Hub, case_id: str
) -> tuple[Escalation, ...]:
    """Return the escalations that one of our cases is linked to, oldest first."""
    found = EscalationStore(db, hub.vault).of_case(case_id)
    return tuple(_with_delivery(db, hub, item) for item in found)


def read_thread(db: sqlite_utils.Database, hub: Hub, escalation_id: str) -> EscalationThread:
    """Return an escalation with what was said in it, oldest first. Raises NoSuchEscalation."""
    escalation = get_escalation(db, hub, escalation_id)
    messages = []
    if escalation.case_id is not None:
        try:
            messages = [
                message
                for message in CaseStore(db, hub.vault).messages(escalation.case_id)
                if message.escalation_id == escalation_id
            ]
        except CaseErased:
            messages = []
    offer = EscalationStore(db, hub.vault).offer(escalation_id)
    files = FileStore(db, hub.vault).of(escalation_id)
    return EscalationThread(
        escalation=escalation,
        offer=offer,
        messages=tuple(messages),
        files=files,
        corrected_at=_corrected(db, hub, escalation),
    )


def _corrected(db: sqlite_utils.Database, hub: Hub, escalation: Escalation) -> tuple[datetime, ...]:
    sealed = SealedStore(db, hub.vault)
    if escalation.direction == "in":
        return tuple(sealed.corrected_at(escalation.id))
    return tuple(each.at for each in sealed.versions(escalation.id)[1:] if not each.refused)


def _with_delivery(db: sqlite_utils.Database, hub: Hub, escalation: Escalation) -> Escalation:
    return replace(escalation, delivery=delivery_of(db, hub, escalation.id))
