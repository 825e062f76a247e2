"""What can be done with a case, each on a page of its own: the table of steps, what fits when."""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

import sqlite_utils
from aiohttp import web

from content.cases.outcome import CLOSING
from content.cases.status import AT_WORK, CaseStatus, CaseVerb
from content.people.permissions import Right
from federation.peers import PeerStore
from node.api import cases
from node.api.models.cases import CaseAnswer
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Person, Visit
from node.web.step_forms import SURE, ReasonForm, SureForm
from node.web.steps import Choices, Input, Step, Subject, step_routes
from node.web.views.desk.case_forms import CaseAtHand, CloseForm
from node.web.views.desk.people import people_for_cases
from node.web.views.desk.steps_of_work import WORK_STEPS
from node.web.views.desk.steps_with_requester import REQUESTER, REQUESTER_STEPS

ENDING: Final = N_("Putting right, and the end")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOfCase:
    """A page of its own for something that is done with a case, beside the steps of the table."""

    slug: str
    right: Right
    title: str
    group: str
    danger: bool = False


async def _load(visit: Visit) -> CaseAtHand:
    case = await visit.ask(cases.show_case, id=visit.path["id"])
    return CaseAtHand(case, await visit.read(people_for_cases), await visit.read(_hubs))


def _hubs(db: sqlite_utils.Database) -> Choices:
    return tuple((peer.host, peer.name) for peer in PeerStore(db).active("hub"))


OUTCOMES: Final = {
    "solved": N_("The requester has what was asked for."),
    "partly": N_("There is an answer, but a part of the question is open."),
    "redirected": N_("Somebody else is responsible; the requester was told who."),
    "not-answered": N_("Nobody here or at other hubs could answer."),
    "no-reply": N_("The requester did not come back to a question of ours."),
    "duplicate": N_("The same request is worked on as another case."),
    "withdrawn": N_("The requester asked to stop."),
}

SUBJECT: Final = Subject(
    path="/desk/cases/{id}", section="cases", load=_load, named=lambda s: s.case.title
)
STEPS: Final = (
    *WORK_STEPS,
    *REQUESTER_STEPS,
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
        group=ENDING,
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
        group=ENDING,
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
        group=ENDING,
    ),
)
PAGES: Final = (
    PageOfCase(
        slug="code", right=Right.CASES_WORK, title=N_("Give them a new code"), group=REQUESTER
    ),
    PageOfCase(slug="correct", right=Right.ESCALATE, title=N_("Put the case right"), group=ENDING),
    PageOfCase(
        slug="study", right=Right.CASES_WORK, title=N_("Make a case study of it"), group=ENDING
    ),
    PageOfCase(
        slug="redirect",
        right=Right.CASES_WORK,
        title=N_("Redirect a personal matter"),
        group=ENDING,
        danger=True,
    ),
    PageOfCase(
        slug="erase",
        right=Right.CASES_WORK,
        title=N_("Erase the case for ever"),
        group=ENDING,
        danger=True,
    ),
)
"""What has a page of its own (node/web/views/desk/ending.py and others)."""
_GROUPS: Final = tuple(dict.fromkeys(each.group for each in (*STEPS, *PAGES)))
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
_AFTER_THE_END: Final = ("reopen", "note", "consents", "code", "erase")
_OF_OUR_REQUESTERS: Final = ("consents", "code", "correct", "study", "redirect", "erase")
"""What a hub does for those who asked here; for a case of another hub, that one does it."""


def possible_steps(case: CaseAnswer, person: Person) -> list[tuple[str, list[Step | PageOfCase]]]:
    """Return what this person can do with the case as it stands, by its heading."""
    found = [each for each in (*STEPS, *PAGES) if _fits(each, case, person)]
    found.sort(key=lambda each: _GROUPS.index(each.group))
    return [(group, list(steps)) for group, steps in groupby(found, key=lambda each: each.group)]


def _fits(step: Step | PageOfCase, case: CaseAnswer, person: Person) -> bool:
    slug = step.slug
    if not person.may(step.right):
        return False
    if slug in _NEEDS and slug != "triage" and _NEEDS[slug] not in case.possible:
        return False
    if slug in _OF_OUR_REQUESTERS and case.escalated_from is not None:
        return False
    if slug == "study":
        return case.status in (CaseStatus.ANSWERED, CaseStatus.CLOSED)
    if slug == "redirect":
        return case.status in AT_WORK
    if slug == "unassign":
        return bool(case.assigned_to) and case.status not in _ENDED
    if slug in _OWN and person.name not in case.assigned_to:
        return False
    return case.status not in _ENDED or slug in _AFTER_THE_END


def routes() -> list[web.RouteDef]:
    """Return the routes of all steps."""
    return step_routes(SUBJECT, STEPS)
