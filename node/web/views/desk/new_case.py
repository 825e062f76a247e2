"""Taking in a request that came by phone, by mail or at the counter."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar

from aiohttp import web
from pydantic import Field

from content.cases.case import RequesterRole
from content.cases.request import MayEscalate, Urgency
from content.labels import Sensitivity
from content.names import COUNTRY_NAMES
from content.people.permissions import Right
from content.vocabulary import Vocabulary
from node.api.cases import open_case
from node.web import words
from node.web.forms import PageForm, filled
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page

LONG = 64 * 1024


class NewCaseForm(PageForm):
    """What staff write down for somebody."""

    missing: ClassVar[Mapping[str, str]] = {
        "title": N_("Write what it is about, in a line."),
        "question": N_("Write the question."),
        "role": N_("Say who asks."),
    }
    title: Annotated[str, Field(max_length=300)]
    question: Annotated[str, Field(max_length=LONG)]
    context: Annotated[str, Field(max_length=LONG)] = ""
    topics: list[str] = Field(default_factory=list)
    urgency: Urgency = Urgency.NORMAL
    deadline: date | None = None
    language: str
    country: str
    role: RequesterRole
    name: Annotated[str, Field(max_length=200)] = ""
    organisation: Annotated[str, Field(max_length=200)] = ""
    contact: Annotated[str, Field(max_length=200)] = ""
    sensitivity: Sensitivity
    escalate: MayEscalate | None = None
    publish_lesson: bool = False


@staff_page(Right.CASES_WORK, files=True)
async def new_case_page(visit: Visit) -> web.Response:
    """GET and POST /desk/new-case; the code for the requester is shown once."""
    identity = visit.hub.identity
    start = filled(
        language=identity.language,
        country=identity.country,
        urgency=Urgency.NORMAL,
        sensitivity=Sensitivity.PERSONAL,
    )
    form = visit.form(NewCaseForm) if visit.sent else start
    files = visit.files(form) if visit.sent else ()
    if visit.sent and not form.mistakes:
        try:
            opened = await visit.ask(open_case, body=_body(form.value), files=files)
        except Exception as error:
            refuse(form, error, at="question")
        else:
            return visit.page("desk/opened.html", section="cases", case=opened)
    return visit.page("desk/new_case.html", section="cases", form=form, choices=_choices(identity))


def _body(form: NewCaseForm) -> dict[str, Any]:
    said = form.model_dump(mode="json")
    requester = {name: said.pop(name) for name in ("role", "name", "organisation", "contact")}
    consents = {name: said.pop(name) for name in ("escalate", "publish_lesson")}
    return {**said, "requester": requester, "consents": consents}


def _choices(identity: Any) -> dict[str, list[tuple[str, str]]]:
    vocabulary = Vocabulary.load()
    topics = ((each, words.concept(each)) for each in vocabulary.ids("topics"))
    countries = ((code, words.country(code)) for code in COUNTRY_NAMES)
    return {
        "topics": sorted(topics, key=lambda each: each[1].casefold()),
        "urgency": [
            (Urgency.LOW.value, _("It can wait")),
            (Urgency.NORMAL.value, _("As usual")),
            (Urgency.HIGH.value, _("Urgent")),
        ],
        "language": words.languages(identity.language),
        "country": sorted(countries, key=lambda each: each[1].casefold()),
        "role": [(each.value, words.concept(each.value)) for each in RequesterRole],
        "sensitivity": [(each.value, words.concept(each.value)) for each in Sensitivity],
        "escalate": [
            (MayEscalate.YES.value, _("Yes, without name and contact")),
            (MayEscalate.ASK.value, _("Ask first, each time")),
            (MayEscalate.NO.value, _("No")),
        ],
    }
