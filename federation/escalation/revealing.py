"""
Identity, in a second step: who asks is told to the one hub that took the case on.

Only what the requester agreed to, only while that hub works on it, sealed, and noted field by field
at both hubs. It is erased there with the copy.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from typing import ClassVar

import sqlite_utils

from content.cases.case import Case, Requester
from content.cases.message import MessageKind
from content.cases.store import CaseErased, CaseNotFound, CaseStore
from content.changes import Act, ChangeStore
from federation.errors import FederationError
from federation.escalation import letters
from federation.escalation.escalation import Escalation
from federation.escalation.exits import check_exit, check_identity_exit
from federation.escalation.letters import LetterInvalid
from federation.escalation.moves import act_on, say_in_case
from federation.escalation.reading import get_escalation
from federation.escalation.states import ENDED, MoveRefused, next_state
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from federation.peers import PeerStore


class Part(StrEnum):
    """What of an identity can be told."""

    NAME = "name"
    CONTACT = "contact"
    ORGANISATION = "organisation"


IN_WORDS = {
    Part.NAME: "your name",
    Part.CONTACT: "how to reach you",
    Part.ORGANISATION: "your organisation",
}
"""For the requester."""


class IdentityConsentMissing(FederationError):
    """The requester has not agreed that this hub learns who they are."""

    code: ClassVar[str] = "identity-consent-missing"

    def __init__(self, case_id: str, parts: Iterable[Part], option: str) -> None:
        super().__init__(
            f"The requester has not agreed that another hub learns: {', '.join(parts)}. Ask them,"
            f" then note what they say: hub case consent {case_id} {option}"
        )


class IdentityElsewhere(FederationError):
    """Another hub knows already who asks; it is told to one hub only."""

    code: ClassVar[str] = "identity-elsewhere"

    def __init__(self, peer: str) -> None:
        super().__init__(f"{peer} knows already who asks. Only one hub at a time is told.")


class NothingToReveal(FederationError):
    """The case does not know what was to be told, or nothing was named."""

    code: ClassVar[str] = "nothing-to-reveal"

    def __init__(self, parts: Iterable[Part]) -> None:
        named = ", ".join(parts) or "nothing was named"
        super().__init__(f"There is nothing of that to tell: {named}. Name what the case holds.")


def reveal(
    db: sqlite_utils.Database, hub: Hub, escalation_id: str, parts: Iterable[Part], act: Act
) -> Escalation:
    """
    Tell the hub that took the case on who asks.

    Raises NoSuchEscalation, MoveRefused, CaseErased, StaysHere, IdentityConsentMissing,
    IdentityElsewhere, NothingToReveal.
    """
    escalation = EscalationStore(db, hub.vault).get(escalation_id, "out")
    next_state(escalation.state_at(act.at), "origin", "reveal")
    if escalation.case_id is None:
        raise MoveRefused(escalation.state, "origin", "reveal")
    case = CaseStore(db, hub.vault).get(escalation.case_id)
    peer = PeerStore(db).get(escalation.peer)
    parts = tuple(part for part in Part if part in set(parts))
    check_exit(db, hub, case, peer)
    check_identity_exit(hub, case, peer)
    check_consent(case, peer.host, parts)
    _check_one_hub(db, hub, escalation)
    told = {part.value: getattr(case.requester, part.value) for part in parts}
    missing = [part for part in parts if not told[part.value]]
    if not parts or missing:
        raise NothingToReveal(missing)
    letter = letters.reveal_letter(told)
    known = tuple(part.value for part in Part if part in {*escalation.revealed, *parts})
    act_on(db, hub, replace(escalation, revealed=known), "reveal", letter, act)
    note = f"to {peer.host}: {', '.join(parts)}"
    ChangeStore(db).record(act, "case.reveal", case.id, note[:500])
    return get_escalation(db, hub, escalation_id)


def take_identity(
    db: sqlite_utils.Database, hub: Hub, escalation: Escalation, told: dict[str, str], act: Act
) -> None:
    """
    Keep who asks in our copy of the case, as its origin tells us. Raises LetterInvalid.

    Nothing is kept of it where the copy is gone, or is to go.
    """
    if escalation.case_id is None or escalation.state in ENDED:
        return
    cases = CaseStore(db, hub.vault)
    with suppress(CaseErased, CaseNotFound):
        case = cases.get(escalation.case_id)
        who = case.requester.model_dump()
        try:
            requester = Requester.model_validate({**who, **told})
        except ValueError:
            raise LetterInvalid("what it tells of the requester cannot be used") from None
        changed = case.model_copy(update={"requester": requester, "updated_at": act.at})
        cases.replace(changed, act, "case.identity", f"from {escalation.peer}: {', '.join(told)}")
        known = tuple(part.value for part in Part if part in {*escalation.revealed, *told})
        EscalationStore(db, hub.vault).replace(replace(escalation, revealed=known))
        text = f"The requester agreed that this hub learns: {', '.join(told)}. The case shows it."
        author = f"hub:{escalation.peer}"
        say_in_case(db, hub, escalation, MessageKind.EVENT, text, act, author=author)


def check_consent(case: Case, host: str, parts: tuple[Part, ...]) -> None:
    """Raise IdentityConsentMissing unless the requester agreed that this hub is told these."""
    agreed = case.consents
    named = [part for part in parts if part is not Part.CONTACT]
    if named and not agreed.share_name:
        raise IdentityConsentMissing(case.id, named, "--share-name")
    if Part.CONTACT in parts and not agreed.share_contact:
        raise IdentityConsentMissing(case.id, [Part.CONTACT], "--share-contact")
    if agreed.escalate_to and host not in agreed.escalate_to:
        raise IdentityConsentMissing(case.id, parts, f"--to {host}")


def _check_one_hub(db: sqlite_utils.Database, hub: Hub, escalation: Escalation) -> None:
    for other in EscalationStore(db, hub.vault).of_case(str(escalation.case_id)):
        knows = other.direction == "out" and other.revealed and other.state not in ENDED
        if knows and other.peer != escalation.peer:
            raise IdentityElsewhere(other.peer)
