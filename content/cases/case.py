"""A case: what somebody asks the hub, where it stands, and who works on it."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from content.cases.request import (
    Consents,
    Feedback,
    OrganisationType,
    ProjectStage,
    Urgency,
    Wanted,
)
from content.cases.status import CaseStatus, CaseVerb, next_status
from content.changes import Act
from content.errors import ContentError
from content.fields import CountryCode, FrameworkItems, Principles, RequestType, Topics
from content.labels import Label as Label
from content.labels import Sensitivity as Sensitivity
from content.language import LanguageTag
from content.text import long_text, one_line
from content.validation import Problems, in_one_line, problems_of

LONGEST_TITLE = 300
LONGEST_TEXT_BYTES = 64 * 1024
LONGEST_NAME = 200
MOST_TOPICS = 20
MOST_ASSIGNEES = 20
_ENDED = (CaseStatus.CLOSED, CaseStatus.WITHDRAWN)


class CaseInvalid(ContentError):
    """What was given cannot be a case. problems: field and reason; never the value itself."""

    code: ClassVar[str] = "case-invalid"

    def __init__(self, problems: Problems) -> None:
        super().__init__(in_one_line(problems))
        self.problems = problems


class RequesterRole(StrEnum):
    """The words of the scheme requester-roles in the vocabulary."""

    CITY_OFFICIAL = "who-city-official"
    ELECTED = "who-elected"
    DPO = "who-dpo"
    NGO = "who-ngo"
    EXPERT = "who-expert"
    RESIDENT = "who-resident"


def _within_64_kib(text: str) -> str:
    return long_text(text, LONGEST_TEXT_BYTES)


Line = Annotated[str, AfterValidator(one_line), Field(max_length=LONGEST_NAME)]
LongText = Annotated[str, AfterValidator(_within_64_kib), Field(min_length=1)]
MaybeLongText = Annotated[str, AfterValidator(_within_64_kib)]


class Requester(BaseModel):
    """
    Who asks. A case that came from another hub knows role and type of organisation, until its
    origin tells more. Encrypted at rest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    role: RequesterRole
    name: Line = ""
    contact: Line = ""
    organisation: Line = ""
    organisation_type: OrganisationType | None = None

    def __repr__(self) -> str:
        """Return a text for logs and tracebacks, without the person."""
        return f"Requester(role={self.role.value!r})"

    __str__ = __repr__


