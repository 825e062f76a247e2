"""From a case to another hub: who could help and why, what would leave, and sending it."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Final

import sqlite_utils
from aiohttp import web
from pydantic import Field

from content.people.permissions import Right
from federation.escalation.copying import Part
from federation.escalation.grounds import Ground
from federation.peers import PeerStore
from federation.policy import OnwardUse
from node.api.attachments import list_attachments
from node.api.cases import show_case
from node.api.escalating import case_matches, escalate_case, preview_escalation
from node.api.models.cases import CaseAnswer, PreviewAnswer
from node.web.forms import Filled, PageForm, filled
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.staff import Visit, refuse, staff_page
from node.web.views.desk.files import choices_of_files

LONG: Final = 64 * 1024
KEEP: Final = "keep:"
"""Before the place of a found text, in the name of the field that says why it may stay."""
PARTS: Final = {
    Part.TOPICS: N_("Topics"),
    Part.PRINCIPLES: N_("Principles"),
    Part.FRAMEWORK: N_("Items of the framework"),
    Part.REQUEST_TYPE: N_("Kind of request"),
    Part.WANTED: N_("What is wanted"),
    Part.STAGE: N_("How far the project is"),
    Part.URGENCY: N_("How urgent it is"),
    Part.DEADLINE: N_("Deadline"),
    Part.ORGANISATION_TYPE: N_("Kind of organisation"),
}
ONWARD: Final = {
    OnwardUse.NONE: N_("No: it is for this hub alone"),
    OnwardUse.ASK: N_("Only with our yes, each time"),
    OnwardUse.PEERS: N_("Yes, to hubs that it approved"),
}
GROUNDS: Final = {
    Ground.PHONE_CONSENT: N_("The requester agreed on the phone"),
    Ground.WRITTEN_CONSENT: N_("The requester agreed in writing"),
    Ground.SPOKEN_CONSENT: N_("The requester agreed face to face"),
    Ground.PUBLIC_TASK: N_("Our public task (GDPR Art. 6(1)(e)); they were not asked"),
    Ground.LEGITIMATE_INTEREST: N_(
        "Our legitimate interest (GDPR Art. 6(1)(f)); they were not asked"
    ),
    Ground.NO_PERSONAL_DATA: N_("The copy is about no person; they were not asked"),
}


class OfferForm(PageForm):
    """What to offer, edited for outsiders. do: preview, edit or send."""

    missing: ClassVar[Mapping[str, str]] = {
        "to": N_("Choose a hub."),
        "title": N_("Write a title for outsiders."),
        "question": N_("Write the question for outsiders."),
    }
    to: Annotated[str, Field(max_length=300)]
    title: Annotated[str, Field(max_length=300)]
    question: Annotated[str, Field(max_length=LONG)]
    context: Annotated[str, Field(max_length=LONG)] = ""
    jurisdiction: Annotated[str, Field(max_length=200)] = ""
    due: date | None = None
    delete_by: date | None = None
    leave_out: list[Part] = Field(default_factory=list)
    onward: OnwardUse | None = None
    ground: Ground | None = None
    ground_reason: Annotated[str, Field(max_length=4000)] = ""
    attach: list[str] = Field(default_factory=list)
    with_names: bool = False
    expect: str = ""
    do: str = "preview"


@staff_page(Right.CASES_READ)
async def match_page(visit: Visit) -> web.Response:
    """GET /desk/cases/{id}/match: own people, and those of other hubs, with the reasons."""
    case: CaseAnswer = await visit.ask(show_case, id=visit.path["id"])
    found = await visit.ask(case_matches, id=case.id)
    return visit.page("desk/match.html", section="cases", case=case, found=found, here=_here(visit))


@staff_page(Right.ESCALATE)
async def offer_page(visit: Visit) -> web.Response:
    """GET and POST /desk/cases/{id}/offer: edit, look at what leaves, send exactly that."""
    case: CaseAnswer = await visit.ask(show_case, id=visit.path["id"])
    if not visit.sent:
        to = visit.request.query.get("to", "")
        start = filled(to=to, title=case.title, question=case.question)
        return await _edit(visit, case, start)
    form = visit.form(OfferForm)
    if form.mistakes or form.first("do") == "edit":
        return await _edit(visit, case, form)
    body = _body(form.value)
    try:
        preview = await visit.ask(preview_escalation, body=body, id=case.id)
    except Exception as error:
        refuse(form, error, at="to")
        return await _edit(visit, case, form)
    if form.value.do != "send":
        return _look(visit, case, form, preview)
    kept = [
        {"place": each.place, "reason": reason}
        for each in preview.found
        if (reason := form.first(KEEP + each.place).strip())
    ]
    sent = {**body, "expect": form.value.expect or preview.sha256, "keep_found": kept}
    try:
        offer = await visit.ask(escalate_case, body=sent, id=case.id)
    except Exception as error:
        refuse(form, error)
        return _look(visit, case, form, preview)
    return visit.go(
        f"/desk/offers/{offer.id}",
        _("The copy is sealed and on its way to %(hub)s. Nobody else can read it.", hub=offer.peer),
    )


async def _edit(visit: Visit, case: CaseAnswer, form: Filled[Any]) -> web.Response:
    files = await visit.ask(list_attachments, id=case.id)
    return visit.page(
        "desk/offer_case.html",
        section="cases",
        case=case,
        form=form,
        hubs=await visit.read(_hubs),
        files=choices_of_files(files.items),
        parts=[(each.value, _(label)) for each, label in PARTS.items()],
        onward=[(each.value, _(label)) for each, label in ONWARD.items()],
        grounds=[(each.value, _(label)) for each, label in GROUNDS.items()],
    )


def _look(
    visit: Visit, case: CaseAnswer, form: Filled[Any], preview: PreviewAnswer
) -> web.Response:
    hidden = [
        (name, text)
        for name, texts in form.given.items()
        for text in texts
        if name in OfferForm.model_fields and name not in ("do", "expect")
    ]
    return visit.page(
        "desk/preview.html",
        section="cases",
        case=case,
        form=form,
        preview=preview,
        hidden=hidden,
        keep=KEEP,
    )


def _hubs(db: sqlite_utils.Database) -> list[tuple[str, str]]:
    """Return hosts and names of the hubs that a case can be offered to."""
    return [(peer.host, f"{peer.name} ({peer.host})") for peer in PeerStore(db).active("hub")]


def _here(visit: Visit) -> str:
    return visit.hub.identity.host


def _body(form: OfferForm) -> dict[str, Any]:
    said = form.model_dump(mode="json", exclude={"do", "expect", "with_names"})
    said["attach_named"] = form.attach if form.with_names else []
    return {name: value for name, value in said.items() if value not in (None, [], "")}


ROUTES = [
    web.get("/desk/cases/{id}/match", match_page),
    web.get("/desk/cases/{id}/offer", offer_page),
    web.post("/desk/cases/{id}/offer", offer_page),
]
