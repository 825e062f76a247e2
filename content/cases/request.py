"""What a request says besides its question: the project, the wish, the time, the consents."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from content.text import one_line

LONGEST_HOST = 300
MOST_HOSTS = 20


class ProjectStage(StrEnum):
    """How far the project is that the question is about."""

    IDEA = "stage-idea"
    TENDER = "stage-tender"
    PILOT = "stage-pilot"
    IN_USE = "stage-in-use"
    PROBLEM = "stage-problem"
    """Something went wrong already."""


class Urgency(StrEnum):
    """How much the requester is pressed. When exactly is said by the deadline."""

    LOW = "urgency-low"
    NORMAL = "urgency-normal"
    HIGH = "urgency-high"


class Wanted(StrEnum):
    """What the requester hopes to get."""

    ANSWER = "wanted-answer"
    INTRODUCTION = "wanted-introduction"
    """To be brought together with somebody who knows."""
    REVIEW = "wanted-review"
    """A look at the attached draft."""
    TRAINING = "wanted-training"


class OrganisationType(StrEnum):
    """For what kind of organisation somebody asks; it may be told where its name may not."""

    MUNICIPALITY = "org-municipality"
    REGION = "org-region"
    NATIONAL = "org-national"
    """A ministry, an agency, a supervisory authority."""
    NGO = "org-ngo"
    UNIVERSITY = "org-university"
    COMPANY = "org-company"
    OTHER = "org-other"


class MayEscalate(StrEnum):
    """May a copy without names go to another hub?"""

    NO = "no"
    ASK = "ask"
    """Only after the requester was asked, for this one time."""
    YES = "yes"


class Feedback(StrEnum):
    """What the requester says about the answer."""

    SOLVED = "solved"
    NOT_SOLVED = "not-solved"


Host = Annotated[
    str, AfterValidator(one_line), Field(min_length=1, max_length=LONGEST_HOST, pattern=r"^\S+$")
]


class Consents(BaseModel):
    """
    What the requester agreed to; nothing that was not asked counts as agreed.

    escalate: None where nobody asked them, as with a case that staff took in by phone.
    escalate_to: hosts of the only hubs that may get a copy; none named means any approved hub.
    share_name, share_contact: who they are and where they work, and how to reach them, may be told
    to such a hub, in a second step. publish_lesson: what was learned may be published, without
    anything that tells who asked. mail_notices: the contact is a
    mail address, and may be told there that there is news, without a word of what.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    escalate: MayEscalate | None = None
    escalate_to: Annotated[tuple[Host, ...], Field(max_length=MOST_HOSTS)] = ()
    share_name: bool = False
    share_contact: bool = False
    publish_lesson: bool = False
    mail_notices: bool = False
