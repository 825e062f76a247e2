"""
On what it rests that a copy of a case goes to another hub.

The requester's recorded consent comes first. Where nobody asked them, a person names another
ground of this closed list and notes why; against what a requester said none of them helps.
"""

from enum import StrEnum
from typing import ClassVar, Final

from content.cases.case import Case
from content.cases.request import MayEscalate
from federation.errors import FederationError
from federation.policy import NONE

RECORDED: Final = "ground-consent"
"""On the wire: the requester's consent, as it is recorded in the case."""


class Ground(StrEnum):
    """What a person names where no consent is recorded. On the wire with "ground-" before it."""

    PHONE_CONSENT = "phone-consent"
    WRITTEN_CONSENT = "written-consent"
    SPOKEN_CONSENT = "spoken-consent"
    PUBLIC_TASK = "public-task"
    LEGITIMATE_INTEREST = "legitimate-interest"
    NO_PERSONAL_DATA = "no-personal-data"

    @property
    def on_the_wire(self) -> str:
        """Return the word that the copy carries."""
        return f"ground-{self.value}"


IN_WORDS: Final = {
    Ground.PHONE_CONSENT: "The requester agreed on the phone that a copy without their name goes to"
    " this hub.",
    Ground.WRITTEN_CONSENT: "The requester agreed in writing that a copy without their name goes to"
    " this hub.",
    Ground.SPOKEN_CONSENT: "The requester said, face to face, that a copy without their name may go"
    " to this hub.",
    Ground.PUBLIC_TASK: "The hub passes it on in its public task (GDPR Art. 6(1)(e)); the requester"
    " was not asked.",
    Ground.LEGITIMATE_INTEREST: "The hub passes it on in its legitimate interest (GDPR"
    " Art. 6(1)(f)); the requester was not asked.",
    Ground.NO_PERSONAL_DATA: "The copy is about no person; the requester was not asked.",
}
"""What the copy says in `hub:consent`."""

ASKED: Final = frozenset({Ground.PHONE_CONSENT, Ground.WRITTEN_CONSENT, Ground.SPOKEN_CONSENT})
"""The requester was asked about this one time."""


class ConsentMissing(FederationError):
    """
    Neither consent nor another ground lets a copy go to another hub, or to this one.

    why: the same without what to do about it.
    """

    code: ClassVar[str] = "consent-missing"

    def __init__(self, case_id: str, why: str, *, instead: str = "") -> None:
        super().__init__(
            f"{why} Ask them (hub case ask {case_id}), then note what they say:"
            f" hub case consent {case_id} --escalate yes{instead}"
        )
        self.why = why


class GroundUnfit(FederationError):
    """The ground that was named cannot carry this copy, or nobody noted why it does."""

    code: ClassVar[str] = "ground-unfit"

    def __init__(self, why: str) -> None:
        super().__init__(why)


def ground_of(case: Case, host: str, named: Ground | None, reason: str) -> tuple[str, str]:
    """
    Return on what a copy for this hub rests: the word on the wire, and words for people there.

    named, reason: what a person of this hub says; None, "" where they say nothing. The other hubs
    that a requester named are not told. Raises ConsentMissing, GroundUnfit.
    """
    said, hosts = case.consents.escalate, case.consents.escalate_to
    if said is MayEscalate.NO:
        raise ConsentMissing(case.id, "The requester does not want this case to go to another hub.")
    if hosts and host not in hosts:
        raise ConsentMissing(case.id, "The requester agreed to other hubs than this one.")
    if said is MayEscalate.ASK and named not in ASKED:
        raise ConsentMissing(
            case.id,
            "The requester wants to be asked before this case goes to another hub.",
            instead=f". For this one time: --ground {' or '.join(sorted(ASKED))}.",
        )
    if named is not None:
        _check(case, named, reason)
        return named.on_the_wire, IN_WORDS[named]
    if said is not MayEscalate.YES:
        raise ConsentMissing(
            case.id,
            "Nobody asked the requester whether a copy may go to another hub.",
            instead=f". Or name what else it rests on, and why: --ground {' | '.join(Ground)}"
            ' --ground-reason "…".',
        )
    where = "this hub" if hosts else "approved hubs"
    return RECORDED, f"The requester agreed that a copy without their name goes to {where}."


def _check(case: Case, named: Ground, reason: str) -> None:
    if named is Ground.NO_PERSONAL_DATA and case.sensitivity != NONE:
        raise GroundUnfit(
            f"A case that is {case.sensitivity.value} is about people, so that needs another"
            " ground; or edit the case until it is data-none."
        )
    if not reason.strip():
        raise GroundUnfit(
            f"Note why the ground is {named.value}, with --ground-reason; it is kept in the case."
        )
