"""One escalation as this hub sees it, and how its last message to the other hub is doing."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import ClassVar, Literal

from content.cases.message import CaseMessage
from federation.errors import FederationError
from federation.escalation.copy_file import CopyFile, Direction
from federation.escalation.offer_text import OfferTerms, OfferText
from federation.escalation.states import OFFERED, Role, State, Verb, allowed_verbs

DeliveryWord = Literal["sent", "received", "read", "retrying", "failed"]


class NoSuchEscalation(FederationError):
    """There is no escalation with that id in this direction."""

    code: ClassVar[str] = "no-such-escalation"

    def __init__(self, escalation_id: str) -> None:
        super().__init__(f"There is no escalation {escalation_id[:64]!r} here.")


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """
    How our last message about an escalation is doing: shown beside its state, not as one.

    word: sent (on its way), received (the other hub's server has it), read (the other hub has
    opened it and confirmed that), retrying (their server does not answer; since says since when),
    failed (refused; a person must look). reason: why it is not there, in words.
    """

    word: DeliveryWord
    since: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """
    direction: out if we are the origin, in if we are the receiver. peer: host of the other hub.

    offer_id: the id that both hubs know it by. case_id: our own case (None for an offer that is
    not accepted). remote_case: id of the other hub's case, as it told us. title and reason are
    confidential; None once the text was destroyed. reason, refer: why the receiver declined, and
    hosts it suggests instead. due: the date by which the receiver decides; due_by: its last moment.
    answer_by: the day by which the receiver promised an answer when it accepted, if it named one.
    While it is esc-info-needed, refer is the hub that the receiver proposes to hand the case on to;
    handed_to: the hub that the origin then asked instead.
    terms: on which the copy went; None once the text was destroyed. fields: names of what left with
    the offer, as on the wire; they stay known. revealed: what of the requester
    was told in a second step.
    """

    id: str
    direction: Direction
    peer: str
    offer_id: str
    case_id: str | None
    remote_case: str | None
    state: State
    title: str | None = field(repr=False)
    reason: str | None = field(default=None, repr=False)
    refer: tuple[str, ...] = ()
    topics: tuple[str, ...]
    language: str | None
    country: str | None
    requester_role: str | None
    label: str
    sensitivity: str
    due: date
    due_by: datetime
    answer_by: date | None = None
    handed_to: str | None = None
    terms: OfferTerms | None = None
    fields: tuple[str, ...] = ()
    revealed: tuple[str, ...] = ()
    created_at: datetime
    updated_at: datetime
    delivery: DeliveryStatus | None = None

    @property
    def role(self) -> Role:
        """Return what this hub is in it: origin or receiver."""
        return "origin" if self.direction == "out" else "receiver"

    def state_at(self, moment: datetime) -> State:
        """
        Return the state in which an act of that moment meets it.

        After its last moment an undecided offer has expired for whoever acts, whether or not a
        clock has noticed yet: thus both hubs judge a late act alike.
        """
        late = self.state == OFFERED and moment > self.due_by
        return "esc-expired" if late else self.state

    def seen_at(self, moment: datetime) -> "Escalation":
        """Return it as people see it then: an offer is over after its last moment for them too."""
        return replace(self, state=self.state_at(moment))

    @property
    def possible(self) -> tuple[Verb, ...]:
        """Return what this hub may do in this state; for pages and commands, of `seen_at`."""
        return allowed_verbs(self.state, self.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationThread:
    """
    An escalation with what was said in it, and the files that went with its copy.

    offer: only while an incoming offer is undecided. corrected_at: when the origin put its copy
    right, as far as this hub knows, oldest first.
    """

    escalation: Escalation
    offer: OfferText | None
    messages: tuple[CaseMessage, ...]
    files: tuple[CopyFile, ...] = ()
    corrected_at: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class EscalationPage:
    """Escalations, newest first. next_cursor: what the next call takes; None at the end."""

    items: tuple[Escalation, ...]
    next_cursor: str | None
