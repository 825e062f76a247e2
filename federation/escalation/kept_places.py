"""Keeping why what looks like personal data may leave: the reason is a note in the case."""

import sqlite_utils

from content.cases.message import MessageKind, read_message
from content.cases.store import CaseStore
from content.changes import Act, ChangeStore
from content.ids import new_id
from federation.escalation.escalation import Escalation
from federation.escalation.scanning import Kept
from federation.hub import Hub


def note_kept(
    db: sqlite_utils.Database, hub: Hub, escalation: Escalation, stay: tuple[Kept, ...], act: Act
) -> None:
    """Keep the reasons in the case, and in the record of changes the places alone."""
    if not stay or escalation.case_id is None:
        return
    places = ", ".join(each.place for each in stay)
    ChangeStore(db).record(act, "escalation.keep-found", escalation.id, places[:500])
    why = "\n".join(f"{each.place}: {each.reason.strip()}" for each in stay)
    leave_note(
        db, hub, escalation.case_id, f"What may go to {escalation.peer}, and why.\n{why}", act
    )


def leave_note(db: sqlite_utils.Database, hub: Hub, case_id: str, text: str, act: Act) -> None:
    """Leave a note in a case for the people of this hub."""
    values = {"case_id": case_id, "kind": MessageKind.NOTE, "author": act.by, "text": text}
    message = read_message(values, act, message_id=new_id(act.at, hub.chance))
    CaseStore(db, hub.vault).add_message(message, act)
