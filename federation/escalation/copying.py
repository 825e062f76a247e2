"""
From a case to the minimised copy that another hub is offered: what goes, what stays, until when.

Free text leaves only as it was written for outsiders: context and jurisdiction stay here unless
they are given anew. What is said in words of the vocabulary goes along, unless it is left out.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final

from content.cases.case import Case, read_case_content
from content.cases.retention import Periods
from federation.errors import FederationError
from federation.escalation.grounds import Ground
from federation.escalation.letters import checked_text
from federation.escalation.offer_text import OfferTerms, OfferText
from federation.policy import OnwardUse, widest_onward_use

DEFAULT_DAYS: Final = 14
LONGEST_DAYS: Final = 365
LONGEST_KEPT_DAYS: Final = 3 * 365


class DueDateWrong(FederationError):
    """The date by which the other hub decides is in the past, or too far ahead."""

    code: ClassVar[str] = "due-date-wrong"

    def __init__(self, earliest: date, latest: date) -> None:
        super().__init__(f"The date must be from {earliest} to {latest}.")


class DeleteDateWrong(FederationError):
    """The date by which the other hub deletes its copy is too early or too late."""

    code: ClassVar[str] = "delete-date-wrong"

    def __init__(self, earliest: date, latest: date) -> None:
        super().__init__(
            f"The day by which they delete the copy must be from {earliest} to {latest}."
        )


class OnwardTooWide(FederationError):
    """The copy would be handed on more freely than its label allows."""

    code: ClassVar[str] = "onward-too-wide"

    def __init__(self, label: str, widest: OnwardUse) -> None:
        super().__init__(f"What is {label} may be handed on at most as {widest}.")


class Part(StrEnum):
    """What goes along unless it is left out: each is said in words, none in free text."""

    TOPICS = "topics"
    PRINCIPLES = "principles"
    FRAMEWORK = "framework"
    REQUEST_TYPE = "request-type"
    WANTED = "wanted"
    STAGE = "stage"
    URGENCY = "urgency"
    DEADLINE = "deadline"
    ORGANISATION_TYPE = "organisation-type"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """
    How a case was edited for outsiders. Everything may be left as it is.

    attach: ids of files of the case that go along; attach_named: those that keep their names.
    due: last day, in our time zone, on which the other hub decides; else in 14 days. title,
    question: else as they stand in the case. context, jurisdiction: leave only if given. leave_out:
    parts that stay here. onward: else as freely as the label allows. delete_by: else kept_days
    after the last day on which they decide, or on which an answer is of use. ground, ground_reason:
    on what it rests where no consent is recorded, and why; the reason stays here.
    """

    due: date | None = None
    attach: tuple[str, ...] = ()
    attach_named: tuple[str, ...] = ()
    title: str | None = field(default=None, repr=False)
    question: str | None = field(default=None, repr=False)
    context: str = field(default="", repr=False)
    jurisdiction: str = field(default="", repr=False)
    leave_out: frozenset[Part] = frozenset()
    onward: OnwardUse | None = None
    delete_by: date | None = None
    ground: Ground | None = None
    ground_reason: str = field(default="", repr=False)
    kept_days: int = Periods().copy_days


AS_IT_STANDS: Final = Edits()


def minimised(case: Case, edits: Edits, terms: OfferTerms, today: date) -> OfferText:
    """
    Return what would leave of a case.

    terms: what is known of them; how far the copy may go and how long it is kept is worked out
    here. They are those of the copy that we have, where the case came from another hub.
    Raises CaseInvalid, LetterInvalid, DueDateWrong, DeleteDateWrong, OnwardTooWide.
    """
    due = _due(edits, today)
    edited = read_case_content(
        {
            **{name: getattr(case, name) for name in type(case.content()).model_fields},
            "title": case.title if edits.title is None else edits.title,
            "question": case.question if edits.question is None else edits.question,
            "context": edits.context,
            "jurisdiction": edits.jurisdiction,
        }
    )
    checked_text(edited.question)
    who = edited.requester
    offer = OfferText(
        title=edited.title,
        question=edited.question,
        context=checked_text(edited.context) if edited.context else "",
        topics=edited.topics,
        principles=edited.principles,
        framework=edited.framework,
        request_type=edited.request_type,
        wanted=tuple(each.value for each in edited.wanted),
        stage=None if edited.stage is None else edited.stage.value,
        urgency=edited.urgency.value,
        language=edited.language,
        country=edited.country,
        jurisdiction=edited.jurisdiction,
        requester_role=who.role.value,
        organisation_type=None if who.organisation_type is None else who.organisation_type.value,
        deadline=edited.deadline,
        label=edited.label.value,
        sensitivity=edited.sensitivity.value,
        due=due,
        terms=terms,
    )
    return _with_terms(_without(offer, edits.leave_out), edits, today)


def as_copied(case: Case) -> dict[str, Any]:
    """Return what the case says under the names that a copy has for it, as JSON has it."""
    who = case.requester
    return {
        "name": case.title,
        "content": case.question,
        "hub:context": case.context,
        "hub:topics": list(case.topics),
        "hub:principles": list(case.principles),
        "hub:framework": list(case.framework),
        "hub:request": case.request_type,
        "hub:wanted": [each.value for each in case.wanted],
        "hub:stage": None if case.stage is None else case.stage.value,
        "hub:language": case.language,
        "hub:country": case.country,
        "hub:jurisdiction": case.jurisdiction,
        "hub:role": who.role.value,
        "hub:organisationType": who.organisation_type and who.organisation_type.value,
        "hub:urgency": case.urgency.value,
        "hub:deadline": None if case.deadline is None else case.deadline.isoformat(),
        "hub:label": case.label.value,
        "hub:sensitivity": case.sensitivity.value,
    }


def narrower(one: OnwardUse, other: OnwardUse) -> OnwardUse:
    """Return which of two terms lets a copy be handed on less freely."""
    return min(one, other, key=_FREEDOM.index)


def _without(offer: OfferText, parts: frozenset[Part]) -> OfferText:
    nothing = {part: () if part in _LISTS else None for part in parts}
    left_out = {part.value.replace("-", "_"): empty for part, empty in nothing.items()}
    return replace(offer, **left_out)  # type: ignore[arg-type]


_LISTS: Final = frozenset({Part.TOPICS, Part.PRINCIPLES, Part.FRAMEWORK, Part.WANTED})


def _with_terms(offer: OfferText, edits: Edits, today: date) -> OfferText:
    widest = widest_onward_use(offer.label)
    onward = edits.onward or widest
    if _FREEDOM.index(onward) > _FREEDOM.index(widest):
        raise OnwardTooWide(offer.label, widest)
    latest = today + timedelta(days=LONGEST_KEPT_DAYS)
    if offer.terms.delete_by is not None:
        # What we promised to its origin holds for the copy of the copy too.
        latest = min(latest, offer.terms.delete_by)
    last_use = max(offer.due, offer.deadline or offer.due)
    by_rule = min(last_use + timedelta(days=edits.kept_days), latest)
    delete_by = by_rule if edits.delete_by is None else edits.delete_by
    if not offer.due <= delete_by <= latest:
        raise DeleteDateWrong(offer.due, latest)
    return replace(offer, terms=replace(offer.terms, onward=onward, delete_by=delete_by))


_FREEDOM: Final = tuple(OnwardUse)
"""From not at all to freely."""


def _due(edits: Edits, today: date) -> date:
    chosen = today + timedelta(days=DEFAULT_DAYS) if edits.due is None else edits.due
    latest = today + timedelta(days=LONGEST_DAYS)
    if not today <= chosen <= latest:
        raise DueDateWrong(today, latest)
    return chosen
