"""Offers in and out: escalations as both hubs see them."""

from typing import Final

from aiohttp import web

from content.people.permissions import Right
from federation.escalation.scanning import Found, TracesInCopy
from node.api import escalations
from node.api.models.escalations import EscalationQuery
from node.web.addresses import search_path
from node.web.forms import PageForm, filled
from node.web.parameters import chosen_of, read_parameters
from node.web.speaking import gettext as _
from node.web.staff import PageHidden, Visit, refuse, staff_page
from node.web.step_forms import TextForm
from node.web.steps import step_routes
from node.web.views.desk.offer_form import KEEP
from node.web.views.desk.offer_steps import STEPS, SUBJECT, possible_steps, thread_of
from node.web.views.desk.people import names_of_people, said_by
from node.web.words import concept

PATH: Final = "/desk/offers"
STATES: Final = (
    "esc-offered",
    "esc-accepted",
    "esc-in-progress",
    "esc-info-needed",
    "esc-answered",
    "esc-confirmed",
    "esc-declined",
    "esc-withdrawn",
    "esc-expired",
    "esc-erased",
)


@staff_page(Right.ESCALATE)
async def offers_page(visit: Visit) -> web.Response:
    """GET /desk/offers: of both directions, newest first."""
    asked = read_parameters(visit.request, EscalationQuery)
    chosen = chosen_of(asked, "direction", "state", "peer")
    query = {**{name: value for name, value in chosen.items() if value}, "limit": asked.limit}
    if asked.cursor:
        query["cursor"] = asked.cursor
    found = await visit.ask(escalations.list_all_escalations, query=query)
    return visit.page(
        "desk/offers.html",
        section="offers",
        offers=found.items,
        next=search_path(PATH, {**chosen, "cursor": found.next}) if found.next else None,
        is_first=asked.cursor is None,
        first=search_path(PATH, chosen),
        asked=asked,
        states=[(state, concept(state)) for state in STATES],
    )


@staff_page(Right.ESCALATE)
async def offer_thread(visit: Visit) -> web.Response:
    """GET /desk/offers/{id}: what was offered, what was said, and what is next."""
    thread = await thread_of(visit)
    names = await visit.read(names_of_people)
    return visit.page(
        "desk/thread.html",
        section="offers",
        thread=thread,
        messages=[(each, said_by(each.author, names)) for each in thread.messages],
        steps=possible_steps(thread, visit.person),
    )


@staff_page(Right.ESCALATE)
async def to_answer(visit: Visit) -> web.Response:
    """GET /desk/offers/{id}/answer: to where answers are written, with drafts, sources, files."""
    thread = await thread_of(visit)
    if thread.case_id is None or "answer" not in thread.possible:
        raise PageHidden
    return visit.go(f"/desk/cases/{thread.case_id}/answer")


class InfoForm(TextForm):
    """What to tell. confirmed places are fields of their own (`KEEP`)."""


@staff_page(Right.ESCALATE)
async def info_page(visit: Visit) -> web.Response:
    """GET and POST /desk/offers/{id}/info: tell more; what looks like a person is asked about."""
    thread = await thread_of(visit)
    form = visit.form(InfoForm) if visit.sent else filled()
    found: list[Found] = []
    if visit.sent and not form.mistakes:
        places = visit.form(PageForm).given
        kept = [
            {"place": name.removeprefix(KEEP), "reason": texts[0].strip()}
            for name, texts in places.items()
            if name.startswith(KEEP) and texts[0].strip()
        ]
        body = {"text": form.value.text, "keep_found": kept}
        try:
            await visit.ask_here(escalations.inform_about_escalation, body=body)
        except TracesInCopy as error:
            found = list(error.places)
            refuse(form, error, at="text")
        except Exception as error:
            refuse(form, error, at="text")
        else:
            return visit.go(f"{PATH}/{thread.id}", _("It is on its way, sealed."))
    return visit.page(
        "desk/info.html", section="offers", thread=thread, form=form, found=found, keep=KEEP
    )


def routes() -> list[web.RouteDef]:
    """Return the pages of offers, and of all steps."""
    return [
        web.get(PATH, offers_page),
        web.get("/desk/offers/{id}", offer_thread),
        web.get("/desk/offers/{id}/answer", to_answer),
        web.get("/desk/offers/{id}/info", info_page),
        web.post("/desk/offers/{id}/info", info_page),
        *step_routes(SUBJECT, STEPS),
    ]
