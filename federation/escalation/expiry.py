"""What only the passing of time causes: undecided offers expire."""

import sqlite_utils

from content.cases.message import MessageKind
from content.changes import Act, ChangeStore
from content.times import to_text
from federation.escalation.escalation import Escalation
from federation.escalation.moves import follow, say_in_case
from federation.escalation.store import EscalationStore
from federation.hub import Hub


def expire_due(db: sqlite_utils.Database, hub: Hub, act: Act) -> tuple[Escalation, ...]:
    """
    Do what is due at act.at; return the escalations that have expired by it. Run it now and then.

    An offer that nobody decided by its date is esc-expired on both sides, each by its own clock;
    nothing is sent. At the origin the case is case-open again, at the receiver the text is gone.
    An acceptance that was sent in time but arrives later still counts (states.py).
    """
    store = EscalationStore(db, hub.vault)
    return tuple(expire(db, hub, item, act) for item in store.overdue(to_text(act.at)))


def expire(db: sqlite_utils.Database, hub: Hub, escalation: Escalation, act: Act) -> Escalation:
    """Let one undecided offer expire."""
    EscalationStore(db, hub.vault).mark_expired(escalation.id)
    ChangeStore(db).record(act, "escalation.expire", escalation.id)
    after = follow(db, hub, escalation, act)
    if after.role == "origin" and after.state == "esc-expired":
        text = f"{after.peer} did not decide by {after.due}. The case is back here."
        say_in_case(db, hub, after, MessageKind.EVENT, text, act)
    return after
