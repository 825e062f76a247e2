"""
Taking in what the origin put right in the copy that we have of its case (GDPR Art. 19).

Only what it names changes; what our own people made of the rest stays. A label never becomes milder
here by it, and days and terms stay those that were offered.
"""

from contextlib import suppress
from dataclasses import replace

import sqlite_utils

from content.cases.case import Case, Requester
from content.cases.message import MessageKind
from content.cases.store import CaseErased, CaseNotFound, CaseStore
from content.changes import Act
from content.labels import Label, Sensitivity
from federation.escalation.copy_fields import IDENTITY, PUT_RIGHT, in_words
from federation.escalation.copy_store import CopyStore
from federation.escalation.copying import narrower
from federation.escalation.escalation import Escalation
from federation.escalation.letters import Letter, LetterInvalid
from federation.escalation.moves import say_in_case
from federation.escalation.offer_text import OfferText
from federation.escalation.revealing import Part
from federation.escalation.sent_copies import SentCopyStore
from federation.escalation.states import ENDED
from federation.escalation.store import EscalationStore
from federation.hub import Hub
from federation.policy import Audience, Door, may_leave

_OF_WHO_ASKS = ("requester_role", "organisation_type")


def check_correction(escalation: Escalation, letter: Letter) -> OfferText:
    """Return how the copy now reads. Raises LetterInvalid, StaysHere for what is not taken."""
    offer = letter.offer
    if offer is None or (offer.due, letter.due_by) != (escalation.due, escalation.due_by):
        raise LetterInvalid("a correction changes no day by which to decide")
    may_leave(offer.label, offer.sensitivity, Door.ESCALATION, Audience.ADDRESSEE, grounded=True)
    return offer


def take_correction(
    db: sqlite_utils.Database, hub: Hub, escalation: Escalation, letter: Letter, act: Act
) -> None:
    """
    Keep how our copy now reads, in the offer or in the case that was made of it.

    Nothing is kept where the copy is gone, or is to go. Raises as `check_correction`, CaseInvalid.
    """
    if escalation.state in ENDED:
        return
    offer = check_correction(escalation, letter)
    store = EscalationStore(db, hub.vault)
    names = [name for name in letter.corrected if name in PUT_RIGHT]
    waiting = store.offer(escalation.id)
    if waiting is not None:
        store.keep_offer(escalation.id, _reads_now(waiting, offer, names))
    terms = escalation.terms
    if terms is not None:
        terms = replace(terms, onward=narrower(terms.onward, offer.terms.onward))
    store.replace(
        replace(
            escalation,
            title=offer.title,
            topics=offer.topics,
            language=offer.language,
            country=offer.country,
            requester_role=offer.requester_role,
            label=stricter_label(escalation.label, offer.label),
            sensitivity=stricter_sensitivity(escalation.sensitivity, offer.sensitivity),
            terms=terms,
            fields=letter.fields,
        )
    )
    if escalation.case_id is not None:
        _correct_case(db, hub, escalation, letter, offer, names, act)


def _reads_now(waiting: OfferText, offer: OfferText, names: list[str]) -> OfferText:
    values = {PUT_RIGHT[name]: getattr(offer, PUT_RIGHT[name]) for name in names}
    return replace(waiting, **values)


def _correct_case(
    db: sqlite_utils.Database,
    hub: Hub,
    escalation: Escalation,
    letter: Letter,
    offer: OfferText,
    names: list[str],
    act: Act,
) -> None:
    cases = CaseStore(db, hub.vault)
    with suppress(CaseErased, CaseNotFound):
        case = cases.get(str(escalation.case_id))
        told = _identity(escalation, letter)
        changed = _case_now(case, offer, names, told)
        corrected = [*names, *(f"{IDENTITY}{part}" for part in told)]
        note = f"from {escalation.peer}: {', '.join(corrected)}"[:500]
        # Also where our own case is closed: what is wrong is put right as long as it is here.
        cases.replace(changed.model_copy(update={"updated_at": act.at}), act, "case.correct", note)
        text = f"{escalation.peer} put its request right: {in_words(corrected)}. The case says so."
        text += _left_behind(db, hub, case.id, corrected, act)
        author = f"hub:{escalation.peer}"
        say_in_case(db, hub, escalation, MessageKind.EVENT, text, act, author=author)


def _identity(escalation: Escalation, letter: Letter) -> dict[str, str]:
    """Return what of the requester reads otherwise now, of what we were told before."""
    return {
        part.value: letter.identity.get(part.value, "")
        for part in Part
        if f"{IDENTITY}{part.value}" in letter.corrected and part.value in escalation.revealed
    }


def _case_now(case: Case, offer: OfferText, names: list[str], told: dict[str, str]) -> Case:
    content = offer.content()
    attributes = [PUT_RIGHT[name] for name in names]
    update = {name: getattr(content, name) for name in attributes if name not in _OF_WHO_ASKS}
    if "label" in update:
        update["label"] = Label(stricter_label(case.label.value, content.label.value))
    if "sensitivity" in update:
        update["sensitivity"] = Sensitivity(
            stricter_sensitivity(case.sensitivity.value, content.sensitivity.value)
        )
    who = case.requester.model_dump() | told
    if "requester_role" in attributes:
        who["role"] = content.requester.role
    if "organisation_type" in attributes:
        who["organisation_type"] = content.requester.organisation_type
    try:
        requester = Requester.model_validate(who)
    except ValueError:
        raise LetterInvalid("what it tells of the requester cannot be used") from None
    return case.model_copy(update={**update, "requester": requester})


def _left_behind(
    db: sqlite_utils.Database, hub: Hub, case_id: str, names: list[str], act: Act
) -> str:
    """Note that hubs which got a copy of our copy have it as it was; return that in words."""
    copies = SentCopyStore(db, hub.vault)
    hosts = []
    for copy in CopyStore(db).at_others(case_id):
        if copies.get(copy.id) is not None:
            copies.leave_behind(copy.id, names, act.at)
            hosts.append(f"{copy.peer} (hub offer correct {copy.id})")
    return f" From here it went on to, and is to be put right at: {', '.join(hosts)}." * bool(hosts)


def stricter_label(one: str, other: str) -> str:
    """Return the stricter of two labels that are known."""
    return max(one, other, key=[each.value for each in Label].index)


def stricter_sensitivity(one: str, other: str) -> str:
    """Return the stricter of two sensitivities that are known."""
    return max(one, other, key=[each.value for each in Sensitivity].index)
