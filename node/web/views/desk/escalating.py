"""From a case to other hubs: who could help and why, what would leave, and sending it."""

from typing import Any, Final

import sqlite_utils
from aiohttp import web

from content.people.permissions import Right
from federation.escalation.scanning import NothingFoundThere, TracesInCopy
from federation.escalation.several import NotAllCanBeAsked
from federation.peers import PeerStore
from node.api.attachments import list_attachments
from node.api.cases import show_case
from node.api.escalating import ask_several, case_matches, escalate_case, preview_escalation
from node.api.models.cases import CaseAnswer, PreviewAnswer
from node.api.models.escalations import EscalationAnswer
from node.web.forms import Filled, Mistake, filled
from node.web.speaking import gettext as _
from node.web.staff import PageHidden, Visit, refuse, staff_page
from node.web.views.desk.files import choices_of_files
from node.web.views.desk.offer_form import KEEP, OfferForm, body_of, choices
from node.web.views.desk.people import names_of_people
from node.web.words import listed

HIDDEN: Final = tuple(name for name in OfferForm.model_fields if name not in ("do", "expect"))
"""What the preview carries along, to be sent as it was."""
_ABOUT_FOUND: Final = (TracesInCopy, NothingFoundThere, NotAllCanBeAsked)


@staff_page(Right.CASES_READ)
async def match_page(visit: Visit) -> web.Response:
    """GET /desk/cases/{id}/match: own people, and those of other hubs, with the reasons."""
    case: CaseAnswer = await visit.ask(show_case, id=visit.path["id"])
    found = await visit.ask(case_matches, id=case.id)
    hosts = await visit.read(lambda db: {host for host, _name in _hubs(db)})
    return visit.page(
        "desk/match.html",
        section="cases",
        case=case,
        found=found,
        here=visit.hub.identity.host,
        several=len({each.hub for each in found.items} & hosts) > 1,
        hosts=hosts,
    )


@staff_page(Right.ESCALATE)
async def offer_page(visit: Visit) -> web.Response:
    """GET and POST /desk/cases/{id}/offer: edit, look at what leaves, send exactly that."""
    case: CaseAnswer = await visit.ask(show_case, id=visit.path["id"])
    if not visit.sent:
        query = visit.request.query
        start = filled(
            to=list(query.getall("to", ())),
            title=case.title,
            question=case.question,
            instead_of=query.get("instead_of", ""),
        )
        return await _edit(visit, case, start)
    form = visit.form(OfferForm)
    if form.mistakes or form.first("do") == "edit":
        return await _edit(visit, case, form)
    previews = await _previews(visit, case, form)
    if form.mistakes:
        return await _edit(visit, case, form)
    if form.value.do != "send":
        return await _look(visit, case, form, previews)
    try:
        sent = await _send(visit, case, form, previews)
    except Exception as error:
        refuse(form, error, at="found" if isinstance(error, _ABOUT_FOUND) else "")
        return await _look(visit, case, form, previews)
    hubs = listed([each.peer for each in sent])
    if len(sent) > 1:
        done = _(
            "Each copy is sealed and on its way: %(hubs)s. Nobody else can read it.", hubs=hubs
        )
        return visit.go(f"/desk/cases/{case.id}", done)
    return visit.go(
        f"/desk/offers/{sent[0].id}",
        _("The copy is sealed and on its way to %(hub)s. Nobody else can read it.", hub=hubs),
    )


async def _previews(visit: Visit, case: CaseAnswer, form: Filled[OfferForm]) -> list[PreviewAnswer]:
    """Return what would leave to each hub; where something is in the way, the form says so."""
    body, hosts = body_of(form.value), list(dict.fromkeys(form.value.to))
    previews: list[PreviewAnswer] = []
    problems: dict[Mistake, list[str]] = {}
    for host in hosts:
        try:
            found = await visit.ask(preview_escalation, body={**body, "to": host}, id=case.id)
            previews.append(found)
        except Exception as error:
            of_this_hub = filled()
            refuse(of_this_hub, error, at="to")
            for mistake in of_this_hub.mistakes:
                problems.setdefault(mistake, []).append(host)
    for mistake, of in problems.items():
        said = mistake.text if len(hosts) == 1 else f"{listed(of)}: {mistake.text}"
        form.refuse(said, mistake.name)
    return previews


