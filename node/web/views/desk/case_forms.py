"""What is filled in on the pages of the steps of a case, and the case that they are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from content.cases.request import MayEscalate, ProjectStage, Urgency
from content.labels import Label, Sensitivity
from node.api.models.cases import CaseAnswer
from node.web.forms import PageForm, Sure
from node.web.speaking import N_
from node.web.step_forms import LONG, TextForm
from node.web.steps import Choices


@dataclass(frozen=True, slots=True)
class CaseAtHand:
    """The case of a step, the people who could be given it, and the hubs that could be asked."""

    case: CaseAnswer
    people: Choices
    hubs: Choices


class AskForm(TextForm):
    """A question to the requester, and by when a reply is hoped for."""

    until: date | None = None


class AssignForm(PageForm):
    """Who works on it."""

    missing: ClassVar[Mapping[str, str]] = {"users": N_("Choose at least one person.")}
    users: list[str]


class TakeOnForm(PageForm):
    """What whoever takes on a case declares."""

    missing: ClassVar[Mapping[str, str]] = {
        "no_conflict": N_(
            "Tick that you have no conflict of interest, or decline the case and say why."
        )
    }
    no_conflict: Sure


class UnassignForm(PageForm):
    """Who no longer works on it."""

    missing: ClassVar[Mapping[str, str]] = {"users": N_("Choose at least one person.")}
    users: list[str]


class ConsentForm(PageForm):
    """What the requester agrees to."""

    missing: ClassVar[Mapping[str, str]] = {
        "escalate": N_("Say what they agree to about a copy to another hub.")
    }
    escalate: MayEscalate
    escalate_to: list[str] = Field(default_factory=list)
    publish_lesson: bool = False
    share_name: bool = False
    share_contact: bool = False
    mail_notices: bool = False


class DueForm(PageForm):
    """By which day, and why."""

    day: date | None = None
    reason: Annotated[str, Field(max_length=300)] = ""


class TriageForm(PageForm):
    """What staff correct of a request."""

    missing: ClassVar[Mapping[str, str]] = {
        "title": N_("Write a title."),
        "question": N_("Write the question."),
    }
    title: Annotated[str, Field(max_length=300)]
    question: Annotated[str, Field(max_length=LONG)]
    context: Annotated[str, Field(max_length=LONG)] = ""
    topics: list[str] = Field(default_factory=list)
    urgency: Urgency
    label: Label
    sensitivity: Sensitivity
    request_type: str | None = None
    stage: ProjectStage | None = None
    deadline: date | None = None
    language: str | None = None
    country: str | None = None
    jurisdiction: Annotated[str, Field(max_length=200)] = ""
    reason: Annotated[str, Field(max_length=4000)] = ""


class CloseForm(PageForm):
    """How it ended."""

    missing: ClassVar[Mapping[str, str]] = {"outcome": N_("Say how the case ended.")}
    outcome: str
    note: Annotated[str, Field(max_length=4000)] = ""


class HoursForm(PageForm):
    """How long somebody worked."""

    missing: ClassVar[Mapping[str, str]] = {"hours": N_("Write how many hours, such as 1.5.")}
    hours: Annotated[float, Field(gt=0, le=24)]
    day: date | None = None
