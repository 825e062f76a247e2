"""The statuses of a case and the moves between them: one table, everything else is refused."""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from content.errors import ContentError


class CaseStatus(StrEnum):
    """The words of the scheme case-statuses in the vocabulary."""

    RECEIVED = "case-received"
    TRIAGE = "case-triage"
    OPEN = "case-open"
    WAITING = "case-waiting"
    ESCALATED = "case-escalated"
    ANSWERED = "case-answered"
    CLOSED = "case-closed"
    WITHDRAWN = "case-withdrawn"
    ERASED = "case-erased"


class CaseVerb(StrEnum):
    """What can be done with a case."""

    TRIAGE = "triage"
    """Begin to check scope, urgency, label and personal data."""
    ASSIGN = "assign"
    """Say who works on it."""
    ASK_REQUESTER = "ask_requester"
    REQUESTER_REPLIED = "requester_replied"
    ESCALATE = "escalate"
    """Offer it to another hub; there may be several at a time."""
    ESCALATION_ENDED = "escalation_ended"
    """The last escalation that was open elsewhere is over, however it went."""
    ANSWER = "answer"
    CLOSE = "close"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    """The requester asks to stop."""
    ERASE = "erase"


_S = CaseStatus
AT_WORK = (_S.RECEIVED, _S.TRIAGE, _S.OPEN, _S.WAITING, _S.ESCALATED)
"""Statuses of a case whose answer is still to come."""


def _table() -> dict[tuple[CaseStatus, CaseVerb], CaseStatus]:
    moves = {(_S.RECEIVED, CaseVerb.TRIAGE): _S.TRIAGE}
    for status in (_S.RECEIVED, _S.TRIAGE, _S.OPEN):
        moves[status, CaseVerb.ASSIGN] = _S.OPEN
        moves[status, CaseVerb.ASK_REQUESTER] = _S.WAITING
        moves[status, CaseVerb.REQUESTER_REPLIED] = status
    moves[_S.WAITING, CaseVerb.REQUESTER_REPLIED] = _S.OPEN
    # These stay what they are: work goes on elsewhere, or an answer is there.
    for status in (_S.WAITING, _S.ESCALATED, _S.ANSWERED):
        moves[status, CaseVerb.ASSIGN] = status
    for status in (_S.WAITING, _S.ESCALATED):
        moves[status, CaseVerb.ASK_REQUESTER] = status
    for status in (_S.ESCALATED, _S.ANSWERED):
        moves[status, CaseVerb.REQUESTER_REPLIED] = status
    for status in AT_WORK:
        moves[status, CaseVerb.ESCALATE] = _S.ESCALATED
        moves[status, CaseVerb.ANSWER] = _S.ANSWERED
        moves[status, CaseVerb.WITHDRAW] = _S.WITHDRAWN
    moves[_S.ANSWERED, CaseVerb.ANSWER] = _S.ANSWERED
    moves[_S.ANSWERED, CaseVerb.WITHDRAW] = _S.WITHDRAWN
    # The news comes from another hub at any time, so it fits every status a case can have by then.
    moves[_S.ESCALATED, CaseVerb.ESCALATION_ENDED] = _S.OPEN
    for status in (_S.OPEN, _S.WAITING, _S.ANSWERED, _S.CLOSED, _S.WITHDRAWN, _S.ERASED):
        moves[status, CaseVerb.ESCALATION_ENDED] = status
    # Not while another hub works on it: end the escalation, or answer, first.
    for status in (_S.RECEIVED, _S.TRIAGE, _S.OPEN, _S.WAITING, _S.ANSWERED):
        moves[status, CaseVerb.CLOSE] = _S.CLOSED
    for status in (_S.ANSWERED, _S.CLOSED):
        moves[status, CaseVerb.REOPEN] = _S.OPEN
    for status in CaseStatus:
        if status is not _S.ERASED:
            moves[status, CaseVerb.ERASE] = _S.ERASED
    return moves


MOVES: Mapping[tuple[CaseStatus, CaseVerb], CaseStatus] = _table()


class CaseMoveNotAllowed(ContentError):
    """The status of the case does not allow this; the message says what it does allow."""

    code: ClassVar[str] = "case-move-not-allowed"

    def __init__(self, status: CaseStatus, verb: CaseVerb) -> None:
        possible = ", ".join(move.value for move in possible_verbs(status))
        super().__init__(
            f"A case that is {status.value} does not allow {verb.value}. "
            f"Possible now: {possible or 'nothing'}."
        )
        self.status = status
        self.verb = verb


def next_status(status: CaseStatus, verb: CaseVerb) -> CaseStatus:
    """Return the status after verb, or raise CaseMoveNotAllowed."""
    try:
        return MOVES[status, verb]
    except KeyError:
        raise CaseMoveNotAllowed(status, verb) from None


def possible_verbs(status: CaseStatus) -> tuple[CaseVerb, ...]:
    """Return what a person can do with a case of that status, in the order of `CaseVerb`."""
    return tuple(
        verb
        for verb in CaseVerb
        if (status, verb) in MOVES and verb is not CaseVerb.ESCALATION_ENDED
    )