async def _send(
    visit: Visit, case: CaseAnswer, form: Filled[OfferForm], previews: list[PreviewAnswer]
) -> list[EscalationAnswer]:
    """Send what was looked at: to every hub, or to none."""
    expected = form.value.expect or [each.sha256 for each in previews]
    reasons = {each.place: form.first(KEEP + each.place).strip() for each in previews[0].found}
    kept = [{"place": place, "reason": reason} for place, reason in reasons.items() if reason]
    body = {**body_of(form.value), "keep_found": kept}
    asked = [
        {"to": preview.to, "expect": expect}
        for preview, expect in zip(previews, expected, strict=False)
    ]
    if len(asked) > 1:
        several = await visit.ask(ask_several, body={**body, "asked": asked}, id=case.id)
        return list(several.items)
    [one] = asked
    instead = {"instead_of": form.value.instead_of} if form.value.instead_of else {}
    return [await visit.ask(escalate_case, body={**body, **one, **instead}, id=case.id)]


async def _edit(visit: Visit, case: CaseAnswer, form: Filled[Any]) -> web.Response:
    files = await visit.ask(list_attachments, id=case.id)
    instead = _instead_of(case, form)
    hubs = await visit.read(_hubs)
    if instead is not None:
        hubs = [(host, name) for host, name in hubs if host != instead.peer]
    return visit.page(
        "desk/offer_case.html",
        section="cases",
        case=case,
        form=form,
        hubs=hubs,
        instead=instead,
        files=choices_of_files(files.items, await visit.read(names_of_people)),
        **choices(),
    )


async def _look(
    visit: Visit, case: CaseAnswer, form: Filled[Any], previews: list[PreviewAnswer]
) -> web.Response:
    names = dict(await visit.read(_hubs))
    hidden = [(name, text) for name in HIDDEN for text in form.given.get(name, ())]
    return visit.page(
        "desk/preview.html",
        section="cases",
        case=case,
        form=form,
        previews=previews,
        tables=_alike(previews, names),
        hidden=hidden,
        instead=_instead_of(case, form),
        keep=KEEP,
    )


def _alike(
    previews: list[PreviewAnswer], names: dict[str, str]
) -> list[tuple[list[str], PreviewAnswer]]:
    """Return each different preview once, with the names of the hubs that would get that."""
    tables: list[tuple[list[str], PreviewAnswer]] = []
    for each in previews:
        name = names.get(each.to, each.to)
        for hubs, shown in tables:
            if (shown.sides, shown.stays) == (each.sides, each.stays):
                hubs.append(name)
                break
        else:
            tables.append(([name], each))
    return tables


def _instead_of(case: CaseAnswer, form: Filled[Any]) -> EscalationAnswer | None:
    """Return the escalation that is handed on. Raises PageHidden if it is none of this case."""
    number = form.first("instead_of")
    if not number:
        return None
    for each in case.escalations:
        if each.id == number and each.direction == "out":
            return each
    raise PageHidden


def _hubs(db: sqlite_utils.Database) -> list[tuple[str, str]]:
    """Return hosts and names of the hubs that a case can be offered to."""
    return [(peer.host, f"{peer.name} ({peer.host})") for peer in PeerStore(db).active("hub")]


ROUTES = [
    web.get("/desk/cases/{id}/match", match_page),
    web.get("/desk/cases/{id}/offer", offer_page),
    web.post("/desk/cases/{id}/offer", offer_page),
]
