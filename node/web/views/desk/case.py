"""One case: what was asked, what was said, who works on it, where copies are, and what is next."""

from typing import Any

import sqlite_utils
from aiohttp import web

from content.cases.status import CaseVerb
from content.cases.store import CaseErased
from content.people.permissions import Right
from node.api.assignments import InCommonAnswer, people_of_case, take_part
from node.api.attachments import list_attachments
from node.api.cases import show_case, show_history, take_case
from node.api.drafts import list_drafts_of_case
from node.api.escalating import case_recipients
from node.api.models.cases import CaseAnswer
from node.web import words
from node.web.forms import Filled, filled
from node.web.speaking import gettext as _
from node.web.staff import Visit, staff_page
from node.web.views.desk.case_forms import TakeOnForm
from node.web.views.desk.people import names_of_people, said_by
from node.web.views.desk.steps import possible_steps


@staff_page(Right.CASES_ASSIGNED)
async def case_page(visit: Visit) -> web.Response:
    """GET /desk/cases/{id}."""
    return await _shown(visit, filled())


async def _shown(visit: Visit, form: Filled[Any]) -> web.Response:
    """Return the page of a case. form: with which somebody takes it on, as they sent it."""
    try:
        case: CaseAnswer = await visit.ask(show_case, id=visit.path["id"])
    except CaseErased:
        gone = visit.page("desk/erased.html", section="cases")
        gone.set_status(410)
        return gone
    people = await visit.ask(people_of_case, id=case.id)
    drafts = await visit.ask(list_drafts_of_case, id=case.id)
    files = await visit.ask(list_attachments, id=case.id)
    recipients = []
    if visit.person.may(Right.CASES_READ):
        recipients = (await visit.ask(case_recipients, id=case.id)).items
    names = await visit.read(names_of_people)
    return visit.page(
        "desk/case.html",
        section="cases",
        case=case,
        people=people.items,
        mine=people.in_common,
        meets=_meets(people.in_common),
        form=form,
        is_asked=CaseVerb.ASSIGN in case.possible
        and any(each.user == visit.person.name and each.state == "asked" for each in people.items),
        drafts=[draft for draft in drafts.items if draft.state == "open"],
        files=files.items,
        recipients=recipients,
        names=names,
        messages=[(each, said_by(each.author, names)) for each in case.messages],
        groups=possible_steps(case, visit.person),
        is_mine=visit.person.name in case.assigned_to,
    )


def _meets(shared: InCommonAnswer) -> list[tuple[str, str]]:
    """Return what the reader has in common with the case, each with what it is."""
    found = (
        (_("Topics"), [words.concept(each) for each in shared.topics]),
        (_("Language"), [words.language_name(each) for each in shared.languages]),
        (_("Whose law"), [words.country(each) for each in shared.countries]),
    )
    return [(what, words.listed(each)) for what, each in found if each]


@staff_page(Right.CASES_ASSIGNED)
async def history_page(visit: Visit) -> web.Response:
    """GET /desk/cases/{id}/history: who did what, newest first."""
    case: CaseAnswer = await visit.ask(show_case, id=visit.path["id"])
    query: dict[str, Any] = {"limit": 100}
    if "cursor" in visit.request.query:
        query["cursor"] = visit.request.query["cursor"]
    found = await visit.ask(show_history, query=query, id=case.id)

    def read(db: sqlite_utils.Database) -> dict[str, str]:
        return names_of_people(db)

    return visit.page(
        "desk/history.html",
        section="cases",
        case=case,
        events=found.items,
        next=found.next,
        names=await visit.read(read),
    )


@staff_page(Right.CASES_WORK)
async def take_over(visit: Visit) -> web.Response:
    """POST /desk/cases/{id}/take: work on it oneself, beside those who do."""
    case: CaseAnswer = await visit.ask(take_case, body={"add": True}, id=visit.path["id"])
    return visit.go(f"/desk/cases/{case.id}", _("You work on this case now."))


@staff_page(Right.CASES_ASSIGNED)
async def take_on(visit: Visit) -> web.Response:
    """POST /desk/cases/{id}/accept: say yes to a case that one was given."""
    form = visit.form(TakeOnForm)
    if form.mistakes:
        return await _shown(visit, form)
    await visit.ask_here(take_part, body={"no_conflict": True})
    return visit.go(f"/desk/cases/{visit.path['id']}", _("You took the case on."))
