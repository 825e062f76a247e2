"""What can be done with a case, each on a page of its own: one table of steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, ClassVar, Final

from aiohttp import web
from pydantic import Field

from content.cases.outcome import CLOSING
from content.cases.request import Urgency
from content.cases.status import CaseStatus, CaseVerb
from content.labels import Label, Sensitivity
from content.people.permissions import Right
from content.vocabulary import Vocabulary
from node.api import assignments, cases
from node.api.models.cases import CaseAnswer
from node.web.forms import PageForm, Sure
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Person, Visit
from node.web.steps import Choices, Input, Step, Subject, step_routes
from node.web.views.desk.people import people_for_cases
from node.web.words import concept

LONG: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class CaseAtHand:
    """The case of a step, and the people who could be given it."""

    case: CaseAnswer
    people: Choices


class TextForm(PageForm):
    """One text."""

    missing: ClassVar[Mapping[str, str]] = {"text": N_("Write the text.")}
    text: Annotated[str, Field(max_length=LONG)]


class AskForm(TextForm):
    """A question to the requester, and by when a reply is hoped for."""

    until: date | None = None


class AssignForm(PageForm):
    """Who works on it."""

    missing: ClassVar[Mapping[str, str]] = {"users": N_("Choose at least one person.")}
    users: list[str]


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
    reason: Annotated[str, Field(max_length=4000)] = ""


class CloseForm(PageForm):
    """How it ended."""

    missing: ClassVar[Mapping[str, str]] = {"outcome": N_("Say how the case ended.")}
    outcome: str
    note: Annotated[str, Field(max_length=4000)] = ""


class ReasonForm(PageForm):
    """Why."""

    missing: ClassVar[Mapping[str, str]] = {"reason": N_("Say why, in a sentence.")}
    reason: Annotated[str, Field(max_length=4000)]


class SureForm(PageForm):
    """A box that must be ticked."""

    sure: Sure


class HoursForm(PageForm):
    """How long somebody worked."""

    missing: ClassVar[Mapping[str, str]] = {"hours": N_("Write how many hours, such as 1.5.")}
    hours: Annotated[float, Field(gt=0, le=24)]
    day: date | None = None


async def _load(visit: Visit) -> CaseAtHand:
    case = await visit.ask(cases.show_case, id=visit.path["id"])
    return CaseAtHand(case, await visit.read(people_for_cases))


def _topics(_subject: CaseAtHand) -> Choices:
    found = [(each, concept(each)) for each in Vocabulary.load().ids("topics")]
    return tuple(sorted(found, key=lambda each: each[1].casefold()))


def _words(values: Any) -> Choices:
    return tuple((each.value, concept(each.value)) for each in values)


def _urgencies(_subject: CaseAtHand) -> Choices:
    return (
        (Urgency.LOW.value, _("It can wait")),
        (Urgency.NORMAL.value, _("As usual")),
        (Urgency.HIGH.value, _("Urgent")),
    )


OUTCOMES: Final = {
    "solved": N_("The requester has what was asked for."),
    "partly": N_("There is an answer, but a part of the question is open."),
    "redirected": N_("Somebody else is responsible; the requester was told who."),
    "not-answered": N_("Nobody here or at other hubs could answer."),
    "no-reply": N_("The requester did not come back to a question of ours."),
    "duplicate": N_("The same request is worked on as another case."),
    "withdrawn": N_("The requester asked to stop."),
}

TEXT: Final = Input(kind="text", name="text", label=N_("Text"), required=True)
SURE: Final = Input(kind="sure", name="sure", label=N_("Yes, I really want this"))

SUBJECT: Final = Subject(
    path="/desk/cases/{id}", section="cases", load=_load, named=lambda s: s.case.title
)
STEPS: Final = (
    Step(
        slug="triage",
        right=Right.CASES_WORK,
        title=N_("Check and correct the request"),
        intro=N_(
            "Is it for this hub, how urgent is it, who may see it? What you correct here is what"
            " everybody reads; what was filed stays in the receipt."
        ),
        button=N_("Keep these corrections"),
        done=N_("The request is checked."),
        form=TriageForm,
        handler=cases.triage_case,
        inputs=(
            Input(kind="line", name="title", label=N_("Title"), required=True),
            Input(kind="text", name="question", label=N_("Question"), required=True, rows=10),
            Input(kind="text", name="context", label=N_("About the project"), rows=5),
            Input(kind="boxes", name="topics", label=N_("Topics"), choices=_topics),
            Input(kind="choose", name="urgency", label=N_("Urgency"), choices=_urgencies),
            Input(
                kind="choose",
                name="label",
                label=N_("Label"),
                hint=N_("Who may read it. Red never leaves this hub."),
                choices=lambda _s: _words(Label),
            ),
            Input(
                kind="choose",
                name="sensitivity",
                label=N_("Personal data in it"),
                choices=lambda _s: _words(Sensitivity),
            ),
            Input(
                kind="text",
                name="reason",
                label=N_("Reason"),
                hint=N_(
                    "Needed where you lower the label or the sensitivity. It is kept as a note."
                ),
                rows=3,
            ),
        ),
        start=lambda s: {
            name: getattr(s.case, name)
            for name in (
                "title",
                "question",
                "context",
                "topics",
                "urgency",
                "label",
                "sensitivity",
            )
        },
        body=lambda f: f.model_dump(mode="json"),
        at="reason",
    ),
    Step(
        slug="assign",
        right=Right.CASES_WORK,
        title=N_("Give it to people of this hub"),
        intro=N_("They are told. Experts see only the cases that they are given."),
        button=N_("Give it to them"),
        done=N_("The case is with them now, and they are told."),
        form=AssignForm,
        handler=cases.assign_case,
        inputs=(Input(kind="boxes", name="users", label=N_("People"), choices=lambda s: s.people),),
        start=lambda s: {"users": s.case.assigned_to},
        body=lambda f: {"users": f.users},
        at="users",
    ),
    Step(
        slug="due",
        right=Right.CASES_WORK,
        title=N_("Set when the answer is due"),
        intro=N_("Whoever works on it is reminded some days before. Leave the day empty for none."),
        button=N_("Set the day"),
        done=N_("The day is set."),
        form=DueForm,
        handler=cases.set_due_day,
        inputs=(
            Input(kind="day", name="day", label=N_("Day")),
            Input(kind="line", name="reason", label=N_("Why this day")),
        ),
        start=lambda s: {"day": s.case.due, "reason": s.case.due_reason},
        body=lambda f: {"day": f.day and f.day.isoformat(), "reason": f.reason},
        at="day",
    ),
    Step(
        slug="ask",
        right=Right.CASES_WORK,
        title=N_("Ask the requester"),
        intro=N_(
            "They see the question when they come back with their code. If they agreed to mails,"
            " they get one that says there is news, and nothing else."
        ),
        button=N_("Send the question"),
        done=N_("The question is with the requester."),
        form=AskForm,
        handler=cases.ask_requester,
        inputs=(
            Input(kind="text", name="text", label=N_("Question"), required=True),
            Input(
                kind="day",
                name="until",
                label=N_("Reply by"),
                hint=N_("You are told when they have not replied by then."),
            ),
        ),
        body=lambda f: {"text": f.text, "until": f.until and f.until.isoformat()},
        at="text",
    ),
    Step(
        slug="reply",
        right=Right.CASES_WORK,
        title=N_("Note what the requester replied"),
        intro=N_("For replies by phone or mail. It stands in the case as theirs."),
        button=N_("Keep the reply"),
        done=N_("The reply is in the case."),
        form=TextForm,
        handler=cases.note_reply,
        inputs=(TEXT,),
        body=lambda f: {"text": f.text},
        at="text",
    ),
    Step(
        slug="note",
        right=Right.CASES_ASSIGNED,
        title=N_("Leave a note"),
        intro=N_("Only people of this hub who see the case read it."),
        button=N_("Keep the note"),
        done=N_("Your note is with the case."),
        form=TextForm,
        handler=cases.note_on_case,
        inputs=(TEXT,),
        body=lambda f: {"text": f.text},
        at="text",
    ),
    Step(
        slug="hours",
        right=Right.CASES_ASSIGNED,
        title=N_("Note your hours"),
        intro=N_("Hours count against the time that you give per month."),
        button=N_("Keep the hours"),
        done=N_("Your hours are noted."),
        form=HoursForm,
        handler=assignments.log_hours,
        inputs=(
            Input(
                kind="line", name="hours", label=N_("Hours"), hint=N_("Such as 1.5"), required=True
            ),
            Input(kind="day", name="day", label=N_("On which day"), hint=N_("Empty for today.")),
        ),
        body=lambda f: {"hours": f.hours, "day": f.day and f.day.isoformat()},
        at="hours",
    ),
    Step(
        slug="decline",
        right=Right.CASES_ASSIGNED,
        title=N_("Decline the case"),
        intro=N_("For who was given the case and cannot take it on. The others are told why."),
        button=N_("Decline it"),
        done=N_("You declined the case, and the others are told."),
        form=ReasonForm,
        handler=assignments.decline_part,
        inputs=(Input(kind="text", name="reason", label=N_("Why"), required=True, rows=3),),
        body=lambda f: {"reason": f.reason},
        at="reason",
    ),
    Step(
        slug="close",
        right=Right.CASES_WORK,
        title=N_("Close the case"),
        intro=N_(
            "The requester can still read the answer. The time after which the case is erased"
            " begins to run. It can be opened again until then."
        ),
        button=N_("Close it"),
        done=N_("The case is closed. You can open it again from its page."),
        form=CloseForm,
        handler=cases.close_case,
        inputs=(
            Input(
                kind="pick",
                name="outcome",
                label=N_("How did it end?"),
                required=True,
                choices=lambda _s: tuple((each.value, _(OUTCOMES[each.value])) for each in CLOSING),
            ),
            Input(kind="text", name="note", label=N_("Note for the people of this hub"), rows=3),
        ),
        body=lambda f: {"outcome": f.outcome, "note": f.note},
        at="outcome",
    ),
    Step(
        slug="reopen",
        right=Right.CASES_WORK,
        title=N_("Open the case again"),
        button=N_("Open it again"),
        done=N_("The case is open again."),
        form=ReasonForm,
        handler=cases.reopen_case,
        inputs=(Input(kind="text", name="reason", label=N_("Why"), required=True, rows=3),),
        body=lambda f: {"reason": f.reason},
        at="reason",
    ),
    Step(
        slug="withdraw",
        right=Right.CASES_WORK,
        title=N_("The requester asks to stop"),
        intro=N_(
            "Nobody works on it any more, here or at other hubs: copies are asked back. This cannot"
            " be undone."
        ),
        button=N_("Stop the work"),
        done=N_("The request is withdrawn."),
        form=SureForm,
        handler=cases.withdraw_case,
        inputs=(SURE,),
        body=lambda _f: None,
        danger=True,
    ),
)
_NEEDS: Final = {
    "triage": CaseVerb.TRIAGE,
    "assign": CaseVerb.ASSIGN,
    "ask": CaseVerb.ASK_REQUESTER,
    "reply": CaseVerb.REQUESTER_REPLIED,
    "close": CaseVerb.CLOSE,
    "reopen": CaseVerb.REOPEN,
    "withdraw": CaseVerb.WITHDRAW,
}
"""Which move of the table of statuses a step makes; the others fit while a case is not ended."""
_OWN: Final = ("hours", "decline")
"""Steps of those who were given the case."""
_ENDED: Final = (CaseStatus.CLOSED, CaseStatus.WITHDRAWN, CaseStatus.ERASED)


def possible_steps(case: CaseAnswer, person: Person) -> list[Step]:
    """Return what this person can do with the case as it stands, in the order of the table."""
    return [
        step
        for step in STEPS
        if person.may(step.right)
        and (
            step.slug == "triage"
            or _NEEDS.get(step.slug) is None
            or _NEEDS[step.slug] in case.possible
        )
        and (case.status not in _ENDED or step.slug in ("reopen", "note"))
        and (step.slug not in _OWN or person.name in case.assigned_to)
    ]


def routes() -> list[web.RouteDef]:
    """Return the routes of all steps."""
    return step_routes(SUBJECT, STEPS)
