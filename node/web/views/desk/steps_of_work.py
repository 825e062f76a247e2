"""The steps of a case that are about the work on it: checking, giving it to people, days, notes."""

from collections.abc import Mapping
from typing import Any, Final

from content.cases.request import ProjectStage, Urgency
from content.labels import Label, Sensitivity
from content.people.permissions import Right
from content.vocabulary import Vocabulary
from node.api import assignments, cases
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.step_forms import TEXT, ReasonForm, TextForm
from node.web.steps import Choices, Input, Step
from node.web.views.desk.case_forms import (
    AssignForm,
    CaseAtHand,
    DueForm,
    HoursForm,
    TriageForm,
    UnassignForm,
)
from node.web.words import concept, countries, languages

WORK: Final = N_("The work")


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


def _request_types(_subject: CaseAtHand) -> Choices:
    return tuple((each, concept(each)) for each in Vocabulary.load().ids("request-types"))


STAGES: Final = {
    ProjectStage.IDEA: N_("An idea"),
    ProjectStage.TENDER: N_("We are buying or tendering"),
    ProjectStage.PILOT: N_("A pilot"),
    ProjectStage.IN_USE: N_("In use"),
    ProjectStage.PROBLEM: N_("Something went wrong already"),
}


def _stages(_subject: CaseAtHand) -> Choices:
    return tuple((each.value, _(label)) for each, label in STAGES.items())


def _triaged(form: TriageForm) -> Mapping[str, Any]:
    """Return what is corrected. Language and country are never nothing: left out they stay."""
    said = form.model_dump(mode="json")
    return {
        name: value
        for name, value in said.items()
        if value is not None or name not in ("language", "country")
    }


WORK_STEPS: Final = (
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
                kind="choose",
                name="request_type",
                label=N_("Kind of request"),
                empty=N_("Not said"),
                choices=_request_types,
            ),
            Input(
                kind="choose",
                name="stage",
                label=N_("How far the project is"),
                empty=N_("Not said"),
                choices=_stages,
            ),
            Input(kind="day", name="deadline", label=N_("Deadline of the requester")),
            Input(
                kind="choose",
                name="language",
                label=N_("Language of the request"),
                choices=lambda s: tuple(languages(s.case.language)),
            ),
            Input(
                kind="choose",
                name="country",
                label=N_("Whose law"),
                choices=lambda _s: tuple(countries()),
            ),
            Input(kind="line", name="jurisdiction", label=N_("Region or city whose rules matter")),
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
                "request_type",
                "stage",
                "deadline",
                "language",
                "country",
                "jurisdiction",
            )
        },
        body=_triaged,
        at="reason",
        group=WORK,
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
        group=WORK,
    ),
    Step(
        slug="unassign",
        right=Right.CASES_WORK,
        title=N_("Take people off it"),
        intro=N_("What they wrote stays. Experts who are taken off do not see the case any more."),
        button=N_("Take them off"),
        done=N_("They do not work on it any more."),
        form=UnassignForm,
        handler=cases.unassign_case,
        inputs=(
            Input(
                kind="boxes",
                name="users",
                label=N_("People"),
                choices=lambda s: tuple(
                    (user, dict(s.people).get(user, user)) for user in s.case.assigned_to
                ),
            ),
        ),
        body=lambda f: {"users": f.users},
        at="users",
        group=WORK,
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
        group=WORK,
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
        group=WORK,
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
        group=WORK,
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
        group=WORK,
    ),
)
