"""What a person fills in to offer a case: to which hubs, in which words, on which terms."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Final

from pydantic import Field

from federation.escalation.copying import Part
from federation.escalation.grounds import Ground
from federation.policy import OnwardUse
from node.web.forms import PageForm
from node.web.speaking import N_
from node.web.speaking import gettext as _

LONG: Final = 64 * 1024
KEEP: Final = "keep:"
"""Before the place of a found text, in the name of the field that says why it may stay."""
PARTS: Final = {
    Part.TOPICS: N_("Topics"),
    Part.PRINCIPLES: N_("Principles"),
    Part.FRAMEWORK: N_("Items of the framework"),
    Part.REQUEST_TYPE: N_("Kind of request"),
    Part.WANTED: N_("What is wanted"),
    Part.STAGE: N_("How far the project is"),
    Part.URGENCY: N_("How urgent it is"),
    Part.DEADLINE: N_("Deadline"),
    Part.ORGANISATION_TYPE: N_("Kind of organisation"),
}
ONWARD: Final = {
    OnwardUse.NONE: N_("No: it is for this hub alone"),
    OnwardUse.ASK: N_("Only with our yes, each time"),
    OnwardUse.PEERS: N_("Yes, to hubs that it approved"),
}
GROUNDS: Final = {
    Ground.PHONE_CONSENT: N_("The requester agreed on the phone"),
    Ground.WRITTEN_CONSENT: N_("The requester agreed in writing"),
    Ground.SPOKEN_CONSENT: N_("The requester agreed face to face"),
    Ground.PUBLIC_TASK: N_("Our public task (GDPR Art. 6(1)(e)); they were not asked"),
    Ground.LEGITIMATE_INTEREST: N_(
        "Our legitimate interest (GDPR Art. 6(1)(f)); they were not asked"
    ),
    Ground.NO_PERSONAL_DATA: N_("The copy is about no person; they were not asked"),
}


class OfferForm(PageForm):
    """
    What to offer, edited for outsiders. do: preview, edit or send.

    expect: SHA-256 of what was looked at, one for each hub in their order. instead_of: the
    escalation that is taken back in the same moment.
    """

    missing: ClassVar[Mapping[str, str]] = {
        "to": N_("Choose at least one hub."),
        "title": N_("Write a title for outsiders."),
        "question": N_("Write the question for outsiders."),
    }
    to: list[Annotated[str, Field(max_length=300)]]
    title: Annotated[str, Field(max_length=300)]
    question: Annotated[str, Field(max_length=LONG)]
    context: Annotated[str, Field(max_length=LONG)] = ""
    jurisdiction: Annotated[str, Field(max_length=200)] = ""
    due: date | None = None
    delete_by: date | None = None
    leave_out: list[Part] = Field(default_factory=list)
    onward: OnwardUse | None = None
    ground: Ground | None = None
    ground_reason: Annotated[str, Field(max_length=4000)] = ""
    attach: list[str] = Field(default_factory=list)
    with_names: bool = False
    expect: list[str] = Field(default_factory=list)
    instead_of: str = ""
    do: str = "preview"


def body_of(form: OfferForm) -> dict[str, Any]:
    """Return the copy as the API takes it, without the hubs that get it."""
    apart = {"to", "do", "expect", "with_names", "instead_of"}
    said = form.model_dump(mode="json", exclude=apart)
    said["attach_named"] = form.attach if form.with_names else []
    return {name: value for name, value in said.items() if value not in (None, [], "")}


def choices() -> dict[str, list[tuple[str, str]]]:
    """Return what can be chosen of the terms, with labels in the language of the page."""
    return {
        "parts": [(each.value, _(label)) for each, label in PARTS.items()],
        "onward": [(each.value, _(label)) for each, label in ONWARD.items()],
        "grounds": [(each.value, _(label)) for each, label in GROUNDS.items()],
    }
