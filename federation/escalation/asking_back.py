"""
From the receiver's question to the requester and back again; the origin's staff stands between.

The receiver never speaks with the requester. Staff passes its question on, edited where needed, as
a question of the hub; the requester replies by code; staff looks the reply through and passes it
on as information.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

import sqlite_utils

from content.cases.dates import day_of
from content.cases.message import CaseMessage, MessageKind
from content.cases.store import CaseErased, CaseStore
from content.cases.work import CaseWork
from content.changes import Act, ChangeStore
from federation.errors import FederationError
from federation.escalation import letters
from federation.escalation.escalation import Escalation
from federation.escalation.offering import give_info
from federation.escalation.reading import get_escalation
from federation.escalation.scanning import Found, Kept, TracesFound, scan_text
from federation.escalation.store import EscalationStore
from federation.hub import Hub


class NothingAsked(FederationError):
    """The other hub waits for nothing of ours."""

    code: ClassVar[str] = "nothing-asked"

    def __init__(self) -> None:
        super().__init__("The other hub has asked nothing that is still open.")


class NoReplyYet(FederationError):
    """The requester has not replied to what was asked."""

    code: ClassVar[str] = "no-reply-yet"

    def __init__(self) -> None:
        super().__init__("The requester has not replied to this question yet.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """
    What the receiver asked and got no information on.

    passed_on_at: when the requester was asked something after it; replies: what they said since.
    """

    asked: str = field(repr=False)
    asked_at: datetime
    passed_on_at: datetime | None
    replies: tuple[str, ...] = field(repr=False)


def open_question(
    db: sqlite_utils.Database, hub: Hub, escalation: Escalation
) -> OpenQuestion | None:
    """Return what the receiver of a case of ours waits for, or None."""
    waits = escalation.direction == "out" and escalation.state == "esc-info-needed"
    if not waits or escalation.case_id is None:
        return None
    try:
        messages = CaseStore(db, hub.vault).messages(escalation.case_id)
    except CaseErased:
        return None
    return _open_in(messages, escalation.id)


def _open_in(messages: Sequence[CaseMessage], escalation_id: str) -> OpenQuestion | None:
    ask: CaseMessage | None = None
    passed_on_at: datetime | None = None
    replies: list[str] = []
    for message in messages:
        if message.kind is MessageKind.ASK and message.escalation_id == escalation_id:
            ask, passed_on_at, replies = message, None, []
        elif message.kind is MessageKind.QUESTION:
            passed_on_at = message.at
        elif message.kind is MessageKind.REPLY:
            replies.append(message.text)
    if ask is None:
        return None
    return OpenQuestion(
        asked=ask.text, asked_at=ask.at, passed_on_at=passed_on_at, replies=tuple(replies)
    )


def forward_question(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation_id: str,
    act: Act,
    *,
    text: str | None = None,
    until: date | None = None,
) -> Escalation:
    """
    Ask the requester what the receiver asked us.

    text: as edited for the requester; without it in the receiver's words. until: the day by which
    a reply is hoped for. Raises NoSuchEscalation, NothingAsked, DueDayWrong, CaseInvalid.
    """
    escalation = EscalationStore(db, hub.vault).get(escalation_id, "out")
    question = open_question(db, hub, escalation)
    if question is None or escalation.case_id is None:
        raise NothingAsked
    work = CaseWork(db, hub.vault, hub.chance, act, day_of(act.at, hub.identity.timezone))
    work.ask(escalation.case_id, text or question.asked, until=until)
    ChangeStore(db).record(act, "escalation.forward", escalation.id)
    return get_escalation(db, hub, escalation_id)


def reply_in_words(
    db: sqlite_utils.Database, hub: Hub, escalation_id: str
) -> tuple[str, tuple[Found, ...]]:
    """
    Return what the requester replied, as it would be passed on, and what in it may tell who asks.

    Raises NoSuchEscalation, NothingAsked, NoReplyYet.
    """
    escalation = EscalationStore(db, hub.vault).get(escalation_id, "out")
    question = open_question(db, hub, escalation)
    if question is None or escalation.case_id is None:
        raise NothingAsked
    if not question.replies:
        raise NoReplyYet
    text = "\n\n".join(question.replies)
    return text, _traces(db, hub, escalation.case_id, text)


def pass_reply_on(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation_id: str,
    act: Act,
    *,
    text: str | None = None,
    confirmed: bool = False,
) -> Escalation:
    """
    Tell the receiver what the requester replied.

    text: as edited; without it in the requester's words. confirmed: a person looked at what was
    found in it and says that it may leave. Raises as `reply_in_words` and `give_info`, and
    TracesFound.
    """
    replied, found = reply_in_words(db, hub, escalation_id)
    escalation = EscalationStore(db, hub.vault).get(escalation_id, "out")
    if text is not None and escalation.case_id is not None:
        replied, found = text, _traces(db, hub, escalation.case_id, text)
    if found and not confirmed:
        raise TracesFound(found)
    kept = [Kept(each.place, _CONFIRMED) for each in found]
    return give_info(db, hub, escalation_id, replied, act, kept=kept)


_CONFIRMED = "Somebody looked at the reply of the requester and said that it may leave."


def _traces(db: sqlite_utils.Database, hub: Hub, case_id: str, text: str) -> tuple[Found, ...]:
    return scan_text(db, "info", letters.checked_text(text), CaseStore(db, hub.vault).get(case_id))