class CaseContent(BaseModel):
    """
    What a requester files and staff may correct. `read_case_content` makes one from input.

    Only title, question, language, country and requester must be given; cases of earlier versions
    have no more than these.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    title: Annotated[str, AfterValidator(one_line), Field(min_length=1, max_length=LONGEST_TITLE)]
    question: LongText
    context: MaybeLongText = ""
    """What the hub should know about the project: who, what, since when."""
    stage: ProjectStage | None = None
    topics: Annotated[Topics, Field(max_length=MOST_TOPICS)] = ()
    principles: Principles = ()
    framework: FrameworkItems = ()
    """Items of the policy framework that the question is about."""
    request_type: RequestType = None
    wanted: Annotated[tuple[Wanted, ...], Field(max_length=len(Wanted))] = ()
    language: LanguageTag
    """BCP 47 tag of the question."""
    country: CountryCode
    """ISO 3166-1, two capitals: whose law matters."""
    jurisdiction: Line = ""
    """Region, city or body within that country whose rules matter."""
    deadline: date | None = None
    """Last day, in the hub's time zone, on which an answer is of use to the requester."""
    deadline_reason: Line = ""
    urgency: Urgency = Urgency.NORMAL
    requester: Requester
    label: Label = Label.AMBER
    """tlp-amber if not given, tlp-red for special data (DOMAIN: handling labels)."""
    sensitivity: Sensitivity = Sensitivity.PERSONAL
    consents: Consents = Consents()

    @model_validator(mode="before")
    @classmethod
    def _special_data_is_red(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("sensitivity") == Sensitivity.SPECIAL:
            return {"label": Label.RED, **values}
        return values


class Case(CaseContent):
    """
    A case as it stands. Changed by the methods, which return the next value or raise.

    revision: counts the stored versions. escalated_from: id of the escalation by which it came
    from another hub. closed_at: when it was closed or withdrawn; the retention clock starts.
    feedback: what the requester says about the answer.
    """

    id: str
    revision: int = 1
    status: CaseStatus = CaseStatus.RECEIVED
    assigned_to: tuple[str, ...] = ()
    escalated_from: str | None = None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None
    feedback: Feedback | None = None

    @classmethod
    def received(
        cls, content: CaseContent, act: Act, *, case_id: str, escalated_from: str | None = None
    ) -> Self:
        """Return a new case out of what was filed."""
        return cls(
            **_fields(content),
            id=case_id,
            escalated_from=escalated_from,
            created_at=act.at,
            updated_at=act.at,
        )

    def content(self) -> CaseContent:
        """Return the part that `change` replaces."""
        return CaseContent(**_fields(self))

    def change(self, content: CaseContent, act: Act) -> Self:
        """Correct what was filed. Raises CaseEnded after the end of the case."""
        return self.going_on().model_copy(update={**_fields(content), "updated_at": act.at})

    def relabel(self, label: Label, sensitivity: Sensitivity, act: Act) -> Self:
        """Return the case handled otherwise; possible at any time, as there is no wrong one."""
        update = {"label": label, "sensitivity": sensitivity, "updated_at": act.at}
        return self.model_copy(update=update)

    def going_on(self) -> Self:
        """Return the case itself. Raises CaseEnded once it is closed, withdrawn or erased."""
        if self.status in (*_ENDED, CaseStatus.ERASED):
            raise CaseEnded(self.status)
        return self

    def agree(self, consents: Consents, act: Act) -> Self:
        """Note what the requester agrees to from now on; possible until the case is erased."""
        return self.model_copy(update={"consents": consents, "updated_at": act.at})

    def judge(self, feedback: Feedback, act: Act) -> Self:
        """Note what the requester says about the answer. Raises NotAnsweredYet."""
        if self.status not in (CaseStatus.ANSWERED, CaseStatus.CLOSED):
            raise NotAnsweredYet
        return self.model_copy(update={"feedback": feedback, "updated_at": act.at})

    def move(self, verb: CaseVerb, act: Act) -> Self:
        """Return the case after verb. Raises CaseMoveNotAllowed, which says what is possible."""
        status = next_status(self.status, verb)
        closed_at = self.closed_at
        if status is not self.status:
            closed_at = act.at if status in _ENDED else None
        return self.model_copy(
            update={"status": status, "closed_at": closed_at, "updated_at": act.at}
        )

    def assign(self, names: tuple[str, ...], act: Act) -> Self:
        """Give the case to these users, instead of those before. Raises CaseMoveNotAllowed."""
        names = tuple(dict.fromkeys(names))
        if not 1 <= len(names) <= MOST_ASSIGNEES:
            raise CaseInvalid((("assigned_to", f"name 1 to {MOST_ASSIGNEES} users."),))
        return self.move(CaseVerb.ASSIGN, act).model_copy(update={"assigned_to": names})

    def assigned(self, names: tuple[str, ...], act: Act) -> Self:
        """Return the case with these users, perhaps none, at the same status. CaseEnded."""
        return self.going_on().model_copy(update={"assigned_to": names, "updated_at": act.at})

    def __repr__(self) -> str:
        """Return a text for logs and tracebacks, without the content."""
        return f"Case(id={self.id!r}, status={self.status.value!r}, revision={self.revision})"

    __str__ = __repr__


class CaseEnded(ContentError):
    """The case is over; what was filed is not changed any more."""

    code: ClassVar[str] = "case-ended"

    def __init__(self, status: CaseStatus) -> None:
        super().__init__(f"The case is {status.value} and cannot be changed. Reopen it first.")


class NotAnsweredYet(ContentError):
    """There is no answer yet that could have solved anything."""

    code: ClassVar[str] = "not-answered-yet"

    def __init__(self) -> None:
        super().__init__("There is no answer yet. To add something, send a reply.")


def read_case_content(values: Mapping[str, Any]) -> CaseContent:
    """Return what was filed, from plain values of a form, a command or the API. CaseInvalid."""
    try:
        return CaseContent.model_validate(dict(values))
    except ValidationError as error:
        raise CaseInvalid(problems_of(error, "case")) from None


def _fields(content: CaseContent) -> dict[str, Any]:
    return {name: getattr(content, name) for name in CaseContent.model_fields}
