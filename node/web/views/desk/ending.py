"""What ends a case for who asked: redirected to those who can help, or erased; and a new code."""

from collections.abc import Mapping
from typing import ClassVar

import sqlite_utils
from aiohttp import web

from content.people.permissions import Right
from content.redress import RedressBody, RedressStore
from node.api.cases import show_case
from node.api.escalating import case_recipients
from node.api.for_requesters import erase_on_request, give_new_code
from node.api.models.cases import CaseAnswer
from node.api.requests import list_redress_bodies, redirect_matter
from node.web.forms import PageForm, Sure, filled
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import PageHidden, Visit, refuse, staff_page
from node.web.step_forms import SureForm
from node.web.words import listed


class RedirectForm(PageForm):
    """Who can help, and that the case may be erased."""

    missing: ClassVar[Mapping[str, str]] = {"bodies": N_("Choose who can help.")}
    bodies: list[str]
    sure: Sure


@staff_page(Right.CASES_WORK)
async def redirect_page(visit: Visit) -> web.Response:
    """GET and POST /desk/cases/{id}/redirect: who asked is shown who can help; it is erased."""
    case = await _own_case(visit)
    fitting = await visit.read(lambda db: _fitting(db, case))
    first = filled(bodies=[each.id for each in fitting])
    form = visit.form(RedirectForm) if visit.sent else first
    if visit.sent and not form.mistakes:
        try:
            await visit.ask(redirect_matter, body={"bodies": form.value.bodies}, id=case.id)
        except Exception as error:
            refuse(form, error, at="bodies")
        else:
            return visit.go(
                "/desk/cases",
                _("The case is erased. With their code the requester sees who can help."),
            )
    found = await visit.ask(list_redress_bodies, query={"country": case.country})
    fit = {each.id for each in fitting}
    return visit.page(
        "desk/redirect.html",
        section="cases",
        case=case,
        form=form,
        bodies=sorted(found.items, key=lambda each: each.id not in fit),
    )


@staff_page(Right.CASES_WORK)
async def erase_page(visit: Visit) -> web.Response:
    """GET and POST /desk/cases/{id}/erase: for ever, and told to who has a copy."""
    case = await _own_case(visit)
    form = visit.form(SureForm) if visit.sent else filled()
    if visit.sent and not form.mistakes:
        try:
            done = await visit.ask(erase_on_request, id=case.id)
        except Exception as error:
            refuse(form, error)
        else:
            if done.to_tell:
                hubs = listed(each.peer for each in done.to_tell)
                text = _(
                    "Tell the people of these hubs to erase their copies: %(hubs)s.", hubs=hubs
                )
                visit.flash(text, "note")
            return visit.go("/desk/cases", _("The case is erased."))
    recipients = await visit.ask(case_recipients, id=case.id)
    return visit.page(
        "desk/erase.html", section="cases", case=case, form=form, recipients=recipients.items
    )


@staff_page(Right.CASES_WORK)
async def code_page(visit: Visit) -> web.Response:
    """GET and POST /desk/cases/{id}/code: a new one for who lost it, shown this once."""
    case = await _own_case(visit)
    form = visit.form(SureForm) if visit.sent else filled()
    code = ""
    if visit.sent and not form.mistakes:
        code = (await visit.ask(give_new_code, id=case.id)).code
    return visit.page("desk/code.html", section="cases", case=case, form=form, code=code)


async def _own_case(visit: Visit) -> CaseAnswer:
    """Return the case, if it was asked here and not at another hub. Raises PageHidden."""
    case: CaseAnswer = await visit.ask(show_case, id=visit.path["id"])
    if case.escalated_from is not None:
        raise PageHidden
    return case


def _fitting(db: sqlite_utils.Database, case: CaseAnswer) -> tuple[RedressBody, ...]:
    return RedressStore(db).find(case.country, case.topics)


ROUTES = [
    web.get("/desk/cases/{id}/redirect", redirect_page),
    web.post("/desk/cases/{id}/redirect", redirect_page),
    web.get("/desk/cases/{id}/erase", erase_page),
    web.post("/desk/cases/{id}/erase", erase_page),
    web.get("/desk/cases/{id}/code", code_page),
    web.post("/desk/cases/{id}/code", code_page),
]
